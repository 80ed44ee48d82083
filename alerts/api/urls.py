"""Addresses below `/api/v1/` of the alerts."""

from alerts.api.views import AlertRuleViews, AlertViews
from organization.api.base import ApiRouter

router = ApiRouter(("alerts", AlertViews, "alert"), ("alert-rules", AlertRuleViews, "alert-rule"))

urlpatterns = router.urls
