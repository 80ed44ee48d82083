"""How a form shows what a service refuses."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from organization.forms import add_errors
from organization.records import InvalidRows, RowProblem


class Form(forms.Form):
    day = forms.CharField()
    version = forms.IntegerField(widget=forms.HiddenInput)


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        (ValidationError({"day": ["Too early.", "Not a day."]}), {"day": ["Too early.", "Not a day."]}),
        (ValidationError({"until": ["Too early."]}), {"day": ["Too early."]}),
        (ValidationError({"owner": ["Nobody."], "day": ["Late."]}), {"__all__": ["Nobody."], "day": ["Late."]}),
        (ValidationError({"version": ["Stale."]}), {"__all__": ["Stale."]}),
        (ValidationError("At most %(most)d.", params={"most": 3}), {"__all__": ["At most 3."]}),
        (
            InvalidRows([RowProblem(1, "day", "early", "Too early."), RowProblem(2, "value", "big", "Too big.")]),
            {"day": ["Too early."], "__all__": ["Too big."]},
        ),
    ],
)
def test_refusal_is_shown_at_the_field_it_speaks_of_else_above(
    refusal: ValidationError | InvalidRows, shown: dict[str, list[str]]
) -> None:
    form = Form({"day": "2026-01-01", "version": "1"})
    assert form.is_valid()
    add_errors(form, refusal, names={"until": "day"})
    assert form.errors == shown


def test_refusal_keeps_the_word_for_machines() -> None:
    form = Form({"day": "2026-01-01", "version": "1"})
    add_errors(form, ValidationError({"day": [ValidationError("Too early.", "early")]}))
    assert [one.code for one in form.errors["day"].as_data()] == ["early"]
