"""Addresses of the things that pages name."""

from django.urls import reverse


def objective_url(code: str) -> str:
    return reverse("objective-detail", args=[code])


def kpi_url(code: str) -> str:
    return reverse("kpi-detail", args=[code])


def initiative_url(code: str) -> str:
    return reverse("initiative-detail", args=[code])


def department_url(code: str) -> str:
    return reverse("scorecard", args=[code])
