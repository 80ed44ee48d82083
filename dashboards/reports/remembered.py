"""Reports that are read far more often than what they show changes: built once for each state of the organization.

A state is named by the version of the figures and the last event of the ledger: every write leaves an event, every
computed figure a new version. What is kept lives in the process and for a minute at most, so a write that was committed
while an older one still ran shows by then at the latest.
"""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from django.core.cache import cache
from django.utils.translation import get_language

from audit.models import Event
from audit.versioning import moment_shown
from organization.actors import Actor
from organization.models import Organization

T = TypeVar("T")

SECONDS: Final = 60


def state_of(actor: Actor, organization: Organization, today: date) -> str:
    """What a report depends on, beside its own arguments: the state, who looks at what time, in which language."""
    last = Event.objects.filter(organization_id=organization.pk).order_by("-pk").values_list("pk", flat=True).first()
    paths = actor.paths()
    eyes = "all" if paths is None else f"{actor.user_id}:{sorted(paths)}"
    return f"{organization.pk}:{organization.figures_version}:{last}:{eyes}:{today}:{moment_shown()}:{get_language()}"


def remembered(name: str, state: str, build: Callable[[], T]) -> T:
    """The report of that name in that state; `build` makes it when it is not known yet."""
    key = "report:" + hashlib.sha256(f"{name}:{state}".encode()).hexdigest()
    found: T | None = cache.get(key)
    if found is None:
        found = build()
        cache.set(key, found, SECONDS)
    return found
