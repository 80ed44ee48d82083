"""E-mail: text with an HTML alternative, in the reader's language, one connection for a batch."""

import smtplib
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alerts.messages import Message
from alerts.models import Delivery
from alerts.services.composing import absolute, unsubscribe_token
from alerts.services.sending import Failure

PERMANENT_FROM: Final = 500


class Letterbox:
    """One connection to the mail server, opened when the first letter is sent."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, delivery: Delivery, message: Message, *, at: datetime) -> Failure | None:
        """None when the server has taken the letter."""
        try:
            validate_email(delivery.recipient.email if delivery.recipient is not None else "")
        except ValidationError:
            return Failure(_("The e-mail address is not valid."), permanent=True)
        letter = letter_of(delivery, message, at=at)
        try:
            if self._connection is None:
                self._connection = get_connection()
                self._connection.open()
            letter.connection = self._connection
            letter.send()
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            return failure_of(error)
        return None

    def _close(self) -> None:
        if self._connection is not None:
            try:
                self._connection.close()
            except (OSError, smtplib.SMTPException):
                pass  # it is being given up anyway
            self._connection = None


def letter_of(delivery: Delivery, message: Message, *, at: datetime) -> EmailMultiAlternatives:
    """The same letter, with the same name, at every attempt."""
    with translation.override(message.language):
        token = unsubscribe_token(delivery.recipient_id or 0, delivery.organization_id)
        stop = absolute(reverse("alert-unsubscribe", args=[token]))
        context = {"message": message, "unsubscribe_url": stop, "organization": delivery.organization.name}
        text = render_to_string("alerts/mail/message.txt", context)
        html = render_to_string("alerts/mail/message.html", context)
    host = urlsplit(settings.PORTAL_URL).hostname or "localhost"
    letter = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.recipient.email if delivery.recipient is not None else ""],
        headers={
            "Message-ID": f"<{delivery.uid}@{host}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    letter.attach_alternative(html, "text/html")
    return letter


def failure_of(error: OSError | smtplib.SMTPException) -> Failure:
    """A refusal of this letter or its address is final; everything about the server itself may pass."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return Failure(_answered(code, said), permanent=code >= PERMANENT_FROM)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Failure(_("The mail server refuses the portal's sign-in."), out_of_reach=True)
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, smtplib.SMTPConnectError):
        refused = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= PERMANENT_FROM
        return Failure(_answered(error.smtp_code, error.smtp_error), permanent=refused, out_of_reach=not refused)
    return Failure(_("The mail server could not be reached."), out_of_reach=True)


def _answered(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return _("The mail server answers %(code)s: %(text)s") % {"code": code, "text": " ".join(text.split())[:200]}
