"""What the pages of import and export show: plain values for templates and the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.choices import ImportState
from integrations.file_errors import SHOWN, FileError
from integrations.models import ImportJob
from integrations.services import job_errors
from integrations.tables import BUILT
from organization.actors import Actor

RECENT = 10
ERRORS_SHOWN = 300


@dataclass(frozen=True)
class CellLine:
    """One cell that would change."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class RowLine:
    """One row that would be created or changed."""

    row: int
    key: str
    is_new: bool
    cells: Sequence[CellLine]


@dataclass(frozen=True)
class TableLine:
    """One table of a plan or an outcome, with the rows that are listed."""

    table: str
    created: int
    changed: int
    unchanged: int
    rows: Sequence[RowLine]

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than are listed."""
        return self.created + self.changed > len(self.rows)


@dataclass(frozen=True)
class ImportShown:
    """One import as a page shows it."""

    pk: int
    filename: str
    author: str
    created_at: datetime
    finished_at: datetime | None
    state: str
    state_word: str
    colour: str
    is_waiting: bool
    is_running: bool
    table: str
    step: int
    steps: int
    done: int
    total: int
    message: str
    error_count: int
    errors: Sequence[FileError]
    tables: Sequence[TableLine]

    @property
    def changes_nothing(self) -> bool:
        return not any(line.created or line.changed for line in self.tables)

    @property
    def errors_cut(self) -> bool:
        return self.error_count > len(self.errors)


COLOURS = {ImportState.DONE: "green", ImportState.REFUSED: "red", ImportState.FAILED: "red"}


def import_shown(job: ImportJob, *, most: int = ERRORS_SHOWN) -> ImportShown:
    """An import with what is known of it, `most` errors included; the job comes with author and progress."""
    progress = job.progress
    names = [table.name for table in BUILT]
    return ImportShown(
        pk=job.pk,
        filename=job.filename,
        author=str(job.author),
        created_at=job.created_at,
        finished_at=job.finished_at,
        state=job.state,
        state_word=job.get_state_display(),
        colour=COLOURS.get(ImportState(job.state), "grey"),
        is_waiting=job.is_waiting,
        is_running=job.is_waiting and progress.started_at is not None,
        table=progress.table,
        step=names.index(progress.table) + 1 if progress.table in names else 0,
        steps=len(names),
        done=progress.done,
        total=progress.total,
        message=job.message,
        error_count=job.error_count,
        errors=[_shortened(error) for error in job_errors(job)[:most]],
        tables=[_line(row) for row in job.plan.get("tables", ())],
    )


def recent_imports(actor: Actor) -> list[ImportShown]:
    """The last imports of the organization, without what was wrong with them (one query)."""
    rows = ImportJob.objects.visible_to(actor).select_related("author", "progress").defer("content", "errors", "plan")
    shown = []
    for job in rows.order_by("-pk")[:RECENT]:
        job.errors, job.plan = [], {}
        shown.append(import_shown(job))
    return shown


def _line(table: Mapping[str, Any]) -> TableLine:
    rows = [
        RowLine(
            row["row"],
            row["key"],
            row["is_new"],
            [CellLine(name, row["before"][name], after) for name, after in row["after"].items()],
        )
        for row in table["rows"]
    ]
    return TableLine(table["table"], table["created"], table["changed"], table["unchanged"], rows)


def _shortened(error: FileError) -> FileError:
    if len(error.value) <= SHOWN:
        return error
    return FileError(error.table, error.row, error.column, error.value[: SHOWN - 1] + "…", error.expected)
