"""What people do with the organization itself: departments, memberships, tokens."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from organization.actors import Actor
from organization.choices import Role, Scope
from organization.models import ApiToken, Department, Membership, Organization, SignInFailure, User
from organization.records import change_record, delete_record, hold, require_editable, state_of

FAILURES_ALLOWED: Final = 8
"""Failed attempts from one address under one e-mail before it has to wait."""

FAILURES_FORGOTTEN_AFTER: Final = timedelta(minutes=15)


def create_organization(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Organization:
    """Insert an organization; only the system does (command line, demo)."""
    if not actor.is_system:
        raise PermissionDenied(_("Organizations are created on the command line."))
    with transaction.atomic():
        organization = Organization(**fields)
        organization.full_clean()
        organization.save(force_insert=True)
        entry = Entry("organization.created", "organization", organization.code, None, state_of(organization))
        record_event(entry, actor=actor, at=at, organization_id=organization.pk)
    return organization


def create_department(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Department:
    """Insert a department below its parent. Its path is made of ids, so it is known after the insert."""
    with transaction.atomic():
        lock_tree(actor.organization_id)
        parent: Department | None = fields.get("parent")
        row = Department(organization_id=actor.organization_id, **fields)
        _require_same_organization(parent, actor)
        row.full_clean(exclude=["path"])
        row.path = "0"
        row.save(force_insert=True)
        row.path = f"{_fresh_path(parent)}.{row.pk}" if parent else str(row.pk)
        row.save(update_fields=["path"])
        require_editable(row, actor=actor)
        entry = Entry("department.created", "department", row.code, None, state_of(row))
        record_event(entry, actor=actor, at=at)
    return row


def change_department(
    row: Department, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Department:
    """Change a department; a new parent rewrites the paths of its subtree. A cycle is refused, naming the path."""
    with transaction.atomic():
        lock_tree(actor.organization_id)
        parent: Department | None = changes.get("parent", row.parent)
        _require_same_organization(parent, actor)
        old_path = _fresh_path(row)
        if parent is not None:
            parent_path = _fresh_path(parent)
            if parent_path == old_path or parent_path.startswith(old_path + "."):
                names = _names_along(old_path, parent_path)
                message = _("This would make a circle: %(path)s.") % {"path": " → ".join([*names, row.code])}
                raise ValidationError({"parent": ValidationError(message, "cycle")})
        new_path = f"{_fresh_path(parent)}.{row.pk}" if parent else str(row.pk)
        changed = change_record(row, changes, actor=actor, at=at, version=version)
        if new_path != old_path:
            _move_subtree(old_path, new_path)
            changed.path = new_path
            require_editable(changed, actor=actor)
    return changed


def delete_department(row: Department, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete an empty department; what still uses it is named in the Conflict."""
    with transaction.atomic():
        lock_tree(actor.organization_id)
        delete_record(row, actor=actor, at=at, version=version)


def add_membership(user: User, role: Role, *, department: Department | None, actor: Actor, at: datetime) -> Membership:
    """Give a role in a department (None = the whole organization). Twice the same is one membership."""
    if not actor.holds(Role.ADMIN):
        raise PermissionDenied(_("Only an administrator gives roles."))
    with transaction.atomic():
        membership, created = Membership.objects.get_or_create(
            user=user, organization_id=actor.organization_id, department=department, role=role
        )
        if created:
            after = {"user": user.email, "role": role, "department": department.code if department else None}
            record_event(Entry("membership.created", "membership", user.email, None, after), actor=actor, at=at)
    return membership


def issue_token(
    user: User, *, name: str, scopes: Iterable[Scope], days: int | None, actor: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """A new API token for a member of the actor's organization and its value, which is not kept anywhere."""
    wanted = sorted(set(scopes))
    if not wanted:
        raise ValidationError({"scopes": ValidationError(_("A token needs at least one scope."), "required")})
    if user.pk != actor.user_id and not actor.holds(Role.ADMIN):
        raise PermissionDenied(_("Only an administrator issues tokens for others."))
    if actor.scopes is not None and not set(wanted) <= set(actor.scopes):
        raise PermissionDenied(_("A token cannot give more than it may itself."))
    if not Membership.objects.filter(user=user, organization_id=actor.organization_id).exists():
        raise ValidationError(_("%(name)s has no role in this organization.") % {"name": user.email}, "membership")
    with transaction.atomic():
        token, value = ApiToken.objects.create(
            user=user,
            expiry=timedelta(days=days) if days is not None else None,
            organization_id=actor.organization_id,
            name=name,
            scopes=wanted,
        )
        after = {"user": user.email, "scopes": wanted, "expiry": token.expiry}
        record_event(Entry("token.issued", "apitoken", name, None, after), actor=actor, at=at)
    return token, value


def revoke_token(token: ApiToken, *, actor: Actor, at: datetime) -> None:
    """From now on the token opens nothing. Twice is once."""
    if token.user_id != actor.user_id and not actor.holds(Role.ADMIN):
        raise PermissionDenied(_("Only an administrator revokes the tokens of others."))
    with transaction.atomic():
        revoked = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)
        if revoked:
            after = {"user": token.user.email}
            record_event(Entry("token.revoked", "apitoken", token.name, None, after), actor=actor, at=at)


def bump_figures_version(organization_ids: Iterable[int]) -> None:
    """Tell open pages that a figure changed. The counter is the only thing they poll."""
    Organization.objects.filter(pk__in=sorted(set(organization_ids))).update(figures_version=F("figures_version") + 1)


def minutes_locked_out(email: str, *, address: str, at: datetime) -> int:
    """How many minutes this address has to wait before it may try this e-mail again; 0 when it need not."""
    row = SignInFailure.objects.filter(pk=_door(email, address), count__gte=FAILURES_ALLOWED).first()
    left = row.first_at + FAILURES_FORGOTTEN_AFTER - at if row else timedelta()
    return max(0, math.ceil(left / timedelta(minutes=1)))


def note_failure(email: str, *, address: str, at: datetime) -> None:
    """Count a failed attempt, in one statement whatever runs at the same time; what is old is forgotten."""
    SignInFailure.objects.filter(first_at__lte=at - FAILURES_FORGOTTEN_AFTER).delete()
    sql = """
        INSERT INTO organization_signinfailure (key, count, first_at) VALUES (%s, 1, %s)
        ON CONFLICT (key) DO UPDATE SET count = least(organization_signinfailure.count + 1, 1000)
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [_door(email, address), at])


def forget_failures(email: str, *, address: str) -> None:
    """The right password wipes the slate clean."""
    SignInFailure.objects.filter(pk=_door(email, address)).delete()


def _door(email: str, address: str) -> str:
    return hashlib.sha256(f"{address}\n{email.strip().lower()}".encode()).hexdigest()


TREE_LOCK: Final = 0x54524545
"""First key of the advisory lock on the shape of one organization's trees."""


def lock_tree(organization_id: int) -> None:
    """Serialize changes of one organization's department tree and strategy graph until the transaction ends."""
    hold(TREE_LOCK, organization_id)


def next_code(model: type[Model], prefix: str, *, organization_id: int) -> str:
    """The first free number after the highest, for who does not want to think of a code: SUB-12.

    Serialized until the transaction ends.
    """
    lock_tree(organization_id)
    taken = model._default_manager.filter(organization_id=organization_id, code__regex=rf"^{prefix}-[0-9]{{1,9}}$")
    highest = max((int(code.rpartition("-")[2]) for code in taken.values_list("code", flat=True)), default=0)
    return f"{prefix}-{highest + 1}"


def _fresh_path(department: Department | None) -> str:
    if department is None:
        return ""
    return str(Department.objects.values_list("path", flat=True).get(pk=department.pk))


def _names_along(old_path: str, parent_path: str) -> list[str]:
    ids = [int(label) for label in parent_path.split(".")][len(old_path.split(".")) - 1 :]
    codes = dict(Department.objects.filter(pk__in=ids).values_list("pk", "code"))
    return [codes[pk] for pk in ids]


def _move_subtree(old_path: str, new_path: str) -> None:
    sql = """
        UPDATE organization_department
        SET path = CASE WHEN path = %(old)s::ltree THEN %(new)s::ltree
                        ELSE %(new)s::ltree || subpath(path, nlevel(%(old)s::ltree)) END
        WHERE path <@ %(old)s::ltree
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {"old": old_path, "new": new_path})


def _require_same_organization(parent: Department | None, actor: Actor) -> None:
    if parent is not None and parent.organization_id != actor.organization_id:
        raise ValidationError({"parent": ValidationError(_("No such department."), "reference")})
