"""Restatements: what waits for a second person and what was decided, value by value; and the lock on periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet

from kpis.choices import RestatementState
from kpis.models import Kpi, PeriodLock, RestatedValue, Restatement
from kpis.services import may_decide_on, may_lock, stored_at
from organization.actors import Actor
from organization.models import Organization

MOST_DECIDED: Final = 50
MOST_VALUES: Final = 100
"""So many values of one restatement are listed; the count is always complete."""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value: what stood there when it was proposed, what it would become, what stands there now."""

    code: str
    name: str
    frequency: str
    unit: str
    precision: int
    period: date
    former: Decimal | None
    value: Decimal | None
    estimate: bool
    present: Decimal | None
    moved: bool


@dataclass(frozen=True, slots=True)
class RestatementRow:
    """One restatement as the reader may see it."""

    code: str
    reason: str
    state: str
    state_word: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    comment: str
    version: int
    values: tuple[ValueRow, ...]
    more: int
    hidden: int
    may_decide: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class LockRow:
    through: date
    locked_by: str
    locked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class RestatementListing:
    """The page."""

    kpi: str
    waiting: tuple[RestatementRow, ...]
    decided: tuple[RestatementRow, ...]
    locks: tuple[LockRow, ...]
    may_lock: bool

    @property
    def through(self) -> date | None:
        """The last closed day."""
        return self.locks[0].through if self.locks else None


def restatement_listing(actor: Actor, organization: Organization, *, kpi: str = "") -> RestatementListing:
    """What waits, oldest first, and the latest that was decided, of one KPI or of all that the actor sees."""
    seen = visible_restatements(actor)
    if kpi:
        seen = seen.filter(values__kpi__code=kpi)
    rows = seen.select_related("proposed_by", "decided_by").distinct()
    waiting = list(rows.filter(state=RestatementState.PROPOSED).order_by("number"))
    decided = list(rows.exclude(state=RestatementState.PROPOSED).order_by("-number")[:MOST_DECIDED])
    shown = {row.code: row for row in restatement_rows([*waiting, *decided], actor)}
    locks = PeriodLock.objects.filter(organization=organization).select_related("locked_by")[:MOST_DECIDED]
    return RestatementListing(
        kpi=kpi,
        waiting=tuple(shown[row.code] for row in waiting),
        decided=tuple(shown[row.code] for row in decided),
        locks=tuple(LockRow(row.through, str(row.locked_by or ""), row.locked_at, row.reason) for row in locks),
        may_lock=may_lock(actor),
    )


def visible_restatements(actor: Actor) -> QuerySet[Restatement]:
    """Those of which the actor sees one KPI at least."""
    kpis = Kpi.objects.visible_to(actor).values("pk")
    own = Restatement.objects.filter(organization_id=actor.organization_id)
    return own.filter(pk__in=RestatedValue.objects.filter(kpi__in=kpis).values("restatement"))


def restatement_rows(rows: Sequence[Restatement], actor: Actor) -> list[RestatementRow]:
    """The rows with their values: four queries for any number."""
    values: dict[int, list[RestatedValue]] = {row.pk: [] for row in rows}
    found = RestatedValue.objects.filter(restatement__in=values).select_related("kpi").order_by("kpi__code", "period")
    for value in found:
        values[value.restatement_id].append(value)
    ids = {value.kpi_id for many in values.values() for value in many}
    visible = set(Kpi.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    waiting = [row for row in rows if row.state == RestatementState.PROPOSED]
    now = stored_at((value.kpi_id, value.period) for row in waiting for value in values[row.pk])
    present = {place: stored.value for place, stored in now.items()}
    decidable = may_decide_on(waiting, actor, {pk: [one.kpi_id for one in many] for pk, many in values.items()})
    return [_row(row, values[row.pk], visible, present, row.pk in decidable, actor) for row in rows]


def _row(
    row: Restatement,
    values: Sequence[RestatedValue],
    visible: set[int],
    present: Mapping[tuple[int, date], Decimal | None],
    decidable: bool,
    actor: Actor,
) -> RestatementRow:
    waits = row.state == RestatementState.PROPOSED
    shown = [value for value in values if value.kpi_id in visible]
    return RestatementRow(
        code=row.code,
        reason=row.reason,
        state=row.state,
        state_word=row.get_state_display(),
        proposed_by=str(row.proposed_by or ""),
        proposed_at=row.proposed_at,
        decided_by=str(row.decided_by or ""),
        decided_at=row.decided_at,
        comment=row.comment,
        version=row.version,
        values=tuple(_value(value, present, waits) for value in shown[:MOST_VALUES]),
        more=max(0, len(shown) - MOST_VALUES),
        hidden=len(values) - len(shown),
        may_decide=waits and decidable,
        may_withdraw=waits and actor.user_id is not None and actor.user_id == row.proposed_by_id,
    )


def _value(value: RestatedValue, present: Mapping[tuple[int, date], Decimal | None], waits: bool) -> ValueRow:
    now = present.get((value.kpi_id, value.period)) if waits else value.former
    kpi = value.kpi
    return ValueRow(
        code=kpi.code,
        name=kpi.text("name"),
        frequency=kpi.frequency,
        unit=kpi.text("unit"),
        precision=kpi.precision,
        period=value.period,
        former=value.former,
        value=value.value,
        estimate=value.estimate,
        present=now,
        moved=now != value.former,
    )
