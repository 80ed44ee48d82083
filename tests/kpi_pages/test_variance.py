"""What the parts of a KPI bring to its variance: lines that add up; and the list of parts and series."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.explain import variance_split
from kpis.models import Kpi
from kpis.reports.variance import VariancePanel, spread
from kpis.services import Reading, evaluate_kpis, record_measurements, refresh_all_computed
from organization.actors import Actor
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import TODAY, Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
D = Decimal


def panel_of(client: Client) -> VariancePanel:
    panel = client.get("/kpis/K-1/variance/").context["variance"]
    assert isinstance(panel, VariancePanel)
    return panel


@pytest.fixture
def whole(make_kpi: Maker, office: Actor) -> Callable[..., Kpi]:
    """A percentage against 90 each month, made of parts with these weights and values of October."""

    def make(rule: str, parts: dict[str, tuple[str, str]], **fields: Any) -> Kpi:
        kpi = make_kpi("K-1", kind="period", unit_aggregation=rule, **{"unit": "%"} | fields)
        for code, (weight, value) in parts.items():
            make_kpi(
                code, {10: value}, kind="period", parent=kpi, unit_weight=D(weight), unit=kpi.unit, target=kpi.target
            )
        refresh_all_computed(kpi.organization, actor=office, at=TODAY)
        evaluate_kpis([kpi.pk], at=TODAY)
        return Kpi.objects.select_related("figures", "organization").get(pk=kpi.pk)

    return make


def test_weighted_parts_add_up_to_the_variance(company: Company, office: Actor, whole: Callable[..., Kpi]) -> None:
    kpi = whole("weighted_mean", {"K-1A": ("3", "84"), "K-1B": ("1", "92")})
    split = variance_split(kpi, kpi.figures, actor=office, today=TODAY.date())
    assert split is not None
    assert [(line.code, line.share, line.contribution) for line in split.lines] == [
        ("K-1A", D("0.75"), D("-4.5")),
        ("K-1B", D("0.25"), D("0.5")),
    ]
    assert (split.value, split.expected, split.variance, split.rest) == (D(86), D(90), D(-4), D(0))


def test_parts_of_a_ratio_in_percent_add_up_in_percent(
    company: Company, office: Actor, whole: Callable[..., Kpi]
) -> None:
    kpi = whole("ratio", {"K-1A": ("4", "50"), "K-1B": ("100", "2")}, time_aggregation="ratio")
    Kpi.objects.filter(parent=kpi).update(time_aggregation="ratio")
    Kpi.objects.filter(code="K-1B").update(unit="", target=D("0.9"))  # counts in ones
    parts = {part.code: part.pk for part in Kpi.objects.filter(parent=kpi)}
    october = date(2026, 10, 1)
    operands = [
        Reading(parts["K-1A"], october, numerator=D(2), denominator=D(4)),
        Reading(parts["K-1B"], october, numerator=D(95), denominator=D(100)),
    ]
    record_measurements(operands, actor=office, at=TODAY, source="test")
    kpi = Kpi.objects.select_related("figures", "organization").get(pk=kpi.pk)
    split = variance_split(kpi, kpi.figures, actor=office, today=TODAY.date())
    assert split is not None
    assert [(line.code, line.value, line.expected) for line in split.lines] == [
        ("K-1A", D(50), D(90)),
        ("K-1B", D(95), D(90)),
    ]
    assert [round(line.contribution, 4) for line in split.lines] == [D("-1.5385"), D("4.8077")]
    assert (split.value, split.variance, round(split.rest, 1)) == (D("93.3"), D("3.3"), D("0.0"))
    assert sum((line.contribution for line in split.lines), split.rest) == split.variance


def test_a_sum_leaves_what_the_parts_do_not_tell(company: Company, office: Actor, whole: Callable[..., Kpi]) -> None:
    kpi = whole("sum", {"K-1A": ("1", "50"), "K-1B": ("1", "30")}, unit="t")
    Kpi.objects.filter(code="K-1A").update(target=D(45))
    Kpi.objects.filter(code="K-1B").update(target=D(40))
    split = variance_split(kpi, kpi.figures, actor=office, today=TODAY.date())
    assert split is not None
    assert [(line.code, line.contribution) for line in split.lines] == [("K-1A", D(5)), ("K-1B", D(-10))]
    assert (split.variance, split.rest) == (D(-10), D(-5))


def test_parts_without_a_target_are_held_against_the_whole(
    company: Company, office: Actor, whole: Callable[..., Kpi]
) -> None:
    kpi = whole("mean", {"K-1A": ("1", "84"), "K-1B": ("1", "92")})
    Kpi.objects.filter(parent=kpi).update(target=None, kind="unscored")
    split = variance_split(kpi, kpi.figures, actor=office, today=TODAY.date())
    assert split is not None
    assert [(line.contribution, line.own_target) for line in split.lines] == [(D(-3), False), (D(1), False)]
    assert split.rest == 0


def test_parts_without_a_start_have_targets_too(company: Company, office: Actor, whole: Callable[..., Kpi]) -> None:
    kpi = whole("mean", {"K-1A": ("1", "84"), "K-1B": ("1", "92")})
    Kpi.objects.filter(code="K-1A").update(start=None, end=None, target=D(85))
    split = variance_split(kpi, kpi.figures, actor=office, today=TODAY.date())
    assert split is not None
    assert [(line.expected, line.contribution, line.own_target) for line in split.lines] == [
        (D(85), D("-0.5"), True),
        (D(90), D(1), True),
    ]
    assert split.rest == D("-2.5")


def test_no_part_is_named_where_more_is_not_told(company: Company, browser: Browser, whole: Callable[..., Kpi]) -> None:
    whole("mean", {"K-1A": ("1", "84"), "K-1B": ("1", "92")})
    Kpi.objects.filter(code="K-1A").update(start=None, end=None, target=D(85))
    chart = panel_of(browser(company.alice)).chart
    assert chart is not None
    assert chart.title == "No single part explains the variance"
    assert chart.data["amounts"] == [-0.5, 1.0, -2.5]


def test_a_kpi_without_parts_has_no_split(company: Company, office: Actor, delivery: Kpi) -> None:
    kpi = Kpi.objects.select_related("figures", "organization").get(pk=delivery.pk)
    assert variance_split(kpi, kpi.figures, actor=office, today=TODAY.date()) is None


def test_page_draws_the_waterfall_with_its_table(company: Company, browser: Browser, whole: Callable[..., Kpi]) -> None:
    whole("weighted_mean", {"K-1A": ("3", "84"), "K-1B": ("1", "92")})
    chart = panel_of(browser(company.alice)).chart
    assert chart is not None
    assert chart.title == "Kpi K-1A moves it by 4.5 pts; the others make up for some of that"
    assert chart.data["amounts"] == [-4.5, 0.5]
    assert chart.data["total"]["amount"] == -4.0
    assert chart.rows == (
        ("Kpi K-1A", "84.0%", "90.0%", "75.0%", "−4.5\u00a0pts"),
        ("Kpi K-1B", "92.0%", "90.0%", "25.0%", "+0.5\u00a0pts"),
        ("Variance", "86.0%", "90.0%", "", "−4.0\u00a0pts"),
    )
    text = browser(company.alice).get("/kpis/K-1/").content.decode()
    assert 'hx-get="/kpis/K-1/variance/"' in text


@pytest.mark.parametrize(
    ("amounts", "total", "rounded"),
    [
        (["-1.14", "-1.14", "-1.12"], "-3.4", ["-1.1", "-1.1", "-1.2"]),
        (["0.04", "0.04", "0.02"], "0.1", ["0.1", "0.0", "0.0"]),
        (["2", "-2", "0"], "0", ["2.0", "-2.0", "0.0"]),
    ],
)
def test_rounded_lines_still_add_up(amounts: list[str], total: str, rounded: list[str]) -> None:
    found = spread([D(one) for one in amounts], D(total), 1)
    assert sum(found) == D(total)
    assert sorted(found) == sorted(D(one) for one in rounded)


def test_series_are_paged_at_a_constant_cost(
    company: Company, browser: Browser, make_kpi: Maker, django_assert_num_queries: Any
) -> None:
    kpi = make_kpi("K-1", kind="unscored")
    for place in range(23):
        make_kpi(f"K-1-{place:02}", {10: "84"}, kind="unscored", parent=kpi, dimensions={"region": f"R{place}"})
    client = browser(company.alice)
    first = client.get("/kpis/K-1/series/").context["series"]
    second = client.get("/kpis/K-1/series/?page=2").context["series"]
    assert (first.total, first.first, first.last, first.page.following) == (23, 1, 20, 2)
    assert [line.row.code for line in second.lines] == ["K-1-20", "K-1-21", "K-1-22"]
    assert second.lines[0].breakdown == ("region: R20",)
    with django_assert_num_queries(10):
        client.get("/kpis/K-1/series/", headers={"HX-Request": "true"})
    with django_assert_num_queries(10):
        client.get("/kpis/K-1/series/?page=2", headers={"HX-Request": "true"})


def test_a_part_names_the_whole(company: Company, browser: Browser, whole: Callable[..., Kpi]) -> None:
    whole("mean", {"K-1A": ("1", "84")})
    page = browser(company.alice).get("/kpis/K-1A/").context["page"]
    assert (page.parent.code, page.parent.name) == ("K-1", "Kpi K-1")
    assert date(2026, 10, 1) == page.row.period


def test_formula_page_says_how_the_parts_are_put_together(
    company: Company, browser: Browser, whole: Callable[..., Kpi]
) -> None:
    whole("weighted_mean", {"K-1A": ("3", "84"), "K-1B": ("1", "92")})
    charlie = browser(company.charlie)
    assert "They follow from its parts: weighted mean." in charlie.get("/kpis/K-1/formula/").content.decode()
    assert "Its values are entered." in charlie.get("/kpis/K-1A/formula/").content.decode()


def test_the_same_split_is_served_by_the_api(company: Company, browser: Browser, whole: Callable[..., Kpi]) -> None:
    whole("weighted_mean", {"K-1A": ("3", "84"), "K-1B": ("1", "92")})
    answer = browser(company.alice).get("/api/v1/kpis/K-1/variance/").json()
    assert [(line["code"], D(line["contribution"])) for line in answer["split"]["lines"]] == [
        ("K-1A", D("-4.5")),
        ("K-1B", D("0.5")),
    ]
    assert (D(answer["split"]["variance"]), D(answer["split"]["rest"])) == (D(-4), D(0))
    assert browser(company.alice).get("/api/v1/kpis/K-1A/variance/").json() == {"code": "K-1A", "split": None}
