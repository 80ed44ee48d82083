"""My week through the API: what is due from the caller, in the order of the page."""

from typing import Any, Final

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.models import Alert
from dashboards.agenda import Kind, When, days_late, last_day_of_week, when_of
from dashboards.services import Due, due_of
from kpis.models import Kpi, Restatement
from objectives.services import today_of
from organization.api.base import ApiView
from organization.api.plain import address, day_text, figure_text

COLLECTIONS: Final = {
    Kind.VALUE: "kpis",
    Kind.CHECK_IN: "objectives",
    Kind.UPDATE: "initiatives",
    Kind.ALERT: "alerts",
    Kind.APPROVAL: "restatements",
}


class WeekItem(serializers.Serializer[Any]):
    """One thing to do. `consequence` = influence on the strategic objective `top` × gap; both are shares of 1."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    code = serializers.CharField()
    title = serializers.CharField()
    due_on = serializers.DateField()
    when = serializers.ChoiceField(choices=[when.value for when in When])
    days_late = serializers.IntegerField()
    period = serializers.DateField(allow_null=True)
    influence = serializers.CharField()
    gap = serializers.CharField()
    consequence = serializers.CharField()
    top = serializers.CharField(allow_null=True)
    url = serializers.CharField()
    page = serializers.CharField()


class WeekList(serializers.Serializer[Any]):
    """Everything due until Friday: late, today, by Friday; inside each the largest consequence first."""

    today = serializers.DateField()
    until = serializers.DateField()
    count = serializers.IntegerField()
    results = WeekItem(many=True)


class WeekView(ApiView):
    """What is due from me."""

    @extend_schema(operation_id="my_week", responses=WeekList)
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        today = today_of(self.organization, self.at)
        dues = due_of(self.actor, self.organization, at=self.at)
        return Response(
            {
                "today": day_text(today),
                "until": day_text(last_day_of_week(today)),
                "count": len(dues),
                "results": self.projected([self._row(due) for due in dues]),
            }
        )

    def _row(self, due: Due) -> dict[str, Any]:
        task, today = due.task, today_of(self.organization, self.at)
        base = self.request.build_absolute_uri(f"/api/v1/{COLLECTIONS[task.kind]}/")
        return {
            "kind": task.kind.value,
            "code": task.code,
            "title": _title(due),
            "due_on": day_text(task.due_on),
            "when": when_of(task.due_on, today).value,
            "days_late": days_late(task.due_on, today),
            "period": day_text(due.period),
            "influence": figure_text(task.influence),
            "gap": figure_text(task.gap),
            "consequence": figure_text(task.consequence),
            "top": task.top or None,
            "url": address(base, task.code),
            "page": self.request.build_absolute_uri(f"{reverse('week')}?item={task.kind}:{task.code}"),
        }


def _title(due: Due) -> str:
    """What it is about."""
    row = due.subject
    if isinstance(row, Alert):
        about = row.kpi or row.objective or row.initiative
        return "" if about is None else about.text("name" if row.kpi is not None else "title")
    if isinstance(row, Restatement):
        return row.reason
    return row.text("name") if isinstance(row, Kpi) else row.text("title")
