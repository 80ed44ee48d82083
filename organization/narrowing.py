"""What every list offers to narrow and to sort it by: selects, the row of colours, heads that sort."""

from collections.abc import Iterable
from dataclasses import dataclass

from organization.actors import Actor
from organization.models import Department


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a select."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """One entry of the row of colours, with how many there are."""

    colour: str
    state: str
    text: str
    count: int
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A column that sorts: where its link leads, and how the table is sorted now."""

    query: str
    direction: str


def choices_of(pairs: Iterable[tuple[object, object]], chosen: str) -> tuple[Choice, ...]:
    """The entries of a select from its values and texts."""
    return tuple(Choice(str(value), str(text), str(value) == chosen) for value, text in pairs)


def department_choices(actor: Actor, chosen: str) -> tuple[Choice, ...]:
    """The departments that the actor sees, as a tree in a select (one query)."""
    return department_tree(Department.objects.visible_to(actor).order_by("code"), chosen)


def department_tree(departments: Iterable[Department], chosen: str) -> tuple[Choice, ...]:
    """Departments as entries of a select: children after their parent, a dash for each level."""
    rows = list(departments)
    top = min((row.path.count(".") for row in rows), default=0)
    codes = {str(row.pk): row.code for row in rows}
    rows.sort(key=lambda row: [codes.get(label, label) for label in row.path.split(".")])
    return choices_of(((row.code, f"{'– ' * (row.path.count('.') - top)}{row.text('name')}") for row in rows), chosen)


MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its number, how many there are, and where it begins and ends among the rows."""

    number: int
    pages: int
    start: int
    end: int

    @property
    def previous(self) -> int | None:
        """The number of the page before it, where there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        """The number of the page after it, where there is one."""
        return self.number + 1 if self.number < self.pages else None


def page_within(total: int, asked: int, *, size: int) -> Page:
    """The page that was asked for, or the nearest one that there is."""
    pages = max(1, -(-total // size))
    number = min(max(1, asked), pages)
    return Page(number, pages, (number - 1) * size, number * size)


def page_asked(text: str) -> int:
    """The number of a page as an address names it; the first one for anything that is none."""
    if not (text.isascii() and text.isdigit()):
        return 1
    return min(max(int(text[:9]), 1), MOST_PAGES)
