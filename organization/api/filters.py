"""The questions a list answers: each a name, what it takes, and what it does to the rows."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from organization.actors import Actor
from organization.api.refusals import invalid
from organization.models import Department
from organization.texts import full_text as text_of

Rows = QuerySet[Any, Any]
Apply = Callable[[Rows, str, Actor], Rows]

OWN_PARAMETERS = frozenset({"ordering", "fields", "page_size", "cursor", "format", "lang", "as_of"})
"""What every list takes beside its filters."""


FEW: Final = 1000
"""Up to so many matches of a search are listed by their keys."""


@dataclass(frozen=True)
class Filter:
    """One query parameter of a list."""

    name: str
    description: str
    apply: Apply
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


class ListFilters(BaseFilterBackend):
    """Applies the filters that the view declares; a parameter that nobody knows is an error, never ignored."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        known = {one.name: one for one in view.filters}
        actor: Actor = view.actor
        for name, value in request.query_params.items():
            if name in OWN_PARAMETERS or not value:
                continue
            if name not in known:
                raise invalid(name, _("There is no such filter. There is: %(names)s.") % {"names": ", ".join(known)})
            if "\x00" in value:
                raise invalid(name, _("The value has a character that no text holds."))
            queryset = known[name].apply(queryset, value, actor)
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": one.name, "in": "query", "required": False, "description": one.description, "schema": one.schema}
            for one in view.filters
        ]


def words_in(value: str) -> list[str]:
    return [word for word in (part.strip() for part in value.split(",")) if word]


def choice(name: str, column: str, allowed: Iterable[str], description: str = "") -> Filter:
    """One or several of the words, separated by commas."""
    words = sorted(map(str, allowed))

    def apply(rows: Rows, value: str, actor: Actor) -> Rows:
        wanted = words_in(value)
        for word in wanted:
            if word not in words:
                raise none_of(name, word, words)
        return rows.filter(**{f"{column}__in": wanted})

    text = description or "One or several, separated by commas: " + ", ".join(words) + "."
    return Filter(name, text, apply)


def none_of(name: str, word: str, words: Iterable[str]) -> ValidationError:
    """The 400 for a word that is not in the closed list."""
    return invalid(name, _("“%(value)s” is none of: %(words)s.") % {"value": word, "words": ", ".join(words)})


def status(colours: Iterable[str], states: Iterable[str], prefix: str = "figures__") -> Filter:
    """`status=red,stale`: colours and states in any mixture; a row that has one of them stays."""
    colour_words, state_words = set(map(str, colours)), set(map(str, states))

    def apply(rows: Rows, value: str, actor: Actor) -> Rows:
        wanted = words_in(value)
        for word in wanted:
            if word not in colour_words | state_words:
                raise none_of("status", word, sorted(colour_words) + sorted(state_words))
        by_colour = [word for word in wanted if word in colour_words]
        by_state = [word for word in wanted if word in state_words]
        return rows.filter(Q(**{f"{prefix}colour__in": by_colour}) | Q(**{f"{prefix}state__in": by_state}))

    text = "Colours or states, separated by commas: " + ", ".join(sorted(colour_words) + sorted(state_words)) + "."
    return Filter("status", text, apply)


def reference(name: str, column: str, description: str, *, through_many: bool = False) -> Filter:
    """One or several codes (or addresses), separated by commas. Through many rows, each result still comes once."""

    def apply(rows: Rows, value: str, actor: Actor) -> Rows:
        wanted = {f"{column}__in": words_in(value)}
        if not through_many:
            return rows.filter(**wanted)
        own = rows.model._default_manager.filter(organization_id=actor.organization_id, **wanted)
        return rows.filter(pk__in=own.order_by().values("pk"))

    return Filter(name, description, apply)


def person(name: str = "owner", column: str = "owner__email") -> Filter:
    """By e-mail address."""

    def apply(rows: Rows, value: str, actor: Actor) -> Rows:
        return rows.filter(**{f"{column}__in": [word.lower() for word in words_in(value)]})

    return Filter(name, "E-mail address; several separated by commas.", apply)


def department(path: str = "department__path") -> Filter:
    """By department code, with everything below it."""

    def apply(rows: Rows, value: str, actor: Actor) -> Rows:
        codes = words_in(value)
        found = dict(Department.objects.visible_to(actor).filter(code__in=codes).values_list("code", "path"))
        for code in codes:
            if code not in found:
                raise invalid("department", _("There is no department %(code)s.") % {"code": code}, "reference")
        return rows.filter(**{f"{path}__below_any": list(found.values())})

    return Filter("department", "Code of a department; everything below it is included.", apply)


def days(name: str, column: str) -> tuple[Filter, Filter]:
    """`NAME_from` and `NAME_to`, both inclusive, on a date."""

    def bound(suffix: str, lookup: str) -> Filter:
        parameter = f"{name}_{suffix}"

        def apply(rows: Rows, value: str, actor: Actor) -> Rows:
            return rows.filter(**{f"{column}__{lookup}": parse_day(parameter, value)})

        words = "From this day on." if suffix == "from" else "Up to this day."
        return Filter(parameter, words, apply, {"type": "string", "format": "date"})

    return bound("from", "gte"), bound("to", "lte")


def moments(name: str, column: str) -> tuple[Filter, Filter]:
    """`NAME_from` (inclusive) and `NAME_to` (exclusive, or the whole day) on a moment; a bare day is meant in UTC."""

    def bound(suffix: str, lookup: str) -> Filter:
        parameter = f"{name}_{suffix}"

        def apply(rows: Rows, value: str, actor: Actor) -> Rows:
            return rows.filter(**{f"{column}__{lookup}": parse_moment(parameter, value, whole_day=suffix == "to")})

        words = "From this moment or day on." if suffix == "from" else "Before this moment, or up to this day."
        return Filter(parameter, words, apply, {"type": "string", "format": "date-time"})

    return bound("from", "gte"), bound("to", "lt")


def full_text(*columns: str) -> Filter:
    """Words that must all occur, each from its beginning on, in the columns or their translations.

    Rare words are looked up first, without order: the planner, which takes any beginning of a word for a common one,
    would otherwise walk the whole order to find them. Common words are found on the way.
    """

    def apply(rows: Rows, value: str, actor: Actor) -> Rows:
        words = re.findall(r"\w+", value)
        if not words:
            return rows.none()
        wanted = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
        own = rows.model._default_manager.filter(organization_id=actor.organization_id)
        matching = own.alias(text_found=text_of(*columns)).filter(text_found=wanted).order_by()
        few = list(matching.values_list("pk", flat=True)[: FEW + 1])
        if len(few) <= FEW:
            return rows.filter(pk__in=few)
        found: Rows = rows.alias(text_found=text_of(*columns)).filter(text_found=wanted)
        return found

    return Filter("q", "Full text: all words must occur, each from its beginning on.", apply)


def flag(name: str, column: str, description: str) -> Filter:
    """`true` or `false`."""

    def apply(rows: Rows, value: str, actor: Actor) -> Rows:
        if value not in ("true", "false"):
            raise invalid(name, _("Write true or false."))
        return rows.filter(**{column: value == "true"})

    return Filter(name, description, apply, {"type": "boolean"})


def parse_day(name: str, value: str) -> date:
    """An ISO date; raises the 400 that points at the parameter."""
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise invalid(name, _("“%(value)s” is not a date like 2026-01-31.") % {"value": value}, "date") from error


def parse_moment(name: str, value: str, *, whole_day: bool = False) -> datetime:
    """An ISO moment or day; a moment without offset is meant in UTC."""
    try:
        found = parse_datetime(value) if len(value) > 10 else None
    except ValueError:
        found = None
    if found is None:
        day = parse_day(name, value)
        return datetime.combine(day + timedelta(days=1 if whole_day else 0), time(), tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def named(filters: Sequence[Filter | tuple[Filter, ...]]) -> tuple[Filter, ...]:
    """Flatten a declaration."""
    flat: list[Filter] = []
    for one in filters:
        flat.extend(one if isinstance(one, tuple) else (one,))
    return tuple(flat)
