"""Initiatives and their status updates through the API."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from initiatives.api import rows
from initiatives.api.serializers import (
    InitiativeDetail,
    InitiativeInput,
    InitiativeRow,
    StatusUpdateBody,
    StatusUpdateRow,
)
from initiatives.choices import Declared, Stage
from initiatives.models import Initiative, InitiativeObjective, StatusUpdate
from initiatives.services import (
    Shares,
    StatusUpdateInput,
    change_initiative,
    create_initiative,
    delete_initiative,
    post_status_update,
)
from objectives.models import Objective
from objectives.tasks import ring
from organization.api import filters as by
from organization.api.base import Resource, once
from organization.api.conditions import optional_version
from organization.api.filters import Filter, Rows
from organization.api.pagination import Row
from organization.api.refusals import invalid
from organization.choices import OWNER_UPDATING_ROLES, Scope


def _by_status(rows: Rows, value: str, actor: object) -> Rows:
    """`none` asks for those that never said how they stand."""
    wanted = by.words_in(value)
    for word in wanted:
        if word not in (*Declared.values, "none"):
            raise by.none_of("status", word, (*Declared.values, "none"))
    return rows.filter(status__in=["" if word == "none" else word for word in wanted])


SERVED = "Code of an objective that it serves."


class InitiativeViews(Resource):
    """The work that moves objectives. Texts are in the organization's language; `translations` has the rest."""

    model = Initiative
    collection = "initiatives"
    write_scope = Scope.INITIATIVE_WRITE
    listing = rows.INITIATIVES
    row_class, detail_class, input_class = InitiativeRow, InitiativeDetail, InitiativeInput
    detail_columns = rows.INITIATIVE_DETAIL
    filters = by.named(
        [
            by.department(),
            by.person(),
            by.person("sponsor", "sponsor__email"),
            Filter("status", "One or several of: green, amber, red, none.", _by_status),
            by.choice("stage", "stage", Stage.values),
            by.reference("objective", "allocations__objective__code", SERVED, through_many=True),
            by.full_text("code", "title", "description"),
            by.days("start", "start"),
            by.days("end", "end"),
            by.moments("updated", "updated_at"),
        ]
    )

    def with_counts(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The objectives served, as far as the actor sees them."""
        seen = Objective.objects.visible_to(self.actor).values("pk")
        served = InitiativeObjective.objects.filter(initiative=OuterRef("pk"), objective_id__in=seen)
        shown = JSONObject(objective="objective__code", allocation=Cast("allocation", TextField()))
        found: QuerySet[Any] = queryset.annotate(
            served=ArraySubquery(served.order_by("objective__code").values(shown=shown))
        )
        return found

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.initiative_row(row, self.base)

    def as_detail(self, row: Row) -> dict[str, Any]:
        return rows.initiative_detail(row, self.base)

    def create_one(self, fields: dict[str, Any]) -> Initiative:
        shares = shares_in(fields)
        return create_initiative(fields, shares=shares, actor=self.actor, at=self.at)

    def change_one(self, row: Initiative, changes: dict[str, Any], version: int | None) -> Initiative:
        shares = shares_in(changes)
        return change_initiative(row, changes, shares=shares, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Initiative, version: int | None) -> None:
        delete_initiative(row, actor=self.actor, at=self.at, version=version)

    def after_write(self) -> None:
        ring()

    def left_out(self) -> dict[str, Any]:
        """A PUT without objectives serves none."""
        names = [name for name, one in InitiativeInput().fields.items() if not one.required and name != "objectives"]
        fields = {name: Initiative._meta.get_field(name) for name in names}
        return {"objectives": [], **{name: one.get_default() for name, one in fields.items()}}  # type: ignore[union-attr]

    @extend_schema(operation_id="initiatives_status_updates", responses=StatusUpdateRow(many=True), filters=False)
    @action(detail=True, url_path="status-updates", listing=rows.STATUS_UPDATES, filters=())
    def status_updates(self, request: Request, code: str) -> Response:
        """Dated statements on the initiative, the newest first."""
        statements = self.filter_queryset(StatusUpdate.objects.filter(initiative=self.found(code)))
        return self.paged(statements, self.listing, lambda found: [rows.status_update_row(row) for row in found])

    @extend_schema(
        operation_id="initiatives_post_status_update", request=StatusUpdateBody, responses={201: StatusUpdateRow}
    )
    @status_updates.mapping.post
    @once
    def post_status_update(self, request: Request, code: str) -> Response:
        """Say how the initiative stands; what is left out stays as it was. `If-Match` is optional here."""
        initiative = self.found(code)
        self.require_role(*OWNER_UPDATING_ROLES)
        statement = post_status_update(
            initiative,
            StatusUpdateInput(**self.valid(StatusUpdateBody)),
            actor=self.actor,
            at=self.at,
            version=optional_version(request, initiative.version),
        )
        ring()
        row = StatusUpdate.objects.filter(pk=statement.pk).values(*rows.STATUS_UPDATES.columns)[0]
        return Response(rows.status_update_row(row), status=201)


def shares_in(fields: dict[str, Any]) -> Shares | None:
    """Takes `objectives` out of the fields; None when the request does not speak of them."""
    if "objectives" not in fields:
        return None
    shares: dict[int, Decimal | None] = {}
    for served in fields.pop("objectives"):
        objective: Objective = served["objective"]
        if objective.pk in shares:
            raise invalid("objectives", _("%(code)s is named twice.") % {"code": objective.code})
        shares[objective.pk] = served["allocation"]
    return shares
