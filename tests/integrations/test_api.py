"""Import and export through the API."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from integrations.models import ImportJob
from integrations.packages import read_bytes, read_path, zip_bytes
from integrations.services import run_next_import
from objectives.models import Vision
from organization.choices import Scope
from tests.factories import Company
from tests.integrations.samples import write_package

pytestmark = pytest.mark.django_db

Clients = Callable[..., APIClient]


def packed(company: Company, folder: Path, **tables: str) -> bytes:
    organization = f"code,name\n{company.organization.code},{company.organization.name}\n"
    visions = "code,statement,start\nV,To be there,2026-01-01\n"
    return zip_bytes(read_path(write_package(folder, {"organization": organization, "visions": visions, **tables})))


def post(client: APIClient, content: bytes, **fields: Any) -> Any:
    return client.post(
        "/api/v1/imports/", {"file": SimpleUploadedFile("strategy.zip", content), **fields}, format="multipart"
    )


def work() -> None:
    assert run_next_import(clock=timezone.now)


def test_a_package_goes_in_as_a_job(company: Company, client_of: Clients, tmp_path: Path) -> None:
    olga = client_of(company.olga)
    answer = post(olga, packed(company, tmp_path))
    job = ImportJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (202, f"http://testserver/api/v1/imports/{job.pk}/")
    assert answer.json()["state"] == "confirmed"
    work()
    done = olga.get(answer["Location"]).json()
    assert {name: done[name] for name in ("state", "tables", "errors", "error_count", "progress", "author")} == {
        "state": "done",
        "tables": [
            {"table": "organization", "created": 0, "changed": 0, "unchanged": 1},
            {"table": "visions", "created": 1, "changed": 0, "unchanged": 0},
        ],
        "errors": [],
        "error_count": 0,
        "progress": None,
        "author": "Olga",
    }
    post(olga, packed(company, tmp_path))
    work()
    again = olga.get(f"/api/v1/imports/{job.pk + 1}/").json()
    assert again["tables"][1] == {"table": "visions", "created": 0, "changed": 0, "unchanged": 1}


def test_a_dry_run_stores_nothing(company: Company, client_of: Clients, tmp_path: Path) -> None:
    olga = client_of(company.olga)
    answer = post(olga, packed(company, tmp_path), dry_run="true")
    work()
    assert olga.get(answer["Location"]).json()["state"] == "checked"
    assert Vision.objects.count() == 0


def test_every_error_is_in_the_answer(company: Company, client_of: Clients, tmp_path: Path) -> None:
    olga = client_of(company.olga)
    answer = post(olga, packed(company, tmp_path, departments="code,name,headcount\nNEW,,many\n"))
    work()
    refused = olga.get(answer["Location"]).json()
    assert (refused["state"], refused["error_count"]) == ("refused", 2)
    assert refused["errors"] == [
        {"table": "departments", "row": 2, "column": "name", "value": "", "expected": "a value"},
        {"table": "departments", "row": 2, "column": "headcount", "value": "many", "expected": "a whole number"},
    ]
    assert Vision.objects.count() == 0


def test_a_body_without_file_is_refused(company: Company, client_of: Clients) -> None:
    olga = client_of(company.olga)
    answer = olga.post("/api/v1/imports/", {}, format="multipart")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["file"])
    assert olga.post("/api/v1/imports/", {"file": "x"}, format="json").status_code == 415
    assert ImportJob.objects.count() == 0


def test_role_scope_and_organization_are_looked_at(company: Company, client_of: Clients, tmp_path: Path) -> None:
    content = packed(company, tmp_path)
    place = post(client_of(company.olga), content)["Location"]
    for person in (company.alice, company.bob, company.charlie, company.erin):
        assert post(client_of(person), content).status_code == 403
        assert client_of(person).get("/api/v1/export/").status_code == 403
    for person, status in ((company.alice, 404), (company.adam, 200), (company.dora, 404)):
        assert client_of(person).get(place).status_code == status
    assert post(client_of(company.olga, Scope.READ), content).status_code == 403
    assert client_of(company.olga, Scope.READ).get(place).status_code == 200
    assert post(APIClient(), content).status_code == 401
    assert ImportJob.objects.count() == 1


def test_a_token_gives_no_roles_without_the_scope_of_an_administrator(
    company: Company, client_of: Clients, tmp_path: Path
) -> None:
    content = packed(company, tmp_path, people="email,name,role\nnew@acme.example,New,admin\n")
    answer = post(client_of(company.adam, Scope.READ, Scope.STRATEGY_WRITE), content)
    work()
    refused = client_of(company.adam).get(answer["Location"]).json()
    assert (refused["state"], [error["table"] for error in refused["errors"]]) == ("refused", ["people"])
    answer = post(client_of(company.adam), content)
    work()
    assert client_of(company.adam).get(answer["Location"]).json()["state"] == "done"


def test_the_strategy_comes_out_as_zip_and_as_spreadsheet(company: Company, client_of: Clients) -> None:
    olga = client_of(company.olga, Scope.READ)
    for query, form in (("", "zip"), ("?format=zip", "zip"), ("?format=xlsx", "xlsx")):
        answer = olga.get(f"/api/v1/export/{query}")
        assert (answer.status_code, answer["Content-Disposition"]) == (200, f'attachment; filename="strategy.{form}"')
        package = read_bytes(f"a.{form}", answer.content)
        assert [row[0] for row in package.tables["departments"].rows] == ["FINANCE", "NORTH", "ROOT", "SALES"]
    assert olga.get("/api/v1/export/?format=pdf").status_code == 404
