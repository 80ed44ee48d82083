"""Three years of values of a KPI and its dated targets, from the few figures of the data file. Pure and repeatable."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from random import Random

from integrations.demo.company import Row
from integrations.demo.plan import Plan, months_later
from kpis.definition import Reading, TargetPoint
from kpis.periods import period_end, period_start, periods_between


@dataclass(frozen=True)
class Observed(Reading):
    """A reading; that of a ratio with what it was divided from."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None

    def said(self, value: Decimal) -> "Observed":
        """The same period with another value."""
        return observed(self.period, value, self.denominator)


def observed(period: date, value: Decimal, denominator: Decimal | None = None) -> Observed:
    """A value, or a ratio whose numerator is a whole number and gives that value at its precision."""
    if denominator is None:
        return Observed(period, value)
    chance = Random(period.isoformat())  # noqa: S311 - the same invented figures every time
    numerator = value * denominator + int(denominator * Decimal(chance.uniform(-0.4, 0.4)))
    return Observed(period, value, numerator, denominator)


def is_worked_out(kpi: Row) -> bool:
    """Whether its values follow from those of others: by a formula, or from its parts."""
    return "formula" in kpi or "across" in kpi


def readings_of(kpi: Row, plan: Plan) -> list[Observed]:
    """Every closed period up to now, by period; none for a KPI that was never measured or that is worked out."""
    if not kpi["values"]:
        return []
    months = monthly_course(kpi, plan)
    if "divisors" in kpi:
        divisors = monthly_course(_divisor(kpi), plan)
        return [observed(plan.month(number), value, divisors[number]) for number, value in months.items()]
    if kpi["frequency"] == "monthly":
        return [observed(plan.month(number), value) for number, value in months.items()]
    first, last = plan.month(-plan.earlier), plan.last_day(plan.present - 1)
    if kpi["frequency"] == "quarterly":
        quarters = [
            (day, plan.number_of(period_end(day, "quarterly"))) for day in periods_between(first, last, "quarterly")
        ]
        return [observed(day, months[number]) for day, number in quarters if number in months]
    return _weeks(kpi, plan, months)


def monthly_course(kpi: Row, plan: Plan) -> dict[int, Decimal]:
    """Value by month of the plan: the months before it lead from `before` to the first value of the file."""
    told = [Decimal(value) for value in kpi["values"]]
    before, noise = Decimal(kpi["before"]), _noise(told)
    chance = Random(kpi["code"])  # noqa: S311 - the same invented figures every time
    course = {}
    for number in range(-plan.earlier, 0):
        way = Decimal(number + plan.earlier) / plan.earlier
        course[number] = rounded(before + (told[0] - before) * way + noise * Decimal(chance.uniform(-1, 1)), kpi)
    last = kpi.get("latest", len(told) - 1)
    return course | {number: value for number, value in enumerate(told) if number <= last}


def targets_of(kpi: Row, plan: Plan) -> list[TargetPoint]:
    """Milestones, steps, a target for each period, or the bounds of a range, as the record says."""
    if "shares" in kpi:
        base, way = Decimal(kpi["baseline"]), Decimal(kpi["target"]) - Decimal(kpi["baseline"])
        return [TargetPoint(plan.month(at), rounded(base + way * Decimal(share), kpi)) for at, share in kpi["shares"]]
    if "steps" in kpi:
        return [TargetPoint(_step_on(at, kpi, plan), Decimal(value)) for at, value in kpi["steps"]]
    if "bounds" in kpi:
        return [TargetPoint(plan.month(at), None, Decimal(low), Decimal(high)) for at, low, high in kpi["bounds"]]
    return _path(kpi, plan) if "path" in kpi else []


def rounded(value: Decimal, kpi: Row) -> Decimal:
    """The value at the KPI's precision, never below 0, a percentage never above 100."""
    exact = value.quantize(Decimal(1).scaleb(-kpi["precision"]), rounding=ROUND_HALF_EVEN)
    return max(Decimal(0), min(exact, Decimal(100)) if kpi["unit"] == "%" else exact)


def _noise(values: list[Decimal]) -> Decimal:
    steps = [abs(after - before) for before, after in pairwise(values)]
    return sum(steps, Decimal(0)) / len(steps) / 2


def _divisor(kpi: Row) -> Row:
    """What a ratio is divided by, as if it were a KPI of its own."""
    own = {"code": f"{kpi['code']}-divisor", "values": kpi["divisors"], "before": kpi["divisor_before"]}
    return {**kpi, **own, "precision": 0, "unit": ""}


def _weeks(kpi: Row, plan: Plan, months: dict[int, Decimal]) -> list[Observed]:
    """Closed weeks: between the middles of the months, with scatter of their own; the last one is the last month's."""
    mondays = periods_between(plan.month(-plan.earlier) + timedelta(days=6), plan.today, "weekly")
    closed = [day for day in mondays if day + timedelta(days=6) < plan.today]
    noise = _noise(list(months.values()))
    chance = Random(kpi["code"] + "-weekly")  # noqa: S311 - the same invented figures every time
    found = [
        observed(day, rounded(_between(day, plan, months) + noise * Decimal(chance.uniform(-1, 1)), kpi))
        for day in closed
    ]
    return [*found[:-1], observed(closed[-1], months[max(months)])]


def _between(day: date, plan: Plan, months: dict[int, Decimal]) -> Decimal:
    number = plan.number_of(day)
    length = (plan.month(number + 1) - plan.month(number)).days
    place = Decimal(number) + Decimal(day.day + 3) / length - Decimal("0.5")
    left = max(min(months), min(max(months), int(place.to_integral_value(rounding="ROUND_FLOOR"))))
    right = min(left + 1, max(months))
    share = max(Decimal(0), min(Decimal(1), place - left))
    return months[left] + (months[right] - months[left]) * share


def _step_on(number: int, kpi: Row, plan: Plan) -> date:
    """The month; for a quarterly KPI the quarter as far from the present one as the month is from the last closed."""
    if kpi["frequency"] == "monthly":
        return plan.month(number)
    return months_later(period_start(plan.today, kpi["frequency"]), number - plan.present + 1)


def _path(kpi: Row, plan: Plan) -> list[TargetPoint]:
    first, last = (Decimal(value) for value in kpi["path"])
    points = []
    for day in periods_between(plan.start, plan.end, kpi["frequency"]):
        way = Decimal(max(0, plan.number_of(day))) / (plan.months - 1)
        points.append(TargetPoint(day, rounded(first + (last - first) * way, kpi)))
    return points
