"""A KPI by the windows of the fiscal calendar, as lines of a page and of a file."""

from datetime import date
from decimal import Decimal

import pytest

from kpis.models import Kpi
from kpis.reports.windows import WINDOW_HEAD, too_short, window_values, windowed_lines
from kpis.services import Reading, create_kpi, record_measurements
from kpis.windows import By, TooShort
from organization.actors import system_actor
from tests.factories import NOW, Company, make_company

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def sales(company: Company) -> Kpi:
    actor = system_actor(company.organization.pk)
    fields = {"code": "SALES", "name": "Sales", "kind": "period", "target": D(10), "time_aggregation": "sum"}
    kpi = create_kpi(fields, actor=actor, at=NOW)
    rows = [Reading(kpi.pk, date(2025, month, 1), D(9)) for month in range(1, 13) if month != 6]
    record_measurements(rows, actor=actor, at=NOW, source="test")
    return kpi


def test_lines_name_their_windows_and_say_what_they_lack(company: Company, sales: Kpi) -> None:
    found = windowed_lines(sales, By.QUARTER, organization=company.organization, at=NOW)
    assert [(line.name, line.value, line.expected, line.partial, line.provisional) for line in found] == [
        ("Q1 2025", D(27), D(30), False, False),
        ("Q2 2025", D(18), D(20), True, False),
        ("Q3 2025", D(27), D(30), False, False),
        ("Q4 2025", D(27), D(30), False, False),
        ("Q1 2026", None, None, False, False),
        ("Q2 2026", None, None, False, True),
    ]
    assert (found[0].good, found[0].colour, found[1].observed, found[1].periods) == (False, "amber", 2, 3)


def test_lines_to_date_are_named_by_their_months(company: Company, sales: Kpi) -> None:
    found = windowed_lines(sales, By.YTD, organization=company.organization, at=NOW, until=date(2025, 2, 1))
    assert [(line.name, line.value) for line in found] == [("Jan 2025", D(9)), ("Jan 2025 to Feb 2025", D(18))]


def test_lines_cost_the_same_number_of_queries_for_any_number(
    company: Company, sales: Kpi, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        windowed_lines(sales, By.YEAR, organization=company.organization, at=NOW)
    with django_assert_num_queries(2):  # type: ignore[operator]
        windowed_lines(sales, By.ROLLING12, organization=company.organization, at=NOW)


def test_a_window_shorter_than_the_periods_is_refused_in_words(company: Company) -> None:
    fields = {"code": "Y", "name": "Y", "frequency": "yearly"}
    slow = create_kpi(fields, actor=system_actor(company.organization.pk), at=NOW)
    with pytest.raises(TooShort) as refused:
        windowed_lines(slow, By.MONTH, organization=company.organization, at=NOW)
    assert too_short(refused.value) == "A KPI that is measured yearly has no value by this window: month."


def test_lines_of_a_file_hold_the_same_figures(company: Company, sales: Kpi) -> None:
    lines = list(window_values(sales, By.YEAR, organization=company.organization, at=NOW))
    row = dict(zip(WINDOW_HEAD, lines[0], strict=True))
    assert (row["window"], row["value"], row["target"], row["observed"], row["partial"], row["blank"]) == (
        "2025",
        D(99),
        D(120),
        11,
        True,
        "",
    )


def test_a_blank_window_says_why(company: Company) -> None:
    actor = system_actor(company.organization.pk)
    fields = {"code": "USERS", "name": "Users", "kind": "unscored", "time_aggregation": "none"}
    users = create_kpi(fields, actor=actor, at=NOW)
    rows = [Reading(users.pk, date(2025, month, 1), D(9)) for month in (1, 2)]
    record_measurements(rows, actor=actor, at=NOW, source="test")
    year = windowed_lines(users, By.YEAR, organization=company.organization, at=NOW)[0]
    assert year.value is None
    assert year.why_blank == "Not aggregated over time: a longer period has to come from the source."
