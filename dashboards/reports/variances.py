"""KPIs that lie on the wrong side of their plan, the largest effect on the strategy first."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from dashboards.reports.links import kpi_url
from dashboards.reports.sparks import Course, courses_of
from dashboards.services import Bearing, bearings_of
from kpis.models import Kpi
from objectives.choices import Colour
from organization.actors import Actor
from organization.texts import local_text

ROWS_SHOWN: Final = 6
WEIGHED: Final = 100
"""The KPIs with the largest relative variance are weighed by their effect."""

FIELDS: Final = [
    "pk",
    "code",
    "name",
    "translations",
    "unit",
    "precision",
    "figures__state",
    "figures__colour",
    "figures__value",
    "figures__expected",
    "figures__target",
    "figures__variance",
    "figures__variance_pct",
    "figures__roll_progress",
    "figures__roll_expected",
    "figures__period",
    "frequency",
]


@dataclass(frozen=True)
class VarianceRow:
    """One KPI. `effect` is what it costs the strategic objective `top`, as a fraction of it (negative)."""

    code: str
    name: str
    url: str
    state: str
    colour: str
    unit: str
    precision: int
    value: Decimal | None
    expected: Decimal | None
    variance: Decimal | None
    variance_pct: float | None
    effect: float | None
    top: str
    course: Course

    @property
    def bar(self) -> float | None:
        """Unfavourable to the left, whatever the sign of the number."""
        return None if self.variance_pct is None else -abs(self.variance_pct)


@dataclass(frozen=True)
class Variances:
    rows: tuple[VarianceRow, ...]
    off_track: int
    scale: float


def variance_alerts(actor: Actor, *, off_track: int) -> Variances:
    """Eight queries for any number of KPIs: candidates, how they bear on the strategy (three), their course (four)."""
    found = list(
        Kpi.objects.visible_to(actor)
        .of_their_own()
        .filter(figures__colour__in=[Colour.RED, Colour.AMBER], figures__favourable_variance__lt=0)
        .order_by("figures__variance_pct", "code")
        .values(*FIELDS)[:WEIGHED]
    )
    bearings = bearings_of(row["pk"] for row in found)
    ranked = sorted(found, key=lambda row: _rank(row, bearings.get(row["pk"])))[:ROWS_SHOWN]
    courses = courses_of(row["pk"] for row in ranked)
    rows = tuple(_row(row, bearings.get(row["pk"]), courses.get(row["pk"], Course())) for row in ranked)
    scale = max((abs(row.variance_pct) for row in rows if row.variance_pct is not None), default=0.0)
    return Variances(rows, off_track, scale)


def _effect(row: Mapping[str, Any], bearing: Bearing | None) -> float | None:
    done, due = row["figures__roll_progress"], row["figures__roll_expected"]
    if bearing is None or done is None or due is None:
        return None
    return bearing.influence * min(0.0, float(done - due))


def _rank(row: Mapping[str, Any], bearing: Bearing | None) -> tuple[float, float, str]:
    return _effect(row, bearing) or 0.0, row["figures__variance_pct"] or 0.0, row["code"]


def _row(row: Mapping[str, Any], bearing: Bearing | None, course: Course) -> VarianceRow:
    return VarianceRow(
        code=row["code"],
        name=local_text(row["name"], row["translations"], "name"),
        url=kpi_url(row["code"]),
        state=row["figures__state"],
        colour=row["figures__colour"],
        unit=row["unit"],
        precision=row["precision"],
        value=row["figures__value"],
        expected=row["figures__expected"] if row["figures__expected"] is not None else row["figures__target"],
        variance=row["figures__variance"],
        variance_pct=row["figures__variance_pct"],
        effect=_effect(row, bearing),
        top=bearing.code if bearing else "",
        course=course,
    )
