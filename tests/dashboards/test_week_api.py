"""My week through the API: the same list in the same order."""

from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from organization.choices import Scope
from tests.factories import Company, InitiativeFactory, KpiFactory


def test_list_is_that_of_the_page(company: Company) -> None:
    today = timezone.localdate()
    KpiFactory.create(
        organization=company.organization, code="K-1", name="Lead time", department=company.sales, owner=company.bob,
        figures={"due_on": today - timedelta(days=12), "period": date(2026, 4, 1)},
    )  # fmt: skip
    InitiativeFactory.create(
        organization=company.organization, code="I-1", title="Cells", department=company.sales, owner=company.bob,
        stage="in_progress", status_at=timezone.now() - timedelta(days=7),
    )  # fmt: skip
    bearer = {"Authorization": f"Bearer {company.token(company.bob, Scope.READ)}"}
    body: dict[str, Any] = Client().get("/api/v1/me/week/", headers=bearer).json()
    told = [(row["kind"], row["code"], row["title"], row["when"], row["days_late"]) for row in body["results"]]
    assert told == [("value", "K-1", "Lead time", "late", 12), ("update", "I-1", "Cells", "today", 0)]
    assert (body["today"], body["count"]) == (today.isoformat(), 2)
    first = body["results"][0]
    assert (first["influence"], first["gap"], first["consequence"], first["top"]) == ("0", "0", "0", None)
    assert first["url"] == "http://testserver/api/v1/kpis/K-1/"
    assert first["page"] == "http://testserver/me/?item=value:K-1"


def test_fields_narrow_what_is_told(company: Company) -> None:
    InitiativeFactory.create(
        organization=company.organization, code="I-1", department=company.sales, owner=company.bob,
        stage="in_progress",
    )  # fmt: skip
    bearer = {"Authorization": f"Bearer {company.token(company.bob, Scope.READ)}"}
    body = Client().get("/api/v1/me/week/?fields=kind,code", headers=bearer).json()
    assert body["results"] == [{"kind": "update", "code": "I-1"}]
