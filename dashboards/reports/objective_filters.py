"""What the list of objectives offers to narrow and to sort it by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dashboards.reports.objective_parts import STATE_OF_COLOUR, colour_word
from objectives.choices import Level, Perspective
from objectives.forms import ObjectiveFilters
from objectives.models import Objective
from organization.actors import Actor
from organization.models import Department, User


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


@dataclass(frozen=True, slots=True)
class Offers:
    """The choices of every filter."""

    levels: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    perspectives: tuple[Choice, ...]


def offers_of(actor: Actor, visible: QuerySet[Objective], filters: ObjectiveFilters) -> Offers:
    """Two queries: the departments and the owners that the reader sees."""
    return Offers(
        levels=_options(((str(value), str(text)) for value, text in Level.choices), filters.level),
        departments=_departments(actor, filters.department),
        owners=_owners(visible, filters.owner),
        perspectives=_options(((str(value), str(text)) for value, text in Perspective.choices), filters.perspective),
    )


def statuses_of(counts: Mapping[str, int], filters: ObjectiveFilters) -> tuple[StatusChoice, ...]:
    """All and each colour, with the numbers that the other filters leave."""
    everything = StatusChoice("", "", _("All"), sum(counts.values()), filters.query(status=""), not filters.status)
    return (
        everything,
        *(
            StatusChoice(
                colour=colour,
                state=state,
                text=colour_word(colour),
                count=counts.get(colour, 0),
                query=filters.query(status=colour),
                chosen=filters.status == colour,
            )
            for colour, state in STATE_OF_COLOUR.items()
        ),
    )


def head_of(name: str, filters: ObjectiveFilters, *, descending_first: bool = False) -> Head:
    """A second click turns the order round."""
    first, second = (f"-{name}", name) if descending_first else (name, f"-{name}")
    directions = {name: "ascending", f"-{name}": "descending"}
    return Head(filters.query(sort=second if filters.sort == first else first), directions.get(filters.sort, ""))


def left_out(filters: ObjectiveFilters, offers: Offers) -> tuple[str, ...]:
    """What the list is narrowed to, in words, for the empty page."""
    words = (
        f"“{filters.q}”" if filters.q else "",
        _text_of(offers.levels, filters.level),
        _text_of(offers.departments, filters.department).lstrip("– "),
        _text_of(offers.owners, filters.owner),
        colour_word(filters.status) if filters.status else "",
        _text_of(offers.perspectives, filters.perspective),
    )
    return tuple(word for word in words if word)


def _departments(actor: Actor, chosen: str) -> tuple[Choice, ...]:
    """The departments as a tree in a select: children after their parent, a dash for each level."""
    rows = list(Department.objects.visible_to(actor).order_by("code"))
    top = min((row.path.count(".") for row in rows), default=0)
    by_id = {str(row.pk): row.code for row in rows}
    rows.sort(key=lambda row: [by_id.get(label, label) for label in row.path.split(".")])
    return _options(((row.code, f"{'– ' * (row.path.count('.') - top)}{row.text('name')}") for row in rows), chosen)


def _owners(visible: QuerySet[Objective], chosen: str) -> tuple[Choice, ...]:
    people = User.objects.filter(pk__in=visible.order_by().values("owner_id")).order_by("name", "email")
    return _options(((one.email, str(one)) for one in people), chosen)


def _options(pairs: Iterable[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, text, value == chosen) for value, text in pairs)


def _text_of(choices: tuple[Choice, ...], value: str) -> str:
    return next((choice.text for choice in choices if choice.chosen), value)
