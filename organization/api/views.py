"""The organization through the API: who am I, departments, tokens."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from organization.access import MemberRequest
from organization.api import filters as by
from organization.api.base import ApiView, Resource
from organization.api.pagination import Key, KeysetPagination, Listing, Row
from organization.api.plain import address, moment_text
from organization.api.refusals import invalid
from organization.api.serializers import (
    DepartmentDetail,
    DepartmentInput,
    DepartmentRow,
    Me,
    TokenInput,
    TokenIssued,
    TokenRow,
)
from organization.choices import Scope
from organization.models import ApiToken, Department, Membership, User
from organization.services import change_department, create_department, delete_department, issue_token, revoke_token


class MeView(ApiView):
    """Who am I, where, with which roles and scopes."""

    @extend_schema(operation_id="me", responses=Me)
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        user = cast(User, request.user)
        held = Membership.objects.filter(user=user, organization=self.organization)
        mine = held.order_by("role", "department__code").values_list("role", "department__code")
        names = ("code", "name", "currency", "timezone", "language", "fiscal_year_start")
        return Response(
            {
                "email": user.email,
                "name": user.name,
                "language": user.language,
                "organization": {name: getattr(self.organization, name) for name in names},
                "organizations": [one.code for one in cast(MemberRequest, request).organizations],
                "memberships": [{"role": role, "department": code} for role, code in mine],
                "scopes": None if self.actor.scopes is None else sorted(self.actor.scopes),
            }
        )


class DepartmentViews(Resource):
    """The department tree."""

    model = Department
    collection = "departments"
    row_class, detail_class, input_class = DepartmentRow, DepartmentDetail, DepartmentInput
    listing = Listing(
        ("code", "name", "parent__code", "headcount", "updated_at"),
        {"code": Key("code"), "name": Key("name"), "updated_at": Key("updated_at")},
    )
    detail_columns = (*listing.columns, "translations", "version")
    filters = by.named(
        [
            by.department("path"),
            by.reference("parent", "parent__code", "Code of the department directly above."),
            by.full_text("code", "name"),
            by.moments("updated", "updated_at"),
        ]
    )

    def as_row(self, row: Row) -> dict[str, Any]:
        return {
            "code": row["code"],
            "name": row["name"],
            "parent": row["parent__code"],
            "headcount": row["headcount"],
            "updated_at": moment_text(row["updated_at"]),
            "url": address(self.base, row["code"]),
        }

    def as_detail(self, row: Row) -> dict[str, Any]:
        return {**self.as_row(row), "translations": row["translations"], "version": row["version"]}

    def create_one(self, fields: dict[str, Any]) -> Department:
        return create_department(fields, actor=self.actor, at=self.at)

    def change_one(self, row: Department, changes: dict[str, Any], version: int | None) -> Department:
        return change_department(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Department, version: int | None) -> None:
        delete_department(row, actor=self.actor, at=self.at, version=version)


class TokenViews(ApiView):
    """My own tokens. A token is shown once, when it is made; an `Idempotency-Key` is refused here, because keeping the
    answer would keep the token."""

    pagination_class = KeysetPagination
    row_class = detail_class = TokenRow
    lookup_field: Any = "code"
    lookup_value_regex = "[^/]+"
    write_scope = Scope.ADMIN
    keeps_answers = False
    listing = Listing(
        ("token_key", "name", "scopes", "created", "expiry", "last_used_at", "revoked_at"),
        {"created": Key("created")},
        ("created",),
        "token_key",
    )
    filters = ()

    def get_queryset(self) -> QuerySet[ApiToken]:
        of_organization: QuerySet[ApiToken] = ApiToken.objects.filter(organization_id=self.actor.organization_id)
        mine: QuerySet[ApiToken] = of_organization.filter(user_id=self.actor.user_id)
        return mine

    def as_row(self, row: Row) -> dict[str, Any]:
        moments = ("created", "expiry", "last_used_at", "revoked_at")
        base = self.request.build_absolute_uri("/api/v1/tokens/")
        return {
            "key": row["token_key"],
            "name": row["name"],
            "scopes": row["scopes"],
            **{name: moment_text(row[name]) for name in moments},
            "url": address(base, row["token_key"]),
        }

    def list(self, request: Request, **kwargs: Any) -> Response:
        return self.paged(self.get_queryset(), self.listing, lambda rows: [self.as_row(row) for row in rows])

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        row = self.get_queryset().filter(token_key=kwargs["code"]).values(*self.listing.columns).first()
        if row is None:
            raise Http404
        return Response(self.as_row(row))

    @extend_schema(request=TokenInput, responses={201: TokenIssued})
    def create(self, request: Request, **kwargs: Any) -> Response:
        if request.headers.get("Idempotency-Key"):
            raise invalid("Idempotency-Key", _("The answer holds a secret and is not kept: send no key here."))
        fields = self.valid(TokenInput)
        scopes = [Scope(scope) for scope in fields["scopes"]]
        user = cast(User, request.user)
        token, value = issue_token(
            user, name=fields["name"], scopes=scopes, days=fields["days"], actor=self.actor, at=self.at
        )
        row = {name: getattr(token, name) for name in self.listing.columns}
        body = {**self.as_row(row), "token": value}
        return Response(body, status=201, headers={"Location": body["url"], "Cache-Control": "no-store"})

    @extend_schema(description="Revoke: from now on the token opens nothing.")
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        token = self.get_queryset().filter(token_key=kwargs["code"]).first()
        if token is None:
            raise Http404
        revoke_token(token, actor=self.actor, at=self.at)
        return Response(status=204)
