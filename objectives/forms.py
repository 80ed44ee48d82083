"""What the pages of objectives take in: how a list is narrowed, and what a check-in says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from objectives.choices import Colour, Level, Perspective

SORTS: Final = ("urgency", "title", "code", "owner", "progress", "gap", "delivery", "coverage", "confidence")
COMMENT_LENGTH: Final = 4000
LARGEST_FIGURE: Final = 200
"""An owner's figure above this, in percent, is a slip of the keyboard."""

CODES: Final = ("q", "department", "owner")


@dataclass(frozen=True, slots=True)
class ObjectiveFilters:
    """Words of the address; empty means everything. `sort` may begin with a minus; levels come in their order."""

    q: str = ""
    level: str = ""
    department: str = ""
    owner: str = ""
    status: str = ""
    perspective: str = ""
    sort: str = "urgency"
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any((self.q, self.level, self.department, self.owner, self.status, self.perspective))

    def query(self, page: int = 1, **changes: str) -> str:
        """The address's query with these changes, on the first page unless one is named; never empty."""
        default = asdict(ObjectiveFilters())
        words = {**asdict(self), **changes, "page": page}
        return f"?{urlencode({name: value for name, value in words.items() if value != default[name]})}"


def filters_from(data: Mapping[str, str]) -> ObjectiveFilters:
    """Filters from an address's query; what is not understood is left out."""
    page, sort = data.get("page", ""), data.get("sort", "")
    known = {"level": Level.values, "status": Colour.values, "perspective": Perspective.values}
    return ObjectiveFilters(
        **{name: data.get(name, "").replace("\0", "").strip()[:200] for name in CODES},
        **{name: data.get(name, "") if data.get(name) in values else "" for name, values in known.items()},
        sort=sort if sort.removeprefix("-") in SORTS else "urgency",
        page=min(int(page), 100_000) if page.isascii() and page.isdigit() and int(page) > 0 else 1,
    )


class NumberField(forms.DecimalField):
    """A number typed in English or French, with or without a percent sign."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "inp--num"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> Any:
        """The number; None when the field was left empty."""
        bare = "".join(str(value or "").replace("\u2212", "-").split()).removesuffix("%").replace(",", ".")
        return super().to_python(bare)

    def prepare_value(self, value: Any) -> Any:
        """A stored number as a person would type it; what was typed stays as it was."""
        return as_typed(value) if isinstance(value, Decimal) else value


class CheckInForm(forms.Form):
    """Confidence from 0 to 10, a comment, the owner's figure where the progress is that; hidden, what was seen."""

    confidence = NumberField(
        label=_("Confidence"),
        required=False,
        min_value=0,
        max_value=10,
        decimal_places=1,
        help_text=_("0 to 10: how likely it is that the target will be met at the end."),
    )
    progress = NumberField(
        label=_("Progress in percent"),
        required=False,
        min_value=0,
        max_value=LARGEST_FIGURE,
        decimal_places=2,
        help_text=_("Your own figure: this objective has no KPI that says it."),
    )
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, manual: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_manual = manual
        if not manual:
            del self.fields["progress"]

    def clean(self) -> dict[str, Any]:
        """Something must have been said."""
        sent = self.cleaned_data
        if not self.errors and all(sent.get(name) in (None, "") for name in ("confidence", "progress", "comment")):
            raise ValidationError(_("Say how confident you are, or write a comment."), "empty")
        return sent

    @property
    def range_value(self) -> str:
        """Where the slider stands: with a point for every browser, in the middle while nothing is known."""
        typed = str(self["confidence"].value() or "").replace(",", ".")
        try:
            return f"{Decimal(typed):f}"
        except InvalidOperation:
            return "5"

    def stored_confidence(self) -> int | None:
        """0 to 100, as it is kept."""
        shown = self.cleaned_data["confidence"]
        return None if shown is None else int(shown * 10)

    def stored_progress(self) -> Decimal | None:
        """A fraction, as it is kept."""
        shown = self.cleaned_data.get("progress")
        return None if shown is None else shown / 100


def as_typed(value: Decimal) -> str:
    """All its digits, no grouping, the reader's decimal sign."""
    try:
        text = f"{value.normalize():f}"
    except InvalidOperation:
        text = str(value)
    return text.replace(".", ",") if (get_language() or "").startswith("fr") else text
