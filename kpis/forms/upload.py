"""A file of values, and what its columns mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kpis.columns import Assignment, Role, Shape, Sheet

SAMPLES = 3


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A spreadsheet (.xlsx) or a table as text (.csv), with the names of the columns in the first line."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


@dataclass(frozen=True)
class ColumnChoice:
    """A column of the file: its name, what stands in its first rows, and the field that says what it means."""

    name: str
    samples: tuple[str, ...]
    field: Any


class ColumnsForm(forms.Form):
    """The shape of the table, one role for each column, how numbers and days are written."""

    shape = forms.ChoiceField(
        label=_("The table holds"),
        choices=[
            (Shape.VALUES.value, _("one value in each row")),
            (Shape.PERIODS.value, _("one KPI in each row, a column for each period")),
            (Shape.KPIS.value, _("one period in each row, a column for each KPI")),
        ],
    )
    decimal = forms.ChoiceField(
        label=_("Decimal sign"), choices=[(".", _("point: 1,250.5")), (",", _("comma: 1 250,5"))]
    )
    days = forms.ChoiceField(
        label=_("Days are written"),
        choices=[("day", _("day first: 31/10/2026")), ("month", _("month first: 10/31/2026"))],
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for at, name in enumerate(sheet.header):
            self.fields[f"role{at}"] = forms.ChoiceField(label=name or str(at + 1), choices=role_choices())

    def columns(self) -> list[ColumnChoice]:
        """The columns with their fields, in the order of the file."""
        found = []
        for at, name in enumerate(self.sheet.header):
            texts = [row[at] for row in self.sheet.rows[:50] if at < len(row) and row[at].strip()]
            found.append(
                ColumnChoice(name or str(at + 1), tuple(text[:40] for text in texts[:SAMPLES]), self[f"role{at}"])
            )
        return found

    def clean(self) -> dict[str, Any]:
        """Every role that the shape needs has its column, and none but values has two."""
        sent = self.cleaned_data
        if self.errors:
            return sent
        assignment = self.assignment()
        roles = assignment.roles
        single = set(roles) - {Role.IGNORE} - (set() if assignment.shape is Shape.VALUES else {Role.VALUE})
        for role in assignment.missing():
            self._complain(_("No column says: %(role)s."), "missing", role)
        for role in sorted(role for role in single if roles.count(role) > 1):
            self._complain(_("Two columns say: %(role)s."), "twice", role)
        return sent

    def _complain(self, message: Any, code: str, role: Role) -> None:
        self.add_error(None, ValidationError(message, code, {"role": dict(role_choices())[role.value]}))

    def assignment(self) -> Assignment:
        """What was said, as the reading of the table takes it."""
        sent = self.cleaned_data
        roles = tuple(Role(sent[f"role{at}"]) for at in range(len(self.sheet.header)))
        return Assignment(Shape(sent["shape"]), roles, sent["decimal"], sent["days"] == "month")


def role_choices() -> Sequence[tuple[str, Any]]:
    return [
        (Role.IGNORE.value, _("leave out")),
        (Role.KPI.value, _("KPI: code or name")),
        (Role.PERIOD.value, _("Period")),
        (Role.VALUE.value, _("Value")),
        (Role.NUMERATOR.value, _("Numerator")),
        (Role.DENOMINATOR.value, _("Denominator")),
        (Role.ESTIMATE.value, _("Estimate: yes or no")),
        (Role.NOTE.value, _("Note")),
    ]


def columns_initial(assignment: Assignment, version: int) -> Mapping[str, Any]:
    """The form's first state: what was guessed, or said before."""
    roles = {f"role{at}": role.value for at, role in enumerate(assignment.roles)}
    return roles | {
        "shape": assignment.shape.value,
        "decimal": assignment.decimal,
        "days": "month" if assignment.month_first else "day",
        "version": version,
    }
