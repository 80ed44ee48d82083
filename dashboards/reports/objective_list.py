"""The list of objectives: level by level, narrowed, sorted, one page of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from itertools import groupby
from typing import Final

from django.db.models import Case, Count, F, IntegerField, OrderBy, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from dashboards.reports.objective_filters import Offers, head_of, left_out, offers_of, statuses_of
from dashboards.reports.objective_parts import (
    URGENCY,
    Person,
    Worst,
    language,
    less,
    person_of,
    tone_of,
    worst_of_rows,
)
from objectives.choices import Level
from objectives.forms import ObjectiveFilters
from objectives.models import Objective
from organization.actors import Actor
from organization.models import Department
from organization.narrowing import Head, StatusChoice, page_within

PAGE_SIZE: Final = 50
DESCENDING_FIRST: Final = frozenset({"progress", "delivery", "coverage", "confidence"})


@dataclass(frozen=True, slots=True)
class ListRow:
    """One objective. Fractions; confidence from 0 to 100."""

    code: str
    title: str
    department: str
    owner: Person | None
    state: str
    colour: str
    progress: float | None
    expected: float | None
    gap: float | None
    gap_css: str
    delivery: float | None
    known: int
    total: int
    confidence: int | None
    worst: Worst | None

    @property
    def is_partial(self) -> bool:
        return self.known < self.total


@dataclass(frozen=True, slots=True)
class ListGroup:
    """The rows of one level on this page."""

    name: str
    rows: tuple[ListRow, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveList:
    """Everything that the list shows."""

    groups: tuple[ListGroup, ...]
    total: int
    shown: str
    counts: Mapping[str, int]
    statuses: tuple[StatusChoice, ...]
    offers: Offers
    heads: Mapping[str, Head]
    filters: ObjectiveFilters
    left_out: tuple[str, ...]
    previous_query: str
    next_query: str
    query: str
    version: str


def objective_list(actor: Actor, filters: ObjectiveFilters) -> ObjectiveList:
    """One page of the objectives that the actor may see. A constant number of queries."""
    visible = Objective.objects.visible_to(actor)
    offers = offers_of(actor, visible, filters)
    narrowed = _narrowed(visible, filters, actor)
    counts = _counts(narrowed)
    total = counts.get(filters.status, 0) if filters.status else sum(counts.values())
    page = page_within(total, filters.page, size=PAGE_SIZE)
    if filters.status:
        narrowed = narrowed.filter(figures__colour=filters.status)
    ordered = _sorted(narrowed, filters.sort).select_related("figures", "owner", "department")
    rows = list(ordered[page.start : page.end])
    return ObjectiveList(
        groups=_groups(rows, worst_of_rows(rows, actor)),
        total=total,
        shown=f"{page.start + 1}–{page.start + len(rows)}" if rows else "0",
        counts=counts,
        statuses=statuses_of(counts, filters),
        offers=offers,
        heads={name: head_of(name, filters, descending_first=name in DESCENDING_FIRST) for name in _keys()},
        filters=filters,
        left_out=left_out(filters, offers),
        previous_query=filters.query(page=page.previous) if page.previous else "",
        next_query=filters.query(page=page.following) if page.following else "",
        query=filters.query(page=page.number),
        version=_version(rows),
    )


def _narrowed(visible: QuerySet[Objective], filters: ObjectiveFilters, actor: Actor) -> QuerySet[Objective]:
    rows = visible
    if filters.q:
        translated = {f"translations__{language()[:2]}__title__icontains": filters.q}
        rows = rows.filter(Q(title__icontains=filters.q) | Q(code__icontains=filters.q) | Q(**translated))
    if filters.department:
        below = Department.objects.visible_to(actor).filter(code=filters.department).values_list("path", flat=True)
        rows = rows.filter(department__path__below_any=list(below))
    if filters.owner:
        rows = rows.filter(owner__email=filters.owner)
    if filters.level:
        rows = rows.filter(level=filters.level)
    if filters.perspective:
        rows = rows.filter(perspective=filters.perspective)
    return rows


def _counts(rows: QuerySet[Objective]) -> dict[str, int]:
    found = rows.order_by().values_list("figures__colour").annotate(count=Count("pk"))
    return {colour or "grey": count for colour, count in found}


def _keys() -> dict[str, tuple[OrderBy | F | Case, ...]]:
    urgency = Case(
        *(When(figures__colour=colour, then=Value(place)) for colour, place in URGENCY.items()),
        default=Value(2),
        output_field=IntegerField(),
    )
    gap = F("figures__progress") - F("figures__expected")
    return {
        "urgency": (urgency, gap),  # type: ignore[dict-item]
        "title": (F("title"),),
        "code": (F("code"),),
        "owner": (F("owner__name"),),
        "progress": (F("figures__progress"),),
        "gap": (gap,),  # type: ignore[dict-item]
        "delivery": (F("figures__delivery"),),
        "coverage": (F("figures__coverage"),),
        "confidence": (F("confidence"),),
    }


def _sorted(rows: QuerySet[Objective], sort: str) -> QuerySet[Objective]:
    """Level by level; what is unknown comes last whichever way the order runs."""
    level = Case(
        *(When(level=value, then=Value(place)) for place, value in enumerate(Level.values)),
        output_field=IntegerField(),
    )
    name, down = sort.removeprefix("-"), sort.startswith("-")
    keys = [OrderBy(key, descending=down, nulls_last=True) for key in _keys()[name]]
    return rows.order_by(level, *keys, "code")


def _groups(rows: Sequence[Objective], worst: Mapping[int, Worst]) -> tuple[ListGroup, ...]:
    return tuple(
        ListGroup(_level_name(level), tuple(_row(row, worst.get(row.pk)) for row in found))
        for level, found in groupby(rows, key=lambda row: row.level)
    )


def _level_name(level: str) -> str:
    return {
        Level.STRATEGIC: _("Strategic objectives"),
        Level.DEPARTMENT: _("Department objectives"),
        Level.TEAM: _("Team objectives"),
        Level.INDIVIDUAL: _("Individual objectives"),
    }[Level(level)]


def _row(row: Objective, worst: Worst | None) -> ListRow:
    figures = row.figures
    gap = less(figures.progress, figures.expected)
    return ListRow(
        code=row.code,
        title=row.text("title"),
        department=row.department.text("name") if row.department else "",
        owner=person_of(row.owner),
        state=figures.state,
        colour=figures.colour,
        progress=figures.progress,
        expected=figures.expected,
        gap=gap,
        gap_css=tone_of(gap, figures.colour),
        delivery=figures.delivery,
        known=figures.inputs_known,
        total=figures.inputs_total,
        confidence=row.confidence,
        worst=worst,
    )


def _version(rows: Sequence[Objective]) -> str:
    """The same text as long as what the rows show is the same."""
    digest = blake2s(digest_size=12)
    for row in rows:
        digest.update(f"{row.code}|{row.version}|{row.figures.changed_at}\n".encode())
    return digest.hexdigest()
