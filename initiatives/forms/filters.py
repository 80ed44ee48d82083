"""How the list of initiatives is narrowed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import urlencode

from initiatives.choices import Declared, Stage
from organization.narrowing import page_asked

SORTS: Final = ("code", "title", "end", "progress", "budget", "updated")
NO_STATUS: Final = "none"


@dataclass(frozen=True, slots=True)
class PortfolioFilters:
    """Words of the address; empty means everything. `sort` may begin with a minus."""

    q: str = ""
    department: str = ""
    status: str = ""
    stage: str = ""
    objective: str = ""
    sort: str = "code"
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any((self.q, self.department, self.status, self.stage, self.objective))

    def query(self, page: int = 1, **changes: str) -> str:
        """The address's query with these changes, on the first page unless one is named; never empty."""
        default = asdict(PortfolioFilters())
        words = {**asdict(self), **changes, "page": page}
        return f"?{urlencode({name: value for name, value in words.items() if value != default[name]})}"


def filters_from(data: Mapping[str, str]) -> PortfolioFilters:
    """Filters from an address's query; what is not understood is left out."""
    words = {name: data.get(name, "").replace("\x00", "").strip()[:200] for name in ("q", "department", "objective")}
    status, stage, sort, page = (data.get(name, "") for name in ("status", "stage", "sort", "page"))
    return PortfolioFilters(
        **words,
        status=status if status in (*Declared.values, NO_STATUS) else "",
        stage=stage if stage in Stage.values else "",
        sort=sort if sort.removeprefix("-") in SORTS else "code",
        page=page_asked(page),
    )
