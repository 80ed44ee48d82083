"""What a status update says."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from initiatives.choices import NEXT_STAGES, Declared, Stage
from initiatives.models import Initiative
from initiatives.services import StatusUpdateInput

PREFILLED: Final = ("status", "progress", "confidence", "stage")
HUNDRED: Final = Decimal(100)
TEN: Final = Decimal(10)


class StatusUpdateForm(forms.Form):
    """A status update in under a minute: everything stands as it was said last. `version` is what the editor saw."""

    status = forms.ChoiceField(label=_("Status"), choices=Declared.choices, required=False, widget=forms.RadioSelect)
    progress = forms.DecimalField(label=_("Progress"), min_value=0, max_value=100, decimal_places=2, required=False)
    confidence = forms.DecimalField(label=_("Confidence"), min_value=0, max_value=10, decimal_places=1, required=False)
    stage = forms.ChoiceField(label=_("Stage"))
    blocker = forms.CharField(label=_("What blocks it"), max_length=2000, required=False)
    comment = forms.CharField(
        label=_("What changed, and what next?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, initiative: Initiative, any_stage: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.present_state(initiative))
        super().__init__(*args, **kwargs)
        present = Stage(initiative.stage)
        following = set(Stage) if any_stage else {present, *NEXT_STAGES[present]}
        stages = [(stage.value, stage.label) for stage in Stage if stage in following]
        self.fields["stage"] = forms.ChoiceField(label=_("Stage"), choices=stages)
        for name in PREFILLED:
            self.fields[name].show_hidden_initial = True

    @staticmethod
    def present_state(initiative: Initiative) -> dict[str, Any]:
        """What the form shows before anybody types."""
        progress, confidence = initiative.progress, initiative.confidence
        return {
            "status": initiative.status,
            "progress": None if progress is None else plain_number(progress * HUNDRED),
            "confidence": None if confidence is None else plain_number(Decimal(confidence) / TEN),
            "stage": initiative.stage,
            "version": initiative.version,
        }

    def update(self) -> StatusUpdateInput:
        """What was said, in stored units: shares of 1, confidence of 100."""
        said = self.cleaned_data
        progress, confidence = said["progress"], said["confidence"]
        return StatusUpdateInput(
            stage=said["stage"],
            status=said["status"],
            progress=None if progress is None else progress / HUNDRED,
            confidence=None if confidence is None else int(confidence * TEN),
            comment=said["comment"].strip(),
            blocker=said["blocker"].strip(),
        )

    def seen(self) -> list[str]:
        """Hidden fields with what the person saw before typing, so that typing can be told from seeing."""
        return [self[name].as_hidden(only_initial=True) for name in PREFILLED]

    def show_newer(self, initiative: Initiative) -> None:
        """Keep what was typed, take over what is newer in the rest, and answer to the newer state from now on."""
        newer = self.present_state(initiative)
        typed = set(self.changed_data)
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = newer["version"]
        for name in PREFILLED:
            value = "" if newer[name] is None else str(newer[name])
            data[f"initial-{name}"] = value
            if name not in typed:
                data[name] = value
        self.data = data


def plain_number(value: Decimal) -> str:
    """Without trailing zeros and without an exponent: what a number field holds."""
    return format(value.normalize(), "f")
