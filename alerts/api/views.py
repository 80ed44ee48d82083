"""Alerts and their rules through the API."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.api import rows
from alerts.api.serializers import (
    AcknowledgeInput,
    AlertRow,
    AssignInput,
    CloseInput,
    DraftInput,
    EffectiveRules,
    GroupRow,
    ReopenInput,
    RuleDetail,
    RuleInput,
    RuleRow,
    SnoozeInput,
)
from alerts.choices import OPEN_STATES, AlertState, Outcome, RuleKind, Severity
from alerts.models import Alert, AlertGroup, AlertRule
from alerts.services import (
    Simulation,
    acknowledge_alert,
    assign_alert,
    change_rule,
    close_alert,
    create_rule,
    delete_rule,
    effective_rules,
    reopen_alert,
    simulate_rule,
    snooze_alert,
)
from alerts.tasks import ring_for_rules
from kpis.models import Kpi
from organization.api import filters as by
from organization.api.base import ApiView, Resource, once
from organization.api.conditions import optional_version
from organization.api.described import described
from organization.api.pagination import Row
from organization.api.plain import plain
from organization.choices import OWNER_UPDATING_ROLES, Scope


class AlertViews(Resource):
    """Conditions that are true now, or were. They open and recover by themselves; people acknowledge and close."""

    model = Alert
    collection = "alerts"
    http_method_names = ["get", "post", "head", "options"]
    listing = rows.ALERTS
    row_class = detail_class = AlertRow
    detail_columns = rows.ALERTS.columns
    filters = by.named(
        [
            by.choice("state", "state", AlertState.values),
            by.choice("severity", "severity", Severity.values),
            by.choice("kind", "rule__kind", RuleKind.values),
            by.department(),
            by.person(),
            by.reference("rule", "rule__code", "Code of the rule."),
            by.reference("kpi", "kpi__code", "Code of the KPI it is about."),
            by.reference("objective", "objective__code", "Code of the objective it is about."),
            by.reference("initiative", "initiative__code", "Code of the initiative it is about."),
            by.reference("group", "group__code", "Code of its group."),
            by.choice("outcome", "outcome", Outcome.values),
            by.flag("holds", "holds", "Whether the condition is true now."),
            by.moments("opened", "opened_at"),
            by.moments("changed", "changed_at"),
        ]
    )

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.alert_row(row, self.base)

    as_detail = as_row

    @extend_schema(exclude=True)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Alerts open by themselves."""
        return self.http_method_not_allowed(request)

    @extend_schema(operation_id="alerts_acknowledge", request=AcknowledgeInput, responses=AlertRow)
    @action(detail=True, methods=["post"])
    @once
    def acknowledge(self, request: Request, code: str) -> Response:
        """Say that somebody is on it. `If-Match` is optional."""
        alert: Alert = self.found(code)
        self.require_role(*OWNER_UPDATING_ROLES)
        comment = self.valid(AcknowledgeInput)["comment"]
        version = optional_version(request, alert.version)
        row = acknowledge_alert(alert, actor=self.actor, at=self.at, comment=comment, version=version)
        return self._answered(row)

    @extend_schema(operation_id="alerts_close", request=CloseInput, responses=AlertRow)
    @action(detail=True, methods=["post"])
    @once
    def close(self, request: Request, code: str) -> Response:
        """End it with a decision, an action or an accepted deviation, while its condition may still hold."""
        alert: Alert = self.found(code)
        self.require_role(*OWNER_UPDATING_ROLES)
        said = self.valid(CloseInput)
        version = optional_version(request, alert.version)
        return self._answered(close_alert(alert, actor=self.actor, at=self.at, version=version, **said))

    @extend_schema(operation_id="alerts_snooze", request=SnoozeInput, responses=AlertRow)
    @action(detail=True, methods=["post"])
    @once
    def snooze(self, request: Request, code: str) -> Response:
        """Leave it alone until a moment. It wakes earlier when it gets worse. `If-Match` is optional."""
        alert: Alert = self.found(code)
        self.require_role(*OWNER_UPDATING_ROLES)
        until = self.valid(SnoozeInput)["until"]
        version = optional_version(request, alert.version)
        return self._answered(snooze_alert(alert, until=until, actor=self.actor, at=self.at, version=version))

    @extend_schema(operation_id="alerts_assign", request=AssignInput, responses=AlertRow)
    @action(detail=True, methods=["post"])
    @once
    def assign(self, request: Request, code: str) -> Response:
        """Give it to another person, who keeps it. `If-Match` is optional."""
        alert: Alert = self.found(code)
        self.require_role(*OWNER_UPDATING_ROLES)
        owner = self.valid(AssignInput)["owner"]
        version = optional_version(request, alert.version)
        return self._answered(assign_alert(alert, owner=owner, actor=self.actor, at=self.at, version=version))

    @extend_schema(operation_id="alerts_reopen", request=ReopenInput, responses=AlertRow)
    @action(detail=True, methods=["post"])
    @once
    def reopen(self, request: Request, code: str) -> Response:
        """Take a closing back while the condition still holds. `If-Match` is optional."""
        alert: Alert = self.found(code)
        self.require_role(*OWNER_UPDATING_ROLES)
        version = optional_version(request, alert.version)
        return self._answered(reopen_alert(alert, actor=self.actor, at=self.at, version=version))

    def _answered(self, alert: Alert) -> Response:
        body, etag = self.present(alert)
        return Response(body, headers={"ETag": etag})


class AlertGroupViews(Resource):
    """What one owner has to look at in one branch: the alerts of a group are told of in one message."""

    model = AlertGroup
    collection = "alert-groups"
    http_method_names = ["get", "head", "options"]
    listing = rows.GROUPS
    row_class = detail_class = GroupRow
    detail_columns = rows.GROUPS.columns
    filters = by.named(
        [
            by.person(),
            by.department("branch__path"),
            by.flag("ended", "is_ended", "Whether nothing in it is open any more."),
            by.moments("opened", "opened_at"),
        ]
    )

    def get_queryset(self) -> QuerySet[AlertGroup]:
        groups: QuerySet[AlertGroup] = AlertGroup.objects.visible_to(self.actor)
        return groups.annotate(is_ended=Q(ended_at__isnull=False))

    def with_counts(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_open = Alert.objects.filter(group=OuterRef("pk"), state__in=OPEN_STATES).order_by().values("group")
        red = is_open.filter(severity=Severity.RED)
        counted = {
            name: Coalesce(Subquery(found.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
            for name, found in (("alerts_open", is_open), ("alerts_red", red))
        }
        groups: QuerySet[Any] = queryset.annotate(**counted)
        return groups

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.group_row(row, self.base)

    as_detail = as_row

    @extend_schema(exclude=True)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Groups form by themselves."""
        return self.http_method_not_allowed(request)


class KpiRuleViews(ApiView):
    """The rules that decide for one KPI, and how a rule would have done in its past."""

    detail_class = EffectiveRules
    action_scopes = {"simulate": Scope.READ}

    @extend_schema(operation_id="kpis_alert_rules", responses=EffectiveRules)
    def retrieve(self, request: Request, code: str) -> Response:
        """The rules that decide for a KPI: its own, else those of the nearest department upward, else everybody's."""
        base = request.build_absolute_uri("/api/v1/alert-rules/")
        found = effective_rules(self._kpi(code))
        return Response({"effective": [rows.effective_row(one, base) for one in found]})

    @extend_schema(operation_id="kpis_alert_rules_simulate", request=DraftInput, responses=described(Simulation))
    def simulate(self, request: Request, code: str) -> Response:
        """How often a rule would have fired in the KPI's past, when, and for how long. Stores nothing."""
        kpi = self._kpi(code)
        draft = AlertRule(**self.valid(DraftInput))
        return Response(plain(simulate_rule(draft, kpi, actor=self.actor, at=self.at)))

    def _kpi(self, code: str) -> Kpi:
        return get_object_or_404(Kpi.objects.visible_to(self.actor), code=code)


class AlertRuleViews(Resource):
    """What is watched: for the whole organization, for a department and everything below, or for one KPI.

    The most specific rules of a kind apply: a KPI's own replace those of the nearest department upward that has some,
    which replace those further up, which replace the organization's. One that is off silences what it replaces.
    """

    model = AlertRule
    collection = "alert-rules"
    listing = rows.RULES
    row_class, detail_class, input_class = RuleRow, RuleDetail, RuleInput
    detail_columns = (*rows.RULES.columns, "translations", "version")
    filters = by.named(
        [
            by.choice("kind", "kind", RuleKind.values),
            by.department(),
            by.reference("kpi", "kpi__code", "Code of the KPI that it watches alone."),
            by.flag("enabled", "enabled", "Whether it is on."),
            by.full_text("code", "name"),
            by.moments("updated", "updated_at"),
        ]
    )

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.rule_row(row, self.base)

    def as_detail(self, row: Row) -> dict[str, Any]:
        return rows.rule_detail(row, self.base)

    def create_one(self, fields: dict[str, Any]) -> AlertRule:
        return create_rule(fields, actor=self.actor, at=self.at)

    def change_one(self, row: AlertRule, changes: dict[str, Any], version: int | None) -> AlertRule:
        return change_rule(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: AlertRule, version: int | None) -> None:
        delete_rule(row, actor=self.actor, at=self.at, version=version)

    def after_write(self) -> None:
        ring_for_rules(RuleKind.values)
