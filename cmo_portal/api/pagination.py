"""Pages by key: any depth costs the same, and rows that come or go meanwhile shift nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import orjson
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Field, Model, OrderBy, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError as RestValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

DEFAULT_SIZE = 50
LARGEST_SIZE = 500


class KeysetPagination(BasePagination):
    """`page_size` ≤ 500 and `cursor`; the answer is `{"next": address or null, "results": […]}`.

    The order is the request's `ordering` where the view lists it in `ordering_fields`, else the view's `ordering`, else
    `code` where the model has one, else the primary key. The primary key always ends it, so that it is total. Empty
    values stand last.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.request = request
        self.size = wanted_size(request)
        self.ordering = total_order(wanted_order(queryset, request, view))
        terms = [order_term(name) for name in self.ordering]
        cursor = request.query_params.get("cursor")
        ordered = queryset.order_by(*terms)
        if cursor:
            ordered = ordered.filter(after(queryset.model, self.ordering, read_cursor(cursor, self.ordering)))
        rows = list(ordered[: self.size + 1])
        self.following = write_cursor(rows[self.size - 1], self.ordering) if len(rows) > self.size else None
        return rows[: self.size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_address(), "results": data})

    def next_address(self) -> str | None:
        if self.following is None:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = self.following
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri", "description": "The next page; null on the last one."}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE}
        return [
            {"name": "page_size", "in": "query", "required": False, "schema": size, "description": "Rows on a page."},
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "Where the page begins; taken from `next`.",
            },
        ]


def wanted_size(request: Request) -> int:
    """The number of rows on a page, from the request."""
    given = request.query_params.get("page_size")
    if given is None:
        return DEFAULT_SIZE
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= LARGEST_SIZE:
        message = _("Between 1 and %(largest)s rows make a page.") % {"largest": LARGEST_SIZE}
        raise RestValidationError({"page_size": [message]}, "page_size")
    return int(given)


def wanted_order(queryset: QuerySet[Any], request: Request, view: APIView | None) -> list[str]:
    """The names to order by, a minus before those that fall."""
    given = request.query_params.get("ordering")
    allowed: Sequence[str] = getattr(view, "ordering_fields", ())
    if given:
        names = given.split(",")
        if unknown := [name for name in names if name.removeprefix("-") not in allowed]:
            message = _("The list cannot be ordered by %(names)s.") % {"names": ", ".join(unknown)}
            raise RestValidationError({"ordering": [message]}, "ordering")
        return names
    if own := getattr(view, "ordering", None):
        return [own] if isinstance(own, str) else list(own)
    try:
        queryset.model._meta.get_field("code")
    except FieldDoesNotExist:
        return ["pk"]
    return ["code"]


def total_order(names: list[str]) -> list[str]:
    """The order with the primary key at its end, going the way the last name goes."""
    if any(name.removeprefix("-") in ("pk", "id") for name in names):
        return names
    return [*names, "-pk" if names[-1].startswith("-") else "pk"]


def order_term(name: str) -> OrderBy:
    """Rising or falling, empty values last either way."""
    column = F(name.removeprefix("-"))
    return column.desc(nulls_last=True) if name.startswith("-") else column.asc(nulls_last=True)


def after(model: type[Model], names: Sequence[str], values: Sequence[Any]) -> Q:
    """The rows that stand after the given one: greater in the first name, or equal in it and after in the rest."""
    condition = Q(pk__in=[])
    equal = Q()
    for name, value in zip(names, values, strict=True):
        column = name.removeprefix("-")
        if value is None:  # empty values are last: nothing of this name comes after
            equal &= Q(**{f"{column}__isnull": True})
            continue
        further = Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        if may_be_empty(model, column):
            further |= Q(**{f"{column}__isnull": True})
        condition |= equal & further
        equal &= Q(**{column: value})
    return condition


def may_be_empty(model: type[Model], column: str) -> bool:
    if column == "pk":
        return False
    field: Any = None
    for part in column.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return True  # an annotation
        if getattr(field, "null", False):
            return True
        model = getattr(field, "related_model", None) or model
    return not isinstance(field, Field)


def write_cursor(row: Any, names: Sequence[str]) -> str:
    """The place of a row in the order, as text that fits into an address."""
    values = []
    for name in names:
        value = row
        for part in name.removeprefix("-").split("__"):
            if isinstance(value, dict):
                value = value["id" if part == "pk" and "pk" not in value else part]
            elif value is not None:
                value = getattr(value, part)
        values.append(value)
    return urlsafe_b64encode(orjson.dumps([list(names), values], default=str)).decode().rstrip("=")


def read_cursor(text: str, names: Sequence[str]) -> list[Any]:
    """The place a cursor names. One that was made for another order, or by hand, is refused."""
    try:
        made_for, values = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        fits = made_for == list(names) and len(values) == len(names)
    except (ValueError, TypeError):
        fits = False
    if not fits or not all(isinstance(value, (str, int, float, bool, type(None))) for value in values):
        raise RestValidationError({"cursor": [_("This cursor does not belong to this list.")]}, "cursor")
    return list(values)
