"""Addresses of the REST API. An app's endpoints are in its own `api.urls`."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from cmo_portal.api.docs import DocumentationView

APPS = ("organization", "objectives", "kpis", "initiatives", "alerts", "integrations", "dashboards", "audit")

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", DocumentationView.as_view(url_name="api:schema"), name="docs"),
    *(path("", include(f"{app}.api.urls")) for app in APPS if find_spec(app + ".api") and find_spec(f"{app}.api.urls")),
]
