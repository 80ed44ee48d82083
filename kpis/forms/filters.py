"""What a list of KPIs is narrowed to, as its address says. What is not understood is left out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import urlencode

from organization.narrowing import page_asked

SORTS: Final = ("urgency", "name", "code", "owner", "department", "variance", "age")
COLOURS: Final = ("red", "amber", "green", "grey")


@dataclass(frozen=True, slots=True)
class KpiFilters:
    """Words of the address; empty means everything. `sort` may begin with a minus."""

    q: str = ""
    department: str = ""
    owner: str = ""
    status: str = ""
    kind: str = ""
    freshness: str = ""
    sort: str = "urgency"
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any((self.q, self.department, self.owner, self.status, self.kind, self.freshness))

    def query(self, page: int = 1, **changes: str) -> str:
        """The address's query with these changes, on the first page unless one is named; never empty."""
        default = asdict(KpiFilters())
        words = {**asdict(self), **changes, "page": page}
        return f"?{urlencode({name: value for name, value in words.items() if value != default[name]})}"


def filters_from(data: Mapping[str, str]) -> KpiFilters:
    """Filters from an address's query."""
    words = {name: data.get(name, "").strip()[:200] for name in ("q", "department", "owner", "kind", "freshness")}
    status, sort, page = data.get("status", ""), data.get("sort", ""), data.get("page", "")
    return KpiFilters(
        **words,
        status=status if status in COLOURS else "",
        sort=sort if sort.removeprefix("-") in SORTS else "urgency",
        page=page_asked(page),
    )
