"""HTTP to addresses that people have typed: no private network, no redirect, no waiting, no endless answer."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import InvalidIPAddress

from alerts.services.sending import Failure

READ_AT_MOST: Final = 2048
READ_FOR: Final = 5.0

WORTH_REPEATING: Final = frozenset({408, 425, 429})
GONE: Final = 410


@dataclass(frozen=True)
class Answer:
    """The status and the beginning of the body; of a success the body is read only where it is asked for."""

    status: int
    body: str = ""
    asked: timedelta | None = None


def post(url: str, body: bytes, headers: Mapping[str, str], *, with_body: bool = False) -> Answer | Failure:
    """Send it once. Whatever goes wrong on the way is a Failure; an answer may still be one, see `failure_of`."""
    config = Config(
        ip_filter_enable=not settings.OUTGOING_PRIVATE,
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=settings.OUTGOING_TIMEOUT,
        user_agent_override="cmo-portal",
    )
    try:
        with Manager(config).get_session() as session:
            session.trust_env = False  # a proxy of the environment would resolve names beyond our filter
            with session.post(url, data=body, headers=dict(headers), stream=True) as response:
                text = _beginning(response) if with_body or not response.ok else ""
                return Answer(response.status_code, text, retry_after(response.headers.get("Retry-After", "")))
    except InvalidIPAddress:
        return Failure(_("The address leads into a private network."), permanent=True)
    except requests.exceptions.SSLError:
        return Failure(_("The certificate of the receiver is not valid."), out_of_reach=True)
    except requests.exceptions.Timeout:
        return Failure(_("The receiver did not answer in time."), out_of_reach=True)
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
        return Failure(_("The address is not one that can be called."), permanent=True)
    except requests.RequestException:
        return Failure(_("The receiver could not be reached."), out_of_reach=True)


def failure_of(answer: Answer) -> Failure | None:
    """None for a success. Nothing is repeated that would be refused again; redirects are not followed."""
    if 200 <= answer.status < 300:
        return None
    words = {"status": answer.status, "body": " ".join(answer.body.split())[:200]}
    if 300 <= answer.status < 400:
        return Failure(_("The receiver answers %(status)s: it has moved.") % words, permanent=True)
    said = _("The receiver answers %(status)s: %(body)s") if words["body"] else _("The receiver answers %(status)s.")
    if answer.status in WORTH_REPEATING or answer.status >= 500:
        return Failure(said % words, asked=answer.asked, out_of_reach=answer.status == 429)
    return Failure(said % words, permanent=True, gone=answer.status == GONE)


def retry_after(header: str) -> timedelta | None:
    """The header's wish: seconds, or a date; nothing when it cannot be understood."""
    if header.isascii() and header.isdigit() and len(header) < 8:
        return timedelta(seconds=int(header))
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    left = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
    return max(left, timedelta(0))


def _beginning(response: requests.Response) -> str:
    """As much of the body as comes soon, and no more than a little."""
    read, ends = b"", time.monotonic() + READ_FOR
    try:
        while len(read) < READ_AT_MOST and time.monotonic() < ends:
            piece = response.raw.read1(READ_AT_MOST - len(read), decode_content=True)
            if not piece:
                break
            read += piece
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the body, the status has been said
        return f"({type(error).__name__})"
    return read.decode("utf-8", "replace").replace("\x00", "")
