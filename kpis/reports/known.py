"""Process behaviour charts that took long to work out, kept for an hour by what they were worked out from.

The same values, definition and step changes give the same chart, so nothing kept can be out of date: whatever changes
has another name.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.core.cache import cache

from kpis.definition import Definition
from kpis.outlook import Behaviour, behaviour_of
from kpis.signals import Point

WORTH_KEEPING: Final = 60
"""Points from which on the chart takes longer than looking it up."""
SECONDS: Final = 3600


def behaviour_known(definition: Definition, values: Sequence[Point], breaks: Sequence[date]) -> Behaviour:
    """The chart of these values, from the shelf where it was drawn before."""
    if len(values) < WORTH_KEEPING:
        return behaviour_of(definition, values, breaks)
    named = repr((definition, tuple(values), sorted(breaks)))
    key = "behaviour:" + hashlib.sha256(named.encode()).hexdigest()
    found: Behaviour | None = cache.get(key)
    if found is None:
        found = behaviour_of(definition, values, breaks)
        cache.set(key, found, SECONDS)
    return found
