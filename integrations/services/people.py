"""People and their roles: one row of `people` for each membership, one without a role for who has none."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.db.models.functions import Lower

from audit.services import Entry, record_events
from initiatives.models import Initiative
from integrations.differences import Difference
from integrations.stored_rows import Key, StoredTable
from integrations.tables import PEOPLE
from kpis.models import Kpi
from objectives.models import Objective
from organization.actors import Actor
from organization.models import Department, Membership, User

NAMES = ("email", "name", "role", "department")


@dataclass(frozen=True)
class StoredPeople:
    """The rows of one organization; `shared` are the rows of people whose name is not this organization's to change."""

    table: StoredTable = field(default_factory=lambda: StoredTable(PEOPLE))
    shared: frozenset[Key] = frozenset()


def read_people(organization_id: int, *, named: Iterable[str] = ()) -> StoredPeople:
    """Members, whoever owns something here, and the `named` who have an account already (four queries).

    The last exist for this organization only as rows without a role, so that naming them twice changes nothing.
    """
    rows: dict[Key, tuple[str, str, str, str | None]] = {}
    for row in Membership.objects.filter(organization_id=organization_id).values_list(
        Lower("user__email"), "user__name", "role", "department__code"
    ):
        rows[row[0], row[2], row[3]] = row
    members = {key[0] for key in rows}
    asked = set(named)
    for email, name in users_named(asked | _owners(organization_id)).values_list("address", "name"):
        if email in asked or email not in members:
            rows[email, "", None] = (email, name, "", None)
    shared = _shared({key[0] for key in rows}, organization_id)
    return StoredPeople(StoredTable(PEOPLE, NAMES, rows), frozenset(key for key in rows if key[0] in shared))


def write_people(difference: Difference, departments: dict[str, Department], *, actor: Actor, at: datetime) -> None:
    """Create accounts without a password, give roles, correct the names of people of this organization alone.

    Nobody's password or other organization is touched. A fixed number of statements.
    """
    named = {difference.key(row)[0]: difference.value(row, "name") for row in difference.created}
    missing = sorted(named.keys() - set(users_named(named).values_list("address", flat=True)))
    new = [User(email=email, name=named[email], password=make_password(None)) for email in missing]
    User.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    entries = [Entry("user.created", "user", row.email, None, {"email": row.email, "name": row.name}) for row in new]
    entries += _rename({difference.key(row)[0]: difference.value(row, "name") for row, _names in difference.changed})
    ids = dict(users_named(named).values_list("address", "pk"))
    entries += _give_roles(difference, ids, departments, actor)
    record_events(entries, actor=actor, at=at)


def users_named(emails: Iterable[str]) -> QuerySet[Any]:
    """Accounts by their address in small letters (`address`)."""
    accounts: QuerySet[Any] = User.objects.all()
    named: QuerySet[Any] = accounts.annotate(address=Lower("email")).filter(address__in=sorted(emails))
    return named


def _rename(renamed: dict[str, str]) -> list[Entry]:
    entries = []
    users = list(users_named(renamed).select_for_update(no_key=True).order_by("pk"))
    for user in users:
        name = renamed[user.email.lower()]
        entries.append(Entry("user.changed", "user", user.email, {"name": user.name}, {"name": name}))
        user.name = name
    User.objects.bulk_update(users, ["name"], batch_size=500)
    return entries


def _give_roles(
    difference: Difference, ids: dict[str, int], departments: dict[str, Department], actor: Actor
) -> list[Entry]:
    rows, entries = [], []
    for position in difference.created:
        email, role, department = difference.key(position)
        if role:
            place = departments[department] if department else None
            rows.append(
                Membership(user_id=ids[email], organization_id=actor.organization_id, department=place, role=role)
            )
            after = {"user": email, "role": role, "department": department}
            entries.append(Entry("membership.created", "membership", email, None, after))
    Membership.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return entries


def _owners(organization_id: int) -> set[str]:
    """Whoever is named by an objective, a KPI or an initiative."""
    objectives = Objective.objects.filter(organization_id=organization_id, owner__isnull=False)
    kpis = Kpi.objects.filter(organization_id=organization_id)
    initiatives = Initiative.objects.filter(organization_id=organization_id)
    found = (
        objectives.order_by()
        .values_list("owner__email")
        .union(
            kpis.filter(owner__isnull=False).order_by().values_list("owner__email"),
            kpis.filter(updater__isnull=False).order_by().values_list("updater__email"),
            initiatives.filter(owner__isnull=False).order_by().values_list("owner__email"),
            initiatives.filter(sponsor__isnull=False).order_by().values_list("sponsor__email"),
        )
    )
    return {str(email).lower() for (email,) in found}


def _shared(emails: set[str], organization_id: int) -> set[str]:
    """Those of the people who have a role elsewhere, or none at all: an operator of the site, a newcomer."""
    users = users_named(emails)
    elsewhere = Membership.objects.exclude(organization_id=organization_id).values("user_id")
    here = Membership.objects.filter(organization_id=organization_id).values("user_id")
    alone = users.filter(pk__in=here).exclude(pk__in=elsewhere)
    return emails - set(alone.values_list("address", flat=True))
