"""Addresses below `/api/v1/` of import and export."""

from django.urls import URLPattern, URLResolver, path

from integrations.api.views import ExportView, ImportViews

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", ImportViews.as_view({"post": "create"}), name="import-list"),
    path("imports/<int:pk>/", ImportViews.as_view({"get": "retrieve"}), name="import-detail"),
    path("export/", ExportView.as_view({"get": "retrieve"}), name="export"),
]
