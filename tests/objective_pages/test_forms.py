"""What the pages of objectives take in."""

from decimal import Decimal

import pytest
from django.utils import translation

from objectives.forms import CheckInForm, ObjectiveFilters, filters_from


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("7.2", 72), ("7,2", 72), ("0", 0), ("10", 100), (" 5.4 ", 54), ("", None)],
)
def test_confidence_is_typed_from_0_to_10_and_stored_from_0_to_100(typed: str, stored: int | None) -> None:
    form = CheckInForm({"confidence": typed, "comment": "So it is.", "version": "3"}, manual=False)
    assert form.is_valid()
    assert form.stored_confidence() == stored


@pytest.mark.parametrize("typed", ["11", "-1", "ten", "7.25"])
def test_confidence_outside_of_its_scale_is_refused(typed: str) -> None:
    form = CheckInForm({"confidence": typed, "comment": "", "version": "3"}, manual=False)
    assert not form.is_valid()
    assert list(form.errors) == ["confidence"]


def test_owner_figure_is_typed_in_percent_and_stored_as_a_fraction() -> None:
    form = CheckInForm({"progress": "62,5 %", "version": "1"}, manual=True)
    assert form.is_valid()
    assert form.stored_progress() == Decimal("0.625")


def test_owner_figure_is_asked_only_where_it_is_the_progress() -> None:
    form = CheckInForm({"progress": "62", "comment": "x", "version": "1"}, manual=False)
    assert form.is_valid()
    assert form.stored_progress() is None


def test_check_in_that_says_nothing_is_refused() -> None:
    form = CheckInForm({"confidence": "", "comment": "", "version": "1"}, manual=False)
    assert not form.is_valid()
    assert form.has_error("__all__", "empty")


def test_confidence_is_shown_with_the_decimal_sign_of_the_reader() -> None:
    form = CheckInForm(initial={"confidence": Decimal("5.4")}, manual=False)
    with translation.override("fr"):
        assert 'value="5,4"' in str(form["confidence"])
    assert 'value="5.4"' in str(form["confidence"])
    assert form.range_value == "5.4"


def test_filters_leave_out_what_they_do_not_understand() -> None:
    assert filters_from({"level": "galaxy", "status": "mauve", "sort": "mood", "page": "-2"}) == ObjectiveFilters()
    assert filters_from({"level": "team", "q": " a ", "sort": "-gap", "page": "3"}) == ObjectiveFilters(
        level="team", q="a", sort="-gap", page=3
    )


def test_filters_are_written_back_to_the_address_without_what_is_usual() -> None:
    assert ObjectiveFilters(q="a b", page=4).query(page=2) == "?q=a+b&page=2"
    assert ObjectiveFilters().query() == "?"
