"""Addresses below `/api/v1/` of the alerts."""

from django.urls import URLPattern, URLResolver, re_path

from alerts.api.post_views import ChannelViews, DeliveryViews, MuteWindowViews, SubscriptionViews
from alerts.api.views import AlertGroupViews, AlertRuleViews, AlertViews, KpiRuleViews
from organization.api.base import ApiRouter

router = ApiRouter(
    ("alerts", AlertViews, "alert"),
    ("alert-groups", AlertGroupViews, "alert-group"),
    ("alert-rules", AlertRuleViews, "alert-rule"),
    ("alert-channels", ChannelViews, "alert-channel"),
    ("alert-subscriptions", SubscriptionViews, "alert-subscription"),
    ("alert-mute-windows", MuteWindowViews, "alert-mute-window"),
    ("alert-deliveries", DeliveryViews, "alert-delivery"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    re_path(r"^kpis/(?P<code>[^/]+)/alert-rules/$", KpiRuleViews.as_view({"get": "retrieve"}), name="kpi-alert-rules"),
    re_path(
        r"^kpis/(?P<code>[^/]+)/alert-rules/simulate/$",
        KpiRuleViews.as_view({"post": "simulate"}),
        name="kpi-alert-rules-simulate",
    ),
]
