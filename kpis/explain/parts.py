"""What every explanation is made of: formulas with their numbers, and the rule that fired."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kpis.models import KpiFigures
from objectives.models import ObjectiveFigures
from objectives.services import thresholds_of
from organization.models import Organization


@dataclass(frozen=True)
class Step:
    """One formula: with symbols, with the numbers filled in, and its result."""

    name: str
    formula: str
    filled: str
    result: str | None


@dataclass(frozen=True)
class Ruling:
    """The rule that fired, in words, with the thresholds it compared with."""

    state: str
    colour: str
    rule: str
    sentence: str
    thresholds: Mapping[str, str]


RULES: dict[str, str | Promise] = {
    "lifecycle": gettext_lazy("It is paused or cancelled, so it is not judged."),
    "not_started": gettext_lazy("Its start date lies ahead."),
    "no_target": gettext_lazy("There is no target to compare with; a figure without a target is never green."),
    "no_data": gettext_lazy("No value has arrived yet."),
    "stale": gettext_lazy("The last value is too old: the value after the missing one is due too."),
    "too_early": gettext_lazy("Less than one update period of the plan has passed."),
    "outcome": gettext_lazy("The end date has passed: achieved from 100 %, partly achieved from 70 %, else missed."),
    "pace": gettext_lazy(
        "Progress is compared with what is expected today, as a ratio and as a gap; the kinder of both counts."
    ),
    "band": gettext_lazy("The attainment of the target is compared with the bands."),
    "achieved": gettext_lazy("The value is on target or better."),
    "coverage": gettext_lazy("Too few of the inputs are known to show a figure."),
    "no_input": gettext_lazy("Nothing feeds this figure yet."),
    "no_plan": gettext_lazy("There is no dated plan to compare with."),
    "baselining": gettext_lazy("The baseline is not known yet."),
}


def plain(value: Decimal | float | None, places: int | None = None) -> str | None:
    """A number as text without exponent; `places` rounds it."""
    if value is None:
        return None
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if places is not None:
        number = round(number, places)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ruling_of(figures: KpiFigures | ObjectiveFigures, organization: Organization) -> Ruling:
    bands = thresholds_of(organization)
    return Ruling(
        state=figures.state,
        colour=figures.colour,
        rule=figures.rule,
        sentence=str(RULES.get(figures.rule, "")),
        thresholds={name: plain(value) or "" for name, value in vars(bands).items()},
    )
