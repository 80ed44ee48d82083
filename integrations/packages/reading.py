"""Reading a package. Nothing is guessed and nothing is dropped in silence: what is not understood becomes an error."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from integrations.file_errors import FileError
from integrations.packages.raw import Package, RawTable
from integrations.packages.spreadsheets import sheets_of
from integrations.tables import POSITION, TABLES
from organization.archives import Unsafe, members_of

Source = tuple[str, RawTable | FileError | None]
"""Where a table comes from, and the table; an error; or None for an empty file."""


def read_path(path: Path) -> Package:
    """Read a folder, a `.zip` or an `.xlsx`. A path that is none of them yields a package with that one error."""
    if path.is_dir():
        return _gather(_folder_sources(path))
    try:
        return read_bytes(path.name, path.read_bytes())
    except OSError as error:
        expected = _("a readable file: %(why)s") % {"why": error.strerror}
        return Package(errors=(FileError(path.name, 0, "", "", expected),))


def read_bytes(name: str, content: bytes) -> Package:
    """Read an uploaded `.zip` or `.xlsx`; the suffix of the name tells which."""
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if suffix == ".zip":
            return _gather(_zip_sources(content))
        if suffix == ".xlsx":
            return _gather((sheet.name, _known(sheet.name, sheet)) for sheet in sheets_of(content))
    except Unsafe as refusal:
        return Package(errors=(FileError(name, 0, "", "", refusal.expected),))
    return Package(errors=(FileError(name, 0, "", "", _("a folder, a .zip or an .xlsx file")),))


def _gather(sources: Iterable[Source]) -> Package:
    tables: dict[str, RawTable] = {}
    errors: list[FileError] = []
    origins: dict[str, str] = {}
    for origin, found in sources:
        if isinstance(found, FileError):
            errors.append(found)
        elif found is not None and found.name in origins:
            expected = _("one file for each table; %(other)s is there too") % {"other": origins[found.name]}
            errors.append(FileError(found.name, 0, "", origin, expected))
        elif found is not None:
            origins[found.name] = origin
            tables[found.name] = found
    ordered = {name: tables[name] for name in sorted(tables, key=POSITION.__getitem__)}
    return Package(ordered, tuple(errors))


def _known(origin: str, table: RawTable) -> RawTable | FileError:
    if table.name in TABLES:
        return table
    return FileError(table.name, 0, "", origin, _("one of the tables: %(names)s") % {"names": ", ".join(TABLES)})


def _folder_sources(folder: Path) -> Iterator[Source]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue  # what an operating system leaves behind
        if entry.is_dir():
            yield entry.name, FileError(entry.name, 0, "", entry.name, _("no folder inside the folder"))
        else:
            yield from _file_sources(entry.name, entry.read_bytes())


def _zip_sources(content: bytes) -> Iterator[Source]:
    members = list(members_of(content))
    folders = sorted({str(PurePosixPath(member.name).parent) for member in members})
    for member in members:
        path = PurePosixPath(member.name)
        if len(folders) > 1 and str(path.parent) != folders[0]:
            yield member.name, FileError(path.stem, 0, "", member.name, _("all tables in one folder of the archive"))
        yield from _file_sources(path.name, member.content, origin=member.name)


def _file_sources(name: str, content: bytes, *, origin: str = "") -> Iterator[Source]:
    origin = origin or name
    path = PurePosixPath(name)
    if path.suffix.lower() != ".csv":
        yield origin, FileError(name, 0, "", origin, _("only tables, as .csv files"))
        return
    table = _known(origin, RawTable(path.stem.lower(), (), ()))
    yield origin, table if isinstance(table, FileError) else _csv_table(table.name, content)


def _csv_table(name: str, content: bytes) -> RawTable | FileError:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        around = content[max(error.start - 10, 0) : error.start + 10].decode("utf-8", "replace")
        return FileError(name, row, "", around, _("text in UTF-8"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows: list[list[str]] = []
    try:
        for line in csv.reader(io.StringIO(text, newline=""), strict=True):
            rows.append(line if any(line) else [])  # noqa: PERF401 - how far it came is needed below
    except csv.Error as error:
        return FileError(name, len(rows) + 1, "", "", _("comma-separated values: %(why)s") % {"why": error})
    if not rows:
        return RawTable(name, (), ())
    return RawTable(name, tuple(cell.strip() for cell in rows[0]), rows[1:])
