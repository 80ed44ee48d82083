"""Who calls the API: a token, or the session of a signed-in person. Both end in `request.auth`, an Actor."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from organization.access import Visitor
from organization.actors import Actor, Grant
from organization.choices import Role, Scope
from organization.models import Organization, User

TOUCHED_EVERY: Final = timedelta(minutes=1)

TOKEN: Final = re.compile(r"[A-Za-z0-9_]{16,200}")
USER_FIELDS: Final = [field.attname for field in User._meta.concrete_fields]
ORGANIZATION_FIELDS: Final = [field.attname for field in Organization._meta.concrete_fields]

FIND: Final = f"""
    SELECT t.scopes, t.expiry, t.revoked_at, t.last_used_at, held.roles, held.paths,
           {", ".join(f"u.{field.column}" for field in User._meta.concrete_fields)},
           {", ".join(f"o.{field.column}" for field in Organization._meta.concrete_fields)}
    FROM organization_apitoken t
    JOIN organization_user u ON u.id = t.user_id
    JOIN organization_organization o ON o.id = t.organization_id
    CROSS JOIN LATERAL (
        SELECT COALESCE(array_agg(m.role::text ORDER BY m.role, d.path), '{{}}') AS roles,
               COALESCE(array_agg(d.path::text ORDER BY m.role, d.path), '{{}}') AS paths
        FROM organization_membership m LEFT JOIN organization_department d ON d.id = m.department_id
        WHERE m.user_id = t.user_id AND m.organization_id = t.organization_id
    ) held
    WHERE t.digest = %s
"""  # noqa: S608 - names of our own columns
"""Everything that a call with a token needs to know first, in one statement: it precedes every call."""

TOUCH = """
    UPDATE organization_apitoken SET last_used_at = %s
    WHERE digest = (SELECT digest FROM organization_apitoken WHERE digest = %s FOR NO KEY UPDATE SKIP LOCKED)
"""


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. One query; a refused token stays where it is."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Write the header as: Authorization: Bearer <token>."))
        at = timezone.now()
        token = find_token(words[1].decode("latin-1"), at=at)
        if not token.actor.grants:
            raise PermissionDenied(_("The owner of this token has no role in its organization any more."))
        Visitor(token.organization, (token.organization,), token.actor).attach(request._request)
        timezone.activate(token.organization.zone)
        touch(token, at=at)
        return token.user, token.actor

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


@dataclass(frozen=True)
class ValidToken:
    """A token that opens, whose it is, where, and what they may do there."""

    digest: str
    last_used_at: datetime | None
    user: User
    organization: Organization
    actor: Actor


def find_token(value: str, *, at: datetime) -> ValidToken:
    """The valid token with this value. All refusals sound the same: a guesser learns nothing."""
    refused = AuthenticationFailed(_("This token is not valid: it is unknown, expired or revoked."))
    if not TOKEN.fullmatch(value):
        raise refused
    digest = hash_token(value)
    with connection.cursor() as cursor:
        cursor.execute(FIND, [digest])
        row = cursor.fetchone()
    if row is None:
        raise refused
    scopes, expiry, revoked_at, last_used_at, roles, paths, *rest = row
    user = User.from_db(connection.alias, USER_FIELDS, rest[: len(USER_FIELDS)])
    organization = Organization.from_db(connection.alias, ORGANIZATION_FIELDS, rest[len(USER_FIELDS) :])
    if (expiry is not None and expiry <= at) or revoked_at is not None or not user.is_active:
        raise refused
    actor = Actor(
        organization_id=organization.pk,
        label=user.email,
        user_id=user.pk,
        grants=tuple(Grant(Role(role), path) for role, path in zip(roles, paths, strict=True)),
        scopes=frozenset(map(Scope, scopes)),
    )
    return ValidToken(digest, last_used_at, user, organization, actor)


def touch(token: ValidToken, *, at: datetime) -> None:
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
