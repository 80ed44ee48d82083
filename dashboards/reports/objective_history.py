"""What was said and done about one objective: its check-ins, its ledger, its changes of status."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.models import Event
from dashboards.reports.objective_course import Turn
from dashboards.reports.objective_parts import Person, language, person_of
from objectives.choices import EdgeKind
from objectives.models import CheckIn, Contribution, Objective
from organization.actors import Actor
from organization.drawing import numbers
from organization.drawing.status import word_of
from organization.models import User

CHECK_INS_SHOWN: Final = 6
EVENTS_SHOWN: Final = 10
EDGES_WATCHED: Final = 200
LONG_TEXT: Final = 60


@dataclass(frozen=True, slots=True)
class CheckInRow:
    """One statement. Confidence from 0 to 100; `progress` is the owner's figure as a fraction."""

    at: datetime
    author: Person | None
    confidence: int | None
    previous: int | None
    progress: Decimal | None
    comment: str

    @property
    def has_moved(self) -> bool:
        return self.confidence is not None and self.previous is not None and self.confidence != self.previous


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened. With a state it is a change of status, and its symbol is drawn."""

    at: datetime
    text: str
    by: str
    icon: str
    state: str = ""
    colour: str = ""
    was: str = ""


def check_ins_of(objective: Objective) -> tuple[CheckInRow, ...]:
    """The latest first (one query)."""
    rows = CheckIn.objects.filter(objective=objective).select_related("author")[:CHECK_INS_SHOWN]
    return tuple(
        CheckInRow(row.at, person_of(row.author), row.confidence, row.previous_confidence, row.progress, row.comment)
        for row in rows
    )


def history_rows(objective: Objective, turns: Iterable[Turn], actor: Actor) -> tuple[HistoryRow, ...]:
    """The last things of the ledger and of the status, the newest first (three queries). Check-ins stand elsewhere."""
    edges = {
        f"{row.child_id} → {row.parent_id}": row
        for row in Contribution.objects.visible_to(actor)
        .filter(Q(child=objective) | Q(parent=objective, child__in=Objective.objects.visible_to(actor)))
        .select_related("child", "parent")[:EDGES_WATCHED]
    }
    events = list(
        Event.objects.filter(organization_id=actor.organization_id)
        .filter(
            Q(subject_type="objective", subject_code=objective.code)
            | Q(subject_type="contribution", subject_code__in=[*edges, *_codes(edges.values())])
        )
        .exclude(verb="objective.checked_in")
        .order_by("-id")[:EVENTS_SHOWN]
    )
    names = _names(events)
    rows = [_event(event, objective, names) for event in events] + [_turn(turn) for turn in turns]
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True)[:EVENTS_SHOWN])


def _codes(edges: Iterable[Contribution]) -> list[str]:
    """Imports name an edge by its codes."""
    return [f"{edge.child.code}~{edge.parent.code}" for edge in edges]


def _names(events: Iterable[Event]) -> dict[int, str]:
    ids = {event.actor_id for event in events if event.actor_id is not None}
    return {row.pk: str(row) for row in User.objects.filter(pk__in=ids)}


def _event(event: Event, objective: Objective, names: Mapping[int, str]) -> HistoryRow:
    is_edge = event.subject_type == "contribution"
    text = _edge_text(event, objective) if is_edge else _objective_text(event)
    by = names.get(event.actor_id, event.actor_label) if event.actor_id is not None else _("Automatic")
    return HistoryRow(event.at, text, by, "link" if is_edge else "edit")


def _turn(turn: Turn) -> HistoryRow:
    at = timezone.make_aware(datetime.combine(turn.day, time.max))
    return HistoryRow(
        at,
        word_of(turn.state, turn.colour),
        _("Automatic"),
        "",
        turn.state,
        turn.colour,
        word_of(turn.was_state, turn.was_colour),
    )


def _objective_text(event: Event) -> str:
    if event.verb.endswith(".created"):
        return _("Objective created")
    after: Mapping[str, Any] = event.after or {}
    if event.verb == "objective.status_set":
        words = {"word": word_of(str(after.get("state")), str(after.get("colour"))), "reason": after.get("reason", "")}
        return _("Status set by hand: %(word)s. %(reason)s") % words
    if event.verb == "objective.status_released":
        return _("The computed status is shown again")
    before: Mapping[str, Any] = event.before or {}
    parts = [_change(name, before.get(name), value) for name, value in after.items()]
    return "; ".join(part for part in parts if part) or _("Objective changed")


def _change(name: str, was: Any, now: Any) -> str:
    """Owner: a → b. Long texts and translations are only named."""
    try:
        label = capfirst(str(Objective._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return ""
    old, new = _value(name, was), _value(name, now)
    if name in ("translations", "description") or max(len(old), len(new)) > LONG_TEXT:
        return _("%(field)s changed") % {"field": label}
    return f"{label}: {old} → {new}"


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return "–"
    choices = dict(Objective._meta.get_field(name).choices or ())  # type: ignore[union-attr]
    return str(choices.get(value, value))


def _edge_text(event: Event, objective: Objective) -> str:
    state: Mapping[str, Any] = {**(event.before or {}), **(event.after or {})}
    child, parent = str(state.get("child") or ""), str(state.get("parent") or "")
    weight = _weight(state.get("weight"))
    if event.verb.endswith(".changed"):
        words = {"was": _weight((event.before or {}).get("weight")), "now": weight}
        return _("Weight of a contribution %(was)s → %(now)s") % words if weight else _("A contribution changed")
    up = child == objective.code
    words = {"code": parent if up else child, "weight": weight}
    texts: dict[str, tuple[str, str]] = {
        EdgeKind.SUPPORTS: (_("Supports %(code)s"), _("%(code)s supports it")),
        EdgeKind.HARMS: (_("Harms %(code)s"), _("%(code)s harms it")),
    }
    plain = (_("Contributes to %(code)s, weight %(weight)s"), _("%(code)s contributes, weight %(weight)s"))
    above, below = texts.get(str(state.get("kind")), plain)
    return (above if up else below) % words


def _weight(value: Any) -> str:
    try:
        return numbers.number(Decimal(str(value)), None, language())
    except InvalidOperation:
        return ""


def last_said(rows: Iterable[CheckInRow]) -> CheckInRow | None:
    """The latest statement that says something in words."""
    return next((row for row in rows if row.comment), None)
