"""What must hold within a row, and within the rows of one person or one initiative."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from initiatives.delivery import TOLERANCE
from integrations.checking.cells import BAD, CheckedTable
from integrations.file_errors import FileError
from integrations.stored_rows import Stored
from integrations.tables import INITIATIVE_OBJECTIVES, INITIATIVES, OBJECTIVES, PEOPLE, VISIONS
from integrations.values import text_of
from objectives.choices import ProgressMode


def row_errors(tables: Mapping[str, CheckedTable], stored: Stored) -> Iterator[FileError]:
    """All of them; KPIs and their series have a room of their own."""
    for table in (VISIONS, OBJECTIVES, INITIATIVES):
        if table.name in tables:
            yield from _dates(tables[table.name], stored)
    if OBJECTIVES.name in tables:
        yield from _blends(tables[OBJECTIVES.name], stored)
    if PEOPLE.name in tables:
        yield from _people(tables[PEOPLE.name])
    if INITIATIVE_OBJECTIVES.name in tables:
        yield from _allocations(tables[INITIATIVE_OBJECTIVES.name], stored)


def _dates(checked: CheckedTable, stored: Stored) -> Iterator[FileError]:
    before = stored.of(checked.table)
    starts, ends = checked.effective("start", before), checked.effective("end", before)
    for number, start, end in zip(checked.numbers, starts, ends, strict=True):
        if start not in (None, BAD) and end not in (None, BAD) and end < start:
            expected = _("a day not before the start, %(start)s") % {"start": text_of(start)}
            yield FileError(checked.table.name, number, "end", text_of(end), expected)


def _blends(checked: CheckedTable, stored: Stored) -> Iterator[FileError]:
    before = stored.of(checked.table)
    modes, shares = checked.effective("progress_mode", before), checked.effective("blend", before)
    for number, mode, share in zip(checked.numbers, modes, shares, strict=True):
        if mode == ProgressMode.BLEND.value and share is None:
            yield FileError(checked.table.name, number, "blend", "", _("the share of its own KPIs, from 0 to 1"))


def _people(checked: CheckedTable) -> Iterator[FileError]:
    columns = (checked.cells(name) for name in ("email", "name", "role", "department"))
    names: dict[str, tuple[str, int]] = {}
    for number, email, name, role, department in zip(checked.numbers, *columns, strict=True):
        if role == "" and department not in (None, BAD):
            yield FileError(PEOPLE.name, number, "role", "", _("a role in the department"))
        if BAD in (email, name):
            continue
        first, row = names.setdefault(email, (name, number))
        if first != name:
            expected = _("the same name as in row %(row)s: %(name)s") % {"row": row, "name": first}
            yield FileError(PEOPLE.name, number, "name", name, expected)


def _allocations(checked: CheckedTable, stored: Stored) -> Iterator[FileError]:
    """An initiative gives all its shares or none, and they sum to 1 at most; reported at its last row in the file."""
    shares: dict[str, dict[str, Decimal | None]] = {}
    for (initiative, objective), share in stored.of(INITIATIVE_OBJECTIVES).column("allocation"):
        shares.setdefault(initiative, {})[objective] = share
    last: dict[str, tuple[int, Decimal | None]] = {}
    given = checked.effective("allocation", stored.of(INITIATIVE_OBJECTIVES))
    for number, key, share in zip(checked.numbers, checked.keys, given, strict=True):
        if key is not None and share is not BAD:
            shares.setdefault(key[0], {})[key[1]] = share
            last[key[0]] = (number, share)
    for initiative, (number, said) in last.items():
        known = [share for share in shares[initiative].values() if share is not None]
        total = sum(known, Decimal(0))
        expected = ""
        if known and len(known) < len(shares[initiative]):
            expected = _("a share in every row of %(code)s, or in none") % {"code": initiative}
        elif total > 1 + TOLERANCE:
            names = {"code": initiative, "total": text_of(total)}
            expected = _("shares of %(code)s that sum to 1 at most, not %(total)s") % names
        if expected:
            yield FileError(INITIATIVE_OBJECTIVES.name, number, "allocation", text_of(said), expected)
