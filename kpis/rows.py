"""KPIs as tables show them: figures, the zones of the bullet, the recent course.

For any number four queries, and two more where a seasonal one is among them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2s

from django.db import connection

from kpis.bands import Edges, edges_on
from kpis.choices import Freshness, Kind, Trajectory
from kpis.definition import Definition
from kpis.models import Kpi, KpiFigures, Measure
from kpis.periods import period_end, period_start, previous_period
from kpis.series import plan_at
from kpis.services import actuals_of, definition_of, targets_of, with_seasons
from objectives.models import Objective
from organization.actors import Actor
from organization.models import Organization, User
from organization.texts import local_text

PERIODS = 13
"""A year and its return: the length of the recent course."""

LARGEST_EFFECT = 0.5
"""Half of the target: the bar of a larger variance is full, so that one outlier does not flatten the rest."""

RECENT = """
    SELECT wanted.kpi_id, recent.period, recent.value
    FROM unnest(%s::bigint[]) AS wanted(kpi_id)
    CROSS JOIN LATERAL (
        SELECT period, value FROM kpis_measurement m
        WHERE m.kpi_id = wanted.kpi_id AND m.value IS NOT NULL AND m.period <= %s
        ORDER BY m.period DESC LIMIT %s
    ) AS recent
"""

HELD_BACK = frozenset({Freshness.DUE, Freshness.LATE, Freshness.STALE})


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever stands beside a figure."""

    name: str
    initials: str


@dataclass(frozen=True, slots=True)
class Served:
    """An objective that a KPI measures, as far as the reader may see it."""

    code: str
    title: str
    perspective: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Course:
    """The values of the last thirteen periods up to the latest one, and the plan at their ends."""

    values: tuple[Decimal | None, ...] = ()
    targets: tuple[Decimal | None, ...] = ()


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One line of a table. `effect` is the favourable variance as a share of what was expected."""

    code: str
    name: str
    department_code: str
    department: str
    owner: Person | None
    kind: str
    frequency: str
    unit: str
    precision: int
    period: date | None
    value: Decimal | None
    target: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    expected: Decimal | None
    variance: Decimal | None
    good: bool | None
    effect: float | None
    state: str
    colour: str
    freshness: str
    due_on: date | None
    recorded_at: datetime | None
    changed_at: datetime | None
    course: Course
    edges: Edges
    objectives: tuple[Served, ...] = field(default=())

    @property
    def expects_less(self) -> bool:
        """Whether what is expected today differs from the target, so that both are worth showing."""
        return self.kind == Kind.MOVE and self.expected is not None and self.expected != self.target

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to hold the value against."""
        return self.target is not None or self.lower is not None or self.upper is not None

    @property
    def held_back(self) -> bool:
        """Whether the next value is due already."""
        return self.freshness in HELD_BACK

    @property
    def freshness_word(self) -> str:
        """Due, late, out of date."""
        return str(Freshness(self.freshness).label)

    @property
    def age(self) -> timedelta | datetime | None:
        """Since when the value is known."""
        return self.recorded_at


def rows_of(kpis: Iterable[Kpi], *, actor: Actor, organization: Organization, today: date) -> list[KpiRow]:
    """The rows of these KPIs in their order; read them with `figures`, `owner` and `department` selected."""
    chosen = list(kpis)
    ids = [kpi.pk for kpi in chosen]
    targets = targets_of(ids)
    definitions = with_seasons({kpi.pk: definition_of(kpi, targets.get(kpi.pk, ()), organization) for kpi in chosen})
    recent = _recent(ids, today) | actuals_of(definitions)
    served = objectives_of(ids, actor=actor)
    return [row_of(kpi, definitions[kpi.pk], recent.get(kpi.pk, {}), served.get(kpi.pk, ()), today) for kpi in chosen]


def scale_of(rows: Sequence[KpiRow]) -> float:
    """The longest bar of a table: its largest effect, one half at most."""
    return min(max((abs(row.effect) for row in rows if row.effect is not None), default=0.0), LARGEST_EFFECT)


def version_of(rows: Iterable[KpiRow]) -> str:
    """The same text as long as the figures of the rows are the same."""
    digest = blake2s(digest_size=12)
    for row in rows:
        digest.update(f"{row.code}|{row.recorded_at}|{row.changed_at}\n".encode())
    return digest.hexdigest()


def objectives_of(kpi_ids: Sequence[int], *, actor: Actor) -> dict[int, tuple[Served, ...]]:
    """The objectives that the KPIs measure and the actor may see, the heaviest first. One query."""
    rows = (
        Measure.objects.filter(kpi_id__in=kpi_ids, objective__in=Objective.objects.visible_to(actor))
        .order_by("kpi_id", "-weight", "objective__code")
        .values_list(
            "kpi_id",
            "objective__code",
            "objective__title",
            "objective__translations",
            "objective__perspective",
            "weight",
        )
    )
    found: dict[int, list[Served]] = {}
    for kpi_id, code, title, translations, perspective, weight in rows:
        found.setdefault(kpi_id, []).append(Served(code, local_text(title, translations, "title"), perspective, weight))
    return {kpi_id: tuple(served) for kpi_id, served in found.items()}


def person_of(user: User | None) -> Person | None:
    """Name and initials, or nobody."""
    return None if user is None else Person(str(user), user.initials)


def _recent(kpi_ids: Sequence[int], today: date) -> dict[int, dict[date, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(RECENT, [list(kpi_ids), today, PERIODS])
        found: dict[int, dict[date, Decimal]] = {}
        for kpi_id, period, value in cursor.fetchall():
            found.setdefault(kpi_id, {})[period] = value
    return found


def row_of(
    kpi: Kpi, definition: Definition, values: Mapping[date, Decimal], served: tuple[Served, ...], today: date
) -> KpiRow:
    """One row; `values` are at least those of the last thirteen periods, as they are held against the plan."""
    figures: KpiFigures = kpi.figures
    department = kpi.department
    return KpiRow(
        code=kpi.code,
        name=kpi.text("name"),
        department_code=department.code if department else "",
        department=department.text("name") if department else "",
        owner=person_of(kpi.owner),
        kind=kpi.kind,
        frequency=kpi.frequency,
        unit=kpi.text("unit"),
        precision=kpi.precision,
        period=figures.period,
        value=figures.value,
        target=figures.target,
        lower=figures.low,
        upper=figures.high,
        expected=figures.expected,
        variance=figures.variance,
        good=None if figures.favourable_variance is None else figures.favourable_variance >= 0,
        effect=figures.variance_pct,
        state=figures.state,
        colour=figures.colour,
        freshness=figures.freshness,
        due_on=figures.due_on,
        recorded_at=figures.recorded_at,
        changed_at=figures.changed_at,
        course=course_of(definition, values),
        edges=edges_on(definition, judged_on(definition, figures.period, today)),
        objectives=served,
    )


def judged_on(definition: Definition, period: date | None, today: date) -> date:
    """The day whose plan the value is held against: today for a `move` KPI, else the end of the value's period."""
    if definition.kind == Kind.MOVE or period is None:
        return today
    return min(period_end(period, definition.frequency, definition.fiscal_year_start), max(today, period))


def course_of(definition: Definition, values: Mapping[date, Decimal]) -> Course:
    """Thirteen periods up to the latest value; a period without a value breaks the line."""
    if not values:
        return Course()
    earliest = min(values)
    places = [
        place
        for place in recent_places(max(values), definition.frequency, definition.fiscal_year_start)
        if place.first >= earliest
    ]
    return Course(tuple(values.get(place.first) for place in places), tuple(_plan_of(definition, places)))


@dataclass(frozen=True, slots=True)
class Place:
    """A period by its first and its last day."""

    first: date
    last: date


@lru_cache(maxsize=4096)
def recent_places(day: date, frequency: str, fiscal_year_start: int) -> tuple[Place, ...]:
    """The thirteen periods that end with the one that holds the day. The rows of a table share most of them."""
    first = period_start(day, frequency, fiscal_year_start)
    found: list[Place] = []
    for _step in range(PERIODS):
        found.append(Place(first, period_end(first, frequency, fiscal_year_start)))
        first = previous_period(first, frequency, fiscal_year_start)
    return tuple(reversed(found))


def _plan_of(definition: Definition, places: Sequence[Place]) -> list[Decimal | None]:
    """The plan at the periods' ends; a straight stretch of it needs its two ends alone."""
    ends = [place.last for place in places]
    if _is_straight(definition, ends):
        first, last = plan_at(definition, ends[0]), plan_at(definition, ends[-1])
        if first is not None and last is not None:
            slope = (last - first) / ((ends[-1] - ends[0]).days or 1)
            return [first + slope * (end - ends[0]).days for end in ends]
    return [plan_at(definition, end) for end in ends]


def _is_straight(definition: Definition, ends: Sequence[date]) -> bool:
    if definition.kind != Kind.MOVE or definition.trajectory != Trajectory.LINEAR or definition.targets:
        return False
    start, end = definition.start, definition.end
    return start is not None and end is not None and start <= ends[0] and ends[-1] <= end
