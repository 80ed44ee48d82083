"""What recording some rows would do, without recording them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from kpis.models import Kpi
from kpis.services.checks import closed_through, locked_problems
from kpis.services.recording import Reading, checked_rows, differs, with_note
from kpis.services.storing import Stored, stored_at
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Organization
from organization.records import InvalidRows, RowProblem


class Verdict(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Weighed:
    """A row by its number (from 1), as it would be stored, and what stands in its place."""

    number: int
    reading: Reading
    before: Stored | None
    verdict: Verdict


@dataclass(frozen=True)
class Weighing:
    """Every row that may be stored, and everything that is wrong with the others; KPIs by key."""

    rows: tuple[Weighed, ...]
    problems: tuple[RowProblem, ...]
    kpis: dict[int, Kpi]

    def count(self, verdict: Verdict) -> int:
        """How many rows would do this."""
        return sum(row.verdict is verdict for row in self.rows)


def weigh(readings: Sequence[Reading], *, actor: Actor, at: datetime, says_all: bool = True) -> Weighing:
    """Hold rows against what is stored, with the checks of `record_measurements`. Constant queries, no lock, no write.

    With `says_all` False the rows are silent about operands and estimates: where the value is the stored one, those
    stay as they are.
    """
    organization = Organization.objects.get(pk=actor.organization_id)
    wanted = {reading.kpi_id for reading in readings}
    kpis = Kpi.objects.updatable_by(actor).filter(pk__in=wanted).in_bulk()
    message = _("You may not enter values for this KPI.")
    problems = [
        RowProblem(number, "kpi", "permission", message)
        for number, reading in enumerate(readings, start=1)
        if reading.kpi_id not in kpis
    ]
    numbers = [number for number, reading in enumerate(readings, start=1) if reading.kpi_id in kpis]
    today = today_of(organization, at)
    try:
        rows = checked_rows([readings[number - 1] for number in numbers], kpis, organization, today)
    except InvalidRows as refusal:
        found = [replace(problem, row=numbers[problem.row - 1]) for problem in refusal.problems]
        problems += found
        wrong = {problem.row for problem in found}
        numbers = [number for number in numbers if number not in wrong]
        rows = checked_rows([readings[number - 1] for number in numbers], kpis, organization, today)
    present = stored_at((row.kpi_id, row.period) for row in rows)
    weighed = []
    for number, given in zip(numbers, rows, strict=True):
        before = present.get((given.kpi_id, given.period))
        row = with_note(given if says_all else _completed(given, before), before)
        verdict = Verdict.NEW if before is None else Verdict.CHANGED if differs(row, before) else Verdict.UNCHANGED
        weighed.append(Weighed(number, row, before, verdict))
    locked = _locked(weighed, kpis, organization)
    refused = {problem.row for problem in locked}
    return Weighing(
        tuple(one for one in weighed if one.number not in refused),
        tuple(sorted([*problems, *locked], key=lambda problem: problem.row)),
        kpis,
    )


def _completed(row: Reading, before: Stored | None) -> Reading:
    if before is None or before.value != row.value or row.numerator is not None:
        return row
    return replace(
        row, numerator=before.numerator, denominator=before.denominator, estimate=row.estimate or before.estimate
    )


def _locked(weighed: Sequence[Weighed], kpis: dict[int, Kpi], organization: Organization) -> list[RowProblem]:
    through = closed_through(organization.pk)
    if through is None:
        return []
    touched = [(one.number, one.reading) for one in weighed if one.verdict is not Verdict.UNCHANGED]
    return locked_problems(touched, kpis, organization, through)
