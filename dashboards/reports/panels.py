"""The Plotly panels of the first page, loaded when the reader reaches them."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Q

from dashboards.charts.course import Line, course_chart
from dashboards.charts.heatmap import Cell, heatmap_chart
from dashboards.reports.departments import units_of
from dashboards.reports.snapshots import month_ends
from dashboards.reports.strategic import MONTHS_SHOWN, strategic_objectives
from objectives.choices import Colour, Lifecycle, Perspective
from objectives.models import Objective
from objectives.pace import Thresholds, pace_status
from objectives.services import thresholds_of, today_of
from organization.actors import Actor
from organization.drawing.figure import Chart
from organization.models import Organization


def course_panel(actor: Actor, organization: Organization, *, at: datetime, language: str) -> Chart | None:
    """Progress of each strategic objective over twelve months; None before there is any."""
    today = today_of(organization, at)
    rows = strategic_objectives(actor, today=today).rows
    lines = [Line(row.code, row.title, row.colour, row.course, row.plan) for row in rows]
    known = any(value is not None for line in lines for value in line.actual)
    return course_chart(lines, month_ends(today, MONTHS_SHOWN), language=language) if known else None


def heatmap_panel(actor: Actor, organization: Organization, *, language: str) -> Chart | None:
    """Departments × perspectives (two queries); None where no objective of a department names a perspective."""
    units = units_of(actor)
    sums: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in _sums(actor):
        unit = units.unit_of.get(row["department_id"])
        if unit is not None:
            sums[unit.name, str(Perspective(row["perspective"]).label)].append(row)
    if not sums:
        return None
    thresholds = thresholds_of(organization)
    cells = {key: _cell(rows, thresholds) for key, rows in sums.items()}
    columns = [str(one.label) for one in Perspective if any(key[1] == str(one.label) for key in cells)]
    names = [unit.name for unit in units.shown if any(key[0] == unit.name for key in cells)]
    return heatmap_chart(names, columns, cells, language=language)


def _sums(actor: Actor) -> list[dict[str, Any]]:
    rows = (
        Objective.objects.visible_to(actor)
        .exclude(perspective="")
        .exclude(department=None)
        .exclude(lifecycle__in=[Lifecycle.CANCELLED, Lifecycle.DRAFT, Lifecycle.PAUSED])
        .order_by()
        .values("department_id", "perspective")
        .annotate(
            objectives=Count("pk"),
            known=Count("pk", filter=Q(figures__progress__isnull=False, figures__expected__isnull=False)),
            progress=Avg("figures__progress", filter=Q(figures__expected__isnull=False)),
            expected=Avg("figures__expected", filter=Q(figures__progress__isnull=False)),
            off_track=Count("pk", filter=Q(figures__colour=Colour.RED)),
        )
    )
    return [dict(row) for row in rows]


def _cell(rows: list[dict[str, Any]], thresholds: Thresholds) -> Cell:
    known = sum(row["known"] for row in rows)
    progress = expected = None
    if known:
        progress = sum(row["progress"] * row["known"] for row in rows if row["known"]) / known
        expected = sum(row["expected"] * row["known"] for row in rows if row["known"]) / known
    status = pace_status(progress, expected, period_share=0, ended=False, thresholds=thresholds)
    return Cell(
        state=str(status.state),
        colour=str(status.colour),
        progress=progress,
        expected=expected,
        objectives=sum(row["objectives"] for row in rows),
        off_track=sum(row["off_track"] for row in rows),
    )
