"""What people and machines do with initiatives: define them, allocate them to objectives, say how they stand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from initiatives.choices import NEXT_STAGES, Stage
from initiatives.delivery import Link, complete_shares, delivery_of, effective_shares
from initiatives.models import Initiative, InitiativeObjective, StatusUpdate
from objectives.models import Objective, ObjectiveFigures
from objectives.services import Delivery, lock_figures, set_delivery
from organization.actors import Actor
from organization.choices import Role
from organization.records import (
    change_record,
    create_record,
    delete_record,
    difference,
    lock_row,
    require_editable,
    state_of,
)
from organization.services import bump_figures_version, next_code

Shares = Mapping[int, Decimal | None]
"""Objective id → share of the initiative; all None means equal shares."""

STATED_FIELDS = ("stage", "status", "progress", "confidence", "comment", "translations")


@dataclass(frozen=True)
class StatusUpdateInput:
    """What a status update says. None (or an empty text) leaves what was said before."""

    stage: str | None = None
    status: str = ""
    progress: Decimal | None = None
    confidence: int | None = None
    comment: str = ""
    blocker: str = ""


def create_initiative(
    fields: Mapping[str, Any], *, actor: Actor, at: datetime, shares: Shares | None = None
) -> Initiative:
    """Insert an initiative, with the next free code where none is given, and its allocation to objectives."""
    with transaction.atomic():
        if not fields.get("code"):
            lock_figures(shares or ())  # before the tree, as whoever imports does
            fields = {**fields, "code": next_code(Initiative, "INI", organization_id=actor.organization_id)}
        initiative = create_record(Initiative, fields, actor=actor, at=at)
        if shares:
            set_allocations(initiative, shares, actor=actor, at=at)
    return initiative


def change_initiative(
    initiative: Initiative,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    version: int | None,
    shares: Shares | None = None,
) -> Initiative:
    """Change the definition, and the allocation when given; the delivery of the objectives follows."""
    with transaction.atomic():
        present = lock_row(initiative, version=version)
        _require_transition(present.stage, changes.get("stage", present.stage), actor=actor)
        changed = change_record(present, changes, actor=actor, at=at, version=version)
        if shares is not None:
            set_allocations(changed, shares, actor=actor, at=at)
        refresh_delivery(_served_by(changed), at=at)
        bump_figures_version([changed.organization_id])
    return changed


def delete_initiative(initiative: Initiative, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete an initiative with its updates and its allocation; the objectives lose its delivery."""
    with transaction.atomic():
        lock_row(initiative, version=version)
        served = _served_by(initiative)
        delete_record(initiative, actor=actor, at=at, version=version)
        refresh_delivery(served, at=at)


def set_allocations(initiative: Initiative, shares: Shares, *, actor: Actor, at: datetime) -> None:
    """Say which objectives an initiative serves and with which share: Σ = 1, or none given = equal.

    Replaces the allocation as a whole and leaves nothing behind when it is the same; otherwise the initiative has a
    new version. What it serves already may stay, seen or not. Locks the initiative, then the figures of the objectives
    served before and after.
    """
    with transaction.atomic():
        row = lock_row(initiative, version=None)
        require_editable(row, actor=actor)
        before = dict(row.allocations.values_list("objective_id", "allocation"))
        after = dict(shares)
        if before == after:
            return
        _require_shares(after, new=after.keys() - before.keys(), actor=actor)
        gone = before.keys() - after.keys()
        row.allocations.filter(objective_id__in=gone).delete()
        InitiativeObjective.objects.bulk_create(
            [InitiativeObjective(initiative=row, objective_id=pk, allocation=share) for pk, share in after.items()],
            update_conflicts=True,
            unique_fields=["initiative", "objective"],
            update_fields=["allocation"],
        )
        codes = dict(Objective.objects.filter(pk__in=before.keys() | after.keys()).values_list("pk", "code"))
        was = {"objectives": {codes[pk]: share for pk, share in before.items()}}
        now = {"objectives": {codes[pk]: share for pk, share in after.items()}}
        record_event(Entry("initiative.allocated", "initiative", row.code, was, now), actor=actor, at=at)
        initiative.version = row.version + 1
        initiative.save(update_fields=["version", "updated_at"])
        refresh_delivery(before.keys() | after.keys(), at=at)


def post_status_update(
    initiative: Initiative, update: StatusUpdateInput, *, actor: Actor, at: datetime, version: int | None
) -> StatusUpdate:
    """Record a dated statement on an initiative, and what it says as the initiative's present state.

    Raises StaleVersion when someone else changed the initiative since `version`, PermissionDenied, or ValidationError
    (a stage that does not follow the present one, a figure out of range). Locks the initiative, then the figures of
    the objectives it serves; leaves the statement, the initiative's fields, the delivery and one event behind.
    """
    with transaction.atomic():
        row = lock_row(initiative, version=version)
        if not Initiative.objects.updatable_by(actor).filter(pk=row.pk).exists():
            raise PermissionDenied(_("Only its owner, its sponsor or a manager above updates this."))
        before = state_of(row)
        _apply(row, update, actor=actor)
        statement = _statement_on(row, update, actor=actor, at=at, previous=before["progress"])
        row.status_at = at
        row.version += 1
        row.full_clean()
        row.save(update_fields=[*STATED_FIELDS, "status_at", "version", "updated_at"])
        was, now = difference(before, state_of(row))
        said = {**now, "blocker": update.blocker} if update.blocker else now
        record_event(Entry("initiative.updated", "initiative", row.code, was, said), actor=actor, at=at)
        refresh_delivery(_served_by(row), at=at)
        bump_figures_version([row.organization_id])
    statement.initiative = row
    return statement


def refresh_delivery(objective_ids: Iterable[int], *, at: datetime) -> list[int]:
    """Recompute what initiatives say of these objectives; returns the ids of those that differ.

    Locks the figures of the objectives first and reads the initiatives after, so that of two updates at once the later
    one sees the earlier.
    """
    ids = sorted(set(objective_ids))
    if not ids:
        return []
    with transaction.atomic():
        figures = ObjectiveFigures.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        list(figures.values_list("pk"))
        links = links_of(ids)
        return set_delivery({pk: _delivery(links.get(pk, {})) for pk in ids}, at=at)


def links_of(objective_ids: Iterable[int]) -> dict[int, dict[int, Link]]:
    """By objective, the initiatives that serve it with the share of their effort that falls to it (one query).

    The objectives that these initiatives serve besides are in it too, with those initiatives alone.
    """
    serving = InitiativeObjective.objects.filter(objective_id__in=list(objective_ids)).values("initiative_id")
    rows = InitiativeObjective.objects.filter(initiative_id__in=serving).values_list(
        "initiative_id", "objective_id", "allocation", "initiative__stage", "initiative__progress"
    )
    shares: dict[int, dict[int, Decimal | None]] = defaultdict(dict)
    stands: dict[int, tuple[str, Decimal | None]] = {}
    for initiative_id, objective_id, allocation, stage, progress in rows.order_by("initiative_id", "objective_id"):
        shares[initiative_id][objective_id] = allocation
        stands[initiative_id] = (stage, progress)
    links: dict[int, dict[int, Link]] = defaultdict(dict)
    for initiative_id, given in shares.items():
        effective: dict[int, Fraction] = effective_shares(given)
        for objective_id, share in effective.items():
            links[objective_id][initiative_id] = Link(share, *stands[initiative_id])
    return links


def _delivery(links: Mapping[int, Link]) -> Delivery:
    figure = delivery_of(links.values())
    return Delivery(figure.progress, figure.coverage, figure.total)


def _served_by(initiative: Initiative) -> list[int]:
    return list(initiative.allocations.values_list("objective_id", flat=True))


def _require_shares(shares: Shares, *, new: Collection[int], actor: Actor) -> None:
    if Objective.objects.visible_to(actor).filter(pk__in=new).count() != len(new):
        raise ValidationError({"objectives": ValidationError(_("No such objective."), "reference")})
    if any(share is not None and not 0 <= share <= 1 for share in shares.values()):
        raise ValidationError({"objectives": ValidationError(_("A share lies between 0 and 1."), "share")})
    if not complete_shares(shares):
        message = _("The shares must add up to 1; leave all of them empty for equal shares.")
        raise ValidationError({"objectives": ValidationError(message, "shares")})


def _require_transition(present: str, following: str, *, actor: Actor) -> None:
    if following == present or (following in Stage.values and actor.holds(Role.STRATEGY_OFFICE)):
        return
    if following in NEXT_STAGES[Stage(present)]:
        return
    message = _("“%(next)s” does not follow “%(present)s”.") % {
        "next": Stage(following).label if following in Stage.values else following,
        "present": Stage(present).label,
    }
    raise ValidationError({"stage": ValidationError(message, "transition")})


def _apply(row: Initiative, update: StatusUpdateInput, *, actor: Actor) -> None:
    """What the update says becomes the initiative's state; refuses a stage that does not follow the present one."""
    if update.stage is not None:
        _require_transition(row.stage, update.stage, actor=actor)
        row.stage = update.stage
    row.status = update.status or row.status
    if update.comment and update.comment != row.comment:
        row.comment = update.comment
        row.translations = without_text(row.translations, "comment")
    if update.progress is not None:
        row.progress = update.progress
    if update.confidence is not None:
        row.confidence = update.confidence


def without_text(translations: Mapping[str, Mapping[str, str]], name: str) -> dict[str, dict[str, str]]:
    """Translations without those of a text that has been written anew: they would speak of what was."""
    kept = {
        language: {key: text for key, text in texts.items() if key != name} for language, texts in translations.items()
    }
    return {language: texts for language, texts in kept.items() if texts}


def _statement_on(
    row: Initiative, update: StatusUpdateInput, *, actor: Actor, at: datetime, previous: Decimal | None
) -> StatusUpdate:
    statement = StatusUpdate(
        initiative=row,
        author_id=actor.user_id,
        at=at,
        stage=row.stage,
        status=row.status,
        progress=row.progress,
        previous_progress=previous,
        confidence=row.confidence,
        comment=update.comment,
        blocker=update.blocker,
    )
    statement.full_clean(exclude=["author", "initiative"])
    statement.save(force_insert=True)
    return statement
