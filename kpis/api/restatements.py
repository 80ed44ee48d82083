"""Restatements and the lock on periods through the API."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.batches import MOST_ROWS, Batch, too_many
from kpis.api.finding import ids_named
from kpis.api.serializers import MeasurementInput
from kpis.choices import RestatementState
from kpis.models import Kpi, PeriodLock, RestatedValue, Restatement
from kpis.reports.restatements import visible_restatements
from kpis.services import (
    approve_restatement,
    lock_periods,
    propose_restatement,
    reject_restatement,
    withdraw_restatement,
)
from objectives.tasks import ring
from organization.api import filters as by
from organization.api.base import ApiView, once
from organization.api.conditions import optional_version
from organization.api.described import FigureField
from organization.api.filters import ListFilters
from organization.api.pagination import Key, KeysetPagination, Listing, Row
from organization.api.plain import day_text, exact_text, moment_text
from organization.api.refusals import PreconditionFailed
from organization.choices import EDITING_ROLES, OWNER_UPDATING_ROLES, Role, Scope
from organization.records import StaleVersion

RESTATEMENTS: Final = Listing(
    (
        "id",
        "code",
        "reason",
        "state",
        "proposed_at",
        "proposed_by__email",
        "decided_at",
        "decided_by__email",
        "comment",
        "version",
    ),
    {"number": Key("number")},
    ("-number",),
    "number",
)
LOCKS: Final = Listing(
    ("through", "locked_at", "locked_by__email", "reason"), {"through": Key("through")}, ("-through",), "through"
)
DECIDING_ROLES: Final = (*EDITING_ROLES, Role.ADMIN)


class RestatedRow(serializers.Serializer[Any]):
    kpi = serializers.CharField()
    period = serializers.DateField()
    former = FigureField(allow_null=True, help_text="What stood there when it was proposed.")
    value = FigureField(allow_null=True)
    numerator = FigureField(allow_null=True)
    denominator = FigureField(allow_null=True)
    estimate = serializers.BooleanField()
    note = serializers.CharField()


class RestatementShown(serializers.Serializer[Any]):
    code = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=RestatementState.choices)
    proposed_at = serializers.DateTimeField()
    proposed_by = serializers.EmailField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.EmailField(allow_null=True)
    comment = serializers.CharField()
    values = RestatedRow(many=True)
    hidden_values = serializers.IntegerField(help_text="How many of its values the reader may not see.")
    version = serializers.IntegerField()


class RestatementInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)
    values = MeasurementInput(many=True)


class DecisionInput(serializers.Serializer[Any]):
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class PeriodLockRow(serializers.Serializer[Any]):
    through = serializers.DateField(help_text="Every period that ends on or before this day is closed.")
    locked_at = serializers.DateTimeField()
    locked_by = serializers.EmailField(allow_null=True)
    reason = serializers.CharField()


class PeriodLockInput(serializers.Serializer[Any]):
    through = serializers.DateField()
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class RestatementViews(ApiView):
    """Changes of closed periods: proposed by one person, decided by another."""

    filter_backends = (ListFilters,)
    pagination_class = KeysetPagination
    row_class = detail_class = RestatementShown
    write_scope = Scope.KPI_WRITE
    listing = RESTATEMENTS
    filters = by.named(
        [
            by.choice("state", "state", RestatementState.values),
            by.moments("proposed", "proposed_at"),
        ]
    )

    def get_queryset(self) -> QuerySet[Restatement]:
        return visible_restatements(self.actor)

    def shown(self, found: list[Row]) -> list[dict[str, Any]]:
        """The rows with their values: two queries for a page."""
        rows = list(
            RestatedValue.objects.filter(restatement_id__in=[row["id"] for row in found])
            .select_related("kpi")
            .order_by("kpi__code", "period")
        )
        kpis = Kpi.objects.visible_to(self.actor).filter(pk__in={row.kpi_id for row in rows})
        visible = set(kpis.values_list("pk", flat=True))
        return [
            restatement_row(row, [value for value in rows if value.restatement_id == row["id"]], visible)
            for row in found
        ]

    @extend_schema(operation_id="restatements_list", responses=RestatementShown(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The newest first."""
        return self.paged(self.filter_queryset(self.get_queryset()), self.listing, self.shown)

    @extend_schema(operation_id="restatements_retrieve", responses=RestatementShown, filters=False)
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.present(self.found().pk))

    @extend_schema(
        operation_id="restatements_propose",
        request=RestatementInput,
        responses={201: RestatementShown},
        filters=False,
    )
    @once
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Propose other values for closed periods. Nothing changes until a second person approves."""
        self.require_role(*OWNER_UPDATING_ROLES)
        given = request.data if isinstance(request.data, dict) else {}
        rows = given.get("values")
        if not isinstance(rows, list) or not isinstance(given.get("reason", ""), str):
            raise serializers.ValidationError({"values": [_("A list of rows: [{…}, …].")]}, "invalid")
        if len(rows) > MOST_ROWS:
            raise too_many()
        readings = Batch(ids_named(self.actor, rows)).read(rows)
        row = propose_restatement(readings, reason=given.get("reason", ""), actor=self.actor, at=self.at)
        return Response(self.present(row.pk), status=201)

    @extend_schema(
        operation_id="restatements_approve", request=DecisionInput, responses=RestatementShown, filters=False
    )
    def approve(self, request: Request, **kwargs: Any) -> Response:
        """Store what was proposed. A second person: manager above, strategy office or administrator."""
        return self.decided(approve_restatement, *DECIDING_ROLES)

    @extend_schema(operation_id="restatements_reject", request=DecisionInput, responses=RestatementShown, filters=False)
    def reject(self, request: Request, **kwargs: Any) -> Response:
        """Leave the closed periods as they are; the comment says why."""
        return self.decided(reject_restatement, *DECIDING_ROLES)

    @extend_schema(
        operation_id="restatements_withdraw", request=DecisionInput, responses=RestatementShown, filters=False
    )
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Take back one's own proposal."""
        return self.decided(withdraw_restatement, *OWNER_UPDATING_ROLES)

    def decided(self, decide: Any, *roles: Role) -> Response:
        row = self.found()
        self.require_role(*roles)
        said = self.valid(DecisionInput)
        version = optional_version(self.request, row.version)
        try:
            decide(row, comment=said["comment"], version=version, actor=self.actor, at=self.at)
        except StaleVersion as error:
            raise PreconditionFailed(self.present(row.pk), f'"{error.present.version}"') from error  # type: ignore[attr-defined]
        ring()
        return Response(self.present(row.pk))

    def found(self) -> Restatement:
        row = self.get_queryset().filter(code=self.kwargs["code"]).first()
        if row is None:
            raise Http404
        return row

    def present(self, pk: int) -> dict[str, Any]:
        return self.shown(list(Restatement.objects.filter(pk=pk).values(*RESTATEMENTS.columns)))[0]


class PeriodLockViews(ApiView):
    """Which periods are closed."""

    pagination_class = KeysetPagination
    row_class = detail_class = PeriodLockRow
    listing = LOCKS

    def get_queryset(self) -> QuerySet[PeriodLock]:
        return PeriodLock.objects.filter(organization_id=self.actor.organization_id)

    @extend_schema(operation_id="period_locks_list", responses=PeriodLockRow(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The latest first: it is the one that counts."""
        return self.paged(self.get_queryset(), self.listing, lambda found: [lock_row_shown(row) for row in found])

    @extend_schema(
        operation_id="period_locks_create", request=PeriodLockInput, responses={201: PeriodLockRow}, filters=False
    )
    @once
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Close every period that ends on or before the day. Only forward; the same again is fine."""
        self.require_role(Role.STRATEGY_OFFICE, Role.ADMIN)
        sent = self.valid(PeriodLockInput)
        row = lock_periods(self.organization, sent["through"], reason=sent["reason"], actor=self.actor, at=self.at)
        return Response(lock_row_shown(PeriodLock.objects.filter(pk=row.pk).values(*LOCKS.columns)[0]), status=201)


def restatement_row(row: Row, values: list[RestatedValue], visible: set[int]) -> dict[str, Any]:
    shown = [value for value in values if value.kpi_id in visible]
    return {
        "code": row["code"],
        "reason": row["reason"],
        "state": row["state"],
        "proposed_at": moment_text(row["proposed_at"]),
        "proposed_by": row["proposed_by__email"],
        "decided_at": moment_text(row["decided_at"]),
        "decided_by": row["decided_by__email"],
        "comment": row["comment"],
        "values": [
            {
                "kpi": value.kpi.code,
                "period": day_text(value.period),
                "former": exact_text(value.former),
                "value": exact_text(value.value),
                "numerator": exact_text(value.numerator),
                "denominator": exact_text(value.denominator),
                "estimate": value.estimate,
                "note": value.note,
            }
            for value in shown
        ],
        "hidden_values": len(values) - len(shown),
        "version": row["version"],
    }


def lock_row_shown(row: Row) -> dict[str, Any]:
    return {
        "through": day_text(row["through"]),
        "locked_at": moment_text(row["locked_at"]),
        "locked_by": row["locked_by__email"],
        "reason": row["reason"],
    }
