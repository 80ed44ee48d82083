"""The KPIs that another one is divided into: its series by dimension, its parts by department; a page of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kpis.models import Kpi
from kpis.rows import KpiRow, rows_of
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Organization

PAGE_SIZE: Final = 20


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One of them; `breakdown` says what sets it apart."""

    row: KpiRow
    breakdown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """One page of them, by code."""

    code: str
    lines: tuple[SeriesLine, ...]
    total: int
    first: int
    last: int
    previous_page: int
    next_page: int


def series_page(kpi: Kpi, *, actor: Actor, organization: Organization, at: datetime, page: int = 1) -> SeriesPage:
    """Those that the actor may see. A constant number of queries."""
    visible = kpi.parts.visible_to(actor).order_by("code")
    total = visible.count()
    last_page = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), last_page)
    start = (page - 1) * PAGE_SIZE
    chosen = list(visible.select_related("figures", "owner", "department")[start : start + PAGE_SIZE])
    rows = rows_of(chosen, actor=actor, organization=organization, today=today_of(organization, at))
    lines = tuple(
        SeriesLine(row, tuple(f"{name}: {value}" for name, value in sorted(part.dimensions.items())))
        for part, row in zip(chosen, rows, strict=True)
    )
    return SeriesPage(
        code=kpi.code,
        lines=lines,
        total=total,
        first=start + 1 if lines else 0,
        last=start + len(lines),
        previous_page=page - 1 if page > 1 else 0,
        next_page=page + 1 if page < last_page else 0,
    )
