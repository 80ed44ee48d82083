"""What is due from a person until Friday: one definition for the list, the menu's count, the API and the digest.

Each kind is a queryset; the count in the menu counts the same rows. Reads only.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from alerts.choices import AlertState
from alerts.models import Alert
from dashboards.agenda import (
    ANSWER_WITHIN,
    CHECK_IN_EVERY,
    DECIDE_WITHIN,
    UPDATE_EVERY,
    Kind,
    Task,
    due_after,
    gap_of,
    last_day_of_week,
    ordered,
    share_of_time,
)
from dashboards.services.influence import Bearing, Influences, influences_of
from initiatives.choices import Stage
from initiatives.delivery import effective_shares
from initiatives.models import Initiative, InitiativeObjective
from kpis.choices import RestatementState
from kpis.models import Kpi, RestatedValue, Restatement
from kpis.periods import period_start
from objectives.choices import Lifecycle
from objectives.models import CheckIn, Objective
from objectives.services import today_of
from organization.actors import Actor
from organization.choices import Role
from organization.models import Organization

Subject = Kpi | Objective | Initiative | Alert | Restatement

NOT_BEARING: Final = Bearing("", 0.0)
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """One task with the row that it is about. `period`: the oldest one without a value, of values only."""

    task: Task
    subject: Subject
    period: date | None = None


@dataclass(frozen=True)
class _Frame:
    """For whom, on which day, up to which one."""

    actor: Actor
    today: date
    until: date
    zone: ZoneInfo

    def midnight_after(self, day: date) -> datetime:
        """The moment at which the day is over, where the organization is."""
        return datetime.combine(day + ONE_DAY, time(), tzinfo=self.zone)

    def local(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def due_of(actor: Actor, organization: Organization, *, at: datetime) -> list[Due]:
    """Everything due from the actor until Friday, in the order in which it should be done: eleven queries at most."""
    frame = _frame(actor, organization, at)
    if actor.user_id is None or actor.only_reads:
        return []
    kpis = list(_values(frame).select_related("figures"))
    objectives = list(_check_ins(frame).select_related("figures").annotate(last_said=Max("check_ins__at")))
    works = list(_updates(frame))
    alerts = list(
        _alerts(frame).select_related(
            "rule", "kpi__figures", "objective__figures", "initiative", "department", "group__branch"
        )
    )
    approvals = list(_approvals(frame).select_related("proposed_by"))
    restated = _restated(approvals)
    touched = [*works, *(alert.initiative for alert in alerts if alert.initiative)]
    weigh = _Weighing(
        influences_of(
            kpi_ids=[row.pk for row in kpis]
            + [alert.kpi_id for alert in alerts if alert.kpi_id]
            + [kpi.pk for many in restated.values() for kpi in many],
            objective_ids=[row.pk for row in objectives]
            + [alert.objective_id for alert in alerts if alert.objective_id],
            shares=_shares(touched),
        ),
        frame.today,
    )
    found = [_value(row, organization, weigh) for row in kpis]
    found += [_check_in(row, frame, weigh) for row in objectives]
    found += [_update(row, frame, weigh) for row in works]
    found += [_alert(row, frame, weigh) for row in alerts]
    found += [_approval(row, restated[row.pk], frame, weigh) for row in approvals]
    by_key = {due.task.key: due for due in found}
    return [by_key[task.key] for task in ordered((due.task for due in found), frame.today)]


def due_counts(actor: Actor, organization: Organization, *, at: datetime) -> list[Subquery]:
    """How many of each kind, as parts of a query on organizations: their sum is the length of `due_of`."""
    if actor.user_id is None or actor.only_reads:
        return []
    frame = _frame(actor, organization, at)
    parts: tuple[QuerySet[Any], ...] = (
        _values(frame),
        _check_ins(frame),
        _updates(frame),
        _alerts(frame),
        _approvals(frame),
    )
    counted = (rows.order_by().values("organization_id").annotate(count=Count("pk")).values("count") for rows in parts)
    return [Subquery(rows) for rows in counted]


def mine_to_type(actor: Actor) -> "QuerySet[Kpi, Kpi]":
    """The KPIs whose values the actor types: the updater, or the owner of one without an updater; none that are
    computed, no series."""
    own = Q(updater_id=actor.user_id) | Q(updater__isnull=True, owner_id=actor.user_id)
    rows = Kpi.objects.updatable_by(actor).of_their_own().filter(own)
    return rows.exclude(pk__in=Kpi.objects.computed().filter(organization_id=actor.organization_id).values("pk"))


def _frame(actor: Actor, organization: Organization, at: datetime) -> _Frame:
    today = today_of(organization, at)
    return _Frame(actor, today, last_day_of_week(today), organization.zone)


def _values(frame: _Frame) -> "QuerySet[Kpi, Kpi]":
    """A closed period has no value, and it is due by Friday; not what the actor has proposed as a restatement."""
    closes = ExpressionWrapper(F("figures__due_on") - F("grace_days"), output_field=DateField())
    proposed = RestatedValue.objects.filter(
        kpi=OuterRef("pk"),
        period__gt=Coalesce(OuterRef("figures__period"), Value(date.min)),
        restatement__state=RestatementState.PROPOSED,
        restatement__proposed_by_id=frame.actor.user_id,
    )
    rows = mine_to_type(frame.actor).annotate(closes=closes)
    return rows.filter(~Exists(proposed), closes__lt=frame.today, figures__due_on__lte=frame.until)


def _check_ins(frame: _Frame) -> "QuerySet[Objective, Objective]":
    """The owner's last word is as old as the rhythm by Friday; without any, the start is."""
    said = CheckIn.objects.filter(objective=OuterRef("pk"))
    recent = said.filter(at__gte=frame.midnight_after(frame.until - CHECK_IN_EVERY))
    rows = Objective.objects.updatable_by(frame.actor).filter(
        owner_id=frame.actor.user_id, lifecycle=Lifecycle.ACTIVE, start__lte=frame.today, end__gte=frame.today
    )
    return rows.filter(Exists(said) | Q(start__lte=frame.until - CHECK_IN_EVERY)).filter(~Exists(recent))


def _updates(frame: _Frame) -> "QuerySet[Initiative, Initiative]":
    """Work in progress that its owner has not spoken of for a week by Friday."""
    said_before = Q(status_at__lt=frame.midnight_after(frame.until - UPDATE_EVERY))
    begun = Q(start__isnull=True) | Q(start__lte=frame.until - UPDATE_EVERY)
    rows = Initiative.objects.updatable_by(frame.actor).filter(owner_id=frame.actor.user_id, stage=Stage.IN_PROGRESS)
    return rows.filter(said_before | (Q(status_at__isnull=True) & begun))


def _alerts(frame: _Frame) -> "QuerySet[Alert, Alert]":
    """Firing, not snoozed, the actor's own or escalated to them."""
    mine = Q(owner_id=frame.actor.user_id) | Q(escalated_to_id=frame.actor.user_id)
    return Alert.objects.asking().answerable_by(frame.actor).filter(mine, state=AlertState.FIRING)


def _approvals(frame: _Frame) -> "QuerySet[Restatement, Restatement]":
    """Restatements of others for which the actor is a second person: see `kpis.services.may_decide_on`."""
    rows = Restatement.objects.waiting().filter(organization_id=frame.actor.organization_id)
    rows = rows.exclude(proposed_by_id=frame.actor.user_id)
    if frame.actor.paths(frozenset({Role.ADMIN})) is None:
        return rows
    editable = Kpi.objects.editable_by(frame.actor).values("pk")
    beyond = RestatedValue.objects.filter(restatement=OuterRef("pk")).exclude(kpi__in=editable)
    return rows.filter(~Exists(beyond))


def _restated(approvals: list[Restatement]) -> dict[int, list[Kpi]]:
    """The KPIs of each restatement, with their figures (one query)."""
    found: dict[int, list[Kpi]] = {row.pk: [] for row in approvals}
    values = RestatedValue.objects.filter(restatement__in=found).select_related("kpi__figures")
    for value in values.order_by("kpi_id", "period"):
        found[value.restatement_id].append(value.kpi)
    return found


def _shares(works: list[Initiative]) -> dict[int, dict[int, Any]]:
    """How each initiative divides over objectives (one query)."""
    given: dict[int, dict[int, Decimal | None]] = defaultdict(dict)
    rows = InitiativeObjective.objects.filter(initiative__in={row.pk for row in works})
    for initiative_id, objective_id, share in rows.values_list("initiative_id", "objective_id", "allocation"):
        given[initiative_id][objective_id] = share
    return {pk: dict(effective_shares(shares)) for pk, shares in given.items()}


@dataclass(frozen=True)
class _Weighing:
    """Influence and gap of a thing, as keywords of its task."""

    influences: Influences
    today: date

    def kpi(self, kpi: Kpi) -> dict[str, Any]:
        figures = kpi.figures
        bad = figures.favourable_variance is not None and figures.favourable_variance < 0
        share = figures.variance_pct if bad else None
        gap = gap_of(figures.roll_progress, figures.roll_expected, share)
        return _weight(self.influences.kpis.get(kpi.pk, NOT_BEARING), gap)

    def objective(self, row: Objective) -> dict[str, Any]:
        gap = gap_of(row.figures.progress, row.figures.expected)
        return _weight(self.influences.objectives.get(row.pk, NOT_BEARING), gap)

    def initiative(self, row: Initiative) -> dict[str, Any]:
        done = None if row.progress is None else float(row.progress)
        gap = gap_of(done, share_of_time(row.start, row.end, self.today))
        return _weight(self.influences.initiatives.get(row.pk, NOT_BEARING), gap)

    def alert(self, alert: Alert) -> dict[str, Any]:
        if alert.kpi is not None:
            return self.kpi(alert.kpi)
        if alert.objective is not None:
            return self.objective(alert.objective)
        return self.initiative(alert.initiative) if alert.initiative is not None else {}

    def heaviest(self, kpis: list[Kpi]) -> dict[str, Any]:
        """Of several KPIs the one that weighs most."""
        weights = [self.kpi(kpi) for kpi in kpis]
        return max(weights, key=lambda one: (one["influence"] * one["gap"], one["influence"]), default={})


def _weight(bearing: Bearing, gap: float) -> dict[str, Any]:
    return {"influence": bearing.influence, "gap": gap, "top": bearing.code}


def _value(kpi: Kpi, organization: Organization, weigh: _Weighing) -> Due:
    due_on = cast(date, kpi.figures.due_on)  # the query asks for it
    closes = due_on - timedelta(days=kpi.grace_days)
    period = period_start(closes, kpi.frequency, organization.fiscal_year_start)
    return Due(Task(Kind.VALUE, kpi.code, due_on, **weigh.kpi(kpi)), kpi, period)


def _check_in(row: Objective, frame: _Frame, weigh: _Weighing) -> Due:
    said: datetime | None = row.last_said  # type: ignore[attr-defined]
    due_on = due_after(frame.local(said) if said else None, row.start, CHECK_IN_EVERY, frame.today)
    return Due(Task(Kind.CHECK_IN, row.code, due_on, **weigh.objective(row)), row)


def _update(row: Initiative, frame: _Frame, weigh: _Weighing) -> Due:
    last = frame.local(row.status_at) if row.status_at else None
    due_on = due_after(last, row.start, UPDATE_EVERY, frame.today)
    return Due(Task(Kind.UPDATE, row.code, due_on, **weigh.initiative(row)), row)


def _alert(row: Alert, frame: _Frame, weigh: _Weighing) -> Due:
    due_on = frame.local(row.opened_at) + ANSWER_WITHIN
    return Due(Task(Kind.ALERT, row.code, due_on, **weigh.alert(row)), row)


def _approval(row: Restatement, kpis: list[Kpi], frame: _Frame, weigh: _Weighing) -> Due:
    due_on = frame.local(row.proposed_at) + DECIDE_WITHIN
    return Due(Task(Kind.APPROVAL, row.code, due_on, **weigh.heaviest(kpis)), row)
