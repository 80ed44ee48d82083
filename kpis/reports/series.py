"""The KPIs that another one is divided into: its series by dimension, its parts by department; a page of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kpis.models import Kpi
from kpis.rows import KpiRow, rows_of
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Organization
from organization.narrowing import Page, page_within

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
    page: Page


def series_page(kpi: Kpi, *, actor: Actor, organization: Organization, at: datetime, page: int = 1) -> SeriesPage:
    """Those that the actor may see. A constant number of queries."""
    visible = kpi.parts.visible_to(actor).order_by("code")
    total = visible.count()
    within = page_within(total, page, size=PAGE_SIZE)
    chosen = list(visible.select_related("figures", "owner", "department")[within.start : within.end])
    rows = rows_of(chosen, actor=actor, organization=organization, today=today_of(organization, at))
    lines = tuple(
        SeriesLine(row, tuple(f"{name}: {value}" for name, value in sorted(part.dimensions.items())))
        for part, row in zip(chosen, rows, strict=True)
    )
    return SeriesPage(
        code=kpi.code,
        lines=lines,
        total=total,
        first=within.start + 1 if lines else 0,
        last=within.start + len(lines),
        page=within,
    )
