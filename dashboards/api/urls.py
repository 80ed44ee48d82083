"""Addresses below `/api/v1/` of what looks across apps."""

from django.urls import URLPattern, URLResolver, path

from dashboards.api.alignment import AlignmentViews
from dashboards.api.week import WeekView

urlpatterns: list[URLPattern | URLResolver] = [
    path("alignment/", AlignmentViews.as_view({"get": "list"}), name="alignment"),
    path("alignment/<str:measure>/", AlignmentViews.as_view({"get": "retrieve"}), name="alignment-figure"),
    path("me/week/", WeekView.as_view({"get": "retrieve"}), name="my-week"),
]
