"""How a list of objectives is narrowed and sorted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import urlencode

from objectives.choices import Colour, Level, Perspective

SORTS: Final = ("urgency", "title", "code", "owner", "progress", "gap", "delivery", "coverage", "confidence")

CODES: Final = ("q", "department", "owner")


@dataclass(frozen=True, slots=True)
class ObjectiveFilters:
    """Words of the address; empty means everything. `sort` may begin with a minus; levels come in their order."""

    q: str = ""
    level: str = ""
    department: str = ""
    owner: str = ""
    status: str = ""
    perspective: str = ""
    sort: str = "urgency"
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any((self.q, self.level, self.department, self.owner, self.status, self.perspective))

    def query(self, page: int = 1, **changes: str) -> str:
        """The address's query with these changes, on the first page unless one is named; never empty."""
        default = asdict(ObjectiveFilters())
        words = {**asdict(self), **changes, "page": page}
        return f"?{urlencode({name: value for name, value in words.items() if value != default[name]})}"


def filters_from(data: Mapping[str, str]) -> ObjectiveFilters:
    """Filters from an address's query; what is not understood is left out."""
    page, sort = data.get("page", ""), data.get("sort", "")
    known = {"level": Level.values, "status": Colour.values, "perspective": Perspective.values}
    return ObjectiveFilters(
        **{name: data.get(name, "").replace("\0", "").strip()[:200] for name in CODES},
        **{name: data.get(name, "") if data.get(name) in values else "" for name, values in known.items()},
        sort=sort if sort.removeprefix("-") in SORTS else "urgency",
        page=min(int(page), 100_000) if page.isascii() and page.isdigit() and int(page) > 0 else 1,
    )
