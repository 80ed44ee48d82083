"""The departments that a picture of the whole organization names, and which of them every other belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass

from organization.actors import Actor
from organization.models import Department


@dataclass(frozen=True)
class Unit:
    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Units:
    """The first level that has more than one department, and by any department's id the unit it lies in."""

    shown: tuple[Unit, ...]
    unit_of: Mapping[int, Unit]


def units_of(actor: Actor) -> Units:
    """One query."""
    rows = list(Department.objects.visible_to(actor).order_by("code"))
    labels = {row.pk: tuple(int(label) for label in str(row.path).split(".")) for row in rows}
    depth = 1
    while rows and len({path[:depth] for path in labels.values()}) == 1 and max(map(len, labels.values())) > depth:
        depth += 1
    units = {row.pk: Unit(row.pk, row.code, row.text("name")) for row in rows}
    unit_of = {pk: units[path[min(depth, len(path)) - 1]] for pk, path in labels.items() if _known(path, depth, units)}
    used = {unit.id for unit in unit_of.values()}
    return Units(tuple(units[row.pk] for row in rows if row.pk in used), unit_of)


def _known(path: tuple[int, ...], depth: int, units: Mapping[int, Unit]) -> bool:
    return path[min(depth, len(path)) - 1] in units
