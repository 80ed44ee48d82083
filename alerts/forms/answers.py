"""What people say to an alert. `version` is what they saw; the services say which of the rest an answer needs."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.choices import CLOSING_OUTCOMES, Outcome
from organization.actors import Actor
from organization.editing import VersionForm
from organization.models import User

WAKES_AT: Final = time(7)
TOMORROW, NEXT_WEEK, A_DATE, NOW = "tomorrow", "week", "date", "now"
SNOOZES: Final = [
    (TOMORROW, _("Until tomorrow")),
    (NEXT_WEEK, _("Until next Monday")),
    (A_DATE, _("Until a date")),
    (NOW, _("End the snooze")),
]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SnoozeForm(VersionForm):
    """Until when an alert is left alone; `now` wakes it."""

    when = forms.ChoiceField(label=_("Snooze"), choices=SNOOZES)
    day = forms.DateField(label=_("Until"), required=False, widget=DayInput())

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("when") == A_DATE and said.get("day") is None and "day" not in self.errors:
            self.add_error("day", ValidationError(_("Choose a day."), "required"))
        return said

    def until(self, today: date, zone: ZoneInfo) -> datetime | None:
        """The morning of the chosen day; None = now."""
        when = self.cleaned_data["when"]
        if when == NOW:
            return None
        day = self.cleaned_data["day"] if when == A_DATE else today + timedelta(days=1)
        if when == NEXT_WEEK:
            day = today + timedelta(days=7 - today.weekday())
        return datetime.combine(day, WAKES_AT, tzinfo=zone)


class AssignForm(VersionForm):
    """Who takes it on."""

    owner = forms.CharField(
        label=_("E-mail address of the new owner"),
        max_length=254,
        widget=forms.EmailInput(attrs={"list": "assign-people", "autocomplete": "off"}),
    )

    def person(self, actor: Actor) -> User | None:
        """The person of that address with a role in the actor's organization; else the field has an error."""
        email = self.cleaned_data["owner"].replace("\x00", "").strip()
        member = Q(memberships__organization_id=actor.organization_id, is_active=True, is_service=False)
        found = User.objects.filter(member, email__iexact=email).distinct().first()
        if found is None:
            text = _("Nobody with the address “%(email)s” has a role here.")
            self.add_error("owner", ValidationError(text, "reference", {"email": email}))
        return found


class CloseForm(VersionForm):
    """With what an alert is closed, and why."""

    outcome = forms.ChoiceField(
        label=_("Close it with"), choices=CLOSING_OUTCOMES, initial=Outcome.DECISION, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("Why it can be closed"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    action_code = forms.CharField(
        label=_("Action"),
        max_length=200,
        required=False,
        help_text=_("With an action: the code of the initiative, or what will be done."),
    )
    accepted_until = forms.DateField(
        label=_("Accepted until"),
        required=False,
        widget=DayInput(),
        help_text=_("With an accepted deviation: its last day. What still holds after it opens again."),
    )

    def closing(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in ("outcome", "comment", "action_code", "accepted_until")}
