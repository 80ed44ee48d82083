"""A status set by hand (SEMANTICS §6, step 5): said with a reason, in force for a while, never part of a roll-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import Entry, record_event, record_events
from objectives.choices import Colour, Rule, State
from objectives.evaluation import Standing
from objectives.models import Objective, ObjectiveFigures, ObjectiveOverride, Override
from objectives.pace import BY_HAND, BY_HAND_AT_THE_END, Status, shown_status
from objectives.services.figures import lock_figures, lock_roll_up
from objectives.services.graph import today_of, write_snapshots
from organization.actors import Actor, system_actor
from organization.models import Organization
from organization.records import Conflict
from organization.services import bump_figures_version

S = TypeVar("S", bound=Override)

ANY: Final = -1
"""Whatever statement was on the screen."""


@dataclass(frozen=True)
class Said:
    """What somebody says of a status: checked, with its colour and its last day (None: until the next statement)."""

    state: State
    colour: Colour
    reason: str
    expires_on: date | None


def said_by_hand(state: str, *, reason: str, until: date | None, today: date, end: date | None) -> Said:
    """What may be said on a day; raises ValidationError by field.

    From the `end` on only an outcome is possible, before it only a pace, which then lasts until the eve of the end.
    """
    ended = end is not None and today >= end
    possible = BY_HAND_AT_THE_END if ended else BY_HAND
    problems: dict[str, ValidationError] = {}
    if state not in possible:
        names = ", ".join(possible)
        problems["state"] = ValidationError(_("Today only these can be said: %(names)s.") % {"names": names}, "choice")
    if not reason.strip():
        problems["reason"] = ValidationError(_("Say why the status is set by hand."), "required")
    if until is not None and until < today:
        problems["until"] = ValidationError(_("This day has passed."), "past")
    if problems:
        raise ValidationError(problems)
    last = until if end is None or ended else min(until or date.max, end - timedelta(days=1))
    return Said(State(state), possible[State(state)], reason.strip(), last)


def status_said(row: Override) -> Status:
    """The status as it was set by hand."""
    return Status(State(row.state), Colour(row.colour), Rule.OVERRIDE)


def standing_already(present: S | None, said: Said, *, seen: int | None) -> S | None:
    """The statement in force where it says the same. Conflict where it is not the one that was on the screen."""
    if seen not in (ANY, present.pk if present else None):
        raise Conflict(_("Someone else has set the status by hand meanwhile."))
    if present is None:
        return None
    same = (present.state, present.reason, present.expires_on) == (said.state, said.reason, said.expires_on)
    return present if same else None


def end_statements(rows: Sequence[Override], *, at: datetime, user_id: int | None) -> None:
    """Keep them, all of one kind, as what was said until now."""
    manager = type(rows[0])._default_manager
    manager.filter(pk__in=[row.pk for row in rows]).update(ended_at=at, ended_by_id=user_id)


def override_status(
    objective: Objective,
    *,
    state: str,
    reason: str,
    until: date | None,
    actor: Actor,
    at: datetime,
    seen: int | None = ANY,
) -> ObjectiveOverride:
    """Set the status of an objective by hand, in place of an earlier statement; the same again changes nothing.

    Owner, a manager above or the strategy office. `seen` is the key of the statement on the person's screen (None:
    none was); another one in force by now is a Conflict. Ends with the next check-in, on the
    chosen day, or by `end_override`. Holds the organization's roll-up: what is shown changes at once, nothing above.
    """
    with transaction.atomic():
        organization, present = _hold(objective, actor=actor, at=at)
        day = today_of(organization, at)
        said = said_by_hand(state, reason=reason, until=until, today=day, end=objective.end)
        standing = standing_already(present, said, seen=seen)
        if standing is not None:
            return standing
        if present is not None:
            end_statements([present], at=at, user_id=actor.user_id)
        latest = objective.check_ins.aggregate(at=Max("at"))["at"]
        row = ObjectiveOverride.objects.create(
            objective=objective, author_id=actor.user_id, set_at=at, spoken_at=latest, **vars(said)
        )
        was = {"state": present.state, "reason": present.reason} if present else None
        record_event(Entry("objective.status_set", "objective", objective.code, was, vars(said)), actor=actor, at=at)
        _show_again(objective, day=day, at=at)
    return row


def end_override(objective: Objective, *, actor: Actor, at: datetime) -> bool:
    """End the statement in force; False when there is none. Twice is once."""
    with transaction.atomic():
        organization, present = _hold(objective, actor=actor, at=at)
        if present is None:
            return False
        end_statements([present], at=at, user_id=actor.user_id)
        was = {"state": present.state, "reason": present.reason}
        record_event(Entry("objective.status_released", "objective", objective.code, was), actor=actor, at=at)
        _show_again(objective, day=today_of(organization, at), at=at)
    return True


def with_overrides(
    standings: Mapping[int, Standing], *, organization: Organization, day: date, at: datetime
) -> dict[int, Standing]:
    """The standings with the status that is shown; statements that are over are ended. One query while none are."""
    by_hand = _in_force(standings, organization=organization, day=day, at=at)
    return {
        pk: replace(standing, shown=shown_status(standing.status, by_hand.get(pk)))
        for pk, standing in standings.items()
    }


def _in_force(
    objective_ids: Mapping[int, Standing], *, organization: Organization, day: date, at: datetime
) -> dict[int, Status]:
    rows = list(
        ObjectiveOverride.objects.filter(objective_id__in=list(objective_ids), ended_at__isnull=True)
        .annotate(latest=Max("objective__check_ins__at"))
        .select_related("objective")
        .order_by("objective_id")
    )
    over = [row for row in rows if row.is_over(row.latest, day)]
    if over:
        end_statements(over, at=at, user_id=None)
        entries = [
            Entry("objective.status_released", "objective", row.objective.code, {"state": row.state}) for row in over
        ]
        record_events(entries, actor=system_actor(organization.pk), at=at)
    return {row.objective_id: status_said(row) for row in rows if row not in over}


def _hold(objective: Objective, *, actor: Actor, at: datetime) -> tuple[Organization, ObjectiveOverride | None]:
    """Lock what is rolled up and the figures; the statement in force, unless a check-in or the day has ended it."""
    lock_roll_up(actor.organization_id)
    lock_figures([objective.pk])
    if not Objective.objects.updatable_by(actor).filter(pk=objective.pk).exists():
        raise PermissionDenied(_("Only the owner, a manager above or the strategy office sets a status by hand."))
    organization = Organization.objects.get(pk=actor.organization_id)
    found = objective.overrides.filter(ended_at__isnull=True).annotate(latest=Max("objective__check_ins__at")).first()
    if found is not None and found.is_over(found.latest, today_of(organization, at)):
        end_statements([found], at=at, user_id=None)
        found = None
    return organization, found


def _show_again(objective: Objective, *, day: date, at: datetime) -> None:
    """Only what is shown of this objective differs: nothing above reads it, so nothing is rolled up."""
    figures = ObjectiveFigures.objects.get(pk=objective.pk)
    computed = Status(State(figures.computed_state), Colour(figures.computed_colour), Rule(figures.computed_rule))
    row = objective.overrides.filter(ended_at__isnull=True).first()
    shown = shown_status(computed, status_said(row) if row else None)
    if (figures.state, figures.colour, figures.rule) == (shown.state, shown.colour, shown.rule):
        return
    figures.state, figures.colour, figures.rule = shown.state, shown.colour, shown.rule
    figures.changed_at, figures.announced = at, False
    figures.save(update_fields=["state", "colour", "rule", "changed_at", "announced"])
    if figures.computed_on == day:
        write_snapshots([objective.pk], day=day)
    bump_figures_version([objective.organization_id])
