"""The refusals that HTTP has and Django does not. They become problem+json like every other."""

from collections.abc import Mapping
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError


class Refusal(APIException):
    """A problem with members of its own beside the standard ones."""

    extensions: Mapping[str, Any] = {}


class PreconditionRequired(Refusal):
    status_code = 428
    default_code = "precondition_required"
    default_detail = _("Say which version you change: send the ETag you read as If-Match (or If-Match: * for any).")


class PreconditionFailed(Refusal):
    """Carries the present state, so that nobody has to ask again."""

    status_code = 412
    default_code = "stale_version"
    default_detail = _("Someone else has changed this meanwhile.")

    def __init__(self, present: Mapping[str, Any], etag: str) -> None:
        super().__init__()
        self.extensions = {"present": present, "etag": etag}


class KeyReusedRefusal(Refusal):
    status_code = 422
    default_code = "idempotency_key_reused"


class TooLarge(Refusal):
    status_code = 413
    default_code = "too_large"


def invalid(field: str, message: object, code: str = "invalid") -> ValidationError:
    """A 400 that points at one field or parameter."""
    return ValidationError({field: [cast(str, message)]}, code)
