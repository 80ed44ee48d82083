"""The strategic objectives in rows: progress against expected, course, confidence, what needs attention below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Value

from dashboards.reports.below import Trouble, troubles_below
from dashboards.reports.links import kpi_url, objective_url
from dashboards.reports.snapshots import Past, Turn, last_days, last_turn, month_ends, pasts_of
from kpis.models import Kpi
from objectives.choices import Colour, Level, Lifecycle
from objectives.models import Objective
from objectives.pace import SEVERITY
from objectives.rollup import STORED_FIGURE, StoredFigure, stored_factors
from organization.actors import Actor
from organization.texts import local_text

ROWS_SHOWN: Final = 12
"""More rows than this do not fit a glance: the most urgent ones are shown."""

MONTHS_SHOWN: Final = 12
DAYS_WATCHED: Final = 30
LOUD_CHANGE: Final = 3
"""A change of confidence beyond this, in points of a hundred, is coloured."""

FIELDS: Final = [
    "pk",
    "code",
    "title",
    "translations",
    "perspective",
    "start",
    "end",
    "owner__name",
    "figures__progress",
    "figures__expected",
    "figures__state",
    "figures__colour",
    "figures__delivery",
    "figures__coverage",
    "figures__roll_up_state",
    "figures__inputs_known",
    "figures__inputs_total",
    "figures__worst_colour",
    "figures__worst_path",
    "confidence",
    "progress_mode",
    "blend",
    "figures__direct_progress",
    "figures__direct_coverage",
    "figures__direct_state",
]


@dataclass(frozen=True)
class Step:
    """One thing on the way down to the worst descendant; without an address when the reader may not see it."""

    code: str
    name: str
    url: str


@dataclass(frozen=True)
class Worst:
    colour: str
    path: tuple[Step, ...]

    @property
    def last(self) -> Step:
        return self.path[-1]


@dataclass(frozen=True)
class StrategicRow:
    """One strategic objective. Fractions; `change` is its progress since 30 days ago."""

    id: int
    code: str
    title: str
    owner: str
    url: str
    state: str
    colour: str
    progress: float | None
    expected: float | None
    gap: float | None
    delivery: float | None
    known: int
    total: int
    course: tuple[float | None, ...]
    plan: tuple[float | None, ...]
    change: float | None
    confidence: int | None
    confidence_change: int | None
    trouble: Trouble
    worst: Worst | None
    turn: Turn | None
    factors: tuple[float, float]

    @property
    def label(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def gap_css(self) -> str:
        return tone_of(self.gap, self.colour)

    @property
    def confidence_css(self) -> str:
        change = self.confidence_change or 0
        return "bad" if change < -LOUD_CHANGE else "good" if change > LOUD_CHANGE else "mute"

    @property
    def confidence_change_shown(self) -> float | None:
        """On the scale of ten on which confidence is shown."""
        return None if self.confidence_change is None else self.confidence_change / 10

    @property
    def is_partial(self) -> bool:
        return self.known < self.total


@dataclass(frozen=True)
class Strategic:
    """The rows shown, out of how many, and how all of them stand."""

    rows: tuple[StrategicRow, ...]
    total: int
    counts: Mapping[str, int]

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


def tone_of(gap: float | None, colour: str) -> str:
    """The ink of a gap: coloured only where the news is."""
    if colour == Colour.RED:
        return "bad"
    if colour == Colour.AMBER:
        return "warn"
    return "good" if gap is not None and round(gap * 100) > 0 else ""


def strategic_objectives(actor: Actor, *, today: date) -> Strategic:
    """Four queries: the objectives, their past, trouble below, names on the way to the worst."""
    found = list(
        Objective.objects.visible_to(actor)
        .filter(level=Level.STRATEGIC)
        .exclude(lifecycle__in=[Lifecycle.CANCELLED, Lifecycle.DRAFT])
        .order_by("code")
        .values(*FIELDS)
    )
    shown = found if len(found) <= ROWS_SHOWN else sorted(found, key=_urgency)[:ROWS_SHOWN]
    ids = [row["pk"] for row in shown]
    months, days = month_ends(today, MONTHS_SHOWN), last_days(today, DAYS_WATCHED)
    pasts = pasts_of(ids, {*months[:-1], *days})
    troubles = troubles_below(ids, actor) if ids else {}
    steps = _steps(actor, shown)
    rows = tuple(_row(row, pasts[row["pk"]], troubles.get(row["pk"], Trouble()), steps, today) for row in shown)
    counts: dict[str, int] = {}
    for row in found:
        counts[row["figures__colour"]] = counts.get(row["figures__colour"], 0) + 1
    return Strategic(rows, len(found), counts)


def _urgency(row: Mapping[str, Any]) -> tuple[int, float, str]:
    progress, expected = row["figures__progress"], row["figures__expected"]
    gap = progress - expected if progress is not None and expected is not None else 0.0
    return -SEVERITY[Colour(row["figures__colour"])], gap, row["code"]


def _row(
    row: Mapping[str, Any], pasts: Mapping[date, Past], trouble: Trouble, steps: Mapping[str, Step], today: date
) -> StrategicRow:
    progress, expected = row["figures__progress"], row["figures__expected"]
    before = pasts.get(today - timedelta(days=DAYS_WATCHED))
    months = [pasts.get(day) for day in month_ends(today, MONTHS_SHOWN)[:-1]]
    return StrategicRow(
        id=row["pk"],
        code=row["code"],
        title=local_text(row["title"], row["translations"], "title"),
        owner=row["owner__name"] or "",
        url=objective_url(row["code"]),
        state=row["figures__state"] or "",
        colour=row["figures__colour"] or "",
        progress=progress,
        expected=expected,
        gap=_less(progress, expected),
        delivery=row["figures__delivery"],
        known=row["figures__inputs_known"] or 0,
        total=row["figures__inputs_total"] or 0,
        course=(*(past.progress if past else None for past in months), progress),
        plan=(*(past.expected if past else None for past in months), expected),
        change=_less(progress, before.progress if before else None),
        confidence=row["confidence"],
        confidence_change=_less(row["confidence"], before.confidence if before else None),
        trouble=trouble,
        worst=_worst(row, steps),
        turn=last_turn(pasts, last_days(today, DAYS_WATCHED), row["figures__state"], row["figures__colour"], today),
        factors=_factors(row),
    )


def _factors(row: Mapping[str, Any]) -> tuple[float, float]:
    """How much of the figure its own KPIs make, and how much the objectives below."""
    stored = StoredFigure(*(row[f"figures__{name}"] for name in STORED_FIGURE))
    return stored_factors(row["progress_mode"], row["blend"], stored)


def _worst(row: Mapping[str, Any], steps: Mapping[str, Step]) -> Worst | None:
    """Where the worst below is off track or at risk; what the reader may not see is only counted on the way."""
    path = row["figures__worst_path"] or ()
    if not path or row["figures__worst_colour"] not in (Colour.RED, Colour.AMBER):
        return None
    return Worst(row["figures__worst_colour"], tuple(steps.get(code, Step("", "", "")) for code in path))


def _steps(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> dict[str, Step]:
    """By code, what the paths name and the reader may see; a KPI stands only at a path's end."""
    paths = [row["figures__worst_path"] for row in rows if row["figures__worst_path"]]
    codes = {code for path in paths for code in path}
    if not codes:
        return {}
    objectives = Objective.objects.visible_to(actor).filter(code__in=codes).order_by()
    kpis = Kpi.objects.visible_to(actor).filter(code__in={path[-1] for path in paths}).order_by()
    named = objectives.annotate(is_kpi=Value(0)).values_list("is_kpi", "code", "title", "translations")
    named = named.union(kpis.annotate(is_kpi=Value(1)).values_list("is_kpi", "code", "name", "translations"), all=True)
    return {
        code: Step(code, local_text(text, texts, "name"), kpi_url(code))
        if is_kpi
        else Step(code, local_text(text, texts, "title"), objective_url(code))
        for is_kpi, code, text, texts in named.order_by("is_kpi")
    }


def _less(now: Any, before: Any) -> Any:
    return None if now is None or before is None else now - before
