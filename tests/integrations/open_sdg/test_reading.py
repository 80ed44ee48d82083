"""Reading a folder: labels of periods, series, placeholders, targets, and files that nobody should trust."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.connectors.open_sdg import Strategy, Unreadable, open_folder, strategy_of
from integrations.connectors.open_sdg.series import headline_of, read_sheet
from integrations.connectors.open_sdg.texts import plain, series_code
from integrations.connectors.open_sdg.years import holds_months, understood
from tests.integrations.open_sdg.samples import write_folder

TODAY = date(2026, 6, 15)


def read(folder: Path, fiscal_year_start: int = 1) -> Strategy:
    return strategy_of(open_folder(folder), code="SDG", name="Goals", fiscal_year_start=fiscal_year_start, today=TODAY)


def rows(strategy: Strategy, table: str, *columns: str) -> list[tuple[str, ...]]:
    raw = strategy.package.tables[table]
    places = [raw.header.index(name) for name in columns]
    return [tuple(row[place] for place in places) for row in raw.rows]


@pytest.mark.parametrize(
    ("label", "period", "frequency", "is_plain"),
    [
        ("2014", date(2014, 1, 1), "yearly", True),
        ("2021.0", date(2021, 1, 1), "yearly", True),
        ("2014/15", date(2014, 1, 1), "yearly", False),
        ("2014/2015", date(2014, 1, 1), "yearly", False),
        ("2002/03 to 2004/05", date(2002, 1, 1), "yearly", False),
        ("2009-11", date(2009, 1, 1), "yearly", False),
        ("2001-2005 (baseline)", date(2001, 1, 1), "yearly", False),
        ("2019/20 [Note 5]", date(2019, 1, 1), "yearly", False),
        ("1974a", date(1974, 1, 1), "yearly", False),
        ("17 May to 11 June 2023", date(2023, 1, 1), "yearly", False),
        ("2015 Q4", date(2015, 10, 1), "quarterly", True),
        ("Q2 2015", date(2015, 4, 1), "quarterly", True),
        ("1993 05", date(1993, 5, 1), "monthly", True),
        ("2020-02-29", date(2020, 2, 29), "daily", True),
    ],
)
def test_labels_of_periods_are_understood(label: str, period: date, frequency: str, is_plain: bool) -> None:
    when = understood(label)
    assert when is not None
    assert (when.period(1), when.frequency, when.is_plain) == (period, frequency, is_plain)


@pytest.mark.parametrize("label", ["", "Total", "There is no data for this indicator yet", "2020-02-30", "12345"])
def test_labels_without_a_period_are_none(label: str) -> None:
    assert understood(label) is None


def test_two_digits_after_a_dash_are_months_only_where_they_can_be_nothing_else() -> None:
    assert holds_months(["2009-11", "2009-12", "2010-01"])
    assert not holds_months(["2009-11", "2010-12"])
    assert not holds_months(["2009-11", "2013-15", "2010-01"])
    when = understood("2010-01", months=True)
    assert when is not None
    assert (when.period(1), when.frequency) == (date(2010, 1, 1), "monthly")


def test_years_are_those_of_the_organization() -> None:
    when = understood("2014/15")
    assert when is not None
    assert when.period(4) == date(2014, 4, 1)


def test_texts_lose_their_markup() -> None:
    assert plain("<p>One &amp; two</p>\n<p>three<br>four</p>", between=" · ") == "One & two · three · four"
    assert plain("One\n  line\n\nanother") == "One line\nanother"


def test_codes_of_series_depend_on_nothing_but_the_breakdown() -> None:
    code = series_code("1-1-1", {"Sex": "Female", "Age": "15 to 24"})
    assert code == series_code("1-1-1", {"Age": "15 to 24", "Sex": "Female"})
    assert code.startswith("1-1-1~15-to-24-female-")
    assert series_code("1-1-1", {"Sex": "15 to 24", "Age": "Female"}) != code
    assert len(series_code("1-1-1", {"Sex": "é" * 500})) < 100


def test_an_indicator_is_a_kpi_and_every_further_series_a_part(tmp_path: Path) -> None:
    found = read(write_folder(tmp_path))
    lines = rows(found, "kpis", "code", "name", "unit", "precision", "frequency", "parent", "dimensions")
    assert [line for line in lines if line[0].startswith("1-1-1")] == [
        ("1-1-1", "Poverty rate", "%", "2", "yearly", "", ""),
        (
            series_code("1-1-1", {"Series": "Rate", "Sex": "Female", "Age": "15 to 24", "Units": "Percentage (%)"}),
            "Poverty rate – Rate, Female, 15 to 24, Percentage (%)",
            "%",
            "1",
            "yearly",
            "1-1-1",
            "Age=15 to 24; Series=Rate; Sex=Female; Units=Percentage (%)",
        ),
        (
            lines[2][0],
            "Poverty rate – Number, People, Thousands",
            "People (thousands)",
            "0",
            "yearly",
            "1-1-1",
            "Series=Number; Unit multiplier=Thousands; Units=People",
        ),
    ]
    description = rows(found, "kpis", "description")[0][0]
    assert description.split("\n") == [
        "Share of people.",
        "Below the line.",
        "Shown: Rate, Percentage (%)",
        "Source: Statistics Office",
    ]


def test_what_is_not_known_is_empty_and_never_0(tmp_path: Path) -> None:
    found = read(write_folder(tmp_path))
    values = rows(found, "measurements", "kpi", "period", "value", "estimate", "note")
    assert [line[1:] for line in values if line[0] == "1-1-1"] == [
        ("2015-01-01", "14.5", "false", ""),
        ("2016-01-01", "13.25", "true", "Estimated value"),
        ("2017-01-01", "", "false", "Missing value"),
        ("2018-01-01", "", "false", "Missing value; 12"),
        ("2019-01-01", "", "true", "Provisional; [c]"),
        ("2020-01-01", "10.4", "false", ""),
    ]
    assert [line[1:] for line in values if "female" in line[0]] == [
        ("2015-01-01", "1014.5", "false", "2015/16"),
        ("2016-01-01", "", "false", "2016/17; Low reliability; -"),
    ]
    assert not [line for line in values if line[0] in ("1-10-1", "2-a-1")]
    summary = found.summary
    assert (summary.indicators, summary.with_values, summary.series) == (5, 3, 8)
    assert (summary.values, summary.estimates, summary.missing, summary.said_twice) == (13, 1, 5, 1)
    assert (summary.future, summary.placeholder_values, summary.series_without_value) == (1, 1, 1)
    assert summary.missing_by_indicator == {"1-1-1": 5}
    assert [str(note) for note in summary.placeholders] == [
        "1-10-1: reporting has not started",
        "2-a-1: no line with a value",
    ]


def test_what_is_doubtful_is_named(tmp_path: Path) -> None:
    said = [str(note) for note in sorted(read(write_folder(tmp_path)).summary.warnings)]
    number = next(code for code, name in rows(read(tmp_path), "kpis", "code", "name") if "Number" in name)
    assert said == [
        "1-1-1: 1 cells are no numbers, the first for 2015: “about 300”: not known",
        "1-1-1: 1 values are called missing and have a number: not known, the number is noted",
        "1-1-1: two different values for 2020: the first is kept",
        said[3],
    ]
    assert number.startswith("1-1-1~")
    assert said[3].startswith("1-2-1~")
    assert said[3].endswith(
        "the wanted direction (up) contradicts the way from 1.5 (2015) to the target 1 (2030): imported without being "
        "judged"
    )


def test_a_series_with_a_target_moves_to_it_and_one_that_contradicts_itself_does_not(tmp_path: Path) -> None:
    found = read(write_folder(tmp_path))
    lines = rows(
        found, "kpis", "code", "kind", "direction", "baseline", "target", "start", "end", "trajectory", "dimensions"
    )
    assert lines[0][1:8] == ("move", "down", "14.5", "7.25", "2015-01-01", "2030-12-31", "compound")
    own = [line[1:] for line in lines if line[0].startswith("1-2-1")]
    assert own == [
        ("unscored", "up", "", "", "", "", "linear", ""),
        ("unscored", "up", "", "", "", "", "linear", "Column=Progress; Geography=Canada"),
        ("unscored", "up", "", "", "", "", "linear", "Geography=Ontario"),
    ]
    described = [text for (text,) in rows(found, "kpis", "description") if "Not judged" in text]
    assert described == [
        "Not judged: the wanted direction (Higher is better) contradicts the way from 1.5 (2015) to the target 1 "
        "(2030)."
    ]
    assert rows(found, "measures", "objective", "kpi") == [
        ("1-1", "1-1-1"),
        ("1-2", "1-2-1"),
        ("1-3", "1-3-1"),
        ("1-10", "1-10-1"),
        ("2-a", "2-a-1"),
    ]


def test_the_publishers_own_run_says_base_and_direction(tmp_path: Path) -> None:
    run = (
        "1-1-1:\n  1-1-1 / Rate:\n    base_year: 2016.0\n    base_value: 13.25\n    current_year: 2020.0\n"
        "    current_value: 10.4\n    direction: -1\n    target: 7.25\n    target_year: 2030.0\n  score: 1\n"
    )
    found = read(write_folder(tmp_path, **{"indicator_calculation_components.yml": run}))
    assert rows(found, "kpis", "baseline", "start")[0] == ("13.25", "2016-01-01")


def test_goals_and_targets_are_objectives(tmp_path: Path) -> None:
    found = read(write_folder(tmp_path))
    assert rows(found, "objectives", "code", "title", "level") == [
        ("1", "End poverty", "strategic"),
        ("1-1", "Eradicate · By 2030", "department"),
        ("1-2", "Half of it", "department"),
        ("1-3", "Target 1-3", "department"),
        ("1-10", "Target 1-10", "department"),
        ("2", "Goal 2", "strategic"),
        ("2-a", "Target 2-a", "department"),
    ]
    assert ("1-10", "1") in rows(found, "contributions", "child", "parent")


def test_years_and_quarters_of_one_breakdown_are_two_series(tmp_path: Path) -> None:
    found = read(write_folder(tmp_path))
    lines = rows(found, "kpis", "code", "frequency", "dimensions")
    assert [line for line in lines if line[0].startswith("1-3-1")] == [
        ("1-3-1", "yearly", ""),
        (series_code("1-3-1", {"Frequency": "quarterly"}), "quarterly", "Frequency=quarterly"),
    ]


def test_the_headline_is_the_least_broken_down_else_what_the_publisher_shows_first() -> None:
    header = ["Year", "Geography", "Sex", "Value"]
    lines = [["2015", "Ontario", "", "1"], ["2015", "Canada", "", "2"], ["2015", "Canada", "Women", "3"]]
    series = read_sheet([header, *lines]).series
    shown = headline_of(series, {"Geography": "Canada"})
    assert shown is not None
    assert shown.dimensions == {"Geography": "Canada"}
    plainest = headline_of(read_sheet([header, *lines, ["2015", "", "", "4"]]).series, {"Geography": "Canada"})
    assert plainest is not None
    assert plainest.dimensions == {}


def test_many_decimals_are_rounded_to_what_is_stored() -> None:
    series = read_sheet([["Year", "Value"], ["2015", "46.4516129032258"], ["2016", "1e3"]]).series
    assert (series[0].precision, next(series[0].values())[1]) == (10, Decimal("46.4516129032"))


def refused(folder: Path, name: str, text: str) -> list[str]:
    found = read(write_folder(folder, **{name: text}))
    return [str(note) for note in found.summary.warnings if "not read" in note.said]


def test_aliases_tags_and_nesting_in_metadata_are_refused(tmp_path: Path) -> None:
    bomb = "---\na: &a [x, x]\nb: [*a, *a]\n---\n"
    assert refused(tmp_path / "a", "meta/2-a-1.md", bomb) == [
        "2-a-1: its description was not read: meta/2-a-1.md: no aliases and no deeper nesting, please"
    ]
    deep = "---\na: " + "[" * 60 + "]" * 60 + "\n---\n"
    assert len(refused(tmp_path / "b", "meta/2-a-1.md", deep)) == 1
    tagged = "---\nindicator_name: !!python/object/apply:os.system ['exit 1']\n---\n"
    assert refused(tmp_path / "c", "meta/2-a-1.md", tagged) == []
    assert len(refused(tmp_path / "d", "meta/2-a-1.md", "---\na: [\n---\n")) == 1


def test_files_outside_of_the_folder_are_not_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "sdg")
    secret = tmp_path / "secret.csv"
    secret.write_text("Year,Value\n2015,42\n")
    (folder / "data" / "indicator_2-a-1.csv").unlink()
    (folder / "data" / "indicator_2-a-1.csv").symlink_to(secret)
    found = read(folder)
    assert [str(note) for note in found.summary.warnings if note.where == "2-a-1"] == [
        "2-a-1: its values were not read: data/indicator_2-a-1.csv: it lies outside of the folder"
    ]
    assert not [line for line in rows(found, "measurements", "value") if line == ("42",)]


def test_files_that_are_too_large_or_no_text_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "data" / "indicator_2-a-1.csv").write_bytes(b"Year,Value\n2015,\xff\n")
    assert [note.said for note in read(folder).summary.warnings if note.where == "2-a-1"] == [
        "its values were not read: data/indicator_2-a-1.csv: no text in UTF-8"
    ]
    (folder / "meta" / "2-a-1.md").write_text("---\na: " + "x" * (2 * 1024 * 1024) + "\n---\n")
    said = [note.said for note in read(folder).summary.warnings if note.where == "2-a-1"]
    assert said[0] == "its description was not read: meta/2-a-1.md: larger than 2 MB"


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no folder `data`"):
        open_folder(tmp_path)
    (tmp_path / "data").mkdir()
    with pytest.raises(Unreadable, match="no indicator"):
        open_folder(tmp_path)
