"""The door to the past: what opens it, how long it stays open, what it refuses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from audit.versioning import known_since
from cmo_portal.as_of import as_known_at
from kpis.models import Kpi
from objectives.models import Objective
from organization.access import looking_back
from organization.actors import Grant
from organization.choices import Role, Scope
from organization.models import Membership, Organization
from tests.as_of.conftest import compute
from tests.factories import DepartmentFactory, MeasurementFactory
from tests.permissions.pages import PAGES
from tests.permissions.world import World, fingerprint, make_world

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE, DAY, LATER = "2026-02-01", "2026-06-20", "2026-07-02"
BANNER = "The strategy as known on 20 Jun 2026"


@pytest.fixture
def world(db: Any) -> World:
    """Known since March; in July the KPI and the objective are called differently and the target is higher."""
    with known_since(BEGAN):
        world = make_world()
    with known_since(datetime(2026, 7, 1, tzinfo=UTC)):
        Kpi.objects.filter(code="ZEBRA-K").update(name="Zebra renamed", target=200)
        Objective.objects.filter(code="ZEBRA-P").update(title="Zebra renamed")
    compute(world.company.organization.pk, timezone.now())
    return world


@pytest.fixture
def bearer(world: World) -> Callable[..., APIClient]:
    def make(name: str, *scopes: Scope) -> APIClient:
        client = APIClient()
        token = world.company.token(getattr(world.company, name), *scopes)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make


def read(response: Any) -> str:
    """What the browser gets, with plain spaces."""
    return str(response.content.decode(errors="replace").replace("\N{NO-BREAK SPACE}", " "))


def name_of(client: Client | APIClient, query: str) -> str:
    response = client.get(f"/api/v1/kpis/ZEBRA-K/{query}")
    assert response.status_code == 200, response.content
    return str(response.json()["name"])


def test_client_reads_the_day_that_it_asks_for(bearer: Callable[..., APIClient]) -> None:
    client = bearer("alice", Scope.READ)
    names = [name_of(client, query) for query in ("", f"?as_of={DAY}", f"?as_of={LATER}", "?as_of=2026-06-30")]
    assert names == ["Zebra renamed", "Zebra kpi", "Zebra renamed", "Zebra kpi"]


def test_figures_are_those_of_the_day(world: World, bearer: Callable[..., APIClient]) -> None:
    kpi = Kpi.objects.get(code="ZEBRA-K")
    MeasurementFactory.create(kpi=kpi, period="2026-06-01", value=60, recorded_at=datetime(2026, 7, 5, tzinfo=UTC))
    compute(world.company.organization.pk, timezone.now())
    client = bearer("olga")
    asked = [client.get(f"/api/v1/kpis/ZEBRA-K/{query}").json() for query in ("", f"?as_of={DAY}")]
    assert [(one["period"], one["value"], one["target"]) for one in asked] == [
        ("2026-06-01", "60", "200"),
        ("2026-01-01", "10", "100"),
    ]


def test_day_ends_in_the_zone_of_the_organization(world: World, bearer: Callable[..., APIClient]) -> None:
    Organization.objects.filter(pk=world.company.organization.pk).update(timezone="Pacific/Auckland")
    client = bearer("olga")  # the first of July in UTC begins at noon there
    assert [name_of(client, f"?as_of={day}") for day in ("2026-06-30", "2026-07-01")] == ["Zebra kpi", "Zebra renamed"]


@pytest.mark.parametrize("text", ["", "today", "9999-12-31"])
def test_today_and_what_comes_are_the_present(bearer: Callable[..., APIClient], text: str) -> None:
    client = bearer("olga")
    assert name_of(client, f"?as_of={text}") == "Zebra renamed"
    response = client.patch(f"/api/v1/kpis/ZEBRA-K/?as_of={text}", {"name": "Zebra"}, format="json", HTTP_IF_MATCH="*")
    assert response.status_code == 200


@pytest.mark.parametrize("text", ["2026-6-1", "20260601", "2026-02-30", "yesterday", "2026-06-01T00:00", "٢٠٢٦-٠٦-٠١"])
def test_what_is_no_day_is_a_problem_that_names_the_parameter(bearer: Callable[..., APIClient], text: str) -> None:
    response = bearer("olga").get("/api/v1/kpis/", {"as_of": text})
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert [error["field"] for error in response.json()["errors"]] == ["as_of"]


@pytest.mark.parametrize("verb", ["post", "patch", "put", "delete"])
def test_client_cannot_change_the_past(bearer: Callable[..., APIClient], verb: str) -> None:
    client = bearer("olga")
    assert name_of(client, "") == "Zebra renamed"  # the use of the token is noted
    before = fingerprint()
    response = getattr(client, verb)(f"/api/v1/kpis/ZEBRA-K/?as_of={DAY}", {}, format="json", HTTP_IF_MATCH="*")
    assert (response.status_code, fingerprint()) == (409, before)


def test_before_the_organization_there_is_nothing(bearer: Callable[..., APIClient]) -> None:
    client = bearer("olga")
    for day in (BEFORE, "0001-01-01"):
        assert client.get("/api/v1/kpis/", {"as_of": day}).json() == {"next": None, "results": []}
        assert client.get("/api/v1/kpis/ZEBRA-K/", {"as_of": day}).status_code == 404
        assert client.get("/api/v1/events/", {"as_of": day}).json()["results"] == []


def test_session_of_the_browser_means_nothing_to_the_api(world: World) -> None:
    client = world.client("office")
    assert BANNER in read(client.get(f"/kpis/?as_of={DAY}"))
    assert name_of(client, "") == "Zebra renamed"


def test_every_page_says_which_day_it_shows(world: World) -> None:
    client = world.client("office")
    client.get(f"/?as_of={DAY}")
    silent = []
    for row in PAGES:
        if not any(call.verb == "get" for call in row.calls) or row.address == "/live/":
            continue
        response = client.get(world.filled(row.address), row.query or None, follow=True)
        page = read(response)
        if response.status_code == 200 and "<html" in page and BANNER not in page:
            silent.append((row.address, response.status_code))
    assert silent == []


def test_page_shows_the_past_until_one_goes_back(world: World) -> None:
    client = world.client("manager")
    titles = ["Zebra renamed" in read(client.get("/objectives/ZEBRA-P/"))]
    past = read(client.get(f"/objectives/ZEBRA-P/?as_of={DAY}&open=x"))
    titles += ["Zebra renamed" in past, "Zebra renamed" in read(client.get("/objectives/ZEBRA-P/"))]
    assert 'href="/objectives/ZEBRA-P/?as_of=today&amp;open=x"' in past
    titles.append("Zebra renamed" in read(client.get("/objectives/ZEBRA-P/?as_of=today")))
    titles.append("Zebra renamed" in read(client.get("/objectives/ZEBRA-P/")))
    assert titles == [True, False, False, True, True]


def test_past_page_asks_for_nothing_again_and_offers_no_form(world: World) -> None:
    client = world.client("manager")
    present = read(client.get("/kpis/ZEBRA-K/"))
    past = read(client.get(f"/kpis/ZEBRA-K/?as_of={DAY}"))
    assert ("data-live=" in present, "data-live=" in past) == (True, False)
    assert ('class="is-past"' in present, 'class="is-past"' in past) == (False, True)
    assert ("/kpis/ZEBRA-K/values/" in present, "/kpis/ZEBRA-K/values/" in past) == (True, False)
    assert client.get("/live/").json() == {"version": 0}


def test_page_cannot_change_the_past(world: World) -> None:
    client = world.client("manager")
    client.get(f"/?as_of={DAY}")
    before = fingerprint()
    form = {"confidence": "6", "comment": "Well", "version": "1"}
    response = client.post("/objectives/ZEBRA-P/check-ins/", form)
    assert (response.status_code, fingerprint()) == (409, before)
    assert "20 Jun 2026" in read(response)
    assert client.post("/objectives/ZEBRA-P/check-ins/?as_of=today", form).status_code == 302


def test_language_and_the_way_out_stay_open(world: World) -> None:
    client = world.client("manager")
    client.get(f"/?as_of={DAY}")
    assert client.post("/i18n/setlang/", {"language": "fr", "next": "/"}).status_code == 302
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"
    assert client.post("/sign-out/").status_code == 302


def test_page_says_what_is_no_day(world: World) -> None:
    response = world.client("manager").get("/kpis/?as_of=soon")
    assert response.status_code == 400
    assert "“soon” is not a day. Write it like 2026-09-30." in read(response)


def test_page_before_the_organization_says_so(world: World) -> None:
    client = world.client("manager")
    for address in (f"/?as_of={BEFORE}", "/kpis/ZEBRA-K/", "/integrations/export/zip/"):
        response = client.get(address)
        page = read(response)
        assert response.status_code == 200
        assert "On 1 Feb 2026 the portal did not know Acme yet" in page
        assert "The strategy as known on 1 Feb 2026" in page
    assert client.get("/?as_of=today").status_code == 200


def test_stranger_is_sent_to_the_sign_in(world: World) -> None:
    assert Client().get(f"/kpis/?as_of={DAY}").status_code == 302
    assert Client().get(f"/api/v1/kpis/?as_of={DAY}").status_code == 401


def test_file_of_the_past_is_named_after_its_day(world: World) -> None:
    client = world.client("office")
    disposition = client.get(f"/integrations/export/zip/?as_of={DAY}")["Content-Disposition"]
    assert disposition == f'attachment; filename="ZEBRA-{DAY}.zip"'


def test_roles_are_those_of_now_in_the_departments_as_they_lay_then(world: World) -> None:
    company = world.company
    new = DepartmentFactory.create(parent=company.root, code="NEW")
    Membership.objects.create(user=company.alice, organization=company.organization, department=new, role=Role.MANAGER)
    moved = company.actor(company.alice)
    with as_known_at(company.organization, BEGAN + timedelta(days=1)):
        past = looking_back(moved)
    assert past.grants == (Grant(Role.MANAGER, company.sales.path),)
    assert Kpi.objects.updatable_by(moved).exists()
    assert not Kpi.objects.updatable_by(past).exists()
