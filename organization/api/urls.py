"""Addresses below `/api/v1/` of the organization and of the ledger; departments are in `kpis.api`."""

from django.urls import URLPattern, URLResolver, path

from organization.api.base import ApiRouter
from organization.api.events import EventViews
from organization.api.views import MeView, TokenViews

router = ApiRouter(
    ("tokens", TokenViews, "token"),
    ("events", EventViews, "event"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", MeView.as_view({"get": "retrieve"}), name="me"),
    *router.urls,
]
