"""What the commands of import say: every error, or what was created, changed and left alone."""

from collections.abc import Iterable
from typing import Any, NoReturn

from django.core.management.base import CommandError, OutputWrapper

from integrations.file_errors import FileError, PackageRefused
from integrations.packages import Package
from integrations.services import ImportPlan


def refuse(refusal: PackageRefused, stderr: OutputWrapper, *, package: Package | None = None) -> NoReturn:
    """Print every error, with the key of its row where the reader has no file to look at, and end the command."""
    for error in refusal.errors:
        stderr.write(str(error) if package is None else f"{_key(error, package)}{error}")
    count = len(refusal.errors)
    raise CommandError(f"{count} error{'s' if count > 1 else ''}; nothing was stored.")


def plan_lines(plan: ImportPlan, *, is_dry_run: bool) -> Iterable[str]:
    """The plan as text: of a dry run its rows too."""
    would = "would be " if is_dry_run else ""
    if is_dry_run:
        for table in plan.tables:
            yield from (_row_line(table.table, row) for row in table.rows)
    yield f"{'table':<24}{'created':>10}{'changed':>10}{'left alone':>12}"
    for table in plan.tables:
        yield f"{table.table:<24}{table.created:>10,}{table.changed:>10,}{table.unchanged:>12,}"
    if plan.changes_nothing:
        yield f"Organization {plan.organization}: nothing {'would change' if is_dry_run else 'changed'}."
    else:
        yield f"Organization {plan.organization} {would}{'created' if plan.is_new else 'changed'}."


def _row_line(table: str, row: Any) -> str:
    if row.is_new:
        return f"+ {table} {row.row} {row.key}"
    cells = "; ".join(f"{name}: {row.before[name]!r} → {row.after[name]!r}" for name in row.after)
    return f"~ {table} {row.row} {row.key}: {cells}"


def _key(error: FileError, package: Package) -> str:
    raw = package.tables.get(error.table)
    if raw is None or error.row < 2 or error.row - 2 >= len(raw.rows):
        return ""
    return f"{raw.rows[error.row - 2][0]}: "
