"""The schema of a frozen result, read off its dataclass, so that the two cannot drift apart."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from rest_framework import serializers


class FigureField(serializers.CharField):
    """A decimal as text: never a float."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": "A decimal number as text, without exponent.", **options})


@cache
def described(result: type) -> type[serializers.Serializer[Any]]:
    """A serializer class with a field for every field of the dataclass. It describes, it never runs."""
    hints = get_type_hints(result)
    shown = {one.name: field_of(hints[one.name]) for one in fields(result)}
    return type(result.__name__, (serializers.Serializer,), shown)


def field_of(hint: Any) -> Any:
    """The field that shows values of a type."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        inner = [one for one in get_args(hint) if one is not NoneType]
        found = field_of(inner[0])
        found.allow_null = True
        return found
    if origin in (tuple, list):
        return serializers.ListField(child=field_of(get_args(hint)[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return serializers.DictField(child=field_of(get_args(hint)[1]))
    if is_dataclass(hint):
        return described(hint)()  # type: ignore[arg-type]
    return _plain_field(hint)


def _plain_field(hint: Any) -> Any:
    if hint is bool:
        return serializers.BooleanField()
    if hint is int:
        return serializers.IntegerField()
    if hint in (float, Decimal):
        return FigureField()
    if hint is datetime:
        return serializers.DateTimeField()
    if hint is date:
        return serializers.DateField()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return serializers.ChoiceField(choices=getattr(hint, "choices", None) or [str(one.value) for one in hint])
    return serializers.CharField()
