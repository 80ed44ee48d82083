"""Who calls the API: a token, or the session of a signed-in person. Both end in `request.auth`, an Actor."""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Final, cast

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from organization.access import Visitor
from organization.actors import Actor
from organization.choices import Scope
from organization.models import ApiToken, User, actor_of

TOUCHED_EVERY: Final = timedelta(minutes=1)

TOUCH = """
    UPDATE organization_apitoken SET last_used_at = %s
    WHERE digest = (SELECT digest FROM organization_apitoken WHERE digest = %s FOR NO KEY UPDATE SKIP LOCKED)
"""


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. Two queries; a refused token stays where it is."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Write the header as: Authorization: Bearer <token>."))
        at = timezone.now()
        token = find_token(words[1].decode("latin-1"), at=at)
        scopes = frozenset(Scope(scope) for scope in token.scopes)
        actor = actor_of(token.user, token.organization, scopes=scopes)
        if actor is None:
            raise PermissionDenied(_("The owner of this token has no role in its organization any more."))
        Visitor(token.organization, (token.organization,), actor).attach(request._request)
        timezone.activate(token.organization.zone)
        touch(token, at=at)
        return token.user, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class MemberSessionAuthentication(SessionAuthentication):
    """The session cookie, with CSRF; the actor is the one that the middleware found."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        actor = getattr(request._request, "actor", None)
        if actor is None:
            raise PermissionDenied(_("You do not have a role in any organization yet. Ask your administrator for one."))
        return cast(User, found[0]), actor


def find_token(value: str, *, at: datetime) -> ApiToken:
    """The valid token with this value. All refusals sound the same: a guesser learns nothing."""
    refused = AuthenticationFailed(_("This token is not valid: it is unknown, expired or revoked."))
    rows = ApiToken.objects.filter(token_key=value[: CONSTANTS.TOKEN_KEY_LENGTH]).select_related("user", "organization")
    digest = hash_token(value) if value.isalnum() and value.isascii() else ""
    for token in rows:
        if not compare_digest(digest, token.digest):
            continue
        expired = token.expiry is not None and token.expiry <= at
        if expired or token.revoked_at is not None or not token.user.is_active:
            raise refused
        return cast(ApiToken, token)
    raise refused


def touch(token: ApiToken, *, at: datetime) -> None:
    """Note the use, at most once a minute, without waiting for anybody and without failing the request."""
    if token.last_used_at is not None and at - token.last_used_at < TOUCHED_EVERY:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TOUCH, [at, token.digest])
    except OperationalError:
        return


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "From `tokens/` or `manage.py issue_token`."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the session cookie."""

    target_class = MemberSessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "Sent by browsers; needs a CSRF token to write."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": text}
