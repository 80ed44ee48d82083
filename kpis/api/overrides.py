"""Statuses set by hand, of KPIs and of objectives: what was said, saying it, ending it."""

from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kpis import services as kpis
from kpis.api.finding import kpi_of
from kpis.models import Kpi, StatusOverride
from objectives import services as objectives
from objectives.models import Objective, ObjectiveOverride, Override
from objectives.pace import BY_HAND, BY_HAND_AT_THE_END
from organization.api.base import ApiView, once
from organization.api.pagination import Key, KeysetPagination, Listing, Row
from organization.api.plain import day_text, moment_text
from organization.choices import OWNER_UPDATING_ROLES, Scope

SAYABLE: Final = [state.value for state in (*BY_HAND, *BY_HAND_AT_THE_END)]

OVERRIDES: Final = Listing(
    ("state", "colour", "reason", "author__email", "set_at", "expires_on", "ended_at", "ended_by__email"),
    {"set_at": Key("set_at")},
    ("-set_at",),
    "id",
)


class OverrideRow(serializers.Serializer[Any]):
    state = serializers.CharField()
    colour = serializers.CharField()
    reason = serializers.CharField()
    author = serializers.EmailField(allow_null=True)
    set_at = serializers.DateTimeField()
    expires_on = serializers.DateField(allow_null=True, help_text="Its last day; empty: until the next statement.")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Empty: in force.")
    ended_by = serializers.EmailField(allow_null=True, help_text="Empty: time or the next statement has ended it.")


class OverrideInput(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=SAYABLE, help_text="A pace before the end, an outcome from the end on.")
    reason = serializers.CharField(max_length=2000)
    until = serializers.DateField(required=False, allow_null=True, default=None)


class OverrideViews(ApiView):
    """What both have in common."""

    pagination_class = KeysetPagination
    row_class = OverrideRow
    listing = OVERRIDES
    http_method_names: Any = ["get", "post", "delete", "head", "options"]

    def said(self) -> QuerySet[Any]:
        """The statements on what the address names."""
        raise NotImplementedError

    def set(self, state: str, reason: str, until: date | None) -> Override:
        raise NotImplementedError

    def end(self) -> None:
        raise NotImplementedError

    def list(self, request: Request, **kwargs: Any) -> Response:
        """What was said by hand, the newest first; the one in force has no `ended_at`."""
        return self.paged(self.said(), self.listing, lambda found: [override_row(row) for row in found])

    @once
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Set the status by hand until the chosen day, the next value or check-in, or until somebody ends it."""
        self.said()
        self.require_role(*OWNER_UPDATING_ROLES)
        row = self.set(**self.valid(OverrideInput))
        return Response(override_row(type(row)._default_manager.filter(pk=row.pk).values(*OVERRIDES.columns)[0]), 201)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """End the statement in force; none in force is fine."""
        self.said()
        self.require_role(*OWNER_UPDATING_ROLES)
        self.end()
        return Response(status=204)


class KpiOverrideViews(OverrideViews):
    """A KPI's status set by hand."""

    write_scope = Scope.KPI_WRITE

    def kpi(self) -> Kpi:
        return kpi_of(self.actor, self.kwargs["code"])

    def said(self) -> QuerySet[Any]:
        return StatusOverride.objects.filter(kpi=self.kpi())

    def set(self, state: str, reason: str, until: date | None) -> Override:
        return kpis.override_status(self.kpi(), state=state, reason=reason, until=until, actor=self.actor, at=self.at)

    def end(self) -> None:
        kpis.end_override(self.kpi(), actor=self.actor, at=self.at)

    @extend_schema(operation_id="kpis_overrides", responses=OverrideRow(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        return super().list(request, **kwargs)

    @extend_schema(operation_id="kpis_override", request=OverrideInput, responses={201: OverrideRow}, filters=False)
    def create(self, request: Request, **kwargs: Any) -> Response:
        return super().create(request, **kwargs)

    @extend_schema(operation_id="kpis_end_override")
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        return super().destroy(request, **kwargs)


class ObjectiveOverrideViews(OverrideViews):
    """An objective's status set by hand."""

    def objective(self) -> Objective:
        found = Objective.objects.visible_to(self.actor).filter(code=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    def said(self) -> QuerySet[Any]:
        return ObjectiveOverride.objects.filter(objective=self.objective())

    def set(self, state: str, reason: str, until: date | None) -> Override:
        return objectives.override_status(
            self.objective(), state=state, reason=reason, until=until, actor=self.actor, at=self.at
        )

    def end(self) -> None:
        objectives.end_override(self.objective(), actor=self.actor, at=self.at)

    @extend_schema(operation_id="objectives_overrides", responses=OverrideRow(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        return super().list(request, **kwargs)

    @extend_schema(
        operation_id="objectives_override", request=OverrideInput, responses={201: OverrideRow}, filters=False
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        return super().create(request, **kwargs)

    @extend_schema(operation_id="objectives_end_override")
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        return super().destroy(request, **kwargs)


def override_row(row: Row) -> dict[str, Any]:
    return {
        "state": row["state"],
        "colour": row["colour"],
        "reason": row["reason"],
        "author": row["author__email"],
        "set_at": moment_text(row["set_at"]),
        "expires_on": day_text(row["expires_on"]),
        "ended_at": moment_text(row["ended_at"]),
        "ended_by": row["ended_by__email"],
    }
