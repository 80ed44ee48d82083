"""Addresses below `/api/v1/` of the strategy."""

from objectives.api.views import ContributionViews, ObjectiveViews, VisionViews
from organization.api.base import ApiRouter

router = ApiRouter(
    ("visions", VisionViews, "vision"),
    ("objectives", ObjectiveViews, "objective"),
    ("contributions", ContributionViews, "contribution"),
)

urlpatterns = router.urls
