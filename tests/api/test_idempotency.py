"""The same key at the same moment, from several sides: one effect, one answer."""

import threading
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from audit.models import Event
from organization.models import Department, IdempotencyKey
from tests.factories import make_company

TOGETHER = 6


@pytest.mark.django_db(transaction=True)
def test_same_key_from_many_at_once_is_one_effect() -> None:
    company = make_company()
    value = company.token(company.olga)
    start = threading.Barrier(TOGETHER)
    answers: list[tuple[int, Any, str]] = []

    def post() -> None:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {value}")
        start.wait()
        body = {"code": "EAST", "name": "East"}
        response = client.post("/api/v1/departments/", body, format="json", HTTP_IDEMPOTENCY_KEY="one")
        answers.append((response.status_code, response.json(), response.get("Idempotent-Replayed", "")))
        connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _, _ in answers] == [201] * TOGETHER
    assert sorted(replayed for _, _, replayed in answers) == [""] + ["true"] * (TOGETHER - 1)
    assert all(body == answers[0][1] for _, body, _ in answers)
    assert Department.objects.filter(code="EAST").count() == 1
    assert Event.objects.filter(verb="department.created").count() == 1
    assert IdempotencyKey.objects.count() == 1
