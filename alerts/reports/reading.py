"""One alert to read: what is the matter, why one sees it, what is already under way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.choices import (
    CLOSING_OUTCOMES,
    ENDED_STATES,
    OPEN_STATES,
    AlertState,
    ChannelKind,
    DeliveryState,
    Outcome,
    RuleKind,
)
from alerts.lifecycle import escalates_at
from alerts.models import Alert, Delivery
from alerts.models.deliveries import keeps_the_post
from alerts.reports import words
from alerts.reports.rule_words import condition_sentence, patience_sentence, place_name
from alerts.services.lives import life_of
from alerts.services.subjects import patience_of
from alerts.services.wording import headline, subject_name, subject_of
from initiatives.choices import Declared, Stage
from initiatives.models import Initiative, InitiativeObjective
from kpis.models import Measure
from objectives.models import Objective
from organization.actors import Actor
from organization.choices import ANSWERING_ROLES
from organization.models import Membership, User

WORK_SHOWN: Final = 5
WORST_FIRST: Final = (Declared.RED, Declared.AMBER, Declared.GREEN)
PEOPLE_SHOWN: Final = 50

DRAWN: Final = frozenset(
    {RuleKind.THRESHOLD, RuleKind.COLOUR, RuleKind.VARIANCE, RuleKind.SIGNAL, RuleKind.FORECAST, RuleKind.STALE}
)
"""Kinds whose alerts on a KPI are easier to judge with its course in sight."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What the alert bears on, and where it is shown: `place` is kpi, objective or initiative."""

    code: str
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class Work:
    """An initiative under way for what the alert touches."""

    code: str
    title: str
    state: str
    colour: str
    progress: float | None
    owner: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who could take it on."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that the pane shows. `subject` is what it is about, `touches` what that serves."""

    code: str
    kind: str
    headline: str
    explanation: str
    state: str
    colour: str
    state_word: str
    state_reason: str
    is_open: bool
    is_acknowledged: bool
    is_snoozed: bool
    may_reopen: bool
    holds: bool
    opened_at: datetime
    ended_at: datetime | None
    subject: Touched
    is_drawn: bool
    rule: str
    rule_code: str
    rule_place: str
    condition: str
    patience: str
    department: str
    owner: str
    assigned_by: str
    told: tuple[str, ...]
    escalation: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    closed_by: str
    outcome: str
    action_code: str
    comment: str
    touches: tuple[Touched, ...]
    work: tuple[Work, ...]
    people: tuple[Person, ...]
    may_answer: bool
    version: int


def reading_of(actor: Actor, alert: Alert, *, at: datetime) -> Reading:
    """The pane of an alert that the actor sees: ten queries at most."""
    alert = _in_full(alert)
    state, colour = words.look_of(alert)
    touches = _touched(actor, alert)
    may_answer = Alert.objects.answerable_by(actor).filter(pk=alert.pk).exists()
    is_open = alert.state in OPEN_STATES
    served = [row.pk for row in touches] if alert.objective_id is None else [alert.objective_id]
    return Reading(
        code=alert.code,
        kind=words.kind_word(alert),
        headline=headline(alert),
        explanation=words.explanation(alert),
        state=state,
        colour=colour,
        state_word=_("Snoozed") if alert.snoozed_until is not None else str(AlertState(alert.state).label),
        state_reason=words.state_reason(alert),
        is_open=is_open,
        is_acknowledged=alert.acknowledged_at is not None,
        is_snoozed=alert.snoozed_until is not None,
        may_reopen=may_answer and alert.state == AlertState.CLOSED and alert.holds,
        holds=alert.holds,
        opened_at=alert.opened_at,
        ended_at=alert.ended_at,
        subject=_subject(alert),
        is_drawn=alert.kpi_id is not None and alert.rule.kind in DRAWN,
        rule=alert.rule.text("name"),
        rule_code=alert.rule.code,
        rule_place=place_name(alert.rule),
        condition=condition_sentence(alert.rule),
        patience=patience_sentence(alert.rule),
        department=alert.department.text("name") if alert.department else "",
        owner=_name(alert.owner),
        assigned_by=_name(alert.assigned_by),
        told=_told(actor, alert),
        escalation=_escalation(alert, at=at),
        acknowledged_by=_name(alert.acknowledged_by),
        acknowledged_at=alert.acknowledged_at,
        closed_by=_name(alert.closed_by),
        outcome=str(Outcome(alert.outcome).label) if alert.outcome in dict(CLOSING_OUTCOMES) else "",
        action_code=alert.action_code,
        comment=alert.comment,
        touches=tuple(Touched(row.code, row.text("title"), "objective") for row in touches),
        work=_work(actor, served),
        people=_people(actor, alert) if may_answer and is_open else (),
        may_answer=may_answer,
        version=alert.version,
    )


def _in_full(alert: Alert) -> Alert:
    """The alert with everybody it names: one query."""
    people = ("owner", "assigned_by", "acknowledged_by", "closed_by", "escalated_to")
    about = ("kpi", "objective", "initiative", "rule__department", "rule__kpi", "department", "organization")
    return Alert.objects.select_related(*people, *about).get(pk=alert.pk)


def _subject(alert: Alert) -> Touched:
    if alert.kpi is not None:
        return Touched(alert.kpi.code, subject_name(alert), "kpi")
    about = subject_of(alert)
    return Touched(about.code if about else "", subject_name(alert), "objective" if alert.objective else "initiative")


def _name(person: User | None) -> str:
    return str(person) if person else ""


def _told(actor: Actor, alert: Alert) -> tuple[str, ...]:
    """Who was sent the message that tells of the alert, the reader last; channels only to those who keep them."""
    if alert.group_id is None:
        return ()
    sent = Q(state__in=[DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.FAILED])
    rows = Delivery.objects.of_organization(actor).filter(sent, group_id=alert.group_id, episode__gte=alert.episode)
    rows = rows.select_related("recipient", "channel").order_by("pk")[:PEOPLE_SHOWN]
    names: dict[str, None] = {}
    mine, channels = False, 0
    for row in rows:
        if row.recipient_id is not None and row.recipient_id == actor.user_id:
            mine = True
        elif row.recipient is not None:
            names[str(row.recipient)] = None
        elif row.channel is not None and keeps_the_post(actor):
            names[f"{row.channel.name} ({ChannelKind(row.channel.kind).label})"] = None
        else:
            channels += 1
    extra = [ngettext("%(count)d channel", "%(count)d channels", channels) % {"count": channels}] if channels else []
    return (*names, *extra, *([_("you")] if mine else []))


def _escalation(alert: Alert, *, at: datetime) -> str:
    """How far up it has come, and when it goes on."""
    said = []
    if alert.escalated_to is not None and alert.escalated_at is not None:
        names = {"name": str(alert.escalated_to), "time": words.moment_of(alert.escalated_at)}
        said.append(_("to %(name)s since %(time)s") % {**names})
    hours = alert.rule.escalate_after_hours
    if alert.state in ENDED_STATES or hours is None:
        return "; ".join(said)
    if alert.acknowledged_at is not None:
        return "; ".join([*said, _("no further: it is acknowledged")])
    moment = escalates_at(life_of(alert, alert.organization.zone), patience_of(alert.rule))
    if moment is not None:
        said.append(_("to the next manager on %(time)s, unless it is acknowledged") % {"time": words.moment_of(moment)})
    elif alert.escalation_ended:
        said.append(_("nobody is above"))
    return "; ".join(said)


def _people(actor: Actor, alert: Alert) -> tuple[Person, ...]:
    """Those who answer for the alert's department or all of them, as suggestions: one query."""
    members = Membership.objects.filter(organization_id=actor.organization_id)
    place = Q(department__isnull=True)
    if alert.department is not None:
        place |= Q(department__path__below_any=[alert.department.path.partition(".")[0]])
    ids = members.filter(place, role__in=ANSWERING_ROLES).values("user_id")
    rows = User.objects.filter(pk__in=ids, is_active=True, is_service=False).exclude(pk=alert.owner_id or 0)
    return tuple(Person(row.email, str(row)) for row in rows.order_by("name", "email")[:PEOPLE_SHOWN])


def _touched(actor: Actor, alert: Alert) -> list[Objective]:
    if alert.initiative_id is not None:
        served = InitiativeObjective.objects.filter(initiative_id=alert.initiative_id).values("objective_id")
        return list(Objective.objects.visible_to(actor).filter(pk__in=served).order_by("code"))
    if alert.kpi_id is None:
        return []
    measured = Measure.objects.filter(kpi_id=alert.kpi_id).values("objective_id")
    return list(Objective.objects.visible_to(actor).filter(pk__in=measured).order_by("code"))


def _work(actor: Actor, objective_ids: list[int]) -> tuple[Work, ...]:
    """Initiatives in progress that serve the objectives, the worst status first, those without one last."""
    worst_first = Case(*(When(status=status, then=Value(place)) for place, status in enumerate(WORST_FIRST)), default=3)
    rows = (
        Initiative.objects.visible_to(actor)
        .filter(stage=Stage.IN_PROGRESS, allocations__objective_id__in=objective_ids)
        .distinct()
        .select_related("owner")
        .order_by(worst_first, "code")[:WORK_SHOWN]
    )
    states = {"green": "on_track", "amber": "at_risk", "red": "off_track"}
    return tuple(
        Work(
            code=row.code,
            title=row.text("title"),
            state=states.get(row.status, row.stage),
            colour=row.status,
            progress=None if row.progress is None else float(row.progress),
            owner=str(row.owner) if row.owner else "",
        )
        for row in rows
    )
