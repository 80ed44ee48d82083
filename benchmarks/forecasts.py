"""`python -m benchmarks.forecasts`: forecasts of published series against what happened, beside the naive forecast.

At each origin the method is chosen, and its interval made, from the values up to it alone; then every step ahead that
has happened is judged, and so is the last value carried forward. The goals are on all monthly series of 24 points or
more; the other tables show how the same settings do elsewhere.
"""

import csv
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean, median
from typing import Final, TypeAlias

import numpy as np

from kpis.forecasts.forecast import forecast_of

SHARED: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
INDICATORS: Final = ("sdg-uk", "sdg-usa", "canada-cif")
NOT_PART_OF_A_NAME: Final = frozenset({"Year", "Value", "Observation status", "GeoCode", "geocode"})
PERIODS: Final = {
    "monthly": (re.compile(r"(\d{4})[ -](0[1-9]|1[0-2])"), 12),
    "quarterly": (re.compile(r"(\d{4}) Q([1-4])"), 4),
    "yearly": (re.compile(r"(\d{4})"), 1),
}
MOST_GAPS: Final = 0.1
WANTED_POINTS: Final = 24
WANTED_COVERAGE: Final = (0.75, 0.85)
NAME_WIDTH: Final = 58

Values: TypeAlias = Sequence[float | None]


@dataclass(frozen=True)
class Series:
    """A published series, one value per period."""

    name: str
    values: Values

    @property
    def points(self) -> int:
        return sum(value is not None for value in self.values)


@dataclass(frozen=True)
class Plan:
    """How a group of series is judged: its season, how far ahead, from how many points, at every so manieth origin."""

    title: str
    season: int
    ahead: int
    first: int
    every: int = 1


@dataclass(frozen=True)
class Verdict:
    """One series: the errors of all steps beside the naive ones, and the share within the 80 % interval."""

    name: str
    points: int
    forecasts: int
    methods: Counter[str]
    mae: float
    naive_mae: float
    within80: float
    steps: Mapping[int, tuple[float, float]]

    @property
    def ratio(self) -> float:
        return self.mae / self.naive_mae


MONTHLY: Final = Plan("Monthly series with at least 24 points", season=12, ahead=12, first=24)


def main() -> int:
    if not SHARED.is_dir():
        print(f"no published series at {SHARED}")
        return 2
    verdicts = [verdict for series in monthly_series() if (verdict := judge(series, MONTHLY))]
    report(MONTHLY, verdicts)
    by_step(verdicts)
    ratio, within = overall(verdicts)
    met = ratio < 1 and WANTED_COVERAGE[0] <= within <= WANTED_COVERAGE[1]
    print(f"\nGoal: mean ratio below 1, coverage 75–85 %: {ratio:.3f}, {within:.1%}: {'met' if met else 'NOT met'}\n")
    for plan, series in others():
        report(plan, [verdict for one in series if (verdict := judge(one, plan))])
    costs()
    return 0 if met else 1


# --- judging ---------------------------------------------------------------------------------------------------------
def judge(series: Series, plan: Plan) -> Verdict | None:
    """None where nothing could be forecast or the last value never erred."""
    errors, naive, inside = defaultdict(list), defaultdict(list), defaultdict(list)
    methods: Counter[str] = Counter()
    values = series.values
    for end in range(plan.first, len(values), plan.every):
        last = values[end - 1]
        forecast = forecast_of(values[:end], ahead=plan.ahead, season=plan.season)
        if last is None or forecast is None:
            continue
        methods[forecast.method] += 1
        for point, actual in zip(forecast.points, values[end:], strict=False):
            if actual is not None:
                errors[point.step].append(abs(actual - point.centre))
                naive[point.step].append(abs(actual - last))
                inside[point.step].append(point.low80 <= actual <= point.high80)
    if sum(map(sum, naive.values())) == 0:
        return None
    steps = {step: (fmean(errors[step]) / (fmean(naive[step]) or np.inf), fmean(inside[step])) for step in errors}
    mae, naive_mae, within = (fmean(_flat(rows.values())) for rows in (errors, naive, inside))
    return Verdict(series.name, series.points, methods.total(), methods, mae, naive_mae, within, steps)


def overall(verdicts: Iterable[Verdict]) -> tuple[float, float]:
    """Mean ratio and mean coverage, every series counting alike."""
    rows = list(verdicts)
    return fmean(row.ratio for row in rows), fmean(row.within80 for row in rows)


def _flat(rows: Iterable[Iterable[float]]) -> list[float]:
    return [float(value) for row in rows for value in row]


# --- series ----------------------------------------------------------------------------------------------------------
def monthly_series() -> list[Series]:
    """All of them: published by month, or purchases and daily measurements brought to months."""
    found = [one for folder in INDICATORS for one in published(folder, "monthly", at_most=None)]
    made = [*purchases("%Y-%m"), *measured_days("%Y-%m")]
    return [one for one in [*found, *made] if one.points >= WANTED_POINTS]


def others() -> Iterator[tuple[Plan, list[Series]]]:
    """Nothing is claimed on these; they show how the same settings do elsewhere."""
    quarterly = [
        one for folder in INDICATORS for one in published(folder, "quarterly", at_most=None) if one.points >= 24
    ]
    yearly = [one for folder in INDICATORS for one in published(folder, "yearly", at_most=1) if one.points >= 15]
    yield Plan("Quarterly series with at least 24 points", season=4, ahead=4, first=16, every=2), quarterly
    yield Plan("Yearly, the first series of each indicator, 15 points or more", season=1, ahead=3, first=8), yearly
    weeks = [one for one in purchases("%G-%V") if one.points >= WANTED_POINTS]
    yield Plan("Purchases by week and cohort", season=52, ahead=8, first=24, every=2), weeks
    days = [one for one in measured_days("%Y-%m-%d") if one.points >= 42]
    yield Plan("Measurements by day", season=7, ahead=14, first=28, every=2), days


def published(folder: str, frequency: str, *, at_most: int | None) -> Iterator[Series]:
    """Series of an indicator set: rows that differ by period alone, without twins, gaps at most a tenth."""
    pattern, per_year = PERIODS[frequency]
    for path in sorted((SHARED / folder / "data").glob("indicator_*.csv")):
        groups: dict[tuple[str, ...], dict[int, float]] = {}
        twins = set()
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                match, value = pattern.fullmatch(row.get("Year") or ""), _number(row.get("Value"))
                if match is None or value is None:
                    continue
                key = tuple(str(text) for name, text in row.items() if name not in NOT_PART_OF_A_NAME and text)
                place = int(match[1]) * per_year + int(match[2] if per_year > 1 else 0)
                if place in groups.setdefault(key, {}):
                    twins.add(key)
                groups[key][place] = value
        name = f"{folder} {path.stem.removeprefix('indicator_')}"
        kept = [(key, spread(places)) for key, places in groups.items() if key not in twins]
        dense = [Series(f"{name} {' · '.join(key)}", values) for key, values in kept if _is_dense(values)]
        yield from dense[:at_most]


def spread(places: Mapping[int, float]) -> Values:
    """One value per place from the first to the last, None between."""
    return [places.get(place) for place in range(min(places), max(places) + 1)]


def _is_dense(values: Values) -> bool:
    return sum(value is None for value in values) <= MOST_GAPS * len(values)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def purchases(period: str) -> Iterator[Series]:
    """Orders and revenue of all customers, and orders by the month of the first purchase, in complete periods."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    cohort: dict[str, str] = {}
    with (SHARED / "cdnow" / "transactions.csv").open(newline="") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: row["date"]):
            when = date.fromisoformat(row["date"]).strftime(period)
            first = cohort.setdefault(row["customer_id"], row["date"][:7])
            sums["cdnow orders"][when] += 1
            sums["cdnow revenue"][when] += float(row["amount_usd"])
            sums[f"cdnow orders of the {first} cohort"][when] += 1
    for name, found in sums.items():
        yield Series(name, _inner(found))


def measured_days(period: str) -> Iterator[Series]:
    """Means of the measured series by period."""
    for path in sorted((SHARED / "nab" / "data").glob("real*/*.csv")):
        groups: dict[str, list[float]] = defaultdict(list)
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                groups[date.fromisoformat(row["timestamp"][:10]).strftime(period)].append(float(row["value"]))
        yield Series(f"nab {path.stem}", _inner({when: fmean(found) for when, found in groups.items()}))


def _inner(found: Mapping[str, float]) -> Values:
    """Without the first and the last period, which the source may cut."""
    return [found[when] for when in sorted(found)][1:-1]


# --- printing --------------------------------------------------------------------------------------------------------
def report(plan: Plan, verdicts: list[Verdict]) -> None:
    print(f"{plan.title}: {len(verdicts)}; {plan.ahead} steps ahead, from {plan.first} points on")
    if not verdicts:
        return
    head = f"{'series':<{NAME_WIDTH}} {'points':>6} {'made':>5} {'error':>11} {'naive':>11} {'ratio':>6} {'in 80 %':>8}"
    print(f"{head}  most often")
    for row in verdicts[:40]:
        method, times = row.methods.most_common(1)[0]
        print(
            f"{row.name[:NAME_WIDTH]:<{NAME_WIDTH}} {row.points:>6} {row.forecasts:>5} {row.mae:>11.5g}"
            f" {row.naive_mae:>11.5g} {row.ratio:>6.3f} {row.within80:>8.1%}  {method} ({times / row.forecasts:.0%})"
        )
    if len(verdicts) > 40:
        print(f"… and {len(verdicts) - 40} more")
    ratio, within = overall(verdicts)
    middle = median(row.ratio for row in verdicts)
    print(f"{'mean':<{NAME_WIDTH}} {'':>36} {ratio:>6.3f} {within:>8.1%}  median ratio {middle:.3f}\n")


def by_step(verdicts: list[Verdict]) -> None:
    print("steps ahead  ratio  in 80 %")
    for step in (1, 2, 3, 6, 9, 12):
        rows = [row.steps[step] for row in verdicts]
        print(f"{step:>11}  {fmean(row[0] for row in rows):5.3f}  {fmean(row[1] for row in rows):7.1%}")


def costs() -> None:
    """Time of one forecast of 60 months, a year ahead."""
    dice = np.random.default_rng(7)
    taken = []
    for _round in range(200):
        values = np.cumsum(dice.standard_normal(60)).tolist()
        began = time.perf_counter()
        forecast_of(values, ahead=12, season=12, target=0.0)
        taken.append((time.perf_counter() - began) * 1000)
    print(f"one KPI of 60 months, a year ahead: median {median(taken):.1f} ms, slowest {max(taken):.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
