"""Telling the page of a KPI, beside an answer, that its figures have moved."""

from django.http import HttpResponse
from django_htmx.http import trigger_client_event


def moved(answer: HttpResponse) -> HttpResponse:
    """The answer that lets those parts of the page that were fetched by themselves fetch themselves again."""
    return trigger_client_event(answer, "kpi-moved", {})
