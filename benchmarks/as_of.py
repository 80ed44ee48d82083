"""The first page as known on a past day, in a company of 10,000 KPIs: how long the past takes beside the present.

`python -m benchmarks.as_of [KPIS]` makes a database of its own on the services of the tests, 2,000 objectives in a
tree and 24 monthly values per KPI, a tenth of them corrected since, and asks for the page of today, of a past day
nobody has asked for yet, and of that day again: in the same process, and as another process would.
"""

import os
import sys
from pathlib import Path

import django

from cmo_portal.local_services.environment import prepare_environment

KPIS = 10_000
DATABASE = f"bench_as_of_{os.getpid()}"


def main(kpis: int = KPIS) -> int:
    """Services and settings first, then what needs them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_portal.settings")
    os.environ["CMO_PROFILE"] = "test"
    prepare_environment("test")
    django.setup()
    from benchmarks.past import measure  # noqa: PLC0415 - models need the settings

    return measure(kpis, database=DATABASE, profile=Path(os.environ["PROFILE"]) if "PROFILE" in os.environ else None)


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:2])))
