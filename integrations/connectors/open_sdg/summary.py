"""What a connector found and what it made of it: counts, and everything doubtful by name."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Note:
    """Something that somebody should look at: where it stands and what was done."""

    where: str
    said: str

    def __str__(self) -> str:
        return f"{self.where}: {self.said}"


@dataclass
class Summary:
    """Counts of one folder. `values` are those that are stored as known; the others say why a number is not.

    `warnings` are what contradicts itself; `placeholders` the indicators without any value, with the reason.
    """

    indicators: int = 0
    with_values: int = 0
    series: int = 0
    values: int = 0
    estimates: int = 0
    targets: int = 0
    missing: int = 0
    placeholder_values: int = 0
    said_twice: int = 0
    future: int = 0
    series_without_value: int = 0
    missing_by_indicator: dict[str, int] = field(default_factory=dict)
    placeholders: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)

    def warn(self, where: str, said: str) -> None:
        self.warnings.append(Note(where, said))

    def count_missing(self, indicator: str) -> None:
        self.missing += 1
        self.missing_by_indicator[indicator] = self.missing_by_indicator.get(indicator, 0) + 1

    def lines(self) -> Iterator[str]:
        """The summary as text, the counts first."""
        yield (
            f"{self.indicators:,} indicators, {self.with_values:,} of them with values: {self.series:,} series, "
            f"{self.values:,} values ({self.estimates:,} estimates), {self.targets:,} targets."
        )
        yield (
            f"Not known, never 0: {self.missing:,} missing values in {len(self.missing_by_indicator):,} indicators; "
            f"{len(self.placeholders):,} indicators without any value; {self.placeholder_values:,} placeholder numbers."
        )
        yield (
            f"Left out: {self.said_twice:,} values said twice, {self.future:,} of periods that have not begun, "
            f"{self.series_without_value:,} series without a value."
        )
        if self.missing_by_indicator:
            counts = sorted(self.missing_by_indicator.items(), key=lambda pair: (-pair[1], pair[0]))
            yield "Missing values: " + ", ".join(f"{code} ({count})" for code, count in counts)
        if self.placeholders:
            yield "Without any value:"
            yield from (f"  {note}" for note in self.placeholders)
        if self.warnings:
            yield f"Warnings ({len(self.warnings)}):"
            yield from (f"  {note}" for note in sorted(self.warnings))
