"""Addresses below `/api/v1/` of the initiatives."""

from django.urls import re_path

from initiatives.api.explanation import ObjectiveExplanationView
from initiatives.api.views import InitiativeViews
from organization.api.base import ApiRouter

router = ApiRouter(("initiatives", InitiativeViews, "initiative"))

urlpatterns = [
    *router.urls,
    re_path(
        r"^objectives/(?P<code>[^/]+)/explain/$",
        ObjectiveExplanationView.as_view({"get": "retrieve"}),
        name="objective-explain",
    ),
]
