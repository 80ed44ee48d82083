"""JSON by orjson: the answers are made of many small dictionaries, and the standard encoder is twenty times slower."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import JSONRenderer

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


class OrjsonRenderer(JSONRenderer):
    """Renders what the serializers give; decimals become strings, so that no client rounds them."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if data is None:
            return b""
        return orjson.dumps(data, default=encode, option=OPTIONS)


def encode(value: Any) -> Any:
    """What orjson does not know by itself."""
    if isinstance(value, (Decimal, Promise)):
        return str(value)
    if hasattr(value, "tolist"):  # numpy
        return value.tolist()
    if hasattr(value, "__iter__"):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")
