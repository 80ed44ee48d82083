"""What a publisher wants of a series: direction, base year, target and year of the target (Open SDG's progress)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from integrations.connectors.open_sdg.folder import listed, text
from integrations.connectors.open_sdg.series import COLUMN, FREQUENCY, SERIES, UNITS, Series
from integrations.connectors.open_sdg.texts import tidy
from kpis.choices import Direction

BASE_YEAR: Final = 2015
TARGET_YEAR: Final = 2030
"""What Open SDG takes where the publisher says nothing."""


@dataclass(frozen=True)
class Wanted:
    """One progress calculation. The base and current values are the publisher's own, to recognise the series by."""

    direction: str
    base_year: int
    target: Decimal | None
    target_year: int
    fields: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    base_value: Decimal | None = None
    current_year: int | None = None
    current_value: Decimal | None = None

    def series(self, among: Sequence[Series]) -> Series | None:
        """The series that is meant: it fits every condition, shows the published values, and is broken down least."""
        fitting = [one for one in among if self._fits(one)]
        places = {id(one): place for place, one in enumerate(among)}
        judged = [one for one in fitting if one.says(COLUMN)] or fitting  # a progress figure is what is judged
        return min(
            judged,
            key=lambda one: (FREQUENCY in one.dimensions, self._strangeness(one), one.apart, places[id(one)]),
            default=None,
        )

    def base(self, series: Series) -> tuple[date, Decimal] | None:
        """The value of the base year, or the first one after it."""
        return next(((day, value) for day, value in series.values() if day.year >= self.base_year), None)

    def _fits(self, one: Series) -> bool:
        if self.unit and self.unit not in {value for name, value in one.dimensions.items() if name.lower() in UNITS}:
            return False
        return all(_column(one, name) == value for name, value in self.fields)

    def _strangeness(self, one: Series) -> int:
        """How many of the published values the series does not show."""
        values = {day.year: value for day, value in one.values()}
        published = ((self.base_year, self.base_value), (self.current_year, self.current_value))
        return sum(value is not None and not _close(values.get(year or 0), value) for year, value in published)


def wanted_of(indicator: str, meta: Mapping[str, Any], components: Mapping[str, Any]) -> Iterator[Wanted]:
    """The calculations of an indicator: as its metadata ask for them, completed by the publisher's own run."""
    run = components.get(indicator)
    results = {key: value for key, value in run.items() if isinstance(value, dict)} if isinstance(run, dict) else {}
    for option in listed(meta.get("progress_calculation_options")):
        if isinstance(option, dict):
            yield _wanted(option, _result(_label(indicator, option), results))


def _wanted(option: Mapping[str, Any], result: Mapping[str, Any]) -> Wanted:
    said = text(result.get("direction"))
    is_up = said in ("1", "1.0") if said else text(option.get("direction")) == "positive"
    fields = [(str(one.get("field")), tidy(text(one.get("value")))) for one in _disaggregation(option)]
    if series := tidy(text(option.get("series"))):
        fields.append((SERIES[0], series))
    return Wanted(
        direction=(Direction.UP if is_up else Direction.DOWN).value,
        base_year=_year(result.get("base_year"), option.get("base_year"), BASE_YEAR),
        target=_number(option.get("target")) if not result else _number(result.get("target")),
        target_year=_year(result.get("target_year"), option.get("target_year"), TARGET_YEAR),
        fields=tuple(fields),
        unit=tidy(text(option.get("unit"))),
        base_value=_number(result.get("base_value")),
        current_year=_year(result.get("current_year"), None, 0) or None,
        current_value=_number(result.get("current_value")),
    )


def _disaggregation(option: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in listed(option.get("disaggregation")) if isinstance(one, dict)]


def _label(indicator: str, option: Mapping[str, Any]) -> list[str]:
    """How a run names the series: `11-1-1 / Number of … / Number`."""
    parts = [indicator, *(text(option.get(name)) for name in ("series", "unit") if text(option.get(name)))]
    return [*parts, *(text(one.get("value")) or "None" for one in _disaggregation(option))]


def _result(label: Sequence[str], results: Mapping[str, Any]) -> Mapping[str, Any]:
    """The run's result of this name; a long part may be cut there."""
    for key, result in results.items():
        parts = str(key).split(" / ")
        if len(parts) == len(label) and all(map(_same, parts, label)):
            found: Mapping[str, Any] = result
            return found
    return {}


def _same(part: str, wanted: str) -> bool:
    return part == wanted or (part.endswith("...") and wanted.startswith(part[:-3]))


def _column(one: Series, name: str) -> str:
    """What stands in a column; a name may go on in the file: `Causes of death (ICD-10)`."""
    wanted = name.lower().removeprefix("data.")
    exact = [value for column, value in one.dimensions.items() if column.lower() == wanted]
    longer = [value for column, value in one.dimensions.items() if column.lower().startswith(f"{wanted} (")]
    return next(iter((*exact, *longer)), "")


def _close(value: Decimal | None, published: Decimal) -> bool:
    """Equal as far as ten decimals go."""
    return value is not None and abs(value - published) <= Decimal("1e-9") * max(Decimal(1), abs(published))


def _year(result: Any, option: Any, default: int) -> int:
    for said in (result, option):
        number = _number(said)
        if number is not None and 1000 <= number < 3000:
            return int(number)
    return default


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(text(value)) if text(value) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number) < Decimal(10) ** 20 else None
