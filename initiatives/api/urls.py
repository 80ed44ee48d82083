"""Addresses below `/api/v1/` of the initiatives."""

from initiatives.api.views import InitiativeViews
from organization.api.base import ApiRouter

router = ApiRouter(("initiatives", InitiativeViews, "initiative"))

urlpatterns = router.urls
