"""Addresses below `/api/v1/` of the strategy."""

from django.urls import URLPattern, URLResolver, path

from objectives.api.confidence import ConfidenceViews
from objectives.api.views import ContributionViews, ObjectiveViews, VisionViews
from organization.api.base import ApiRouter

router = ApiRouter(
    ("visions", VisionViews, "vision"),
    ("objectives", ObjectiveViews, "objective"),
    ("contributions", ContributionViews, "contribution"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("confidence/", ConfidenceViews.as_view({"get": "list"}), name="confidence"),
]
