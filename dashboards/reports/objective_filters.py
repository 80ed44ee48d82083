"""What the list of objectives offers to narrow and to sort it by."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dashboards.reports.objective_parts import STATE_OF_COLOUR, colour_word
from objectives.choices import Level, Perspective
from objectives.forms import ObjectiveFilters
from objectives.models import Objective
from organization.actors import Actor
from organization.models import User
from organization.narrowing import Choice, Head, StatusChoice, choices_of, department_choices


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
        levels=choices_of(((str(value), str(text)) for value, text in Level.choices), filters.level),
        departments=department_choices(actor, filters.department),
        owners=_owners(visible, filters.owner),
        perspectives=choices_of(((str(value), str(text)) for value, text in Perspective.choices), filters.perspective),
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


def _owners(visible: QuerySet[Objective], chosen: str) -> tuple[Choice, ...]:
    people = User.objects.filter(pk__in=visible.order_by().values("owner_id")).order_by("name", "email")
    return choices_of(((one.email, str(one)) for one in people), chosen)


def _text_of(choices: tuple[Choice, ...], value: str) -> str:
    return next((choice.text for choice in choices if choice.chosen), value)
