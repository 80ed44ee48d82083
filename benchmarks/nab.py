"""Alerts on the labelled series of the Numenta Anomaly Benchmark, beside its published moving-window Gaussian.

`python -m benchmarks.nab [FOLDER]`, the folder by default `../shared/data/nab`. One set of rules for all files, the
product's own (`kpis.signals`, decision 0010): readings are averaged by the hour, a daily or weekly season is removed
where the product's criterion finds one, and the chart judges each hour by what was known before it. Nothing is set per
file, nothing is learned from the labels.
"""

import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from kpis.signals import Adjusted, Point, Season, chart_of, deseasonalised
from kpis.signals.dense import MANY
from kpis.signals.moments import mean_of

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "nab"
HOUR = timedelta(hours=1)
SEASONS = (24, 168)
PROBATION = 0.15
LONGEST_PROBATION = 750
"""The benchmark leaves the first 15 % of a file unjudged, of files above 5,000 rows the first 750 rows."""

Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Row:
    """What a file gave, and what was published for the baseline, which counts rows."""

    file: str
    hours: int
    season: Season | None
    windows: int
    found: int
    false_alarms: int
    false_hours: int
    baseline_hits: int
    baseline_false: int


def main(folder: Path = FOLDER) -> int:
    if not folder.is_dir():
        print(f"{folder} is absent: the benchmark's files are not part of this repository", file=sys.stderr)
        return 2
    began = time.perf_counter()
    windows = json.loads((folder / "labels_windows.json").read_text(encoding="utf-8"))
    with (folder / "expected_per_file.csv").open(encoding="utf-8", newline="") as text:
        rows = [judged(folder / "data" / line["file"], line, windows[line["file"]]) for line in csv.DictReader(text)]
    show(rows)
    print(f"{time.perf_counter() - began:.0f} s")
    return 0


def judged(path: Path, published: dict[str, str], labels: Sequence[Sequence[str]]) -> Row:
    """Alerts of one file after its probation, held against its windows."""
    windows = [(instant(start), instant(end)) for start, end in labels]
    points, judged_from = hourly(path)
    adjusted = without_season(points)
    flags = [
        flag and point.period >= judged_from for flag, point in zip(flags_of(points, adjusted), points, strict=True)
    ]
    starts = [point for index, point in enumerate(points) if flags[index] and not (index and flags[index - 1])]
    outside = [point for flag, point in zip(flags, points, strict=True) if flag and not windows_at(point, windows)]
    return Row(
        file=published["file"],
        hours=len(points),
        season=adjusted.season if adjusted else None,
        windows=len(windows),
        found=len({window for point in starts for window in windows_at(point, windows)}),
        false_alarms=sum(not windows_at(point, windows) for point in starts),
        false_hours=len(outside),
        baseline_hits=int(published["windowedGaussian_TP"]),
        baseline_false=int(published["windowedGaussian_FP"]),
    )


def hourly(path: Path) -> tuple[list[Point], datetime]:
    """Means of the readings by the hour, and the instant from which alerts count."""
    with path.open(encoding="utf-8", newline="") as text:
        readings = [(instant(row["timestamp"]), Decimal(row["value"])) for row in csv.DictReader(text)]
    readings.sort(key=lambda reading: reading[0])
    probation = min(int(PROBATION * len(readings)), LONGEST_PROBATION)
    hours = groupby(readings, key=lambda reading: reading[0].replace(minute=0, second=0, microsecond=0))
    points = [Point(hour, mean_of([value for _at, value in group])) for hour, group in hours]
    return points, readings[probation][0]


def without_season(points: Sequence[Point]) -> Adjusted | None:
    """The hours less their daily or weekly season, where there is one."""
    places = [int(instant_of(point).timestamp()) // 3600 for point in points]
    return deseasonalised([point.value for point in points], SEASONS, places)


def flags_of(points: Sequence[Point], adjusted: Adjusted | None) -> list[bool]:
    """Whether each hour signalled when it came: as it was read, or less its season once that was known."""
    raw = list(flags_as_known(points))
    if adjusted is None:
        return raw
    less = [Point(point.period, value) for point, value in zip(points, adjusted.values, strict=True)]
    return [*raw[: adjusted.since], *list(flags_as_known(less))[adjusted.since :]]


def flags_as_known(points: Sequence[Point]) -> Iterator[bool]:
    """Whether a point signals in the chart of the points until it; a dense chart no longer changes once it is one."""
    for count in range(1, min(MANY, len(points) + 1)):
        yield bool(chart_of(points[:count], direction="").latest_signals)
    if len(points) >= MANY:
        marked = {signal.index for signal in chart_of(points, direction="").signals}
        yield from (index in marked for index in range(MANY - 1, len(points)))


def windows_at(point: Point, windows: Sequence[Window]) -> list[Window]:
    """The windows that the point's hour touches."""
    start = instant_of(point)
    return [window for window in windows if start <= window[1] and start + HOUR > window[0]]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def instant_of(point: Point) -> datetime:
    if not isinstance(point.period, datetime):
        raise TypeError("an hour is an instant")
    return point.period


def show(rows: Sequence[Row]) -> None:
    """The table, its totals, and what the words mean."""
    print(f"{'file':<54} hours season windows found false (hours)   baseline: rows hit, false")
    for row in rows:
        season = f"{row.season.length} h" if row.season else "–"
        print(
            f"{row.file:<54} {row.hours:5d} {season:>6} {row.windows:7d} {row.found:5d} {row.false_alarms:5d}"
            f" ({row.false_hours:5d}) {row.baseline_hits:19d} {row.baseline_false:6d}"
        )
    print(
        f"found: {sum(row.found for row in rows)} of {sum(row.windows for row in rows)} windows,"
        f" in {sum(row.found > 0 for row in rows)} of {sum(row.windows > 0 for row in rows)} files that have one;"
        f" the baseline hits in {sum(row.baseline_hits > 0 for row in rows)} files"
    )
    print(
        f"false alarms: {sum(row.false_alarms for row in rows)} alerts, {sum(row.false_hours for row in rows)} hours;"
        f" the baseline {sum(row.baseline_false for row in rows)} rows"
    )
    print(
        "An alert is an unbroken stretch of hours that signal. A window is found when an alert begins in it; an alert"
        " that begins\noutside every window is a false alarm, and false hours are all hours outside that signal. Both"
        " after the probation."
    )


if __name__ == "__main__":
    raise SystemExit(main(*(Path(name) for name in sys.argv[1:2])))
