"""The departments beside a scorecard's own, with how many of their KPIs have which colour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from kpis.models import Kpi
from organization.actors import Actor
from organization.models import Department

MOST_TABS: Final = 24


@dataclass(frozen=True, slots=True)
class Tab:
    """A department, the worst colour among its KPIs and how many have it."""

    code: str
    name: str
    colour: str
    state: str
    count: int
    is_current: bool


STATES: Final = {"red": "off_track", "amber": "at_risk", "green": "on_track", "grey": "no_data"}


def tabs_of(department: Department, *, actor: Actor, below: bool) -> tuple[Tab, ...]:
    """The department's siblings; for one at the top, itself and its children. Two queries."""
    visible = Department.objects.visible_to(actor)
    beside = visible.filter(parent_id=department.parent_id or department.pk).order_by("code")[:MOST_TABS]
    rows = [*([] if department.parent_id else [department]), *beside]
    if len(rows) < 2:
        return ()
    counts = counts_by_path(actor, [row.path for row in rows], below=below)
    return tuple(_tab(row, counts.get(row.path, {}), row.pk == department.pk) for row in rows)


def counts_by_path(actor: Actor, paths: Iterable[str], *, below: bool) -> dict[str, dict[str, int]]:
    """KPIs by colour for each path, with those below it or without. One query."""
    found: dict[str, dict[str, int]] = {path: {} for path in paths}
    for path, colour, number in _direct_counts(actor, list(found)):
        for place in _with_those_above(path) if below else [path]:
            if place in found:
                found[place][colour] = found[place].get(colour, 0) + number
    return found


def count_below(department: Department, *, actor: Actor) -> int:
    """How many KPIs the departments below have, not counting its own."""
    visible = Kpi.objects.visible_to(actor).of_their_own().filter(department__path__below_any=[department.path])
    return visible.exclude(department=department).count()


def _direct_counts(actor: Actor, paths: list[str]) -> list[tuple[str, str, int]]:
    rows = Kpi.objects.visible_to(actor).of_their_own().filter(department__path__below_any=paths).order_by()
    counted = rows.values("department__path", "figures__colour").annotate(number=Count("pk"))
    return [(row["department__path"], row["figures__colour"] or "grey", row["number"]) for row in counted]


def _with_those_above(path: str) -> list[str]:
    labels = path.split(".")
    return [".".join(labels[:length]) for length in range(1, len(labels) + 1)]


def _tab(row: Department, counts: Mapping[str, int], is_current: bool) -> Tab:
    worst = next((colour for colour in ("red", "amber", "green") if counts.get(colour)), "")
    return Tab(row.code, row.text("name"), worst, STATES.get(worst, ""), counts.get(worst, 0), is_current)
