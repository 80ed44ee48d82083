"""Recording what was observed. A correction is a new record; the old one stays, with who, when and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_events
from kpis.choices import TimeAggregation
from kpis.definition import exact, quotient, ratio_scale
from kpis.models import Batch, Kpi, MeasurementRevision, RestatedValue, Restatement
from kpis.periods import is_period_start, period_start
from kpis.services.checks import bound_problems, require_open
from kpis.services.derivation import derive, lock_with_dependents
from kpis.services.evaluation import evaluate_kpis
from kpis.services.storing import LARGEST, STORED_PLACES, Row, Stored, replace_values, stored_at
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Organization
from organization.records import InvalidRows, RowProblem
from organization.texts import some_of


@dataclass(frozen=True)
class Reading:
    """One row to record. A value of None says: not known. A ratio may come as its operands alone.

    A note of None leaves the note that stands; `reason` says why a value is corrected.
    """

    kpi_id: int
    period: date
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    estimate: bool = False
    note: str | None = None
    reason: str = ""


def reading_of(kpi_id: int, period: date, said: MeasurementRevision | RestatedValue | None) -> Reading:
    """The row that stores again, or at last, what was said of a period; not known where nothing was."""
    if said is None:
        return Reading(kpi_id, period, note="")
    return Reading(kpi_id, period, said.value, said.numerator, said.denominator, said.estimate, said.note)


@dataclass(frozen=True)
class Outcome:
    """How many rows were new, how many replaced another value, how many said what was known already."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


def record_measurements(
    readings: Sequence[Reading],
    *,
    actor: Actor,
    at: datetime,
    source: str,
    reason: str = "",
    batch: Batch | None = None,
    restatement: Restatement | None = None,
) -> Outcome:
    """Record a batch, all of it or nothing; the same batch again changes nothing.

    Every KPI must be within what the actor may update (PermissionDenied otherwise); rows that are wrong are named all
    at once (InvalidRows), and so are those of a computed KPI, or that would change a closed period without a
    `restatement`. Locks the figures of the KPIs and of all that follows from them in primary-key order; keeps every
    replaced value; works out what follows, scores it all, tells the objectives and writes one audit event per KPI, all
    in one transaction.
    """
    with transaction.atomic():
        kpis = updatable_kpis(readings, actor)
        organization = Organization.objects.get(pk=actor.organization_id)
        dependents = lock_with_dependents(kpis, organization_id=organization.pk)
        checked = checked_rows(readings, kpis, organization, today_of(organization, at))
        present = stored_at((row.kpi_id, row.period) for row in checked)
        checked = [with_note(row, present.get((row.kpi_id, row.period))) for row in checked]
        new = [row for row in checked if (row.kpi_id, row.period) not in present]
        differing = [row for row in checked if differs(row, present.get((row.kpi_id, row.period)))]
        replaced = [(row, present[row.kpi_id, row.period]) for row in differing]
        written = [*new, *differing]
        if restatement is None:
            require_open(checked, written, kpis, organization)
        why = reason or _("Sent again (%(source)s)") % {"source": source}
        replace_values(
            [_row(row, source) for row in written],
            [old for _new, old in replaced],
            {(row.kpi_id, row.period): row.reason or why for row in differing},
            actor=actor,
            at=at,
            batch=batch,
            restatement=restatement,
        )
        record_events(_entries(kpis, new, replaced, reason), actor=actor, at=at)
        touched = _periods_of(written)
        derived = derive(dependents, actor=actor, at=at, touched=touched, restatement=restatement)
        evaluate_kpis(sorted({*touched, *derived.changes}), at=at)
    return Outcome(len(new), len(differing), len(checked) - len(new) - len(differing))


def _periods_of(rows: Iterable[Reading]) -> dict[int, set[date]]:
    touched: dict[int, set[date]] = {}
    for row in rows:
        touched.setdefault(row.kpi_id, set()).add(row.period)
    return touched


def _row(reading: Reading, source: str) -> Row:
    return Row(
        kpi_id=reading.kpi_id,
        period=reading.period,
        value=reading.value,
        numerator=reading.numerator,
        denominator=reading.denominator,
        estimate=reading.estimate,
        note=reading.note or "",
        source=source,
        coverage=None,
    )


def updatable_kpis(readings: Iterable[Reading], actor: Actor) -> dict[int, Kpi]:
    """The KPIs of the rows, by key; raises PermissionDenied that names those which the actor may not update."""
    wanted = {reading.kpi_id for reading in readings}
    kpis = {kpi.pk: kpi for kpi in Kpi.objects.updatable_by(actor).filter(pk__in=wanted).order_by("pk")}
    refused = wanted - kpis.keys()
    if refused:
        codes = sorted(Kpi.objects.visible_to(actor).filter(pk__in=refused).values_list("code", flat=True))
        names = some_of(codes, 10) or "?"
        raise PermissionDenied(_("You may not enter values for %(names)s.") % {"names": names})
    return kpis


def checked_rows(
    readings: Sequence[Reading], kpis: Mapping[int, Kpi], organization: Organization, today: date
) -> list[Reading]:
    """The rows as they would be stored; raises InvalidRows with everything that is wrong with any of them."""
    problems: list[RowProblem] = []
    computed = set(Kpi.objects.filter(pk__in=kpis).computed().values_list("pk", flat=True))
    seen: dict[tuple[int, date], int] = {}
    checked: list[Reading] = []
    for number, reading in enumerate(readings, start=1):
        kpi = kpis[reading.kpi_id]
        first = seen.setdefault((reading.kpi_id, reading.period), number)
        if first != number:
            message = _("Row %(row)s says the same KPI and period already.") % {"row": first}
            problems.append(RowProblem(number, "period", "duplicate", message))
        if kpi.pk in computed:
            problems.append(RowProblem(number, "kpi", "computed", computed_message(kpi)))
            continue
        problems.extend(_period_problems(number, reading, kpi, organization, today))
        try:
            checked.append(_stored_form(reading, kpi))
            problems.extend(bound_problems(number, checked[-1], kpi))
        except _Refused as refusal:
            problems.append(RowProblem(number, refusal.field, refusal.code, refusal.message))
    if problems:
        raise InvalidRows(problems)
    return checked


def computed_message(kpi: Kpi) -> str:
    """Why nobody enters values here."""
    if kpi.formula:
        return _("%(code)s is worked out by a formula: no value can be entered.") % {"code": kpi.code}
    return _("%(code)s is summed up from its parts: no value can be entered.") % {"code": kpi.code}


def _period_problems(
    number: int, reading: Reading, kpi: Kpi, organization: Organization, today: date
) -> list[RowProblem]:
    first_month = organization.fiscal_year_start
    if not is_period_start(reading.period, kpi.frequency, first_month):
        start = period_start(reading.period, kpi.frequency, first_month)
        message = _("A period is named by its first day: %(day)s.") % {"day": start.isoformat()}
        return [RowProblem(number, "period", "period", message)]
    if reading.period > today:
        message = _("This period has not begun; today is %(day)s.") % {"day": today.isoformat()}
        return [RowProblem(number, "period", "future", message)]
    return []


class _Refused(Exception):
    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


def _stored_form(reading: Reading, kpi: Kpi) -> Reading:
    """The row with its numbers at ten decimals, and the value of a ratio worked out from its operands."""
    numbers = {name: _number(name, getattr(reading, name)) for name in ("value", "numerator", "denominator")}
    value, numerator, denominator = numbers["value"], numbers["numerator"], numbers["denominator"]
    if (numerator is None) != (denominator is None):
        missing = "numerator" if numerator is None else "denominator"
        raise _Refused(missing, "required", _("A ratio needs both its numerator and its denominator."))
    if numerator is not None and denominator is not None:
        if kpi.time_aggregation != TimeAggregation.RATIO:
            raise _Refused("numerator", "not_a_ratio", _("Only a KPI that aggregates as a ratio takes operands."))
        scale = ratio_scale(kpi.unit)
        found = _number("value", quotient(numerator, denominator, scale))
        if value is not None and exact(value, kpi.precision) != exact(found, kpi.precision):
            raise _Refused("value", "ratio", _unequal(kpi.unit, scale))
        value = found
    return replace(reading, value=value, numerator=numerator, denominator=denominator)


def _unequal(unit: str, scale: Decimal) -> str:
    if scale == 1:
        return _("The value does not equal numerator divided by denominator.")
    return _("The value does not equal %(scale)s × numerator / denominator: the unit is %(unit)s.") % {
        "scale": scale,
        "unit": unit.strip(),
    }


def _number(name: str, value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite() or abs(value) >= LARGEST:
        raise _Refused(name, "range", _("The number must be smaller than 10^20."))
    try:
        return value.quantize(STORED_PLACES, rounding=ROUND_HALF_EVEN) + Decimal(0)
    except InvalidOperation:
        raise _Refused(name, "digits", _("The number has too many digits.")) from None


def with_note(reading: Reading, stored: Stored | None) -> Reading:
    """The row with the note that will stand: its own, or the one that stands."""
    if reading.note is not None:
        return reading
    return replace(reading, note=stored.note if stored else "")


def differs(reading: Reading, stored: Stored | None) -> bool:
    """Whether the row replaces something else that is stored."""
    if stored is None:
        return False
    new = (reading.value, reading.numerator, reading.denominator, reading.estimate, reading.note)
    return new != (stored.value, stored.numerator, stored.denominator, stored.estimate, stored.note)


def _entries(
    kpis: Mapping[int, Kpi], new: Sequence[Reading], replaced: Sequence[tuple[Reading, Stored]], reason: str
) -> list[Entry]:
    """One event per KPI that changed: its periods with the value before and after."""
    before: dict[int, dict[str, object]] = {}
    after: dict[int, dict[str, object]] = {}
    for row in new:
        after.setdefault(row.kpi_id, {})[row.period.isoformat()] = row.value
    for row, old in replaced:
        before.setdefault(row.kpi_id, {})[row.period.isoformat()] = old.value
        after.setdefault(row.kpi_id, {})[row.period.isoformat()] = row.value
    return [
        Entry(
            "measurement.corrected" if pk in before else "measurement.recorded",
            "kpi",
            kpis[pk].code,
            {"values": before[pk]} if pk in before else None,
            {"values": after[pk], **({"reason": reason} if reason else {})},
        )
        for pk in sorted(after)
    ]
