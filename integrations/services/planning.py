"""What a package would do: check it against the organization, compare row by row, say what would change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from integrations.checking import BAD, Checked, CheckedTable, check_package, scales_of, type_package
from integrations.differences import Difference, compare, with_quotients
from integrations.file_errors import FileError, PackageRefused
from integrations.packages import Package
from integrations.services.bindings import BINDINGS, read_rows
from integrations.services.people import StoredPeople, read_people
from integrations.stored_rows import Key, Stored, StoredTable
from integrations.tables import BUILT, CONTRIBUTIONS, DEPARTMENTS, KPIS, ORGANIZATION, PEOPLE, Table
from integrations.values import text_of
from organization.actors import Actor
from organization.choices import Role, Scope
from organization.models import Organization

IMPORTING_ROLES = frozenset({Role.STRATEGY_OFFICE, Role.ADMIN})
"""Whoever holds one of these in the whole organization exchanges strategy files."""

SHOWN = 50
"""So many rows of a table are listed in a plan; the counts are always complete."""


@dataclass(frozen=True)
class RowPlan:
    """One row that would be created or changed: its line, its key, the texts of the cells before and after."""

    row: int
    key: str
    is_new: bool
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TablePlan:
    """What would happen to one table."""

    table: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rows: tuple[RowPlan, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do. `is_new` says that the organization itself would be created."""

    organization: str
    is_new: bool
    tables: tuple[TablePlan, ...]

    @property
    def changes_nothing(self) -> bool:
        return not any(table.created or table.changed for table in self.tables)


@dataclass(frozen=True)
class Prepared:
    """A package that may be stored: typed, checked and compared."""

    code: str
    organization: Organization | None
    differences: dict[str, Difference]
    stored: Stored

    def touches(self, table: Table) -> bool:
        """Whether any row of the table is new or differs."""
        difference = self.differences.get(table.name)
        return difference is not None and bool(difference.created or difference.changed)

    def keys(self, table: Table) -> Iterator[Key]:
        """The keys of the rows of a table that are new or differ."""
        difference = self.differences.get(table.name)
        if difference is not None:
            yield from (difference.key(position) for position in difference.touched)

    def plan(self) -> ImportPlan:
        tables = (_table_plan(difference) for difference in self.differences.values())
        return ImportPlan(self.code, self.organization is None, tuple(tables))


def may_exchange(actor: Actor) -> bool:
    """Whether the actor holds a role of the exchange in the whole organization."""
    return actor.paths(IMPORTING_ROLES) is None


def require_exchange(actor: Actor) -> None:
    """Raise PermissionDenied unless the actor may import and export the whole strategy."""
    if not may_exchange(actor):
        raise PermissionDenied(_("Only the strategy office and administrators exchange strategy files."))


def plan_import(package: Package, *, actor: Actor, at: datetime, organization_code: str | None = None) -> ImportPlan:
    """What an import would create, change and leave alone. Stores nothing; raises PackageRefused with every error."""
    return prepare(package, actor=actor, at=at, organization_code=organization_code).plan()


def prepare(package: Package, *, actor: Actor, at: datetime, organization_code: str | None) -> Prepared:
    """Check a package against the organization that it is about; raises PackageRefused or PermissionDenied.

    The system goes where the package (or `organization_code`) says, a person into their own organization only.
    """
    require_exchange(actor)
    typed = type_package(package)
    code, organization, faults = _destination(typed, actor, organization_code)
    typed = _renamed(typed, code)
    people = _people(typed, organization)
    stored = _stored(typed, organization, people)
    checked = check_package(
        replace(typed, errors=(*typed.errors, *faults)), stored, today=_today(typed, organization, at)
    )
    scales = scales_of(checked.tables, stored)
    differences = {
        name: compare(with_quotients(table, stored.of(table.table), scales), stored.of(table.table), kept=people.shared)
        for name, table in checked.tables.items()
    }
    refused = () if checked.errors else tuple(_beyond_rights(differences, actor))
    if checked.errors or refused:
        raise PackageRefused(checked.errors or refused)
    ordered = {table.name: differences[table.name] for table in BUILT if table.name in differences}
    return Prepared(code, organization, ordered, stored)


def _destination(
    typed: Checked, actor: Actor, organization_code: str | None
) -> tuple[str, Organization | None, list[FileError]]:
    keys = typed.of(ORGANIZATION).keys
    said = keys[0][0] if keys and keys[0] is not None else ""
    if actor.is_system:
        code = organization_code or said
        return code, Organization.objects.filter(code=code).first(), []
    own = Organization.objects.get(pk=actor.organization_id)
    if said in ("", own.code):
        return own.code, own, []
    expected = _("%(code)s, the organization that you are signed in to") % {"code": own.code}
    return own.code, own, [FileError(ORGANIZATION.name, typed.of(ORGANIZATION).numbers[0], "code", said, expected)]


def _renamed(typed: Checked, code: str) -> Checked:
    """The package as if its first row of organization carried the code."""
    checked = typed.tables.get(ORGANIZATION.name)
    if checked is None or not checked.keys or checked.keys[0] is None:
        return typed
    columns = {**checked.columns, "code": [code, *checked.columns["code"][1:]]}
    named = replace(checked, columns=columns, keys=[(code,), *checked.keys[1:]])
    return replace(typed, tables={**typed.tables, ORGANIZATION.name: named})


def _today(typed: Checked, organization: Organization | None, at: datetime) -> date:
    zones = typed.of(ORGANIZATION).columns.get("timezone") or []
    zone = zones[0] if zones and zones[0] is not BAD else None
    return at.astimezone(ZoneInfo(zone) if zone else organization.zone if organization else ZoneInfo("UTC")).date()


def _people(typed: Checked, organization: Organization | None) -> StoredPeople:
    checked = typed.of(PEOPLE)
    named = {email for email, role in zip(checked.cells("email"), checked.cells("role"), strict=True) if role == ""}
    return read_people(organization.pk if organization else 0, named=named - {BAD, None})


def _stored(typed: Checked, organization: Organization | None, people: StoredPeople) -> Stored:
    """The rows that the package names. Trees and graphs are read whole, because a circle may close anywhere."""
    if organization is None:
        return Stored({PEOPLE.name: people.table})
    mentioned = _mentioned(typed.tables.values())
    if KPIS.name in typed.tables:
        mentioned.setdefault(DEPARTMENTS.name, set()).add("")  # a headcount may be a weight
    tables: dict[str, StoredTable] = {PEOPLE.name: people.table}
    for name, binding in BINDINGS.items():
        if binding.table in (ORGANIZATION, DEPARTMENTS, CONTRIBUTIONS, KPIS):
            whole = name in typed.tables or mentioned.get(name)
            tables[name] = read_rows(binding, organization.pk, among=None if whole else ())
        else:
            tables[name] = read_rows(binding, organization.pk, among=mentioned.get(name, ()))
    return Stored(tables, organization.fiscal_year_start)


def _mentioned(tables: Iterable[CheckedTable]) -> dict[str, set[Any]]:
    """For each table what its first key column is asked for: by its own rows and by cells that refer to it."""
    found: dict[str, set[Any]] = {}
    for checked in tables:
        own = checked.cells(checked.table.key[0])
        found.setdefault(checked.table.name, set()).update(own)
        for name, values in checked.columns.items():
            target = checked.table.by_name[name].refers_to
            if target:
                found.setdefault(target, set()).update(values)
    return {name: values - {None, BAD} for name, values in found.items()}


def _beyond_rights(differences: Mapping[str, Difference], actor: Actor) -> Iterable[FileError]:
    """Roles and settings are an administrator's: the strategy office alone does not give them by a file."""
    if actor.paths(frozenset({Role.ADMIN})) is None and actor.may(Scope.ADMIN):
        return
    for table in (ORGANIZATION, PEOPLE):
        difference = differences.get(table.name)
        if difference is None:
            continue
        for position in difference.touched:
            value = ", ".join(text_of(part) for part in difference.key(position) if part)
            number = difference.checked.numbers[position]
            yield FileError(
                table.name, number, "", value, _("what is stored already: only an administrator changes this")
            )


def _table_plan(difference: Difference) -> TablePlan:
    rows = [_row_plan(difference, position, None) for position in difference.created[:SHOWN]]
    rows += [_row_plan(difference, *change) for change in difference.changed[: SHOWN - len(rows)]]
    return TablePlan(
        difference.checked.table.name,
        len(difference.created),
        len(difference.changed),
        difference.unchanged,
        tuple(sorted(rows, key=lambda row: row.row)),
    )


def _row_plan(difference: Difference, position: int, names: tuple[str, ...] | None) -> RowPlan:
    key = difference.key(position)
    said = " · ".join(text_of(part) for part in key if part not in (None, ""))
    number = difference.checked.numbers[position]
    if names is None:
        return RowPlan(number, said, is_new=True)
    before = {name: text_of(difference.stored.value(key, name)) for name in names}
    after = {name: text_of(difference.value(position, name)) for name in names}
    return RowPlan(number, said, is_new=False, before=before, after=after)
