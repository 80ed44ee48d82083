"""JSON in: numbers are read exactly."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


class ExactJson(BaseParser):
    """JSON whose numbers stay what was written: 0.1 is 0.1."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        return read_json(stream.read())


def read_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises ParseError that says where it went wrong."""
    try:
        value = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse)
        if SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False, default=str).encode()  # half a character cannot be stored
        return value
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8 (byte %(at)d).") % {"at": error.start}) from error
    except UnicodeEncodeError as error:
        raise ParseError(_("The body holds half a character (an unpaired surrogate).")) from error
    except (ValueError, RecursionError) as error:
        raise ParseError(_("The body is not JSON: %(error)s.") % {"error": error}) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(_("%(name)s is not a number of JSON") % {"name": constant})
