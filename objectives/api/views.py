"""Visions, objectives and contributions through the API."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from objectives.api import rows
from objectives.api.serializers import (
    CheckInInput,
    CheckInRow,
    ContributionInput,
    ContributionRow,
    ObjectiveDetail,
    ObjectiveInput,
    ObjectiveRow,
    SnapshotRow,
    VisionDetail,
    VisionInput,
    VisionRow,
)
from objectives.choices import Colour, EdgeKind, Level, Lifecycle, Perspective, State
from objectives.models import CheckIn, Contribution, Objective, ObjectiveSnapshot, Vision
from objectives.services import (
    change_contribution,
    change_objective,
    change_vision,
    check_in,
    create_contribution,
    create_objective,
    create_vision,
    delete_contribution,
    delete_objective,
    delete_vision,
)
from objectives.tasks import ring
from organization.api import filters as by
from organization.api.base import Resource, once
from organization.api.conditions import optional_version
from organization.api.pagination import Row
from organization.api.pairs import pairs_in
from organization.choices import OWNER_UPDATING_ROLES

PARENT = "Code of an objective that it contributes to."
CHILD = "Code of an objective that contributes to it."
CHILDREN = (
    Contribution.objects.filter(parent=OuterRef("pk")).order_by().values("parent").annotate(n=Count("pk")).values("n")
)


def with_children(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Adds how many objectives point to each."""
    children = Coalesce(Subquery(CHILDREN, output_field=IntegerField()), 0)
    counted: QuerySet[Any] = queryset.annotate(children_count=children)
    return counted


class VisionViews(Resource):
    """Dated statements of where the organization goes."""

    model = Vision
    collection = "visions"
    listing = rows.VISIONS
    row_class, detail_class, input_class = VisionRow, VisionDetail, VisionInput
    detail_columns = (*rows.VISIONS.columns, "translations", "version")
    filters = by.named([by.full_text("code", "statement"), by.days("start", "start"), by.days("end", "end")])

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.vision_row(row, self.base)

    def as_detail(self, row: Row) -> dict[str, Any]:
        return rows.vision_detail(row, self.base)

    def create_one(self, fields: dict[str, Any]) -> Vision:
        return create_vision(fields, actor=self.actor, at=self.at)

    def change_one(self, row: Vision, changes: dict[str, Any], version: int | None) -> Vision:
        return change_vision(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Vision, version: int | None) -> None:
        delete_vision(row, actor=self.actor, at=self.at, version=version)


class ObjectiveViews(Resource):
    """Objectives with their rolled-up figures. Texts are in its organization's language; see `translations`."""

    model = Objective
    collection = "objectives"
    listing = rows.OBJECTIVES
    prepared = rows.OBJECTIVES.read(with_children(Objective.objects.all()))
    prepared_detail = with_children(Objective.objects.all()).values(*rows.OBJECTIVE_DETAIL)
    row_class, detail_class, input_class = ObjectiveRow, ObjectiveDetail, ObjectiveInput
    detail_columns = rows.OBJECTIVE_DETAIL
    filters = by.named(
        [
            by.department(),
            by.person(),
            by.status(Colour.values, State.values),
            by.full_text("code", "title", "description"),
            by.choice("level", "level", Level.values),
            by.choice("lifecycle", "lifecycle", Lifecycle.values),
            by.choice("perspective", "perspective", Perspective.values),
            by.reference("vision", "vision__code", "Code of a vision; several separated by commas."),
            by.reference("parent", "contributions_up__parent__code", PARENT, through_many=True),
            by.reference("child", "contributions_down__child__code", CHILD, through_many=True),
            by.days("start", "start"),
            by.days("end", "end"),
            by.moments("updated", "updated_at"),
        ]
    )

    def with_counts(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return with_children(queryset)

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.objective_row(row, self.base)

    def as_detail(self, row: Row) -> dict[str, Any]:
        return rows.objective_detail(row, self.base)

    def create_one(self, fields: dict[str, Any]) -> Objective:
        return create_objective(fields, actor=self.actor, at=self.at)

    def change_one(self, row: Objective, changes: dict[str, Any], version: int | None) -> Objective:
        return change_objective(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Objective, version: int | None) -> None:
        delete_objective(row, actor=self.actor, at=self.at, version=version)

    def after_write(self) -> None:
        ring()

    @extend_schema(operation_id="objectives_history", responses=SnapshotRow(many=True), filters=True)
    @action(detail=True, listing=rows.SNAPSHOTS, filters=by.named([by.days("day", "day")]))
    def history(self, request: Request, code: str) -> Response:
        """One row per day: what the figures were at its end."""
        objective = self.found(code)
        snapshots = self.filter_queryset(ObjectiveSnapshot.objects.filter(objective=objective))
        return self.paged(snapshots, self.listing, lambda found: [rows.snapshot_row(row) for row in found])

    @extend_schema(operation_id="objectives_check_ins", responses=CheckInRow(many=True), filters=True)
    @action(detail=True, url_path="check-ins", listing=rows.CHECK_INS, filters=())
    def check_ins(self, request: Request, code: str) -> Response:
        """Dated statements on the objective, the newest first."""
        statements = self.filter_queryset(CheckIn.objects.filter(objective=self.found(code)))
        return self.paged(statements, self.listing, lambda found: [rows.check_in_row(row) for row in found])

    @extend_schema(operation_id="objectives_check_in", request=CheckInInput, responses={201: CheckInRow})
    @check_ins.mapping.post
    @once
    def post_check_in(self, request: Request, code: str) -> Response:
        """State confidence (0 to 100), a comment, and for an objective with an owner's figure its progress."""
        objective = self.found(code)
        self.require_role(*OWNER_UPDATING_ROLES)
        said = self.valid(CheckInInput)
        statement = check_in(
            objective,
            confidence=said.get("confidence"),
            comment=said.get("comment", ""),
            progress=said.get("progress"),
            actor=self.actor,
            at=self.at,
            version=optional_version(request, objective.version),
        )
        ring()
        row = CheckIn.objects.filter(pk=statement.pk).values(*rows.CHECK_INS.columns)[0]
        return Response(rows.check_in_row(row), status=201)


class ContributionViews(Resource):
    """Weighted edges child → parent, addressed as `CHILD~PARENT`."""

    model = Contribution
    collection = "contributions"
    listing = rows.CONTRIBUTIONS
    row_class = detail_class = ContributionRow
    input_class = ContributionInput
    detail_columns = rows.CONTRIBUTIONS.columns
    filters = by.named(
        [
            by.reference("child", "child__code", "Code of the contributing objective."),
            by.reference("parent", "parent__code", "Code of the objective contributed to."),
            by.choice("kind", "kind", EdgeKind.values),
            by.department("child__department__path"),
            by.moments("updated", "updated_at"),
        ]
    )

    def addressed(self, code: str) -> QuerySet[Any]:
        meant = Q(pk__in=[])
        for child, parent in pairs_in(code):
            meant |= Q(child__code=child, parent__code=parent)
        return self.get_queryset().filter(meant).order_by("pk")

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.contribution_row(row, self.base)

    as_detail = as_row

    def create_one(self, fields: dict[str, Any]) -> Contribution:
        return create_contribution(fields, actor=self.actor, at=self.at)

    def change_one(self, row: Contribution, changes: dict[str, Any], version: int | None) -> Contribution:
        return change_contribution(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Contribution, version: int | None) -> None:
        delete_contribution(row, actor=self.actor, at=self.at, version=version)

    def after_write(self) -> None:
        ring()
