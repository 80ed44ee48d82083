"""What every resource of the API does alike. A resource says what it shows, filters and accepts; services do the rest.

Order of refusals: 401 nobody, 404 outside of what the actor sees, 403 inside but not allowed, 428 without If-Match,
400 malformed, 412 stale, 409 contradicting what is stored.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, ClassVar, Final, cast

import orjson
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from organization.access import MemberRequest
from organization.actors import Actor
from organization.api.authentication import MemberSessionAuthentication, TokenAuthentication
from organization.api.conditions import asked_version, etag_of, is_known
from organization.api.filters import Filter, ListFilters
from organization.api.formats import ExactJson
from organization.api.pagination import KeysetPagination, Listing, Row
from organization.api.plain import as_json
from organization.api.refusals import KeyReusedRefusal, PreconditionFailed, invalid
from organization.api.schema import ResourceSchema
from organization.choices import EDITING_ROLES, Role, Scope
from organization.idempotency import Answer, KeyReused, answer_once, fingerprint
from organization.models import Organization
from organization.records import StaleVersion

Shown = dict[str, Any]
Rows = list[Shown]

KEPT_HEADERS = ("Location", "ETag")
LONGEST_KEY = 200


class MayCall(BasePermission):
    """A member, whose token (if any) has the scope that the method needs."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = request.auth
        if not isinstance(actor, Actor):
            return False
        scope: Scope = Scope.READ if request.method in SAFE_METHODS else view.write_scope_of(request)
        if not actor.may(scope):
            raise PermissionDenied(_("This token lacks the scope %(scope)s.") % {"scope": scope.value})
        return True


def once(method: Callable[..., Response]) -> Callable[..., Response]:
    """A POST that keeps its answer under the request's `Idempotency-Key`, when it has one."""

    @wraps(method)
    def kept(view: "ApiView", request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return method(view, request, *args, **kwargs)
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise invalid("Idempotency-Key", _("The key is longer than %(most)d characters.") % {"most": LONGEST_KEY})

        def work() -> Answer:
            response = method(view, request, *args, **kwargs)
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            return Answer(response.status_code, as_json(response.data).decode(), headers)

        mark = fingerprint(str(request.method), request.get_full_path(), request._request.body)
        try:
            answer, repeated = answer_once(key, mark, work, actor=view.actor, at=view.at)
        except KeyReused as error:
            raise KeyReusedRefusal(str(error)) from error
        headers = {**answer.headers, **({"Idempotent-Replayed": "true"} if repeated else {})}
        return Response(orjson.loads(answer.body), status=answer.status, headers=headers)

    return kept


AS_OF: Final = "as_of"


class ApiView(GenericViewSet[Any]):
    """The frame: who may call, how it is described, who the actor is and what time it is."""

    authentication_classes = (TokenAuthentication, MemberSessionAuthentication)
    permission_classes = (MayCall,)
    parser_classes: Any = (ExactJson,)
    filter_backends: Any = ()
    pagination_class: Any = None
    metadata_class: Any = None  # the schema says it better
    schema = ResourceSchema()
    serializer_class: Any = serializers.Serializer
    row_class: ClassVar[Any] = serializers.Serializer
    detail_class: ClassVar[Any] = serializers.Serializer
    write_scope: ClassVar[Scope] = Scope.STRATEGY_WRITE
    action_scopes: ClassVar[Mapping[str, Scope]] = {}
    conditional: ClassVar[bool] = False

    @property
    def actor(self) -> Actor:
        return cast(Actor, self.request.auth)

    @property
    def organization(self) -> Organization:
        return cast(MemberRequest, self.request).organization

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.at: datetime = cast(MemberRequest, request).at
        super().initial(request, *args, **kwargs)
        if AS_OF in request.query_params:
            self.look_back(request)
        if any("\x00" in str(value) for value in kwargs.values()):
            raise Http404  # no text in the database holds it

    def look_back(self, request: Request) -> None:
        """Answer as known at the end of the day that `as_of` names: what the door offers once it is known who asks."""
        inner = cast(Any, request._request)
        inner.actor = self.actor
        inner.look_back(request.query_params[AS_OF])
        request.auth, self.at = inner.actor, inner.at

    def write_scope_of(self, request: Request) -> Scope:
        """The scope that this write needs."""
        return self.action_scopes.get(self.action or "", self.write_scope)

    def valid(self, serializer_class: type[serializers.BaseSerializer[Any]], **options: Any) -> Shown:
        """The body as typed values; raises a 400 that names every field."""
        serializer = serializer_class(data=self.request.data, context={"actor": self.actor}, **options)
        serializer.is_valid(raise_exception=True)
        known = {*getattr(serializer, "fields", ()), *self.detail_class().fields}
        unknown = [name for name in self.request.data if name not in known]
        if unknown:
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in unknown}, "unknown")
        return dict(serializer.validated_data)

    def paged(self, queryset: QuerySet[Any], listing: Listing, shown: Callable[[list[Row]], Rows]) -> Response:
        """One page of a list."""
        return self.page_of(listing.read(queryset), listing, shown)

    def page_of(self, values: QuerySet[Any, Row], listing: Listing, shown: Callable[[list[Row]], Rows]) -> Response:
        """One page of what a listing reads."""
        rows, following = KeysetPagination().page(values, self.request, listing)
        return Response({"next": following, "results": self.projected(shown(rows))})

    def projected(self, shown: Rows) -> Rows:
        """Only the fields that the request asks for; they keep the order in which it names them."""
        asked = self.request.query_params.get("fields", "")
        if not asked or not shown:
            return shown
        names = [name.strip() for name in asked.split(",") if name.strip()]
        unknown = [name for name in names if name not in shown[0]]
        if unknown:
            raise invalid("fields", _("There is no field %(names)s.") % {"names": ", ".join(unknown)})
        return [{name: row[name] for name in names} for row in shown]

    def require_role(self, *roles: Role) -> None:
        """A refusal that needs no look at the body. Where the role holds is for the service to say."""
        if not self.actor.holds(*roles):
            raise PermissionDenied(_("Your role does not allow this."))


class Resource(ApiView):
    """Rows of one model that are addressed by their code."""

    filter_backends = (ListFilters,)
    pagination_class = KeysetPagination
    http_method_names: Any = ["get", "post", "put", "patch", "delete", "head", "options"]
    lookup_field: Any = "code"
    lookup_value_regex = "[^/]+"
    conditional = True

    model: ClassVar[type[Model]]
    collection: ClassVar[str]
    listing: ClassVar[Listing]
    detail_columns: ClassVar[tuple[str, ...]]
    filters: ClassVar[tuple[Filter, ...]] = ()
    prepared: ClassVar[Any] = None
    prepared_detail: ClassVar[Any] = None
    """What list and item read, built once, as that takes as long as running it; only where all get the same."""

    input_class: ClassVar[Any]
    editing_roles: ClassVar[frozenset[Role]] = EDITING_ROLES

    # --- what a resource says of itself ---

    def as_row(self, row: Row) -> Shown:
        """One row of a list as the client reads it."""
        raise NotImplementedError

    def as_detail(self, row: Row) -> Shown:
        """One item as the client reads it."""
        raise NotImplementedError

    def create_one(self, fields: Shown) -> Model:
        raise NotImplementedError

    def change_one(self, row: Any, changes: Shown, version: int | None) -> Model:
        raise NotImplementedError

    def delete_one(self, row: Any, version: int | None) -> None:
        raise NotImplementedError

    def after_write(self) -> None:
        """Where figures may have changed: ring the worker."""

    # --- what all of them do ---

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.visible_to(self.actor)  # type: ignore[attr-defined, no-any-return]

    def with_counts(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Adds what the columns name beyond the model's own."""
        return queryset

    def addressed(self, code: str) -> QuerySet[Any]:
        """The visible rows that this address may mean (one at most)."""
        return self.get_queryset().filter(**{self.lookup_field: code})

    @cached_property
    def base(self) -> str:
        """The address of the collection; codes are appended to it."""
        return self.request.build_absolute_uri(f"/api/v1/{self.collection}/")

    def get_serializer_class(self) -> Any:
        return self.detail_class

    def list(self, request: Request, **kwargs: Any) -> Response:
        if self.prepared is not None:
            values = self.prepared.visible_to(self.actor)
        else:
            values = self.listing.read(self.with_counts(self.get_queryset()))
        return self.page_of(self.filter_queryset(values), self.listing, lambda rows: [self.as_row(row) for row in rows])

    def retrieve(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        if self.prepared_detail is not None:
            found = self.prepared_detail.visible_to(self.actor).filter(code=kwargs["code"])
        else:
            found = self.with_counts(self.addressed(kwargs["code"])).values(*self.detail_columns)
        row = next(iter(found[:1]), None)
        if row is None:
            raise Http404
        body = self.projected([self.as_detail(row)])[0]
        etag = etag_of(row.get("version", 0), body)
        if is_known(request, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(body, headers={"ETag": etag})

    @once
    def create(self, request: Request, **kwargs: Any) -> Response:
        self.require_role(*self.editing_roles)
        row = self.create_one(self.valid(self.input_class))
        self.after_write()
        body, etag = self.present(row)
        return Response(body, status=201, headers={"Location": body["url"], "ETag": etag})

    def update(self, request: Request, partial: bool = False, **kwargs: Any) -> Response:
        row = self.found(kwargs["code"])
        self.require_role(*self.editing_roles)
        version = asked_version(request, row.version)
        changes = self.valid(self.input_class, partial=partial)
        if not partial:
            changes = {**self.left_out(), **changes}
        try:
            changed = self.change_one(row, changes, version)
        except StaleVersion as error:
            raise PreconditionFailed(*self.present(error.present)) from error
        self.after_write()
        body, etag = self.present(changed)
        return Response(body, headers={"ETag": etag})

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, partial=True, **kwargs)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        row = self.found(kwargs["code"])
        self.require_role(*self.editing_roles)
        version = asked_version(request, row.version)
        try:
            self.delete_one(row, version)
        except StaleVersion as error:
            raise PreconditionFailed(*self.present(error.present)) from error
        self.after_write()
        return Response(status=204)

    def left_out(self) -> Shown:
        """A PUT says the whole: what it leaves out goes back to its default."""
        names = [name for name, one in self.input_class().fields.items() if not one.required and not one.read_only]
        return {name: self.model._meta.get_field(name).get_default() for name in names}  # type: ignore[union-attr]

    def found(self, code: str) -> Any:
        """The visible row with this address; 404 otherwise."""
        row = self.addressed(code).first()
        if row is None:
            raise Http404
        return row

    def present(self, row: Model) -> tuple[Shown, str]:
        """A row as it is now, and its ETag: what a retrieve would answer, also where the row moved out of sight."""
        rows = self.with_counts(self.model._default_manager.filter(pk=row.pk))
        values = rows.values(*self.detail_columns)[0]
        body = self.as_detail(values)
        return body, etag_of(values.get("version", 0), body)


class ApiRouter(SimpleRouter):
    """Routes of one app. Codes may hold anything but a slash."""

    def __init__(self, *resources: tuple[str, type[ApiView], str]) -> None:
        super().__init__()
        for prefix, view, basename in resources:
            self.register(prefix, view, basename=basename)
