"""Keyset pages: the next page starts after the last row of this one, so any depth costs the same."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from organization.api.plain import plain
from organization.api.refusals import invalid

DEFAULT_SIZE: Final = 50
LARGEST_SIZE: Final = 500

Row = dict[str, Any]

NOTHING: Final = Q(pk__in=[])


@dataclass(frozen=True)
class Key:
    """One column of an order; unknown values come last whichever way it runs.

    An annotation says which column it is `like`, so that a cursor can be read back.
    """

    column: str
    descending: bool = False
    nullable: bool = False
    like: str = ""

    def expression(self) -> Any:
        column = F(self.column)
        if not self.nullable:
            return column.desc() if self.descending else column.asc()
        return column.desc(nulls_last=True) if self.descending else column.asc(nulls_last=True)

    def beyond(self, value: Any) -> Q:
        """Rows that come strictly after the value in this column."""
        if value is None:
            return NOTHING
        after = Q(**{f"{self.column}__{'lt' if self.descending else 'gt'}": value})
        return after | Q(**{f"{self.column}__isnull": True}) if self.nullable else after

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.column}__isnull": True}) if value is None else Q(**{self.column: value})


@dataclass(frozen=True)
class Listing:
    """What a list reads and how it may be sorted. `unique` ends every order, so that it is total."""

    columns: tuple[str, ...]
    orderings: Mapping[str, Key] = field(default_factory=lambda: {"code": Key("code")})
    default: tuple[str, ...] = ("code",)
    unique: str = "code"

    def read(self, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Row]:
        """The rows as plain values: what is shown, and what they may be sorted by."""
        keys = (key.column for key in self.orderings.values())
        return queryset.values(*dict.fromkeys((*self.columns, *keys, self.unique)))


class KeysetPagination(BasePagination):
    """`page_size`, `cursor`, `ordering`; the answer is `{"next": address or null, "results": […]}`."""

    def page(self, queryset: QuerySet[Any, Row], request: Request, listing: Listing) -> tuple[list[Row], str | None]:
        """The rows of this page, which the listing reads, and the address of the next page."""
        size = page_size(request)
        keys = order_of(request, listing)
        cursor = request.query_params.get("cursor")
        if cursor:
            queryset = queryset.filter(after(keys, read_cursor(cursor, keys, queryset.model)))
        rows: list[Row] = list(queryset.order_by(*(key.expression() for key in keys))[: size + 1])
        if len(rows) <= size:
            return rows, None
        rows.pop()
        mark = write_cursor([rows[-1][key.column] for key in keys])
        return rows, replace_query_param(request.build_absolute_uri(), "cursor", mark)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": ["string", "null"], "format": "uri", "description": "Address of the next page."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = ", ".join(view.listing.orderings)
        integer = {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE}
        return [
            _parameter("page_size", "Rows of a page.", integer),
            _parameter("cursor", "Where the page starts; taken from `next`.", {"type": "string"}),
            _parameter("ordering", f"One or several of: {names}; with - for descending.", {"type": "string"}),
            _parameter("fields", "Only these fields, separated by commas.", {"type": "string"}),
        ]


def page_size(request: Request) -> int:
    text = request.query_params.get("page_size", "")
    if not text:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST_SIZE):
        raise invalid("page_size", _("A page has 1 to %(most)d rows.") % {"most": LARGEST_SIZE})
    return int(text)


def order_of(request: Request, listing: Listing) -> list[Key]:
    """The columns to sort by, made total by the unique column."""
    orderings, unique = listing.orderings, listing.unique
    words = [word.strip() for word in request.query_params.get("ordering", "").split(",") if word.strip()]
    keys: list[Key] = []
    for word in words or listing.default:
        name = word.removeprefix("-")
        if name not in orderings:
            names = ", ".join(orderings)
            raise invalid("ordering", _("“%(name)s” is none of: %(names)s.") % {"name": name, "names": names})
        key = orderings[name]
        keys.append(replace(key, descending=word.startswith("-")))
        if key.column == unique:
            return keys
    return [*keys, Key(unique, keys[-1].descending if keys else False)]


def after(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """Rows beyond these values in this order."""
    found, same = NOTHING, Q()
    for key, value in zip(keys, values, strict=True):
        found |= same & key.beyond(value)
        same &= key.same(value)
    first, value = keys[0], values[0]
    if len(keys) == 1 or first.nullable:
        return found
    # Said twice, so that an index on the first column is entered where the page starts.
    return found & Q(**{f"{first.column}__{'lte' if first.descending else 'gte'}": value})


def write_cursor(values: Sequence[Any]) -> str:
    """Values as an opaque word; floats keep every digit."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values), default=plain)).decode().rstrip("=")


def read_cursor(cursor: str, keys: Sequence[Key], model: type[Model]) -> list[Any]:
    """The values back, as the columns hold them; raises the 400 that says to start again."""
    refused = invalid("cursor", _("This cursor does not belong to this list. Start again without it."))
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise refused from error
    if not isinstance(values, list) or len(values) != len(keys) or any("\x00" in str(value) for value in values):
        raise refused
    try:
        return [
            None if value is None else column_of(model, key.like or key.column).to_python(value)
            for key, value in zip(keys, values, strict=True)
        ]
    except (ValidationError, FieldDoesNotExist, TypeError) as error:
        raise refused from error


def column_of(model: type[Model], name: str) -> "Field[Any, Any]":
    """The field behind `department__code` and the like."""
    *steps, last = name.split("__")
    for step in steps:
        related = model._meta.get_field(step).related_model
        if not isinstance(related, type):
            raise FieldDoesNotExist(name)
        model = related
    found = model._meta.pk if last == "pk" else model._meta.get_field(last)
    if not isinstance(found, Field):
        raise FieldDoesNotExist(name)
    return found


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
