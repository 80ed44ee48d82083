"""What the pages of messages, subscriptions and channels take."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alerts.choices import (
    ENDPOINT_KINDS,
    LEAST_SEVERITIES,
    ChannelKind,
    DeliveryState,
    Rhythm,
    RuleKind,
)
from alerts.models import Channel
from kpis.models import Kpi
from objectives.models import Objective
from organization.actors import Actor
from organization.editing import CodeChoice
from organization.models import Department

WEEKDAYS: Final = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (4, _("Wednesday")),
    (8, _("Thursday")),
    (16, _("Friday")),
    (32, _("Saturday")),
    (64, _("Sunday")),
]

OWN_MAIL: Final = [(Rhythm.AT_ONCE, Rhythm.AT_ONCE.label), (Rhythm.DIGEST, Rhythm.DIGEST.label), ("off", _("Never"))]


@dataclass(frozen=True, slots=True)
class PostFilters:
    """Words of the address of the list of deliveries; `before` is the number that the page starts below."""

    state: str = ""
    kind: str = ""
    before: int = 0

    def query(self, **changes: Any) -> str:
        words = {**asdict(self), "before": 0, **changes}
        shown = {name: value for name, value in words.items() if value}
        return f"?{urlencode(shown)}"


def post_filters_from(data: Mapping[str, str]) -> PostFilters:
    """Filters from an address's query; what is not understood is left out."""
    state, kind, before = data.get("state", ""), data.get("kind", ""), data.get("before", "")
    return PostFilters(
        state=state if state in DeliveryState.values else "",
        kind=kind if kind in ChannelKind.values else "",
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else 0,
    )


class WishForm(forms.Form):
    """What a subscription asks for; an empty field asks for everything."""

    rule_kinds = forms.MultipleChoiceField(
        label=_("Kinds"),
        choices=RuleKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all kinds."),
    )
    least_severity = forms.ChoiceField(label=_("From"), choices=LEAST_SEVERITIES)
    rhythm = forms.ChoiceField(label=_("When"), choices=Rhythm.choices)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.visible_to(actor)
        one = _("Its code. Department, KPI or objective: fill in one at the most.")
        self.fields["department"] = CodeChoice(departments, label=_("Department and everything below"), help_text=one)
        self.fields["kpi"] = CodeChoice(Kpi.objects.visible_to(actor), label=_("KPI"))
        self.fields["objective"] = CodeChoice(
            Objective.objects.visible_to(actor),
            label=_("Objective"),
            help_text=_("With the KPIs that measure it."),
        )


class SubscriptionForm(WishForm):
    """A person's subscription."""

    medium = forms.ChoiceField(
        label=_("How"), choices=[(kind, kind.label) for kind in (ChannelKind.EMAIL, ChannelKind.IN_APP)]
    )
    field_order = ("medium", "rhythm", "least_severity", "department", "kpi", "objective", "rule_kinds")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)


class ChannelSubscriptionForm(WishForm):
    """A channel's subscription."""

    field_order = ("channel", "rhythm", "least_severity", "department", "kpi", "objective", "rule_kinds")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["channel"] = forms.ModelChoiceField(
            Channel.objects.visible_to(actor).order_by("code"), label=_("Channel"), to_field_name="code"
        )
        self.order_fields(self.field_order)


class QuietForm(forms.Form):
    """Quiet hours of every week, or one stretch of time."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Every week on"), choices=WEEKDAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    from_time = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    to_time = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Earlier than the beginning: until the next day."),
    )
    starts_at = forms.DateTimeField(
        label=_("Or once, from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        days, times = said.get("weekdays"), (said.get("from_time"), said.get("to_time"))
        weekly = bool(days) and all(times)
        once = bool(said.get("starts_at") and said.get("ends_at"))
        if weekly == once or (any(times) and not weekly):
            raise ValidationError(_("Give days with both times, or a beginning and an end."), "either")
        return said

    def fields_said(self) -> dict[str, Any]:
        """As the model keeps them."""
        said = self.cleaned_data
        return {**said, "weekdays": sum(said["weekdays"])}


class ChannelForm(forms.Form):
    """A new channel."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=ENDPOINT_KINDS)
    url = forms.CharField(
        label=_("Address"),
        max_length=1000,
        widget=forms.URLInput,
        help_text=_("Of the webhook, as Slack, Teams or the receiving system shows it. It begins with https://."),
    )


class ChannelChangeForm(forms.Form):
    """Name and address of a channel; an empty address keeps the present one. `version` is what the person saw."""

    name = forms.CharField(label=_("Name"), max_length=200)
    url = forms.CharField(
        label=_("New address"), max_length=1000, required=False, widget=forms.URLInput, help_text=_("Empty: as it is.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"name": said["name"], **({"url": said["url"]} if said["url"] else {})}
