"""Creating and changing the rows of one table in a fixed number of statements, with their audit events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from audit.services import Entry, record_events
from integrations.differences import Difference
from integrations.services.bindings import Binding
from integrations.services.bulk import update_rows
from integrations.services.references import References
from integrations.tables import KPIS, ORGANIZATION
from organization.actors import Actor
from organization.records import difference as differing
from organization.records import state_of

BATCH = 1000


@dataclass(frozen=True)
class Written:
    """What a table left behind."""

    created: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in (*self.created, *self.changed)]


def write_records(
    binding: Binding, difference: Difference, references: References, *, actor: Actor, at: datetime
) -> Written:
    """Insert the new rows, store the fields that differ, write one event for each."""
    references.need(difference)
    created: list[Any] = []
    for level in levels_of(difference):
        rows = [_new_row(binding, difference, row, references, actor) for row in level]
        binding.model._default_manager.bulk_create(rows, batch_size=BATCH)
        if binding.table is KPIS:
            references.add(KPIS.name, rows)
        created.extend(rows)
    kind = str(binding.model._meta.model_name)
    entries = [Entry(f"{kind}.created", kind, code_of(row, binding), None, state_of(row)) for row in created]
    changed = _change_rows(binding, difference, references, entries, at)
    record_events(entries, actor=actor, at=at)
    return Written(created, changed)


def levels_of(difference: Difference) -> list[list[int]]:
    """The new rows, those that others of the table name as their parent first; one level where no row names another."""
    table = difference.checked.table
    if table is not KPIS:
        return [difference.created]
    new = {difference.key(row)[0]: row for row in difference.created}
    levels: list[list[int]] = []
    placed: set[str] = set()
    left = list(difference.created)
    while left:
        parents = [difference.value(row, "parent") for row in left]
        level = [
            row
            for row, parent in zip(left, parents, strict=True)
            if parent is None or parent not in new or parent in placed
        ]
        placed |= {difference.key(row)[0] for row in level}
        kept = set(level)
        left = [row for row in left if row not in kept]
        levels.append(level)
    return levels


def code_of(row: Model, binding: Binding) -> str:
    """How the ledger names the row: its code, or `CHILD~PARENT` for a row between two others."""
    if binding.table.key == ("code",):
        return str(row.code)  # type: ignore[attr-defined]
    return "~".join(str(getattr(row, name).code) for name in binding.table.key)


def field_values(
    binding: Binding, difference: Difference, position: int, names: Mapping[str, Any], references: References
) -> dict[str, Any]:
    """The fields of the model that the named columns fill, rows instead of codes."""
    table = binding.table
    return {
        name: references.row(table.by_name[name].refers_to, value) if table.by_name[name].refers_to else value
        for name, value in names.items()
        if name not in table.translated
    }


def _new_row(binding: Binding, difference: Difference, position: int, references: References, actor: Actor) -> Model:
    values = {column.name: difference.value(position, column.name) for column in binding.columns}
    fields = field_values(binding, difference, position, values, references)
    if binding.organization == "organization_id":
        fields["organization_id"] = actor.organization_id
    row = binding.model(**fields)
    if binding.table.texts:
        names = [name for name in binding.table.translated if name in difference.checked.columns]
        translate(row, binding, {name: difference.value(position, name) for name in names})
    return row


def _change_rows(
    binding: Binding, difference: Difference, references: References, entries: list[Entry], at: datetime
) -> list[Any]:
    if not difference.changed:
        return []
    columns = {difference.stored.ids[difference.key(row)]: (row, names) for row, names in difference.changed}
    kind = str(binding.model._meta.model_name)
    related = [column.name for column in binding.columns if column.refers_to]
    rows = binding.model._default_manager.select_for_update(no_key=True, of=("self",)).filter(pk__in=list(columns))
    stored = list(rows.select_related(*related).order_by("pk") if related else rows.order_by("pk"))
    touched: set[str] = set()
    for row in stored:
        position, names = columns[row.pk]
        before = state_of(row)
        values = {name: difference.value(position, name) for name in names}
        for name, value in field_values(binding, difference, position, values, references).items():
            setattr(row, name, value)
            touched.add(name)
        if binding.table.translated.keys() & values.keys():
            translate(row, binding, values)
            touched.add("translations")
        if binding.table is not ORGANIZATION:
            row.version += 1  # type: ignore[attr-defined]
            row.updated_at = at  # type: ignore[attr-defined]
            touched |= {"version", "updated_at"}
        was, now = differing(before, state_of(row))
        entries.append(Entry(f"{kind}.changed", kind, code_of(row, binding), was, now))
    update_rows(stored, sorted(touched))
    return stored


def translate(row: Any, binding: Binding, values: Mapping[str, Any]) -> None:
    """Put texts beside the row's own; an empty one is taken away."""
    found = {language: dict(texts) for language, texts in row.translations.items()}
    for name, value in values.items():
        if name in binding.table.translated:
            text, language = binding.table.translated[name]
            found.setdefault(language, {})[text] = value
    kept = {language: {key: text for key, text in texts.items() if text} for language, texts in found.items()}
    row.translations = {language: texts for language, texts in kept.items() if texts}
