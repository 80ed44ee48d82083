#!/usr/bin/env python3
"""The command line of the portal. It uses the services of `make demo` unless DATABASE_URL and REDIS_URL are set."""

import os
import sys

from cmo_portal.local_services import LocalServicesError
from cmo_portal.local_services.environment import prepare_for_command


def main() -> None:
    """Prepare the environment, then hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_portal.settings")
    try:
        prepare_for_command(sys.argv)
    except LocalServicesError as error:
        sys.exit(str(error))
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - may be missing
    except ImportError:
        sys.exit(
            "Django is not installed for this Python. Use .venv/bin/python manage.py (scripts/bootstrap makes .venv)."
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
