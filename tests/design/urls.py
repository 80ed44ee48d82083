"""Addresses by name only, so that the shell and the parts can be rendered before any page exists."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Stands at every address."""
    return HttpResponse()


PLAIN = {
    "week": "me/",
    "home": "",
    "alignment": "alignment/",
    "objective-list": "objectives/",
    "kpi-list": "kpis/",
    "department-list": "departments/",
    "initiative-list": "initiatives/",
    "alert-list": "alerts/",
    "alert-messages": "alerts/messages/",
    "exchange": "integrations/",
    "sign-in": "sign-in/",
    "sign-out": "sign-out/",
    "switch-organization": "switch/",
    "live": "live/",
    "set_language": "i18n/setlang/",
}
DETAILS = {
    "objective-detail": "objectives",
    "kpi-detail": "kpis",
    "scorecard": "departments",
    "initiative-detail": "initiatives",
}

urlpatterns = [path(address, nothing, name=name) for name, address in PLAIN.items()]
urlpatterns += [path(f"{folder}/<str:code>/", nothing, name=name) for name, folder in DETAILS.items()]
