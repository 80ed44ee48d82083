"""Every address but the three for machines (`cmo_portal.health`). An app's pages are in its own `urls`."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

PAGES = ("dashboards", "objectives", "kpis", "initiatives", "alerts", "integrations", "organization")

urlpatterns: list[URLPattern | URLResolver] = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("cmo_portal.api.urls")),
    path("admin/", admin.site.urls),
    *(path("", include(f"{app}.urls")) for app in PAGES if find_spec(f"{app}.urls")),
]

handler400 = "cmo_portal.errors.bad_request"
handler403 = "cmo_portal.errors.permission_denied"
handler404 = "cmo_portal.errors.page_not_found"
handler500 = "cmo_portal.errors.server_error"
