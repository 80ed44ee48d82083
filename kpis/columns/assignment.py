"""What the columns of a table mean: guessed from its headers and its cells, corrected by a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from kpis.columns.cells import NotRead, guess_decimal, is_missing, read_number
from kpis.columns.periods import reads_as_period

LOOKED_AT: Final = 200
"""So many rows are enough to guess from."""


class Role(StrEnum):
    """What a column says of its row."""

    KPI = "kpi"
    PERIOD = "period"
    VALUE = "value"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    ESTIMATE = "estimate"
    NOTE = "note"
    IGNORE = "ignore"


class Shape(StrEnum):
    """One row per value; one row per KPI with a column per period; one row per period with a column per KPI."""

    VALUES = "values"
    PERIODS = "periods"
    KPIS = "kpis"


WORDS: Final[Mapping[Role, frozenset[str]]] = {
    Role.KPI: frozenset(
        [
            "kpi",
            "code",
            "kpi_code",
            "indicator",
            "indicateur",
            "series",
            "série",
            "serie",
            "measure",
            "mesure",
            "metric",
            "indicator_code",
            "nom",
            "name",
        ]
    ),
    Role.PERIOD: frozenset(
        [
            "period",
            "période",
            "periode",
            "date",
            "month",
            "mois",
            "year",
            "année",
            "annee",
            "quarter",
            "trimestre",
            "week",
            "semaine",
            "day",
            "jour",
            "time",
        ]
    ),
    Role.VALUE: frozenset(
        [
            "value",
            "valeur",
            "actual",
            "réel",
            "reel",
            "réalisé",
            "realise",
            "amount",
            "montant",
            "obs_value",
            "result",
            "résultat",
        ]
    ),
    Role.NUMERATOR: frozenset(["numerator", "numérateur", "numerateur"]),
    Role.DENOMINATOR: frozenset(["denominator", "dénominateur", "denominateur"]),
    Role.ESTIMATE: frozenset(
        [
            "estimate",
            "estimation",
            "estimated",
            "estimé",
            "estime",
            "provisional",
            "provisoire",
            "obs_status",
            "is_estimate",
        ]
    ),
    Role.NOTE: frozenset(["note", "notes", "comment", "commentaire", "remark", "remarque", "comments", "footnote"]),
}


@dataclass(frozen=True)
class Assignment:
    """The shape, one role per column, the decimal sign, and whether 05/04 is the fourth of May."""

    shape: Shape
    roles: tuple[Role, ...]
    decimal: str = "."
    month_first: bool = False

    def column(self, role: Role) -> int | None:
        """The column with this role; None when there is none."""
        return self.roles.index(role) if role in self.roles else None

    def missing(self) -> tuple[Role, ...]:
        """Roles that the shape needs and no column has."""
        needed = {
            Shape.VALUES: (Role.KPI, Role.PERIOD, Role.VALUE),
            Shape.PERIODS: (Role.KPI, Role.VALUE),
            Shape.KPIS: (Role.PERIOD, Role.VALUE),
        }[self.shape]
        is_ratio = Role.NUMERATOR in self.roles and Role.DENOMINATOR in self.roles
        return tuple(role for role in needed if role not in self.roles and not (role is Role.VALUE and is_ratio))

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {
            "shape": self.shape.value,
            "roles": [role.value for role in self.roles],
            "decimal": self.decimal,
            "month_first": self.month_first,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The reverse of `as_dict`."""
        roles = tuple(Role(role) for role in stored["roles"])
        return cls(Shape(stored["shape"]), roles, str(stored["decimal"]), bool(stored["month_first"]))


def guess(header: Sequence[str], rows: Sequence[Sequence[str]], is_kpi: Callable[[str], bool]) -> Assignment:
    """The likeliest meaning of a table; `is_kpi` knows the codes and names of KPIs."""
    looked = rows[:LOOKED_AT]
    named = [_role_of(name) for name in header]
    headed = [not role and reads_as_period(name) for name, role in zip(header, named, strict=True)]
    known = [not role and is_kpi(name) for name, role in zip(header, named, strict=True)]
    if sum(headed) >= 2 or (sum(headed) and Role.VALUE not in named and Role.PERIOD not in named):
        key = _kpi_column(header, looked, named, headed, is_kpi)
        shape, roles = Shape.PERIODS, [Role.VALUE if one else Role.IGNORE for one in headed]
        if key is not None:
            roles[key] = Role.KPI
    elif any(known) and Role.KPI not in named:
        shape, roles = Shape.KPIS, [Role.VALUE if one else Role.IGNORE for one in known]
        key = _period_column(looked, named, known)
        if key is not None:
            roles[key] = Role.PERIOD
    else:
        shape, roles = Shape.VALUES, _long_roles(header, looked, named, is_kpi)
    numbers = (row[at] for row in looked for at, role in enumerate(roles) if role is Role.VALUE and at < len(row))
    return Assignment(shape, tuple(roles), guess_decimal(numbers), _is_month_first(looked, roles))


def _role_of(name: str) -> Role | None:
    word = name.strip().lower().replace(" ", "_").strip("_.:")
    for role, words in WORDS.items():
        if word in words or any(part in words for part in word.split("_")[:1]):
            return role
    return None


def _long_roles(
    header: Sequence[str], rows: Sequence[Sequence[str]], named: Sequence[Role | None], is_kpi: Callable[[str], bool]
) -> list[Role]:
    roles = [role or Role.IGNORE for role in _once(named)]
    tests: tuple[tuple[Role, Callable[[str], bool]], ...] = (
        (Role.KPI, is_kpi),
        (Role.PERIOD, reads_as_period),
        (Role.VALUE, _is_number),
    )
    for role, test in tests:
        if role not in roles:
            free = [at for at, taken in enumerate(roles) if taken is Role.IGNORE]
            best = max(free, key=lambda at: _share(rows, at, test), default=None)
            if best is not None and _share(rows, best, test) > 0.5:
                roles[best] = role
    return roles


def _once(named: Sequence[Role | None]) -> list[Role | None]:
    """The first column of each name keeps it."""
    seen: set[Role] = set()
    found: list[Role | None] = []
    for role in named:
        found.append(None if role in seen else role)
        if role is not None:
            seen.add(role)
    return found


def _kpi_column(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    named: Sequence[Role | None],
    taken: Sequence[bool],
    is_kpi: Callable[[str], bool],
) -> int | None:
    free = [at for at in range(len(header)) if not taken[at]]
    best = max(free, key=lambda at: _share(rows, at, is_kpi), default=None)
    if best is not None and _share(rows, best, is_kpi) > 0:
        return best
    return next((at for at in free if named[at] is Role.KPI), free[0] if free else None)


def _period_column(rows: Sequence[Sequence[str]], named: Sequence[Role | None], taken: Sequence[bool]) -> int | None:
    free = [at for at in range(len(taken)) if not taken[at]]
    best = max(free, key=lambda at: _share(rows, at, reads_as_period), default=None)
    if best is not None and _share(rows, best, reads_as_period) > 0:
        return best
    return next((at for at in free if named[at] is Role.PERIOD), None)


def _share(rows: Sequence[Sequence[str]], at: int, test: Callable[[str], bool]) -> float:
    texts = [row[at] for row in rows if at < len(row) and row[at].strip()]
    return sum(test(text) for text in texts[:50]) / len(texts[:50]) if texts else 0.0


def _is_number(text: str) -> bool:
    if is_missing(text):
        return True
    for sign in (".", ","):
        try:
            read_number(text, sign)
        except NotRead:
            continue
        return True
    return False


def _is_month_first(rows: Sequence[Sequence[str]], roles: Sequence[Role]) -> bool:
    """Whether a second number above 12, and never a first one, shows that the month comes first."""
    at = roles.index(Role.PERIOD) if Role.PERIOD in roles else None
    if at is None:
        return False
    firsts, seconds = set(), set()
    for row in rows:
        parts = row[at].strip().replace(".", "/").replace("-", "/").split("/") if at < len(row) else []
        if len(parts) == 3 and parts[0].isdigit() and parts[1].isdigit() and len(parts[2]) == 4:
            firsts.add(int(parts[0]))
            seconds.add(int(parts[1]))
    return bool(seconds) and max(seconds) > 12 and max(firsts) <= 12
