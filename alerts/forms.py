"""What the pages of alerts take: how the inbox is narrowed, answers, thresholds of a rule."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.choices import LEAST_SEVERITIES, RuleKind, Severity
from alerts.models import AlertRule

HUNDRED: Final = Decimal(100)

OPEN, ENDED = "open", "ended"


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """Words of the address. `before` is the number that the page of the list starts below; 0 is the newest."""

    state: str = OPEN
    severity: str = ""
    department: str = ""
    mine: bool = False
    before: int = 0

    @property
    def narrows(self) -> bool:
        """Whether anything beyond the state is left out."""
        return bool(self.severity or self.department or self.mine)

    def query(self, **changes: Any) -> str:
        """The address's query with these changes, from the newest on unless told otherwise; never empty."""
        words = {**asdict(self), "before": 0, **changes}
        default = asdict(InboxFilters())
        shown = {name: "1" if value is True else value for name, value in words.items() if value != default[name]}
        return f"?{urlencode(shown)}"


def filters_from(data: Mapping[str, str]) -> InboxFilters:
    """Filters from an address's query; what is not understood is left out."""
    severity, before = data.get("severity", ""), data.get("before", "")
    return InboxFilters(
        state=ENDED if data.get("state") == ENDED else OPEN,
        severity=severity if severity in Severity.values else "",
        department=data.get("department", "").replace("\x00", "").strip()[:200],
        mine=data.get("mine") == "1",
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 0,
    )


class AcknowledgeForm(forms.Form):
    """Somebody is on it. `version` is what they saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CloseForm(forms.Form):
    """Why an alert can be closed. `version` is what the person saw."""

    comment = forms.CharField(label=_("Why it can be closed"), max_length=4000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class RuleForm(forms.Form):
    """The thresholds of a rule, as far as its kind has them, and whether it is on."""

    enabled = forms.BooleanField(label=_("On"), required=False)
    least_severity = forms.ChoiceField(label=_("From"), choices=LEAST_SEVERITIES)
    variance_pct = forms.DecimalField(
        label=_("Behind the plan by more than, %"), min_value=0, max_value=10_000, decimal_places=2
    )
    variance_abs = forms.DecimalField(
        label=_("and by more than, in the KPI's unit"), min_value=0, max_digits=20, decimal_places=6
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rule: AlertRule, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.present_state(rule))
        kwargs.setdefault("auto_id", f"rule-{rule.pk}-%s")
        super().__init__(*args, **kwargs)
        if rule.kind != RuleKind.COLOUR:
            del self.fields["least_severity"]
        if rule.kind != RuleKind.VARIANCE:
            del self.fields["variance_pct"], self.fields["variance_abs"]

    @staticmethod
    def present_state(rule: AlertRule) -> dict[str, Any]:
        return {
            "enabled": rule.enabled,
            "least_severity": rule.least_severity,
            "variance_pct": plain_number(rule.variance_pct * HUNDRED),
            "variance_abs": plain_number(rule.variance_abs),
            "version": rule.version,
        }

    def changes(self) -> dict[str, Any]:
        """What was said, in stored units."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "variance_pct" in said:
            said["variance_pct"] /= HUNDRED
        return said


def plain_number(value: Decimal) -> str:
    """Without trailing zeros and without an exponent."""
    return format(value.normalize(), "f")
