"""The departments as a tree, each with its people and the colours of its KPIs."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s
from typing import Final

from dashboards.reports.scorecard_tabs import counts_by_path
from organization.actors import Actor
from organization.models import Department

DEEPEST: Final = 6
"""Levels that the page indents; what lies deeper stands at the same place."""

COLOURS: Final = ("green", "amber", "red", "grey")


@dataclass(frozen=True, slots=True)
class Branch:
    """A department and everything below it."""

    code: str
    name: str
    level: int
    headcount: int | None
    counts: dict[str, int]
    total: int
    own: int


@dataclass(frozen=True, slots=True)
class DepartmentTree:
    """The departments that the actor may see, parents before their children."""

    branches: tuple[Branch, ...]
    headcount: int
    counts: dict[str, int]
    total: int

    @property
    def version(self) -> str:
        """The same text as long as the tree shows the same."""
        return blake2s(repr(self.branches).encode(), digest_size=12).hexdigest()


def department_tree(actor: Actor) -> DepartmentTree:
    """Counts are those of the KPIs that the actor may see. Three queries."""
    rows = _in_order(list(Department.objects.visible_to(actor).order_by("code")))
    paths = [row.path for row in rows]
    deep, own = counts_by_path(actor, paths, below=True), counts_by_path(actor, paths, below=False)
    top = min((path.count(".") for path in paths), default=0)
    branches = tuple(
        Branch(
            code=row.code,
            name=row.text("name"),
            level=min(row.path.count(".") - top, DEEPEST),
            headcount=row.headcount,
            counts=deep.get(row.path, {}),
            total=sum(deep.get(row.path, {}).values()),
            own=sum(own.get(row.path, {}).values()),
        )
        for row in rows
    )
    counts = {colour: sum(one.get(colour, 0) for one in own.values()) for colour in COLOURS}
    heads = sum(branch.headcount or 0 for branch in branches if branch.level == 0)
    return DepartmentTree(branches, heads, counts, sum(counts.values()))


def _in_order(rows: Sequence[Department]) -> list[Department]:
    codes = {str(row.pk): row.code for row in rows}
    return sorted(rows, key=lambda row: [codes.get(label, "") for label in row.path.split(".")])
