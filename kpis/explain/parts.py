"""What every explanation is made of: formulas with their numbers, and the rule that fired."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kpis.models import Kpi, KpiFigures, StatusOverride
from objectives.choices import Rule
from objectives.models import Objective, ObjectiveFigures, ObjectiveOverride
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
class Judgement:
    """A status with its rule, in words."""

    state: str
    colour: str
    rule: str
    sentence: str


@dataclass(frozen=True)
class ByHand:
    """What somebody said of the status; it is not shown while something prevails over it, such as missing data."""

    id: int
    state: str
    colour: str
    reason: str
    author: str
    set_at: datetime
    expires_on: date | None
    is_shown: bool


@dataclass(frozen=True)
class Ruling:
    """The rule that fired, in words, with the thresholds it compared with.

    `computed` is what the engine says, and what roll-ups read; it differs from the rest only where a status set
    `by_hand` is shown.
    """

    state: str
    colour: str
    rule: str
    sentence: str
    thresholds: Mapping[str, str]
    computed: Judgement
    by_hand: ByHand | None


RULES: dict[str, str | Promise] = {
    "lifecycle": gettext_lazy("It is paused or cancelled, so it is not judged."),
    "not_started": gettext_lazy("Its start date lies ahead."),
    "no_target": gettext_lazy("There is no target to compare with; a figure without a target is never green."),
    "no_data": gettext_lazy("No value has arrived yet."),
    "override": gettext_lazy("It was set by hand, with a reason; roll-ups go on reading what is computed."),
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


def by_hand_of(subject: Kpi | Objective, figures: KpiFigures | ObjectiveFigures) -> ByHand | None:
    """The statement in force, if there is one. One query."""
    rows: QuerySet[StatusOverride] | QuerySet[ObjectiveOverride] = subject.overrides.all()
    row = rows.filter(ended_at__isnull=True).select_related("author").first()
    if row is None:
        return None
    return ByHand(
        id=row.pk,
        state=row.state,
        colour=row.colour,
        reason=row.reason,
        author=str(row.author or ""),
        set_at=row.set_at,
        expires_on=row.expires_on,
        is_shown=figures.rule == Rule.OVERRIDE,
    )


def judgement_of(figures: KpiFigures | ObjectiveFigures) -> Judgement:
    """What the engine says."""
    return Judgement(
        state=figures.computed_state,
        colour=figures.computed_colour,
        rule=figures.computed_rule,
        sentence=str(RULES.get(figures.computed_rule, "")),
    )


def ruling_of(
    figures: KpiFigures | ObjectiveFigures, organization: Organization, by_hand: ByHand | None = None
) -> Ruling:
    bands = thresholds_of(organization)
    return Ruling(
        state=figures.state,
        colour=figures.colour,
        rule=figures.rule,
        sentence=str(RULES.get(figures.rule, "")),
        thresholds={name: plain(value) or "" for name, value in vars(bands).items()},
        computed=judgement_of(figures),
        by_hand=by_hand,
    )
