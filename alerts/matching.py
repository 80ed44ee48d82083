"""Which alerts a subscription wants, and whether its receiver may see them. Pure.

`Sight` says about one alert what `AlertQuerySet.visible_to` says about many; a test holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from alerts.inheritance import is_below

RANK: Final = {"data": 1, "amber": 1, "red": 2}
"""Data problems are no worse than at risk."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What decides whether an alert is wanted: many alerts share one."""

    group_id: int
    kind: str
    severity: str
    path: str | None
    strategic: bool
    owner_id: int | None
    kpi_id: int | None = None
    objective_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a receiver may see: everything (`paths` None), or departments and below, what is shared, what they own."""

    paths: tuple[str, ...] | None
    user_id: int | None = None

    def sees(self, alert: Trait) -> bool:
        if self.paths is None or alert.path is None or alert.strategic:
            return True
        if self.user_id is not None and alert.owner_id == self.user_id:
            return True
        return any(is_below(alert.path, path) for path in self.paths)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one subscription asks for. Empty sets and no path ask for everything."""

    code: str
    kinds: frozenset[str] = frozenset()
    path: str | None = None
    kpi_ids: frozenset[int] = frozenset()
    objective_ids: frozenset[int] = frozenset()
    least_severity: str = "amber"

    @property
    def is_about_things(self) -> bool:
        """Whether it names KPIs or objectives, so that each alert has to be looked at."""
        return bool(self.kpi_ids or self.objective_ids)

    def wants(self, alert: Trait) -> bool:
        if self.kinds and alert.kind not in self.kinds:
            return False
        if RANK[alert.severity] < RANK[self.least_severity]:
            return False
        if self.path is not None and not is_below(alert.path, self.path):
            return False
        if not self.is_about_things:
            return True
        return alert.kpi_id in self.kpi_ids or alert.objective_id in self.objective_ids


def groups_wanted(wish: Wish, sight: Sight, alerts: Iterable[Trait]) -> set[int]:
    """The groups of which at least one alert is wanted and seen."""
    found: set[int] = set()
    for alert in alerts:
        if alert.group_id not in found and wish.wants(alert) and sight.sees(alert):
            found.add(alert.group_id)
    return found
