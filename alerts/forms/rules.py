"""A rule as people write it: shares in percent, the place by its codes, and the fields of each kind."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alerts.choices import KPI_KINDS, LEAST_SEVERITIES, RuleKind, ThresholdSide
from alerts.conditions import text_of
from alerts.models import AlertRule
from alerts.models.rules import MAX_HOURS
from kpis.models import Kpi
from organization.actors import Actor
from organization.choices import EDITING_ROLES
from organization.editing import CodeChoice
from organization.forms import add_errors
from organization.narrowing import department_choices

HUNDRED: Final = Decimal(100)

EVERYWHERE, DEPARTMENT, ONE_KPI = "organization", "department", "kpi"
PLACES: Final = [
    (EVERYWHERE, _("The whole organization")),
    (DEPARTMENT, _("A department and everything below")),
    (ONE_KPI, _("One KPI")),
]

OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    RuleKind.THRESHOLD: ("threshold", "threshold_side"),
    RuleKind.COLOUR: ("least_severity",),
    RuleKind.VARIANCE: ("variance_pct", "variance_abs"),
    RuleKind.FORECAST: ("probability_below",),
    RuleKind.CONFIDENCE: ("confidence_points",),
    RuleKind.BUDGET: ("burn_ahead",),
}
"""The fields that a kind has of its own; signals and late values have none."""

SHARES: Final = frozenset({"variance_pct", "probability_below", "burn_ahead"})
"""Stored as shares, said in percent."""

PATIENCE: Final = ("hold_hours", "recovery_hours", "escalate_after_hours")


CODE: Final = forms.TextInput(attrs={"maxlength": 100, "list": "kpi-codes", "autocomplete": "off"})


def _decimal(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, **options)


def _hours(label: Any, help_text: Any, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=MAX_HOURS, help_text=help_text)


class RuleForm(forms.Form):
    """A new rule, or one that is there; `rule` is None or the one that is changed."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=RuleKind.choices)
    place = forms.ChoiceField(label=_("Watches"), choices=PLACES)
    department = forms.ChoiceField(label=_("Department"), required=False)
    threshold_side = forms.ChoiceField(
        label=_("Bad when the value is"), choices=[("", "–"), *ThresholdSide.choices], required=False
    )
    threshold = _decimal(
        _("Threshold"),
        max_digits=30,
        decimal_places=10,
        help_text=_("In the KPI's unit. Exactly at the threshold is good."),
    )
    least_severity = forms.ChoiceField(label=_("From"), choices=LEAST_SEVERITIES, required=False)
    variance_pct = _decimal(_("Behind the plan by more than, %"), min_value=0, max_value=10_000, decimal_places=2)
    variance_abs = _decimal(_("and by more than, in the KPI's unit"), min_value=0, max_digits=20, decimal_places=6)
    probability_below = _decimal(_("Probability of the target below, %"), min_value=0, max_value=100, decimal_places=2)
    confidence_points = forms.IntegerField(
        label=_("Drop of at least, in points of 100"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_("Two falls in a row count too."),
    )
    burn_ahead = _decimal(
        _("Budget used ahead of the progress by more than, %"), min_value=0, max_value=10_000, decimal_places=2
    )
    hold_hours = _hours(_("Holds for, in hours"), _("Fires only when the condition has held for so long."))
    recovery_hours = _hours(
        _("Is over for, in hours"), _("Recovers only when the condition has been over for so long.")
    )
    escalate_after_hours = _hours(
        _("Escalates after, in hours"),
        _("Unacknowledged for so long, it goes to the next manager up the departments. Empty: never."),
        least=1,
    )
    enabled = forms.BooleanField(label=_("On"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, rule: AlertRule | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {**present_state(rule or AlertRule()), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        paths = actor.paths(EDITING_ROLES)
        choices = [("", "–"), *((one.value, one.text) for one in department_choices(actor, ""))]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]
        self.fields["kpi"] = CodeChoice(
            Kpi.objects.visible_to(actor),
            label=_("KPI"),
            widget=CODE,
            help_text=_("Its code. Its own rule takes the place of those of the kind that it would inherit."),
        )
        if paths is not None and not (rule and rule.pk and rule.department is None and rule.kpi is None):
            self.fields["place"].choices = PLACES[1:]  # type: ignore[attr-defined]
        self.fields["on_kpi"] = CodeChoice(
            Kpi.objects.visible_to(actor),
            label=_("Try it on the past of"),
            widget=CODE,
            help_text=_("The code of a KPI. Nothing is stored."),
        )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        place = said.get("place")
        if place == DEPARTMENT and not said.get("department"):
            self.add_error("department", ValidationError(_("Choose a department."), "required"))
        if place == ONE_KPI and said.get("kpi") is None and "kpi" not in self.errors:
            self.add_error("kpi", ValidationError(_("Name the KPI by its code."), "required"))
        if place == ONE_KPI and said.get("kind") and said["kind"] not in KPI_KINDS:
            self.add_error("kind", ValidationError(_("A rule of this kind does not watch KPIs."), "kind"))
        if said.get("kind") == RuleKind.THRESHOLD and self.errors.keys().isdisjoint(OF_KIND[RuleKind.THRESHOLD]):
            try:
                AlertRule(**self.draft()).require_threshold()
            except ValidationError as error:
                add_errors(self, error)
        return said

    def draft(self) -> dict[str, Any]:
        """What the rule looks for, in stored units; a field left empty is as in a new rule."""
        said = self.cleaned_data
        fields: dict[str, Any] = {"kind": said["kind"]}
        new = AlertRule()
        for name in OF_KIND.get(said["kind"], ()):
            value = said.get(name)
            if value is None or (value == "" and name != "threshold_side"):
                value = getattr(new, name)
            elif name in SHARES:
                value = value / HUNDRED
            fields[name] = value
        return {
            **fields,
            "hold_hours": said.get("hold_hours") or 0,
            "recovery_hours": said.get("recovery_hours") or 0,
        }

    def changes(self) -> dict[str, Any]:
        """Everything that was said, without the place's department, which is a code still."""
        said = self.cleaned_data
        return {
            **self.draft(),
            "name": said["name"],
            "enabled": said["enabled"],
            "escalate_after_hours": said.get("escalate_after_hours"),
            "kpi": said["kpi"] if said["place"] == ONE_KPI else None,
        }


def present_state(rule: AlertRule) -> dict[str, Any]:
    """The rule as the form says it."""
    shown: dict[str, Any] = {}
    for names in OF_KIND.values():
        for name in names:
            value = getattr(rule, name)
            if isinstance(value, Decimal):
                value = text_of(value * HUNDRED if name in SHARES else value)
            shown[name] = value
    department, kpi = rule.department, rule.kpi
    return {
        **shown,
        **{name: getattr(rule, name) for name in PATIENCE},
        "name": rule.name,
        "kind": rule.kind,
        "place": ONE_KPI if kpi else DEPARTMENT if department else EVERYWHERE,
        "department": department.code if department else "",
        "kpi": kpi.code if kpi else "",
        "on_kpi": kpi.code if kpi else "",
        "enabled": rule.enabled,
        "version": rule.version,
    }
