"""The figures of alignment coverage (SEMANTICS §14): so many of so many, today and on the days before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from initiatives.choices import AlignmentMeasure
from initiatives.models import AlignmentSnapshot
from initiatives.services.gaps import (
    MOST_ITEMS,
    Scope,
    blind,
    budget_of,
    crowded,
    gaps_in,
    harming,
    inert,
    items_of_owners,
    mismatched,
    opposed,
    orphans,
    out_of_sight,
    ownerless_total,
    units_of,
    unlinked,
    unmeasured,
    weights_at_the_top,
    whole,
)
from kpis.choices import Kind
from objectives.choices import EdgeKind, Level
from objectives.services import today_of
from organization.models import Organization

Parts = tuple[float, float]
"""Numerator and denominator."""


@dataclass(frozen=True)
class AlignmentFigure:
    """One figure: `value` is numerator / denominator, None where there is nothing to divide by."""

    measure: AlignmentMeasure
    numerator: float
    denominator: float

    @property
    def value(self) -> float | None:
        return round(self.numerator / self.denominator, 12) if self.denominator else None


def alignment_of(scope: Scope) -> list[AlignmentFigure]:
    """All figures of what the scope takes in, in the order of `AlignmentMeasure`; a constant number of queries."""
    return [figure_of(measure, scope) for measure in AlignmentMeasure]


def figure_of(measure: AlignmentMeasure, scope: Scope) -> AlignmentFigure:
    """One figure of what the scope takes in; a constant number of queries."""
    if measure in OTHERS:
        return AlignmentFigure(measure, *OTHERS[measure](scope))
    count, whole_count = COUNTS[measure]
    return AlignmentFigure(measure, count(scope), whole_count(scope))


def gap_count(measure: AlignmentMeasure, scope: Scope, figure: AlignmentFigure | None = None) -> int:
    """How many gaps stand behind a figure; where it counts them, the figure knows already."""
    if figure is not None and (measure in COUNTS or measure == AlignmentMeasure.OVERLOADED_OWNERS):
        return int(figure.numerator)
    return COUNTS[measure][0](scope) if measure in COUNTS else len(gaps_in(measure, scope))


def keep_alignment(organization_id: int, *, day: date) -> int:
    """Store the organization's figures of a day, over what was stored of the same day; returns how many rows differed.

    The history is made of these rows; the figure of today on a page is worked out anew.
    """
    figures = alignment_of(whole(organization_id))
    with transaction.atomic():
        stored = AlignmentSnapshot.objects.select_for_update(no_key=True)
        present = {row.measure: row for row in stored.filter(organization_id=organization_id, day=day)}
        differing = [one for one in figures if _differs(one, present.get(one.measure))]
        AlignmentSnapshot.objects.bulk_create(
            [
                AlignmentSnapshot(
                    organization_id=organization_id,
                    day=day,
                    measure=one.measure,
                    numerator=one.numerator,
                    denominator=one.denominator,
                    value=one.value,
                )
                for one in differing
            ],
            update_conflicts=True,
            unique_fields=["organization", "measure", "day"],
            update_fields=["numerator", "denominator", "value"],
        )
    return len(differing)


def keep_all_alignment(*, at: datetime) -> int:
    """Store the figures of every organization on the day that it is there; returns how many rows differed."""
    organizations = Organization.objects.order_by("pk")
    return sum(keep_alignment(one.pk, day=today_of(one, at)) for one in organizations)


def history_of(organization_id: int, *, until: date) -> dict[str, list[tuple[date, float | None]]]:
    """Day and value of every figure, oldest first (one query)."""
    rows = AlignmentSnapshot.objects.filter(organization_id=organization_id, day__lte=until).order_by("day")
    found: dict[str, list[tuple[date, float | None]]] = {}
    for measure, day, value in rows.values_list("measure", "day", "value"):
        found.setdefault(measure, []).append((day, value))
    return found


def _differs(figure: AlignmentFigure, row: AlignmentSnapshot | None) -> bool:
    return row is None or (row.numerator, row.denominator) != (figure.numerator, figure.denominator)


def _overloaded(scope: Scope) -> Parts:
    counts = items_of_owners(scope).values()
    return sum(count > MOST_ITEMS for count in counts), len(counts)


def _sight(scope: Scope) -> Parts:
    everybody = sum(unit.people for unit in units_of(scope))
    return everybody - sum(unit.people for unit in out_of_sight(scope)), everybody


def _one_child(scope: Scope) -> Parts:
    shares = [row.child_share for row in weights_at_the_top(scope)]
    return max(shares, default=0.0), float(bool(shares))


def _one_owner(scope: Scope) -> Parts:
    shares = [row.owner_share for row in weights_at_the_top(scope)]
    return max(shares, default=0.0), float(bool(shares))


COUNTS: Final[Mapping[AlignmentMeasure, tuple[Callable[[Scope], int], Callable[[Scope], int]]]] = {
    AlignmentMeasure.ORPHANS: (
        lambda scope: orphans(scope).count(),
        lambda scope: scope.objectives.exclude(level=Level.STRATEGIC).count(),
    ),
    AlignmentMeasure.UNMEASURED: (lambda scope: unmeasured(scope).count(), lambda scope: scope.objectives.count()),
    AlignmentMeasure.INERT: (lambda scope: inert(scope).count(), lambda scope: scope.objectives.count()),
    AlignmentMeasure.UNLINKED: (lambda scope: unlinked(scope).count(), lambda scope: scope.initiatives.count()),
    AlignmentMeasure.OWNERLESS: (
        ownerless_total,
        lambda scope: scope.objectives.count() + scope.kpis.count() + scope.initiatives.count(),
    ),
    AlignmentMeasure.BLIND: (
        lambda scope: blind(scope).count(),
        lambda scope: scope.kpis.exclude(kind=Kind.UNSCORED).count(),
    ),
    AlignmentMeasure.OVERLOADED_OBJECTIVES: (
        lambda scope: crowded(scope).count(),
        lambda scope: scope.objectives.count(),
    ),
    AlignmentMeasure.WINDOW_MISMATCH: (
        lambda scope: mismatched(scope).count(),
        lambda scope: scope.contributions.filter(kind=EdgeKind.CONTRIBUTES).count(),
    ),
    AlignmentMeasure.CONTRADICTION: (
        lambda scope: harming(scope).count() + len(opposed(scope)),
        lambda scope: scope.contributions.count() + scope.kpis.count(),
    ),
}
"""Figures that count their gaps: how many, of how many."""

OTHERS: Final[Mapping[AlignmentMeasure, Callable[[Scope], Parts]]] = {
    AlignmentMeasure.UNLINKED_BUDGET: lambda scope: (budget_of(unlinked(scope)), budget_of(scope.initiatives)),
    AlignmentMeasure.OVERLOADED_OWNERS: _overloaded,
    AlignmentMeasure.LINE_OF_SIGHT: _sight,
    AlignmentMeasure.CONCENTRATION_CHILD: _one_child,
    AlignmentMeasure.CONCENTRATION_OWNER: _one_owner,
}
"""Figures of money, people and shares."""
