"""The demo's data files and what is made of them on different days; nothing here needs a database."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from integrations.checking import check_package, type_package
from integrations.demo.company import Company, Row, read_company
from integrations.demo.course import is_worked_out, readings_of, targets_of
from integrations.demo.generator import package_of
from integrations.demo.plan import Plan
from integrations.demo.statements import IMPORTED, statements_of
from integrations.demo.story import DayClosed, story_of
from integrations.stored_rows import Stored
from kpis.choices import Freshness, Kind
from kpis.definition import Definition
from kpis.periods import period_end, previous_period
from kpis.scoring import Score, score
from kpis.validation import validate

COMPANIES = ("company", "second_company")
DAYS = (date(2026, 11, 22), date(2027, 1, 1), date(2027, 3, 15), date(2027, 5, 31), date(2028, 2, 29))
NUMBERS = ("baseline", "target", "low", "high", "width")


def on(day: date, name: str = "company") -> tuple[Company, Plan]:
    company = read_company(name)
    return company, company.plan(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


def definition_of(kpi: Row, plan: Plan) -> Definition:
    scored = kpi["kind"] != "unscored"
    return Definition(
        **{name: kpi[name] for name in ("kind", "direction", "precision", "frequency")},
        **{name: Decimal(kpi[name]) for name in NUMBERS if name in kpi},
        start=plan.start if scored else None,
        end=plan.last_day(kpi.get("ends", plan.months - 1)) if scored else None,
        trajectory=kpi.get("trajectory", "linear"),
        grace_days=kpi["grace"],
        targets=tuple(targets_of(kpi, plan)),
    )


def scores_on(day: date) -> dict[str, Score]:
    """Of the KPIs with values of their own; the others need the engine that works them out."""
    company, plan = on(day)
    return {
        row["code"]: score(definition_of(row, plan), readings_of(row, plan), on=plan.today)
        for row in company.rows("kpis")
        if not is_worked_out(row)
    }


def french_texts(company: Company) -> list[str]:
    """Every text that a French reader sees, whichever language is the organization's own."""
    found = []
    for row in [
        *(row for rows in company.data.values() if isinstance(rows, list) for row in rows),
        company.data["vision"],
    ]:
        if isinstance(row, dict):
            own = company.languages[0] == "fr"
            names = [name for name in row if name.endswith("_fr")] + (["name", "title", "statement"] if own else [])
            found += [row[name] for name in names if row.get(name)]
    return found


def test_company_holds_what_the_demo_promises() -> None:
    company = read_company("company")
    assert [row["code"] for row in company.rows("departments") if row["parent"] == "KG"] == [
        "OPS", "SCM", "ENG", "COM", "SRV", "FIN", "PPL", "DIG",
    ]  # fmt: skip
    assert Counter(row["level"] for row in company.rows("objectives")) == {"strategic": 5, "department": 25}
    assert (len(company.rows("kpis")), len(company.rows("initiatives"))) == (71, 80)
    assert {row["kind"] for row in company.rows("kpis")} == set(Kind.values)
    assert {row.get("trajectory", "linear") for row in company.rows("kpis")} == {
        "linear",
        "stepped",
        "milestones",
        "custom",
    }
    assert {row["frequency"] for row in company.rows("kpis")} == {"weekly", "monthly", "quarterly"}


@pytest.mark.parametrize("name", COMPANIES)
def test_headcounts_of_a_department_are_the_sum_below(name: str) -> None:
    rows = read_company(name).rows("departments")
    below: Counter[str] = Counter()
    for row in rows:
        if row["parent"]:
            below[row["parent"]] += row["headcount"]
    assert below == {row["code"]: row["headcount"] for row in rows if row["code"] in below}


@pytest.mark.parametrize("name", COMPANIES)
def test_every_text_has_both_languages(name: str) -> None:
    company = read_company(name)
    other = company.languages[1]
    read = [
        ("departments", "name"),
        ("kpis", "name"),
        ("kpis", "source"),
        ("objectives", "title"),
        ("initiatives", "title"),
    ]
    missing = [row["code"] for table, text in read for row in company.rows(table) if not row.get(f"{text}_{other}")]
    noted = [row["code"] for row in company.rows("initiatives") if ("note" in row) != (f"note_{other}" in row)]
    assert (missing, noted, bool(company.data["vision"][f"statement_{other}"])) == ([], [], True)


@pytest.mark.parametrize("name", COMPANIES)
def test_french_texts_follow_french_typography(name: str) -> None:
    wrong = re.compile(r"'|\"| [:;!?%»]|« |\d \d{3}|\w[;!?»]")
    assert [text for text in french_texts(read_company(name)) if wrong.search(text)] == []


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("day", DAYS)
def test_package_has_no_fault_on_the_day_it_is_imported(name: str, day: date) -> None:
    company, plan = on(day, name)
    checked = check_package(type_package(package_of(company, plan)), Stored(), today=plan.month(IMPORTED))
    assert [str(error) for error in checked.errors] == []


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("day", DAYS)
def test_kpis_are_sound(name: str, day: date) -> None:
    company, plan = on(day, name)
    assert [(row["code"], found) for row in company.rows("kpis") if (found := validate(definition_of(row, plan)))] == []


@pytest.mark.parametrize("day", DAYS)
def test_plan_runs_for_three_years_around_today(day: date) -> None:
    _company, plan = on(day)
    assert (plan.number_of(plan.today), plan.number_of(plan.end)) == (22, 35)
    assert plan.start.day == 1
    assert (plan.end + timedelta(days=1)).day == 1


@pytest.mark.parametrize("day", DAYS)
def test_values_reach_the_last_closed_period(day: date) -> None:
    company, plan = on(day)
    short = {"K-34", "K-41", "K-50", "K-56"}
    for row in company.rows("kpis"):
        readings = readings_of(row, plan)
        if row["values"] and row["code"] not in short:
            assert readings[-1].period == previous_period(plan.today, row["frequency"]), row["code"]
        assert all(period_end(reading.period, row["frequency"]) < plan.today for reading in readings)
    months = [len(readings_of(row, plan)) for row in company.rows("kpis") if row["code"] == "K-01"]
    assert months == [36]


@pytest.mark.parametrize("day", DAYS)
def test_mix_of_statuses_is_believable_on_any_day(day: date) -> None:
    found = scores_on(day)
    states = Counter(str(result.state) for result in found.values())
    assert states == {"on_track": 38, "at_risk": 16, "off_track": 9, "no_data": 2, "stale": 1, "no_target": 2}


def test_some_values_are_due_or_late_or_missing() -> None:
    found = scores_on(date(2026, 11, 22))
    ages = Counter(result.freshness for result in found.values())
    assert ages == {Freshness.FRESH: 62, Freshness.DUE: 1, Freshness.LATE: 2, Freshness.STALE: 1, Freshness.NO_DATA: 2}


@pytest.mark.parametrize("day", DAYS)
def test_ratios_come_with_what_they_are_divided_from(day: date) -> None:
    company, plan = on(day)
    rows = [row for row in company.rows("kpis") if row["aggregation"] == "ratio" and not is_worked_out(row)]
    assert [row["part_of"] for row in rows] == ["K-61"] * 5
    for row in rows:
        for reading in readings_of(row, plan):
            assert reading.numerator is not None
            assert reading.denominator is not None
            assert (reading.numerator / reading.denominator).quantize(Decimal(1)) == reading.value


def test_figures_that_belong_together_agree() -> None:
    company = read_company("company")
    values = {row["code"]: [Decimal(value) for value in row["values"]] for row in company.rows("kpis")}
    services = [100 * mine / (mine + other) for mine, other in zip(values["K-69"], values["K-68"], strict=True)]
    assert [value.quantize(Decimal("0.1")) for value in services] == values["K-06"]


def test_same_day_gives_the_same_package_and_another_day_other_dates() -> None:
    company, plan = on(DAYS[0])
    again = package_of(*on(DAYS[0]))
    later = package_of(*on(DAYS[1]))
    first = package_of(company, plan)
    assert first == again
    assert first.tables["measurements"].rows[0][:2] == ["K-01", "2023-11-01"]
    assert later.tables["measurements"].rows[0][:2] == ["K-01", "2024-01-01"]


def test_texts_tell_dates_seen_from_today() -> None:
    _company, plan = on(date(2026, 11, 22))
    assert plan.told("By {vision_year}, in {q:+6}, since {m:-1}", "en") == "By 2030, in Q2 2027, since October 2026"
    assert (
        plan.told("D’ici {vision_year}, au {q:+6}, depuis {m:-1}", "fr")
        == "D’ici 2030, au T2 2027, depuis octobre 2026"
    )


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("day", DAYS)
def test_story_is_told_in_order_and_never_from_the_future(name: str, day: date) -> None:
    company, plan = on(day, name)
    moments = [step.at for step in story_of(company, plan)]
    assert moments == sorted(moments)
    assert moments[-1] == plan.now
    assert isinstance(story_of(company, plan)[-1], DayClosed)


def test_initiatives_come_to_stand_where_the_file_says() -> None:
    company = read_company("company")
    for row in company.rows("initiatives"):
        said = statements_of(row, 22)
        if said:
            last = said[-1]
            assert (last.stage, last.status, last.confidence) == (row["stage"], row["status"], row["confidence"])
            assert last.progress == Decimal(row["progress"]) / 100
            progress = [statement.progress for statement in said if statement.progress is not None]
            assert progress == sorted(progress)
