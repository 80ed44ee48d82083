"""The open strategy files, declared: which tables there are, what their columns hold, what an empty cell means."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from initiatives.choices import Declared, Stage
from kpis.choices import (
    Direction,
    Frequency,
    Kind,
    TimeAggregation,
    Trajectory,
    UnitAggregation,
)
from objectives.choices import EdgeKind, Level, Lifecycle, Perspective, ProgressMode
from organization.choices import Language, Role


class Type(Enum):
    """What a cell holds."""

    TEXT = "text"
    CODE = "code"
    EMAIL = "email"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TIMEZONE = "timezone"
    CURRENCY = "currency"
    FORMULA = "formula"
    DIMENSIONS = "dimensions"


@dataclass(frozen=True)
class Column:
    """One column. `default` is what an empty cell means; `least`, `most` and `places` bound a number.

    `extra` marks a column beyond the published format, written only when some row needs it.
    `instead` names the column whose first line stands in for an empty required text.
    """

    name: str
    type: Type = Type.TEXT
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    instead: str = ""
    length: int = 0
    least: Decimal | None = None
    most: Decimal | None = None
    places: int = 0
    extra: bool = False


@dataclass(frozen=True)
class Table:
    """One table; `key` names the columns that identify a row, `texts` those that people read in two languages."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    texts: tuple[str, ...] = ()
    built: bool = True
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)
    translated: dict[str, tuple[str, str]] = field(init=False, repr=False, compare=False)
    """Column → (text, language) of the columns that hold a text in one language."""

    def __post_init__(self) -> None:
        pairs = [(name, language) for name in self.texts for language in Language.values]
        translated = {translation(*pair): pair for pair in pairs}
        extras = (
            Column(name, Type.TEXT, default="", length=self._length(text), extra=True)
            for name, (text, _language) in translated.items()
        )
        object.__setattr__(self, "translated", translated)
        object.__setattr__(self, "columns", (*self.columns, *extras))
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    def _length(self, name: str) -> int:
        return next(column.length for column in self.columns if column.name == name)


def translation(name: str, language: str) -> str:
    """The column that holds a text in one language: `title_fr`."""
    return f"{name}_{language}"


def _text(name: str, *, length: int = 0, required: bool = False, instead: str = "") -> Column:
    return Column(name, Type.TEXT, required=required, default="", length=length, instead=instead)


def _code(name: str = "code") -> Column:
    return Column(name, Type.CODE, required=True, length=100)


def _reference(name: str, table: str, *, required: bool = False) -> Column:
    kind = Type.EMAIL if table == "people" else Type.CODE
    return Column(name, kind, required=required, refers_to=table, length=254 if table == "people" else 100)


def _choice(name: str, choices: Iterable[str], default: str = "") -> Column:
    return Column(name, Type.CHOICE, default=default, choices=tuple(choices))


def _number(
    name: str, *, whole: int = 20, places: int = 10, least: str | None = None, most: str | None = None
) -> Column:
    top = Decimal(most if most is not None else f"{'9' * whole}.{'9' * places}")
    bottom = Decimal(least) if least is not None else top.copy_negate()
    return Column(name, Type.DECIMAL, least=bottom, most=top, places=places)


def _share(name: str, *, places: int = 4) -> Column:
    return _number(name, places=places, least="0", most="1")


def _whole(name: str, *, least: int = 0, most: int = 2**31 - 1, default: int | None = None) -> Column:
    return Column(name, Type.INTEGER, least=Decimal(least), most=Decimal(most), default=default)


def _date(name: str, *, required: bool = False) -> Column:
    return Column(name, Type.DATE, required=required)


def _weight() -> Column:
    most = Decimal("99999999.999999")
    return Column("weight", Type.DECIMAL, default=Decimal(1), least=Decimal(0), most=most, places=6)


def _extra(column: Column, default: Any = None) -> Column:
    return Column(**{**column.__dict__, "extra": True, "default": default})


def _setting(name: str, default: str, *, least: str = "-10", most: str = "10", places: int = 4) -> Column:
    return _extra(_number(name, places=places, least=least, most=most), Decimal(default))


ORGANIZATION = Table(
    "organization",
    ("code",),
    (
        _code(),
        _text("name", length=200, required=True),
        Column("currency", Type.CURRENCY, default="EUR"),
        Column("timezone", Type.TIMEZONE, default="UTC"),
        _choice("language", Language.values, Language.ENGLISH.value),
        _whole("fiscal_year_start", least=1, most=12, default=1),
        _setting("progress_cap", "1.0", least="1", most="1.2", places=3),
        _setting("coverage_floor", "0.5", least="0", most="1"),
        _setting("green_ratio", "0.95"),
        _setting("green_gap", "-0.03"),
        _setting("amber_ratio", "0.80"),
        _setting("amber_gap", "-0.10"),
        _setting("green_attainment", "0.95"),
        _setting("amber_attainment", "0.80"),
    ),
)

DEPARTMENTS = Table(
    "departments",
    ("code",),
    (_code(), _text("name", length=200, required=True), _reference("parent", "departments"), _whole("headcount")),
    texts=("name",),
)

PEOPLE = Table(
    "people",
    ("email", "role", "department"),  # one row per role: a person may hold several
    (
        Column("email", Type.EMAIL, required=True, length=254),
        _text("name", length=200, required=True),
        _choice("role", Role.values),
        _reference("department", "departments"),
    ),
)

VISIONS = Table(
    "visions",
    ("code",),
    (_code(), _text("statement", required=True), _date("start", required=True), _date("end")),
    texts=("statement",),
)

OBJECTIVES = Table(
    "objectives",
    ("code",),
    (
        _code(),
        _text("title", length=500, required=True),
        _text("description"),
        _choice("level", Level.values, Level.DEPARTMENT.value),
        _reference("department", "departments"),
        _reference("vision", "visions"),
        _reference("owner", "people"),
        _date("start", required=True),
        _date("end", required=True),
        _choice("perspective", Perspective.values),
        _choice("progress_mode", ProgressMode.values),
        _share("blend"),
        _choice("lifecycle", Lifecycle.values, Lifecycle.ACTIVE.value),
        _whole("confidence", most=100),
        _extra(_number("manual_progress", whole=3, places=6)),
    ),
    texts=("title", "description"),
)

CONTRIBUTIONS = Table(
    "contributions",
    ("child", "parent"),
    (
        _reference("child", "objectives", required=True),
        _reference("parent", "objectives", required=True),
        _choice("kind", EdgeKind.values, EdgeKind.CONTRIBUTES.value),
        _weight(),
    ),
)

KPIS = Table(
    "kpis",
    ("code",),
    (
        _code(),
        _text("name", length=500, required=True, instead="description"),
        _text("description"),
        _reference("department", "departments"),
        _reference("owner", "people"),
        _reference("updater", "people"),
        _text("unit", length=40),
        _whole("precision", most=10, default=0),
        _choice("direction", Direction.values, Direction.UP.value),
        _choice("kind", Kind.values, Kind.MOVE.value),
        _choice("frequency", Frequency.values, Frequency.MONTHLY.value),
        _choice("time_aggregation", TimeAggregation.values, TimeAggregation.LAST.value),
        _choice("unit_aggregation", UnitAggregation.values, UnitAggregation.NONE.value),
        _number("baseline"),
        _number("target"),
        _number("low"),
        _number("high"),
        _number("width", least="0"),
        _date("start"),
        _date("end"),
        _choice("trajectory", Trajectory.values, Trajectory.LINEAR.value),
        Column("formula", Type.FORMULA, default=""),
        _whole("grace_days", most=32767, default=10),
        _reference("parent", "kpis"),
        _extra(_number("minimum")),
        _extra(_number("maximum")),
        Column("cumulative", Type.BOOLEAN, default=False, extra=True),
        _extra(_number("unit_weight", whole=14, places=6, least="0")),
        Column("dimensions", Type.DIMENSIONS, default={}, extra=True),
    ),
    texts=("name", "description", "unit"),
)

MEASURES = Table(
    "measures",
    ("objective", "kpi"),
    (_reference("objective", "objectives", required=True), _reference("kpi", "kpis", required=True), _weight()),
)

TARGETS = Table(
    "targets",
    ("kpi", "period"),
    (
        _reference("kpi", "kpis", required=True),
        _date("period", required=True),
        _number("value"),
        _number("low"),
        _number("high"),
        _extra(_text("reason"), ""),
    ),
)

MEASUREMENTS = Table(
    "measurements",
    ("kpi", "period"),
    (
        _reference("kpi", "kpis", required=True),
        _date("period", required=True),
        _number("value"),
        _number("numerator"),
        _number("denominator"),
        Column("estimate", Type.BOOLEAN, default=False),
        _text("note"),
    ),
)

INITIATIVES = Table(
    "initiatives",
    ("code",),
    (
        _code(),
        _text("title", length=500, required=True),
        _text("description"),
        _reference("department", "departments"),
        _reference("owner", "people"),
        _reference("sponsor", "people"),
        _choice("stage", Stage.values, Stage.IDEA.value),
        _date("start"),
        _date("end"),
        _number("budget", whole=16, places=4),
        _number("actual_cost", whole=16, places=4),
        _share("progress"),
        _choice("status", Declared.values),
        _text("comment"),
        _whole("confidence", most=100),
    ),
    texts=("title", "description", "comment"),
)

INITIATIVE_OBJECTIVES = Table(
    "initiative_objectives",
    ("initiative", "objective"),
    (
        _reference("initiative", "initiatives", required=True),
        _reference("objective", "objectives", required=True),
        _share("allocation", places=6),
    ),
)

BUILT = (
    ORGANIZATION,
    DEPARTMENTS,
    PEOPLE,
    VISIONS,
    OBJECTIVES,
    CONTRIBUTIONS,
    KPIS,
    MEASURES,
    TARGETS,
    MEASUREMENTS,
    INITIATIVES,
    INITIATIVE_OBJECTIVES,
)
"""What this version reads and writes, every table after those it refers to."""

NOT_BUILT = tuple(Table(name, (), (), built=False) for name in ("actions", "dependencies", "impacts", "risks"))
"""Tables of the format that this version does not support yet: known by name, refused when they hold rows."""

TABLES = {table.name: table for table in (*BUILT, *NOT_BUILT)}
POSITION = {name: position for position, name in enumerate(TABLES)}
"""Where a table stands among the tables; errors are reported in this order."""
