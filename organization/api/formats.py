"""JSON in: numbers are read exactly."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class ExactJson(BaseParser):
    """JSON whose numbers stay what was written: 0.1 is 0.1."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        return read_json(stream.read())


def read_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises ParseError that says where it went wrong."""
    try:
        return json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8 (byte %(at)d).") % {"at": error.start}) from error
    except (ValueError, RecursionError) as error:
        raise ParseError(_("The body is not JSON: %(error)s.") % {"error": error}) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(_("%(name)s is not a number of JSON") % {"name": constant})
