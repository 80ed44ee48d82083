"""Forms of the doors: who comes in; and how any form shows what a service refuses."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.models import User
from organization.records import InvalidRows
from organization.services import forget_failures, minutes_locked_out, note_failure


class SignInForm(AuthenticationForm):
    """E-mail address and password; after too many failures the same address waits."""

    error_messages = {
        "invalid_login": _("This e-mail address and password do not belong together. Check both and try again."),
        "inactive": _("This account is closed. Ask your administrator."),
        "too_many": _("Too many failed attempts. Try again in %(minutes)s minutes."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget.input_type = "email"
        self.fields["username"].widget.attrs["autocomplete"] = "username"

    def clean(self) -> dict[str, Any]:
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        email = str(self.cleaned_data.get("username", ""))
        at = timezone.now()
        minutes = minutes_locked_out(email, address=address, at=at)
        if minutes:
            raise ValidationError(self.error_messages["too_many"], "too_many", {"minutes": minutes})
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            note_failure(email, address=address, at=at)
            raise
        if isinstance(self.get_user(), User):
            forget_failures(email, address=address)
        return cleaned


def add_errors(form: BaseForm, error: ValidationError | InvalidRows, *, names: Mapping[str, str] | None = None) -> None:
    """Show what a service refuses at the fields that it speaks of; above the form what no field of it shows.

    `names` are the form's for those of the service that it calls something else.
    """
    shown = {name for name, field in form.fields.items() if not field.widget.is_hidden}
    for name, text in _refusals(error):
        field = (names or {}).get(name, name)
        form.add_error(field if field in shown else None, text)


def _refusals(error: ValidationError | InvalidRows) -> list[tuple[str, ValidationError]]:
    """The service's name of the field, and what is wrong there."""
    if isinstance(error, InvalidRows):
        return [(one.field, ValidationError(one.message, one.code)) for one in error.problems]
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return [(name, one) for name, several in by_field.items() for one in several]
