"""Addresses below `/api/v1/` of the measured quantities."""

from typing import Any

from django.urls import URLPattern, URLResolver, path, re_path

from kpis.api.measurements import KpiMeasurementViews, MeasurementViews
from kpis.api.overrides import KpiOverrideViews, ObjectiveOverrideViews
from kpis.api.targets import KpiProposalViews, KpiTargetViews
from kpis.api.views import KpiViews, MeasureViews, ObjectiveExplanationView
from organization.api.base import ApiRouter

router = ApiRouter(("kpis", KpiViews, "kpi"), ("measures", MeasureViews, "measure"))
batches: dict[str, Any] = {"get": "list", "post": "create"}
overrides: dict[str, Any] = {"get": "list", "post": "create", "delete": "destroy"}

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("measurements/", MeasurementViews.as_view(batches), name="measurement-list"),
    re_path(r"^kpis/(?P<code>[^/]+)/measurements/$", KpiMeasurementViews.as_view(batches), name="kpi-measurement-list"),
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
    re_path(r"^kpis/(?P<code>[^/]+)/override/$", KpiOverrideViews.as_view(overrides), name="kpi-override"),
    re_path(
        r"^objectives/(?P<code>[^/]+)/override/$", ObjectiveOverrideViews.as_view(overrides), name="objective-override"
    ),
    re_path(
        r"^objectives/(?P<code>[^/]+)/explain/$",
        ObjectiveExplanationView.as_view({"get": "retrieve"}),
        name="objective-explain",
    ),
]
