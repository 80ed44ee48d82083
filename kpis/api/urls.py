"""Addresses below `/api/v1/` of the measured quantities."""

from typing import Any

from django.urls import URLPattern, URLResolver, path, re_path

from kpis.api.bulk import BatchPreviewViews, BatchViews
from kpis.api.changes import ObjectiveChangesView
from kpis.api.departments import DepartmentViews
from kpis.api.measurements import KpiMeasurementViews, MeasurementViews
from kpis.api.outlook import KpiForecastViews, KpiSignalViews, KpiVarianceViews
from kpis.api.overrides import KpiOverrideViews, ObjectiveOverrideViews
from kpis.api.previews import KpiPreviewViews, NewKpiPreviewViews
from kpis.api.restatements import PeriodLockViews, RestatementViews
from kpis.api.series import KpiSeriesViews
from kpis.api.step_changes import KpiStepChangeViews
from kpis.api.targets import KpiProposalViews, KpiTargetViews
from kpis.api.views import KpiViews, MeasureViews
from organization.api.base import ApiRouter

router = ApiRouter(
    ("departments", DepartmentViews, "department"),
    ("kpis", KpiViews, "kpi"),
    ("measures", MeasureViews, "measure"),
)
batches: dict[str, Any] = {"get": "list", "post": "create"}
overrides: dict[str, Any] = {"get": "list", "post": "create", "delete": "destroy"}

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("kpis/formula/preview/", NewKpiPreviewViews.as_view({"post": "create"}), name="kpi-formula-preview-of-new"),
    re_path(
        r"^kpis/(?P<code>[^/]+)/formula/preview/$",
        KpiPreviewViews.as_view({"post": "create"}),
        name="kpi-formula-preview",
    ),
    path("measurements/", MeasurementViews.as_view(batches), name="measurement-list"),
    re_path(r"^kpis/(?P<code>[^/]+)/measurements/$", KpiMeasurementViews.as_view(batches), name="kpi-measurement-list"),
    re_path(r"^kpis/(?P<code>[^/]+)/series/$", KpiSeriesViews.as_view({"get": "list"}), name="kpi-series"),
    re_path(
        r"^kpis/(?P<code>[^/]+)/targets/$",
        KpiTargetViews.as_view({"get": "retrieve", "put": "update"}),
        name="kpi-targets-api",
    ),
    re_path(
        r"^kpis/(?P<code>[^/]+)/target-proposals/$",
        KpiProposalViews.as_view({"get": "list"}),
        name="kpi-target-proposals",
    ),
    path("batches/", BatchViews.as_view({"get": "list"}), name="batch-list"),
    path("batches/preview/", BatchPreviewViews.as_view({"post": "create"}), name="batch-preview"),
    path("batches/<str:code>/", BatchViews.as_view({"get": "retrieve"}), name="batch-detail"),
    path("batches/<str:code>/undo/", BatchViews.as_view({"post": "undo"}), name="batch-undo"),
    path("restatements/", RestatementViews.as_view(batches), name="restatement-list"),
    path("restatements/<str:code>/", RestatementViews.as_view({"get": "retrieve"}), name="restatement-detail"),
    path("restatements/<str:code>/approve/", RestatementViews.as_view({"post": "approve"}), name="restatement-approve"),
    path("restatements/<str:code>/reject/", RestatementViews.as_view({"post": "reject"}), name="restatement-reject"),
    path(
        "restatements/<str:code>/withdraw/", RestatementViews.as_view({"post": "withdraw"}), name="restatement-withdraw"
    ),
    path("period-locks/", PeriodLockViews.as_view(batches), name="period-lock-list"),
    re_path(r"^kpis/(?P<code>[^/]+)/forecast/$", KpiForecastViews.as_view({"get": "retrieve"}), name="kpi-forecast"),
    re_path(r"^kpis/(?P<code>[^/]+)/signals/$", KpiSignalViews.as_view({"get": "retrieve"}), name="kpi-signals"),
    re_path(r"^kpis/(?P<code>[^/]+)/variance/$", KpiVarianceViews.as_view({"get": "retrieve"}), name="kpi-variance"),
    re_path(
        r"^kpis/(?P<code>[^/]+)/step-changes/$",
        KpiStepChangeViews.as_view({"get": "list", "post": "create"}),
        name="kpi-step-change-list",
    ),
    re_path(
        r"^kpis/(?P<code>[^/]+)/step-changes/(?P<period>[^/]+)/$",
        KpiStepChangeViews.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="kpi-step-change-detail",
    ),
    re_path(r"^kpis/(?P<code>[^/]+)/override/$", KpiOverrideViews.as_view(overrides), name="kpi-override"),
    re_path(
        r"^objectives/(?P<code>[^/]+)/override/$", ObjectiveOverrideViews.as_view(overrides), name="objective-override"
    ),
    re_path(
        r"^objectives/(?P<code>[^/]+)/changes/$",
        ObjectiveChangesView.as_view({"get": "retrieve"}),
        name="objective-changes",
    ),
]
