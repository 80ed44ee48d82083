"""The scorecard of a department: its KPIs by perspective."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.reports.scorecard_tabs import Tab, count_below, tabs_of
from kpis.models import Kpi
from kpis.rows import KpiRow, rows_of, scale_of, version_of
from objectives.choices import Perspective
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Department, Organization
from organization.narrowing import Choice, Head, StatusChoice

MOST: Final = 300
"""A scorecard is read, not paged: what lies beyond is in the list of KPIs."""

URGENCY: Final = {"red": 0, "amber": 1, "grey": 2, "green": 3}
SORTS: Final = ("urgency", "name", "owner", "variance", "age")
NOWHERE: Final = ("", "none")
"""Groups behind the perspectives: objectives without one, KPIs without an objective."""


@dataclass(frozen=True, slots=True)
class ScorecardFilters:
    """Words of the address. `below`: "1" with the departments below, "0" without, "" as it suits."""

    q: str = ""
    status: str = ""
    objective: str = ""
    owner: str = ""
    sort: str = "urgency"
    below: str = ""

    @property
    def narrows(self) -> bool:
        """Whether KPIs of the scorecard are left out."""
        return any((self.q, self.status, self.objective, self.owner))

    def query(self, **changes: str) -> str:
        """The address's query with these changes."""
        default = asdict(ScorecardFilters())
        words = {**asdict(self), **changes}
        return f"?{urlencode({name: value for name, value in words.items() if value != default[name]})}"


@dataclass(frozen=True, slots=True)
class Group:
    """The KPIs of one perspective."""

    name: str
    rows: tuple[KpiRow, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Everything that the scorecard shows."""

    code: str
    name: str
    headcount: int | None
    finding: str
    tabs: tuple[Tab, ...]
    parents: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    rows: tuple[KpiRow, ...]
    total: int
    below: bool
    below_count: int
    cut: bool
    scale: float
    statuses: tuple[StatusChoice, ...]
    objectives: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    heads: Mapping[str, Head]
    filters: ScorecardFilters
    query: str
    version: str


def filters_from(data: Mapping[str, str]) -> ScorecardFilters:
    """Filters from an address's query; what is not understood is left out."""
    status, sort, below = (data.get(name, "") for name in ("status", "sort", "below"))
    return ScorecardFilters(
        q=data.get("q", "").strip()[:200],
        status=status if status in URGENCY else "",
        objective=data.get("objective", "")[:100],
        owner=data.get("owner", "")[:254],
        sort=sort if sort.removeprefix("-") in SORTS else "urgency",
        below=below if below in ("0", "1") else "",
    )


def scorecard(
    department: Department, filters: ScorecardFilters, *, actor: Actor, organization: Organization, at: datetime
) -> Scorecard:
    """The department's KPIs, or those below it too, that the actor may see. A constant number of queries."""
    below_count = count_below(department, actor=actor)
    kpis, below = _kpis(department, filters, actor, below_count)
    today = today_of(organization, at)
    rows = sorted(rows_of(kpis, actor=actor, organization=organization, today=today), key=_urgency)
    named = [row for row in rows if _matches(row, filters)]
    shown = _ordered([row for row in named if not filters.status or row.colour == filters.status], filters.sort)
    filters = replace(filters, below="" if not filters.below else "1" if below else "0")
    return Scorecard(
        code=department.code,
        name=department.text("name"),
        headcount=department.headcount,
        finding=_finding(rows),
        tabs=tabs_of(department, actor=actor, below=below),
        parents=_parents(department, actor),
        groups=_groups(shown),
        rows=tuple(shown),
        total=len(rows),
        below=below,
        below_count=below_count,
        cut=len(rows) == MOST,
        scale=scale_of(shown),
        statuses=_statuses(named, filters),
        objectives=_objectives(rows, filters.objective),
        owners=_owners(rows, filters.owner),
        heads={name: _head(name, filters) for name in ("name", "owner", "variance", "age")},
        filters=filters,
        query=filters.query(),
        version=version_of(shown),
    )


def perspective_of(row: KpiRow) -> str:
    """Where the KPI stands: the perspective of the heaviest objective that has one."""
    if not row.objectives:
        return NOWHERE[1]
    return next((one.perspective for one in row.objectives if one.perspective), NOWHERE[0])


def perspective_name(perspective: str) -> str:
    """The heading of a group."""
    if perspective == NOWHERE[0]:
        return _("No perspective")
    if perspective == NOWHERE[1]:
        return _("Without an objective")
    return str(Perspective(perspective).label)


def _kpis(
    department: Department, filters: ScorecardFilters, actor: Actor, below_count: int
) -> tuple[Sequence[Kpi], bool]:
    visible = Kpi.objects.visible_to(actor).of_their_own().select_related("figures", "owner", "department")
    deep = visible.filter(department__path__below_any=[department.path]).order_by("code")
    if filters.below == "1":
        return list(deep[:MOST]), True
    own = list(visible.filter(department=department).order_by("code")[:MOST])
    if own or filters.below == "0" or not below_count:
        return own, False
    return list(deep[:MOST]), True


def _matches(row: KpiRow, filters: ScorecardFilters) -> bool:
    word = filters.q.casefold()
    return (
        (not word or word in row.name.casefold() or word in row.code.casefold())
        and (not filters.owner or (row.owner is not None and row.owner.name == filters.owner))
        and (not filters.objective or any(one.code == filters.objective for one in row.objectives))
    )


def _urgency(row: KpiRow) -> tuple[int, float, str]:
    return URGENCY.get(row.colour, 2), row.effect if row.effect is not None else 0.0, row.code


def _ordered(rows: list[KpiRow], sort: str) -> list[KpiRow]:
    """Unknown values come last in either order."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name == "urgency":
        return rows[::-1] if down else rows
    keys: dict[str, Callable[[KpiRow], Any]] = {
        "name": lambda row: row.name.casefold(),
        "owner": lambda row: row.owner.name.casefold() if row.owner else None,
        "variance": lambda row: row.effect,
        "age": lambda row: row.recorded_at,
    }
    known = [row for row in rows if keys[name](row) is not None]
    unknown = [row for row in rows if keys[name](row) is None]
    return [*sorted(known, key=keys[name], reverse=down), *unknown]


def _groups(rows: Iterable[KpiRow]) -> tuple[Group, ...]:
    found: dict[str, list[KpiRow]] = {}
    for row in rows:
        found.setdefault(perspective_of(row), []).append(row)
    order = [*Perspective.values, *NOWHERE]
    return tuple(Group(perspective_name(name), tuple(found[name])) for name in order if name in found)


def _finding(rows: Sequence[KpiRow]) -> str:
    """How many are on track, how many nobody can judge, and which are furthest from their plan."""
    if not rows:
        return ""
    judged = [row for row in rows if row.colour != "grey"]
    if not judged:
        return _("No KPI has a colour yet.")
    words = {"green": sum(row.colour == "green" for row in judged), "judged": len(judged)}
    said = [
        ngettext("%(green)s of %(judged)s KPI is on track.", "%(green)s of %(judged)s KPIs are on track.", len(judged))
        % words
    ]
    apart = len(rows) - len(judged)
    if apart:
        said.append(
            ngettext("%(apart)s more has no colour.", "%(apart)s more have no colour.", apart) % {"apart": apart}
        )
    weak = [row.name for row in judged if row.colour in ("red", "amber")]
    if len(weak) == 1:
        said.append(_("Furthest from plan: %(name)s.") % {"name": weak[0]})
    elif weak:
        said.append(_("Furthest from plan: %(name)s and %(other)s.") % {"name": weak[0], "other": weak[1]})
    return " ".join(said)


def _statuses(rows: Sequence[KpiRow], filters: ScorecardFilters) -> tuple[StatusChoice, ...]:
    counts = {colour: sum(row.colour == colour for row in rows) for colour in URGENCY}
    words = (
        ("", "", _("All"), len(rows)),
        ("red", "off_track", _("Off track"), counts["red"]),
        ("amber", "at_risk", _("At risk"), counts["amber"]),
        ("green", "on_track", _("On track"), counts["green"]),
        ("grey", "no_data", _("No colour"), counts["grey"]),
    )
    return tuple(
        StatusChoice(colour, state, text, number, filters.query(status=colour), filters.status == colour)
        for colour, state, text, number in words
    )


def _objectives(rows: Iterable[KpiRow], chosen: str) -> tuple[Choice, ...]:
    found = {one.code: one.title for row in rows for one in row.objectives}
    return tuple(Choice(code, f"{code} {found[code]}", code == chosen) for code in sorted(found))


def _owners(rows: Iterable[KpiRow], chosen: str) -> tuple[Choice, ...]:
    names = sorted({row.owner.name for row in rows if row.owner is not None}, key=str.casefold)
    return tuple(Choice(name, name, name == chosen) for name in names)


def _head(name: str, filters: ScorecardFilters) -> Head:
    directions = {name: "ascending", f"-{name}": "descending"}
    return Head(filters.query(sort=f"-{name}" if filters.sort == name else name), directions.get(filters.sort, ""))


def _parents(department: Department, actor: Actor) -> tuple[tuple[str, str], ...]:
    """Code and name of the departments above, from the top, as far as the actor may see them."""
    ids = [int(label) for label in department.path.split(".")[:-1]]
    rows = Department.objects.visible_to(actor).filter(pk__in=ids)
    return tuple((row.code, row.text("name")) for row in sorted(rows, key=lambda row: ids.index(row.pk)))
