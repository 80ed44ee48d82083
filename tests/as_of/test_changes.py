"""What moved an objective between two days: through the API, on its page, and in the past."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.versioning import known_since
from kpis.models import Measure
from objectives.models import Contribution, Objective
from tests.as_of.conftest import compute
from tests.as_of.test_door import read
from tests.factories import (
    Company,
    ContributionFactory,
    KpiFactory,
    MeasureFactory,
    MeasurementFactory,
    ObjectiveFactory,
    make_company,
)

pytestmark = pytest.mark.django_db

FIRST, SECOND = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 5, 1, 12, tzinfo=UTC)
DAYS = {"from": "2026-04-30", "to": "2026-06-01"}


@pytest.fixture
def company(db: Any) -> Company:
    """TOP has A (weight 1, of finance), B (1) and GONE (2); in May B weighs 3, GONE goes and NEW (4) comes."""
    with known_since(FIRST):
        company = make_company()
        ours = {"organization": company.organization}
        top = ObjectiveFactory.create(**ours, code="TOP", department=company.sales)
        weights = {"A": 1, "B": 1, "GONE": 2, "NEW": 4}
        children = {code: ObjectiveFactory.create(**ours, code=code, department=company.sales) for code in weights}
        Objective.objects.filter(code="A").update(department=company.finance)
        for code, values in {"A": (40, 60), "B": (20, 40), "GONE": (90, 95), "NEW": (5, 10)}.items():
            kpi = KpiFactory.create(
                **ours, code=f"K-{code}", department=company.finance if code == "A" else company.sales
            )
            MeasureFactory.create(objective=children[code], kpi=kpi)
            MeasurementFactory.create(kpi=kpi, period="2026-02-01", value=values[0], recorded_at=FIRST)
            MeasurementFactory.create(kpi=kpi, period="2026-04-01", value=values[1], recorded_at=SECOND)
        for code in ("A", "B", "GONE"):
            ContributionFactory.create(parent=top, child=children[code], weight=weights[code])
    with known_since(SECOND):
        Contribution.objects.filter(child__code="B").update(weight=3)
        Contribution.objects.filter(child__code="GONE").delete()
        ContributionFactory.create(parent=top, child=children["NEW"], weight=4)
    compute(company.organization.pk, timezone.now())
    return company


def signed_in(company: Company, name: str) -> Client:
    client = Client()
    client.force_login(getattr(company, name))
    return client


def changes(client: Client, query: dict[str, str], code: str = "TOP") -> dict[str, Any]:
    response = client.get(f"/api/v1/objectives/{code}/changes/", query)
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_lines_say_what_moved_and_add_up(company: Company) -> None:
    found = changes(signed_in(company, "olga"), DAYS)
    assert (found["before"], found["after"], found["total"]) == ("0.6", "0.275", "-0.325")
    lines = [(line["kind"], line["code"], line["weight"], line["points"]) for line in found["lines"]]
    assert lines == [
        ("objective", "A", "0.5", "0.1"),
        ("objective", "B", "0.5", "0.1"),
        ("weights", "", None, "-0.05"),
        ("membership", "", None, "-0.475"),
    ]
    assert sum(Decimal(line["points"]) for line in found["lines"]) == Decimal(found["total"])
    assert ([one["code"] for one in found["entered"]], [one["code"] for one in found["left"]]) == (["NEW"], ["GONE"])


def test_objective_with_kpis_of_its_own_moves_by_them(company: Company) -> None:
    found = changes(signed_in(company, "olga"), DAYS, "B")
    assert [(line["kind"], line["code"], line["points"]) for line in found["lines"]] == [("kpi", "K-B", "0.2")]
    assert (found["total"], found["entered"], found["left"]) == ("0.2", [], [])


def test_blend_moves_by_both_sides(company: Company) -> None:
    with known_since(FIRST):
        own = KpiFactory.create(organization=company.organization, code="K-TOP")
        MeasureFactory.create(objective=Objective.objects.get(code="TOP"), kpi=own)
        MeasurementFactory.create(kpi=own, period="2026-02-01", value=10, recorded_at=FIRST)
        MeasurementFactory.create(kpi=own, period="2026-04-01", value=30, recorded_at=SECOND)
        Objective.objects.filter(code="TOP").update(progress_mode="blend", blend="0.25")
    found = changes(signed_in(company, "olga"), DAYS | {"from": "2026-04-01"})
    assert sum(Decimal(line["points"]) for line in found["lines"]) == Decimal(found["total"])
    assert {line["kind"] for line in found["lines"]} == {"kpi", "objective", "weights", "membership"}


def test_what_the_reader_may_not_see_has_no_name(company: Company) -> None:
    found = changes(signed_in(company, "alice"), DAYS)
    shown = {(line["code"], line["title"], line["hidden"]) for line in found["lines"] if line["kind"] == "objective"}
    assert shown == {("", "Hidden from you", True), ("B", "Objective B", False)}
    assert found["total"] == "-0.325"


def test_day_without_a_figure_has_no_lines(company: Company) -> None:
    found = changes(signed_in(company, "olga"), {"from": "2026-01-01", "to": "2026-06-01"})
    assert (found["before"], found["after"], found["total"], found["lines"]) == (None, "0.275", None, [])
    assert found["remark"] == "Without a figure on both days there is no change to split."


def test_seen_from_a_past_day_nothing_later_counts(company: Company) -> None:
    client = signed_in(company, "olga")
    query = {"from": "2026-04-01", "to": "2026-06-01"}
    assert changes(client, query)["total"] == "-0.325"
    past = changes(client, query | {"as_of": "2026-04-30"})
    assert (past["last_day"], past["total"], past["before"]) == ("2026-04-30", "0", "0.6")


@pytest.mark.parametrize("query", [{"from": "2026-06-01", "to": "2026-05-01"}, {"from": "soon"}, {"to": "0001-01-01"}])
def test_days_that_do_not_follow_are_refused(company: Company, query: dict[str, str]) -> None:
    client = signed_in(company, "olga")
    assert client.get("/api/v1/objectives/TOP/changes/", query).status_code == 400


def test_page_shows_the_same_lines_with_and_without_scripts(company: Company) -> None:
    client = signed_in(company, "olga")
    page = read(client.get("/objectives/TOP/changes/", DAYS))
    part = read(client.get("/objectives/TOP/changes/", DAYS, headers={"HX-Request": "true"}))
    assert ("<html" in page, "<html" in part) == (True, False)
    for text in (page, part):
        assert "Between 30 Apr 2026 and 1 Jun 2026" in text
        assert [text.count(word) for word in ("Changed weights", "Entries and exits", "−32.5")] == [1, 1, 1]


def test_page_of_the_objective_leads_there(company: Company) -> None:
    page = read(signed_in(company, "olga").get("/objectives/TOP/"))
    assert 'action="/objectives/TOP/changes/"' in page


def test_page_says_that_days_do_not_follow(company: Company) -> None:
    response = signed_in(company, "olga").get("/objectives/TOP/changes/", {"from": "2026-06-01", "to": "2026-05-01"})
    assert response.status_code == 422
    assert "The earlier day must lie before the later one." in read(response)


def test_weights_of_measures_are_weights_too(company: Company) -> None:
    with known_since(FIRST):
        kpi = KpiFactory.create(organization=company.organization, code="K-B2")
        MeasureFactory.create(objective=Objective.objects.get(code="B"), kpi=kpi)
        MeasurementFactory.create(kpi=kpi, period="2026-02-01", value=80, recorded_at=FIRST)
        MeasurementFactory.create(kpi=kpi, period="2026-04-01", value=80, recorded_at=SECOND)
    with known_since(SECOND):
        Measure.objects.filter(kpi__code="K-B2").update(weight=3)
    found = changes(signed_in(company, "olga"), DAYS, "B")
    lines = {(line["kind"], line["code"]): line["points"] for line in found["lines"]}
    assert lines == {("kpi", "K-B"): "0.1", ("kpi", "K-B2"): "0", ("weights", ""): "0.1"}
    assert (found["before"], found["after"]) == ("0.5", "0.7")
