"""Changes of closed periods: one person proposes, a second one decides, everything stays listed (SEMANTICS §16)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from kpis.choices import RestatementState
from kpis.models import Kpi, RestatedValue, Restatement
from kpis.periods import period_end
from kpis.services.checks import closed_through
from kpis.services.derivation import lock_with_dependents
from kpis.services.numbering import next_number
from kpis.services.recording import (
    Reading,
    checked_rows,
    differs,
    reading_of,
    record_measurements,
    updatable_kpis,
    with_note,
)
from kpis.services.storing import Place, Stored, stored_at
from objectives.services import today_of
from organization.actors import Actor, Grant
from organization.choices import Role
from organization.models import Organization
from organization.numbers import typed
from organization.records import Conflict, InvalidRows, RowProblem, lock_row
from organization.texts import some_of

SOURCE = "restatement"
"""Source of values that a restatement has stored."""


@dataclass(frozen=True)
class Moved:
    """A value that is not what it was when its restatement was proposed."""

    kpi: str
    period: date
    former: Decimal | None
    present: Decimal | None

    @property
    def words(self) -> str:
        """Which value, and what became of it."""
        return f"{self.kpi} {self.period}: {typed(self.former) or '–'} → {typed(self.present) or '–'}"


class Overtaken(Conflict):
    """What a restatement wants to replace has changed since; carries what stands now."""

    def __init__(self, moved: Sequence[Moved]) -> None:
        places = some_of([one.words for one in moved])
        message = _("Meanwhile these values have changed: %(places)s. Reject this and propose again.")
        super().__init__(message % {"places": places})
        self.moved = tuple(moved)


def propose_restatement(rows: Sequence[Reading], *, reason: str, actor: Actor, at: datetime) -> Restatement:
    """Keep what closed periods should say, with what they say now. Nothing is changed until a second person agrees.

    Whoever may enter the values may propose; rows are checked like values and must lie in closed periods
    (InvalidRows). Rows that say what is stored are left out; one at least must differ (ValidationError).
    """
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Say why closed periods should change."), "required")})
    with transaction.atomic():
        kpis = updatable_kpis(rows, actor)
        organization = Organization.objects.get(pk=actor.organization_id)
        checked = checked_rows(rows, kpis, organization, today_of(organization, at))
        _require_closed(checked, kpis, organization)
        present = stored_at((row.kpi_id, row.period) for row in checked)
        noted = [with_note(row, present.get((row.kpi_id, row.period))) for row in checked]
        wanted = [row for row in noted if _changes(row, present.get((row.kpi_id, row.period)))]
        if not wanted:
            raise ValidationError(_("Nothing would change: these values are stored already."), "unchanged")
        number = next_number(Restatement, organization.pk)
        proposal = Restatement.objects.create(
            organization=organization,
            number=number,
            code=f"R-{number}",
            reason=reason.strip(),
            proposed_at=at,
            proposed_by_id=actor.user_id,
        )
        RestatedValue.objects.bulk_create([_value(proposal, row, present) for row in wanted], batch_size=1000)
        after = {"reason": proposal.reason, "values": _shown(wanted, kpis)}
        record_event(Entry("restatement.proposed", "restatement", proposal.code, None, after), actor=actor, at=at)
    return proposal


def approve_restatement(
    restatement: Restatement, *, actor: Actor, at: datetime, comment: str = "", version: int | None = None
) -> Restatement:
    """Store what was proposed, through the one way values enter. A second person: not who proposed; twice is once.

    Managers above, the strategy office or an administrator. Raises Overtaken when a value has changed since.
    """
    with transaction.atomic():
        row = lock_row(restatement, version=version)
        if row.state == RestatementState.APPROVED:
            return row
        values = _decided(row, actor)
        lock_with_dependents({value.kpi_id for value in values}, organization_id=row.organization_id)
        _require_untouched(values)
        office = replace(actor, grants=(*actor.grants, Grant(Role.STRATEGY_OFFICE)))  # it was checked that they may
        record_measurements(
            [reading_of(value.kpi_id, value.period, value) for value in values],
            actor=office,
            at=at,
            source=SOURCE,
            reason=row.reason,
            restatement=row,
        )
        return _close(row, RestatementState.APPROVED, comment, actor=actor, at=at)


def reject_restatement(
    restatement: Restatement, *, actor: Actor, at: datetime, comment: str, version: int | None = None
) -> Restatement:
    """Leave the closed periods as they are, and say why. A second person; twice is once."""
    _require_comment(comment)
    with transaction.atomic():
        row = lock_row(restatement, version=version)
        if row.state == RestatementState.REJECTED:
            return row
        _decided(row, actor)
        return _close(row, RestatementState.REJECTED, comment, actor=actor, at=at)


def withdraw_restatement(
    restatement: Restatement, *, actor: Actor, at: datetime, comment: str = "", version: int | None = None
) -> Restatement:
    """Take back one's own proposal; twice is once."""
    with transaction.atomic():
        row = lock_row(restatement, version=version)
        if row.state == RestatementState.WITHDRAWN:
            return row
        if not actor.is_system and (actor.user_id is None or row.proposed_by_id != actor.user_id):
            raise PermissionDenied(_("Only who proposed a restatement withdraws it."))
        _require_waiting(row)
        return _close(row, RestatementState.WITHDRAWN, comment, actor=actor, at=at)


def may_decide_on(
    restatements: Iterable[Restatement], actor: Actor, kpi_ids: Mapping[int, Sequence[int]]
) -> frozenset[int]:
    """The restatements for whose KPIs, `kpi_ids` by key, the actor is a second person: manager above, strategy office
    or administrator. One query."""
    others = [
        row
        for row in restatements
        if actor.user_id not in (None, row.proposed_by_id) and row.organization_id == actor.organization_id
    ]
    if actor.paths(frozenset({Role.ADMIN})) is None:
        return frozenset(row.pk for row in others)
    wanted = {kpi_id for row in others for kpi_id in kpi_ids[row.pk]}
    editable = set(Kpi.objects.editable_by(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    return frozenset(row.pk for row in others if editable.issuperset(kpi_ids[row.pk]))


def _decided(row: Restatement, actor: Actor) -> list[RestatedValue]:
    """The values of a restatement that waits, for who may decide on it."""
    values = list(row.values.select_related("kpi").order_by("kpi_id", "period"))
    if actor.user_id == row.proposed_by_id:
        raise PermissionDenied(_("A second person decides: not the one who proposed it."))
    if not may_decide_on([row], actor, {row.pk: [value.kpi_id for value in values]}):
        raise PermissionDenied(_("A manager above, the strategy office or an administrator decides on restatements."))
    _require_waiting(row)
    return values


def _require_waiting(row: Restatement) -> None:
    if row.state != RestatementState.PROPOSED:
        raise Conflict(_("This restatement does not wait any more: %(state)s.") % {"state": row.get_state_display()})


def _require_comment(comment: str) -> None:
    if not comment.strip():
        raise ValidationError({"comment": ValidationError(_("Say why it is rejected."), "required")})


def _require_closed(rows: Sequence[Reading], kpis: dict[int, Kpi], organization: Organization) -> None:
    through, first_month = closed_through(organization.pk), organization.fiscal_year_start
    message = _("This period is open: enter the value itself.")
    problems = [
        RowProblem(number, "period", "open", message)
        for number, row in enumerate(rows, start=1)
        if through is None or period_end(row.period, kpis[row.kpi_id].frequency, first_month) > through
    ]
    if problems:
        raise InvalidRows(problems)


def _require_untouched(values: Sequence[RestatedValue]) -> None:
    present = stored_at((value.kpi_id, value.period) for value in values)
    moved = [
        Moved(value.kpi.code, value.period, value.former, now)
        for value in values
        if (now := _value_at(present, value.kpi_id, value.period)) != value.former
    ]
    if moved:
        raise Overtaken(moved)


def _close(row: Restatement, state: RestatementState, comment: str, *, actor: Actor, at: datetime) -> Restatement:
    row.state, row.comment = state, comment.strip()
    row.decided_at, row.decided_by_id = at, actor.user_id
    row.version += 1
    row.save(update_fields=["state", "comment", "decided_at", "decided_by", "version"])
    after = {"state": str(state), "comment": row.comment}
    record_event(
        Entry(f"restatement.{state}", "restatement", row.code, {"state": "proposed"}, after), actor=actor, at=at
    )
    return row


def _changes(row: Reading, stored: Stored | None) -> bool:
    return differs(row, stored) if stored is not None else row.value is not None


def _value_at(present: dict[Place, Stored], kpi_id: int, period: date) -> Decimal | None:
    row = present.get((kpi_id, period))
    return row.value if row else None


def _value(proposal: Restatement, row: Reading, present: dict[Place, Stored]) -> RestatedValue:
    return RestatedValue(
        restatement=proposal,
        kpi_id=row.kpi_id,
        period=row.period,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        estimate=row.estimate,
        note=row.note or "",
        former=_value_at(present, row.kpi_id, row.period),
    )


def _shown(rows: Sequence[Reading], kpis: dict[int, Kpi]) -> dict[str, dict[str, Decimal | None]]:
    found: dict[str, dict[str, Decimal | None]] = {}
    for row in rows:
        found.setdefault(kpis[row.kpi_id].code, {})[row.period.isoformat()] = row.value
    return found
