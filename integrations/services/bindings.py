"""Which model holds the rows of a table, and reading them in the terms of the files."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from initiatives.models import Initiative, InitiativeObjective
from integrations.stored_rows import Key, StoredTable
from integrations.tables import (
    CONTRIBUTIONS,
    DEPARTMENTS,
    INITIATIVE_OBJECTIVES,
    INITIATIVES,
    KPIS,
    MEASUREMENTS,
    MEASURES,
    OBJECTIVES,
    ORGANIZATION,
    TABLES,
    TARGETS,
    VISIONS,
    Column,
    Table,
)
from kpis.models import Kpi, Measure, Measurement, Target
from objectives.models import Contribution, Objective, Vision
from organization.models import Department, Organization, User


@dataclass(frozen=True)
class Binding:
    """A table, its model, and how the model's rows belong to an organization."""

    table: Table
    model: type[Model]
    organization: str = "organization_id"

    @property
    def columns(self) -> list[Column]:
        """The columns that have a field of their own."""
        return [column for column in self.table.columns if column.name not in self.table.translated]


BINDINGS = {
    binding.table.name: binding
    for binding in (
        Binding(ORGANIZATION, Organization, "pk"),
        Binding(DEPARTMENTS, Department),
        Binding(VISIONS, Vision),
        Binding(OBJECTIVES, Objective),
        Binding(CONTRIBUTIONS, Contribution),
        Binding(KPIS, Kpi),
        Binding(MEASURES, Measure, "kpi__organization_id"),
        Binding(TARGETS, Target, "kpi__organization_id"),
        Binding(MEASUREMENTS, Measurement, "kpi__organization_id"),
        Binding(INITIATIVES, Initiative),
        Binding(INITIATIVE_OBJECTIVES, InitiativeObjective, "initiative__organization_id"),
    )
}
"""All tables but people, whose rows are memberships."""

REFERRED = {"departments": Department, "people": User, "visions": Vision, "objectives": Objective}
REFERRED |= {"kpis": Kpi, "initiatives": Initiative}
"""The models that cells may name."""


def read_rows(binding: Binding, organization_id: int, *, among: Iterable[Any] | None = None) -> StoredTable:
    """The stored rows of one organization: all, or those whose first key column is `among` some codes. One query."""
    table = binding.table
    columns = binding.columns
    has_id = binding.model is not Measurement  # its key is its identity
    fields = [_lookup(column) for column in columns]
    fields += ["translations"] if table.texts else []
    fields += ["pk"] if has_id else []
    rows = binding.model._default_manager.filter(**{binding.organization: organization_id})
    if among is not None:
        rows = rows.filter(**{f"{_lookup(table.by_name[table.key[0]])}__in": sorted(among)})
    names = tuple(column.name for column in columns) + tuple(table.translated)
    places = [names.index(name) for name in table.key]
    width = len(columns)
    found: dict[Key, tuple[Any, ...]] = {}
    ids: dict[Key, int] = {}
    for row in rows.order_by().values_list(*fields).iterator(chunk_size=5000):
        values = row[:width]
        if table.texts:
            values += _texts(table, row[width])
        key = tuple(values[place] for place in places)
        found[key] = values
        if has_id:
            ids[key] = row[-1]
    return StoredTable(table, names, found, ids)


def _lookup(column: Column) -> str:
    return f"{column.name}__{TABLES[column.refers_to].key[0]}" if column.refers_to else column.name


def _texts(table: Table, translations: dict[str, dict[str, str]]) -> tuple[str, ...]:
    return tuple(str(translations.get(language, {}).get(text) or "") for text, language in table.translated.values())
