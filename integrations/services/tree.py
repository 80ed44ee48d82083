"""The department tree: parents by code, paths of ids, worked out for the whole organization at once."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from audit.services import Entry, record_events
from integrations.differences import Difference
from integrations.services.bindings import BINDINGS
from integrations.services.bulk import update_rows
from integrations.services.records import BATCH, Written, translate
from integrations.tables import DEPARTMENTS
from organization.actors import Actor
from organization.models import Department
from organization.records import Conflict, state_of
from organization.records import difference as differing


def write_departments(difference: Difference, *, actor: Actor, at: datetime) -> Written:
    """Insert and change departments; whatever moved gets its path anew. The caller holds the tree's lock."""
    binding = BINDINGS[DEPARTMENTS.name]
    present = {row.code: row for row in Department.objects.filter(organization_id=actor.organization_id)}
    by_id = {row.pk: row for row in present.values()}
    before = {code: _state(row, by_id) for code, row in present.items()}
    created = [_new(difference, position, actor) for position in difference.created]
    Department.objects.bulk_create(created, batch_size=BATCH)
    present.update({row.code: row for row in created})
    by_id.update({row.pk: row for row in created})
    changed = [present[difference.key(position)[0]] for position, _names in difference.changed]
    wanted = {row.code: by_id[row.parent_id].code if row.parent_id else None for row in present.values()}
    for row in changed:
        row.version += 1
        row.updated_at = at
    for position in difference.touched:
        row = present[difference.key(position)[0]]
        row.name = difference.value(position, "name")
        row.headcount = difference.value(position, "headcount")
        wanted[row.code] = difference.value(position, "parent")
        names = [name for name in DEPARTMENTS.translated if name in difference.checked.columns]
        translate(row, binding, {name: difference.value(position, name) for name in names})
    _place(present, wanted, {row.pk for row in (*created, *changed)})
    entries = [Entry("department.created", "department", row.code, None, _state(row, by_id)) for row in created]
    for row in changed:
        was, now = differing(before[row.code], _state(row, by_id))
        entries.append(Entry("department.changed", "department", row.code, was, now))
    record_events(entries, actor=actor, at=at)
    return Written(created, changed)


def _new(difference: Difference, position: int, actor: Actor) -> Department:
    code = difference.key(position)[0]
    return Department(
        organization_id=actor.organization_id, code=code, name=difference.value(position, "name"), path="0"
    )


def _place(present: dict[str, Department], wanted: dict[str, str | None], touched: set[int]) -> None:
    """Set parents and paths, from the roots down, and store every row that was touched or moved."""
    children: dict[str | None, list[str]] = {}
    for code, parent in wanted.items():
        children.setdefault(parent, []).append(code)
    stored, open_codes, placed = [], [(code, "") for code in children.get(None, [])], 0
    while open_codes:
        code, above = open_codes.pop()
        placed += 1
        row = present[code]
        path = f"{above}{row.pk}"
        if row.pk in touched or row.path != path:
            parent = wanted[code]
            row.parent_id = present[parent].pk if parent else None
            row.path = path
            stored.append(row)
        open_codes += [(child, f"{path}.") for child in children.get(code, [])]
    if placed < len(wanted):  # somebody else moved one since the check
        raise Conflict(_("The departments have changed meanwhile. Import the file again."))
    update_rows(stored, ["name", "headcount", "translations", "parent", "path", "version", "updated_at"])


def _state(row: Department, by_id: dict[int, Department]) -> dict[str, Any]:
    """The state with the parent's code, without asking for the parent."""
    row.parent = by_id[row.parent_id] if row.parent_id else None
    return state_of(row)
