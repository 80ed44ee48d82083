"""Alerts and their rules through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.api import rows
from alerts.api.serializers import AcknowledgeInput, AlertRow, CloseInput, RuleDetail, RuleInput, RuleRow
from alerts.choices import AlertState, RuleKind, Severity
from alerts.models import Alert, AlertRule
from alerts.services import acknowledge_alert, change_rule, close_alert, create_rule, delete_rule
from alerts.tasks import ring
from organization.api import filters as by
from organization.api.base import Resource, once
from organization.api.conditions import optional_version
from organization.api.pagination import Row
from organization.choices import OWNER_UPDATING_ROLES


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
        """End it with a reason, while its condition may still hold. `If-Match` is optional."""
        alert: Alert = self.found(code)
        self.require_role(*OWNER_UPDATING_ROLES)
        comment = self.valid(CloseInput)["comment"]
        version = optional_version(request, alert.version)
        row = close_alert(alert, actor=self.actor, at=self.at, comment=comment, version=version)
        return self._answered(row)

    def _answered(self, alert: Alert) -> Response:
        body, etag = self.present(alert)
        return Response(body, headers={"ETag": etag})


class AlertRuleViews(Resource):
    """What is watched: for the whole organization, or for a department and everything below."""

    model = AlertRule
    collection = "alert-rules"
    listing = rows.RULES
    row_class, detail_class, input_class = RuleRow, RuleDetail, RuleInput
    detail_columns = (*rows.RULES.columns, "translations", "version")
    filters = by.named(
        [
            by.choice("kind", "kind", RuleKind.values),
            by.department(),
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
        ring()
