"""Every address of the portal. An app's pages are in its own `urls`."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from cmo_portal import health

PAGES = ("dashboards", "objectives", "kpis", "initiatives", "alerts", "integrations", "organization")

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("cmo_portal.api.urls")),
    path("admin/", admin.site.urls),
    *(path("", include(f"{app}.urls")) for app in PAGES if find_spec(f"{app}.urls")),
]

handler400 = "cmo_portal.errors.bad_request"
handler403 = "cmo_portal.errors.permission_denied"
handler404 = "cmo_portal.errors.page_not_found"
handler500 = "cmo_portal.errors.server_error"
