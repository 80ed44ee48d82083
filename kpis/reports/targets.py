"""The targets of a KPI: which are set, how they became what they are, and which its past suggests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from audit.models import Event
from kpis.choices import Kind
from kpis.models import Kpi, Target
from kpis.proposals import Bounds, Idea, Proposal, proposals_of, with_probabilities
from kpis.reports.words import amount, change, language, period_name
from kpis.seasons import is_seasonal, seasoned
from kpis.services import definition_of, readings_of, target_points
from kpis.services.targets import CHANGED
from kpis.trajectory import shaped
from objectives.services import today_of
from organization.drawing import dates
from organization.models import Organization, User

DECLARED: Final = ("target", "low", "high")
"""Columns of a KPI that say what is wanted without a date."""

CHANGES_SHOWN: Final = 50
PERCENT: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target, or the bounds of a range."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One dated target; `in_force` today."""

    period: date
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    reason: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class TargetMove:
    """What one dated target was and became; no period is the target that stands in the definition."""

    period: date | None
    before: Wanted | None
    after: Wanted | None


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One change of the targets: when, by whom, why, and what moved."""

    at: datetime
    by: str
    reason: str
    moves: tuple[TargetMove, ...]


@dataclass(frozen=True, slots=True)
class ProposedTarget:
    """A proposal with its name and the sentences that explain it."""

    idea: str
    name: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    why: str
    reached: int
    periods: int
    assurance: str
    assurance_word: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class TargetsPage:
    """Everything that the page of the targets shows, except its form."""

    code: str
    name: str
    kind: str
    frequency: str
    unit: str
    precision: int
    direction: str
    baseline: Decimal | None
    declared: Wanted
    end: date | None
    is_milestones: bool
    rows: tuple[TargetRow, ...]
    changes: tuple[TargetChange, ...]
    proposals: tuple[ProposedTarget, ...]


def targets_page(kpi: Kpi, *, organization: Organization, at: datetime) -> TargetsPage:
    """The page of a KPI's targets. A constant number of queries."""
    today = today_of(organization, at)
    return TargetsPage(
        code=kpi.code,
        name=kpi.text("name"),
        kind=kpi.kind,
        frequency=kpi.frequency,
        unit=kpi.text("unit"),
        precision=kpi.precision,
        direction=kpi.direction,
        baseline=kpi.baseline,
        declared=Wanted(kpi.target, kpi.low, kpi.high),
        end=kpi.end,
        is_milestones=shaped(kpi),
        rows=target_rows(kpi, today=today),
        changes=target_changes(kpi),
        proposals=target_proposals(kpi, organization=organization, today=today),
    )


def target_rows(kpi: Kpi, *, today: date) -> tuple[TargetRow, ...]:
    """The dated targets by period. One query."""
    rows = list(Target.objects.filter(kpi=kpi).order_by("period"))
    latest = max((row.period for row in rows if row.period <= today), default=None)
    return tuple(TargetRow(row.period, row.value, row.low, row.high, row.reason, row.period == latest) for row in rows)


def target_changes(kpi: Kpi, *, most: int = CHANGES_SHOWN) -> tuple[TargetChange, ...]:
    """What the ledger says of the targets, the newest first. Two queries."""
    declared = Q(verb__in=["kpi.created", "kpi.changed"], after__has_any_keys=list(DECLARED))
    events = list(
        Event.objects.filter(organization_id=kpi.organization_id, subject_type="kpi", subject_code=kpi.code)
        .filter(Q(verb=CHANGED) | declared)
        .order_by("-id")[:most]
    )
    ids = {event.actor_id for event in events if event.actor_id is not None}
    names = {row.pk: str(row) for row in User.objects.filter(pk__in=ids)}
    found = (
        TargetChange(
            at=event.at,
            by=names.get(event.actor_id, event.actor_label) if event.actor_id is not None else _("Automatic"),
            reason=str((event.after or {}).get("reason", "")),
            moves=tuple(_moves(event)),
        )
        for event in events
    )
    return tuple(one for one in found if one.moves)


def target_proposals(kpi: Kpi, *, organization: Organization, today: date) -> tuple[ProposedTarget, ...]:
    """What the past suggests, the easiest first, in sentences. Two queries."""
    readings = readings_of([kpi.pk]).get(kpi.pk, [])
    definition = seasoned(definition_of(kpi, target_points(kpi), organization), readings)
    bounds = bounds_of(kpi, [reading.value for reading in readings if reading.value is not None])
    found = proposals_of(definition, readings, on=today, bounds=bounds)
    found = with_probabilities(definition, readings, found, bounds=Bounds(kpi.minimum, kpi.maximum))
    return tuple(_proposed(kpi, one, yearly=is_seasonal(definition)) for one in found)


def bounds_of(kpi: Kpi, values: Iterable[Decimal]) -> Bounds:
    """The declared bounds; else 0 where no value was below, and 100 for percentages that never were above."""
    known = list(values)
    least, most = kpi.minimum, kpi.maximum
    if least is None and known and min(known) >= 0:
        least = Decimal(0)
    if most is None and kpi.unit == "%" and known and max(known) <= PERCENT:
        most = PERCENT
    return Bounds(least, most)


def _moves(event: Event) -> Iterable[TargetMove]:
    before, after = event.before or {}, event.after or {}
    if event.verb != CHANGED:
        was, now = _wanted(before, "target"), _wanted(after, "target")
        return [TargetMove(None, was, now)] if was != now else []
    old, new = _by_period(before), _by_period(after)
    periods = sorted(old.keys() | new.keys())
    return [TargetMove(day, old.get(day), new.get(day)) for day in periods if old.get(day) != new.get(day)]


def _by_period(state: Mapping[str, Any]) -> dict[date, Wanted | None]:
    rows = state.get("targets") or []
    return {date.fromisoformat(row["period"]): _wanted(row, "value") for row in rows}


def _wanted(state: Mapping[str, Any], value: str) -> Wanted | None:
    found = Wanted(*(_number(state.get(name)) for name in (value, "low", "high")))
    return None if found == Wanted() else found


def _number(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text)).normalize()


# --- proposals in words ---


def _proposed(kpi: Kpi, one: Proposal, *, yearly: bool) -> ProposedTarget:
    return ProposedTarget(
        idea=one.idea.value,
        name=_name(one.idea),
        value=one.value,
        low=one.low,
        high=one.high,
        why=_why(kpi, one, yearly=yearly),
        reached=one.reached,
        periods=one.periods,
        assurance=one.assurance or "",
        assurance_word=_assurance(one.assurance),
        probability=one.probability,
    )


def _name(idea: Idea) -> str:
    names = {
        Idea.PACE: _("Keep the pace"),
        Idea.HOLD: _("Hold the level"),
        Idea.SUSTAINED: _("Best level so far"),
        Idea.USUAL: _("Usual range"),
        Idea.LIMIT: _("Natural limit"),
        Idea.STRETCH: _("Beyond the limit"),
    }
    return names[idea]


def _assurance(assurance: str | None) -> str:
    words = {
        "consistently_passes": _("reached all the time already"),
        "hit_or_miss": _("within the reach of the process"),
        "consistently_fails": _("out of reach of the process as it is"),
    }
    return words.get(assurance or "", "")


def _why(kpi: Kpi, one: Proposal, *, yearly: bool) -> str:
    words = {name: _fact(kpi, name, fact, yearly=yearly) for name, fact in one.facts.items()} | {"count": one.periods}
    texts = {
        Idea.PACE: _("The trend of the last %(count)s values goes on until %(horizon)s: %(slope)s each period."),
        Idea.HOLD: _("The values do not move the right way; this holds the mean of the last %(run)s of them."),
        Idea.SUSTAINED: _(
            "The best mean of three in a row, %(since)s to %(until)s. One in four was at %(quartile)s or better."
        ),
        Idea.USUAL: _("Nine in ten of the last %(count)s values lay inside."),
        Idea.LIMIT: _("As the process works today, around %(centre)s, better values are not to be expected."),
        Idea.STRETCH: _(
            "Half as far again beyond the natural limit of %(limit)s: it takes another process, not more effort."
        ),
    }
    if kpi.kind == Kind.RANGE:
        texts[Idea.LIMIT] = _("As the process works today, values outside these limits are not to be expected.")
    if yearly:
        texts[Idea.PACE] = _("The trend of the last %(count)s yearly sums goes on: %(slope)s from year to year.")
        texts[Idea.HOLD] = _("The yearly sums do not move the right way; this holds the mean of the last %(run)s.")
    return texts[one.idea] % words


def _fact(kpi: Kpi, name: str, fact: Decimal | date | int, *, yearly: bool) -> str:
    if isinstance(fact, Decimal):
        return change(fact, kpi) if name == "slope" else amount(fact, kpi)
    if isinstance(fact, date):
        if name == "horizon":
            return dates.day(fact, language())
        return str(fact.year) if yearly else period_name(fact, kpi)
    return str(fact)
