"""How the inbox is narrowed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlencode

from alerts.choices import RuleKind
from organization.narrowing import page_asked

OPEN: Final = "open"
SNOOZED: Final = "snoozed"
PENDING: Final = "pending"
ENDED: Final = "ended"
TABS: Final = (OPEN, SNOOZED, PENDING, ENDED)

ME: Final = "me"
NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """Words of the address. `owner` is an e-mail address, "me" or "nobody"; `group` shows one group in full."""

    state: str = OPEN
    kind: str = ""
    owner: str = ""
    department: str = ""
    group: str = ""
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything beyond the state is left out."""
        return bool(self.kind or self.owner or self.department or self.group)

    def query(self, **changes: Any) -> str:
        """The address's query with these changes, from the first page on unless told otherwise; never empty."""
        words = {**asdict(self), "page": 1, **changes}
        default = asdict(InboxFilters())
        return f"?{urlencode({name: value for name, value in words.items() if value != default[name]})}"


def filters_from(data: Mapping[str, str]) -> InboxFilters:
    """Filters from an address's query; what is not understood is left out."""
    state, kind = data.get("state", ""), data.get("kind", "")
    return InboxFilters(
        state=state if state in TABS else OPEN,
        kind=kind if kind in RuleKind.values else "",
        owner=_text(data, "owner"),
        department=_text(data, "department"),
        group=_text(data, "group"),
        page=page_asked(data.get("page", "")),
    )


def _text(data: Mapping[str, str], name: str) -> str:
    return data.get(name, "").replace("\x00", "").strip()[:254]
