"""Which rules apply to a KPI, an objective or an initiative. Pure.

For each kind the most specific rules apply: a KPI's own replace those of the nearest department upward that has rules
of that kind, which replace those further up, which replace the organization's. A rule that is off takes part in this:
a KPI's own rule that is off silences the one it would inherit.
"""

from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

Place = tuple[int | None, str]
"""A KPI's id (None for a department or the organization), and a department's path ("" for none)."""


class Placed(Protocol):
    """A rule as far as its place decides; `path` None is no department."""

    @property
    def kind(self) -> str: ...
    @property
    def kpi_id(self) -> int | None: ...
    @property
    def path(self) -> str | None: ...


R = TypeVar("R", bound=Placed)


class RuleBook(Generic[R]):
    """All rules of an organization, those that are off included; asked for many subjects."""

    def __init__(self, rules: Iterable[R]) -> None:
        self._at: dict[str, dict[Place, list[R]]] = {}
        self._inherited: dict[tuple[str, str | None], Sequence[R]] = {}
        for rule in rules:
            place = (rule.kpi_id, rule.path or "")
            self._at.setdefault(rule.kind, {}).setdefault(place, []).append(rule)

    @property
    def kinds(self) -> set[str]:
        """Kinds of which there is any rule."""
        return set(self._at)

    def applying(self, kind: str, *, kpi_id: int | None, path: str | None) -> Sequence[R]:
        """The rules of one kind that decide for a KPI (or, without one, for whatever lies at the path)."""
        places = self._at.get(kind)
        if places is None:
            return ()
        own = places.get((kpi_id, "")) if kpi_id is not None else None
        return own if own else self._from_above(kind, path)

    def _from_above(self, kind: str, path: str | None) -> Sequence[R]:
        known = self._inherited.get((kind, path))
        if known is None:
            places = self._at[kind]
            known = next((found for place in upward(path) if (found := places.get((None, place)))), ())
            self._inherited[kind, path] = known
        return known


def is_below(path: str | None, place: str) -> bool:
    """Whether a department's path is the place or lies below it."""
    return path is not None and f"{path}.".startswith(f"{place}.")


def upward(path: str | None) -> Iterable[str]:
    """The path and those above it, the nearest first, and last the whole organization."""
    labels = path.split(".") if path else []
    return (".".join(labels[:length]) for length in range(len(labels), -1, -1))
