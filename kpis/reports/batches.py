"""Batches of values: the list, the draft with its columns and its preview, and what one has stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kpis.choices import BatchState
from kpis.models import Batch, Kpi, Measurement, MeasurementRevision
from kpis.services import Fault, Preview, Verdict, may_touch
from organization.actors import Actor
from organization.choices import OWNER_UPDATING_ROLES

MOST_ROWS: Final = 200
"""So many rows of a batch are listed; the counts are always complete."""
LATEST: Final = 30


@dataclass(frozen=True, slots=True)
class BatchHead:
    """One batch in a list, and at the head of its page."""

    code: str
    state: str
    state_word: str
    source: str
    name: str
    created: int
    changed: int
    unchanged: int
    started_at: datetime
    started_by: str
    undone_at: datetime | None
    undone_by: str
    is_draft: bool
    may_decide: bool


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value: where it came from in the file, what stood before, what it says."""

    line: int | None
    code: str
    name: str
    frequency: str
    unit: str
    precision: int
    period: date
    is_new: bool
    before: Decimal | None
    after: Decimal | None
    estimate: bool
    now: str
    """Who replaced it since, in words; empty while it stands."""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What a draft would do."""

    created: int
    changed: int
    unchanged: int
    left_out: int
    rows: tuple[ValueLine, ...]
    more: int
    faults: tuple[Fault, ...]
    fault_count: int
    counts: str

    @property
    def may_apply(self) -> bool:
        """Whether there is anything to store and nothing is wrong."""
        return not self.fault_count and bool(self.created or self.changed)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """What a batch has stored, and what has become of it."""

    rows: tuple[ValueLine, ...]
    more: int
    hidden: int
    left: int


def visible_batches(actor: Actor) -> QuerySet[Batch]:
    """One's own, and those that hold a value of a KPI that the actor sees. Drafts are one's own alone."""
    own = Q(started_by_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    rows = Batch.objects.filter(organization_id=actor.organization_id)
    if actor.paths() is None:
        return rows.filter(own | ~Q(state__in=(BatchState.DRAFT, BatchState.DISCARDED)))
    kpis = Kpi.objects.visible_to(actor).values("pk")
    held = Measurement.objects.filter(batch__isnull=False, kpi__in=kpis).values("batch")
    replaced = MeasurementRevision.objects.filter(batch__isnull=False, kpi__in=kpis).values("batch")
    return rows.filter(own | Q(pk__in=held) | Q(pk__in=replaced))


def may_upload(actor: Actor) -> bool:
    """Whether the actor may bring values in bulk at all; which of them is decided row by row."""
    return actor.holds(*OWNER_UPDATING_ROLES) and not actor.only_reads


def may_undo(batch: Batch, actor: Actor) -> bool:
    """Whether an undo would be taken: all values that still stand are of KPIs that the actor may update. One query."""
    if batch.state != BatchState.APPLIED or not may_upload(actor):
        return False
    standing = Measurement.objects.filter(batch=batch)
    return not standing.exclude(kpi__in=Kpi.objects.updatable_by(actor).values("pk")).exists()


def recent_batches(actor: Actor) -> tuple[BatchHead, ...]:
    """The latest ones. One query."""
    rows = visible_batches(actor).exclude(state=BatchState.DISCARDED).select_related("started_by", "undone_by")
    return tuple(head_of(row, actor) for row in rows.defer("content").order_by("-number")[:LATEST])


def head_of(batch: Batch, actor: Actor) -> BatchHead:
    words = {"file": _("File"), "api": _("REST"), "undo": _("Undone")}
    return BatchHead(
        code=batch.code,
        state=batch.state,
        state_word=batch.get_state_display(),
        source=words.get(batch.source, batch.source),
        name=batch.name,
        created=batch.created,
        changed=batch.changed,
        unchanged=batch.unchanged,
        started_at=batch.started_at,
        started_by=str(batch.started_by or ""),
        undone_at=batch.undone_at,
        undone_by=str(batch.undone_by or ""),
        is_draft=batch.state == BatchState.DRAFT,
        may_decide=batch.state == BatchState.DRAFT and may_touch(batch, actor),
    )


def preview_page(preview: Preview) -> PreviewPage:
    """A preview with its first rows in words."""
    kpis = preview.weighing.kpis
    rows = tuple(
        _line(
            kpis[one.reading.kpi_id],
            one.reading.period,
            line=preview.lines[one.number - 1],
            is_new=one.verdict is Verdict.NEW,
            before=one.before.value if one.before else None,
            after=one.reading.value,
            estimate=one.reading.estimate,
        )
        for one in preview.rows[:MOST_ROWS]
    )
    return PreviewPage(
        created=preview.created,
        changed=preview.changed,
        unchanged=preview.unchanged,
        left_out=preview.left_out,
        rows=rows,
        more=max(0, len(preview.rows) - MOST_ROWS),
        faults=preview.faults[:MOST_ROWS],
        fault_count=len(preview.faults),
        counts=preview.counts,
    )


def stored_page(batch: Batch, actor: Actor) -> StoredPage:
    """What a batch has stored: what still stands, and what was replaced since by whom. Six queries at most."""
    visible = Kpi.objects.visible_to(actor)
    standing = Measurement.objects.filter(batch=batch)
    replaced = MeasurementRevision.objects.filter(batch=batch)
    shown = list(
        standing.filter(kpi__in=visible.values("pk")).select_related("kpi").order_by("kpi__code", "period")[:MOST_ROWS]
    )
    gone = list(
        replaced.filter(kpi__in=visible.values("pk"))
        .select_related("kpi", "replaced_by")
        .order_by("kpi__code", "period")[:MOST_ROWS]
    )
    changed_since = replaced.count()
    total, seen = standing.count() + changed_since, len(shown) + len(gone)
    inside = total if actor.paths() is None else _count_visible(standing, replaced, visible)
    held: list[Measurement | MeasurementRevision] = [*gone, *shown]
    before = _before(held)
    rows = [
        _line(
            one.kpi,
            one.period,
            line=None,
            is_new=(one.kpi_id, one.period, one.recorded_at) not in before,
            before=before.get((one.kpi_id, one.period, one.recorded_at)),
            after=one.value,
            estimate=one.estimate,
            now=_since(one, batch) if isinstance(one, MeasurementRevision) else "",
        )
        for one in held
    ]
    rows.sort(key=lambda row: (row.code, row.period))
    left = replaced.exclude(replaced_at=batch.undone_at).count() if batch.undone_at else changed_since
    return StoredPage(tuple(rows[:MOST_ROWS]), max(0, inside - min(seen, MOST_ROWS)), total - inside, left)


def _count_visible(
    standing: QuerySet[Measurement], replaced: QuerySet[MeasurementRevision], visible: QuerySet[Kpi]
) -> int:
    ids = visible.values("pk")
    return standing.filter(kpi__in=ids).count() + replaced.filter(kpi__in=ids).count()


def _before(
    rows: Sequence[Measurement | MeasurementRevision],
) -> dict[tuple[int, date, datetime], Decimal | None]:
    """What each value replaced, by its place and the moment at which it was recorded. One query."""
    found = MeasurementRevision.objects.filter(
        kpi_id__in={row.kpi_id for row in rows}, replaced_at__in={row.recorded_at for row in rows}
    )
    return {(row.kpi_id, row.period, row.replaced_at): row.value for row in found}


def _since(row: MeasurementRevision, batch: Batch) -> str:
    if batch.undone_at is not None and row.replaced_at == batch.undone_at:
        return _("undone")
    return _("changed since by %(who)s") % {"who": row.replaced_by or _("someone")}


def _line(
    kpi: Kpi,
    period: date,
    *,
    line: int | None,
    is_new: bool,
    before: Decimal | None,
    after: Decimal | None,
    estimate: bool,
    now: str = "",
) -> ValueLine:
    return ValueLine(
        line=line,
        code=kpi.code,
        name=kpi.text("name"),
        frequency=kpi.frequency,
        unit=kpi.text("unit"),
        precision=kpi.precision,
        period=period,
        is_new=is_new,
        before=before,
        after=after,
        estimate=estimate,
        now=now,
    )
