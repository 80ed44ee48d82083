"""Why this number: the explanation of `kpis.explain`, written for a reader."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _

from kpis.choices import COMPUTED, Flag, Freshness, Source
from kpis.explain import ByHand, Judgement, KpiExplanation, Quantity, Step, Use, explain_kpi
from kpis.models import Kpi
from kpis.reports.behaviour import Behaving
from kpis.reports.prospects import Prospect
from kpis.reports.words import amount, language, local_formula, period_name
from objectives.choices import Rule
from organization.actors import Actor
from organization.drawing import numbers

SHARES: Final = frozenset({"P", "p", "s", "q", "R", "G"})
"""Symbols of results that are shares, written as percentages; the gap g is written in points."""


@dataclass(frozen=True, slots=True)
class Input:
    """A number that enters the formula."""

    symbol: str
    name: str
    value: str
    note: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """A formula, with symbols and with numbers, and what comes out."""

    name: str
    formula: str
    filled: str
    result: str


@dataclass(frozen=True, slots=True)
class Note:
    """A further figure of the page with the sentences that say where it comes from."""

    name: str
    value: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation as the panel shows it."""

    notes: tuple[Note, ...]
    inputs: tuple[Input, ...]
    lines: tuple[Line, ...]
    rule: str
    computed: Judgement
    by_hand: ByHand | None
    thresholds: tuple[str, ...]
    flags: tuple[str, ...]
    counts: bool
    objectives: tuple[Use, ...]
    hidden_objectives: int
    period: date | None
    recorded_at: datetime | None
    recorded_by: str
    source: str
    freshness: str
    freshness_word: str
    due_on: date | None
    computed_at: datetime | None


def why_of(kpi: Kpi, *, actor: Actor, prospect: Prospect, behaviour: Behaving | None) -> Why:
    """The explanation of a KPI in the reader's language and numbers."""
    found: KpiExplanation = explain_kpi(kpi, actor=actor)
    return Why(
        notes=_notes(kpi, found, prospect, behaviour),
        inputs=tuple(_input(one, kpi.precision) for one in found.inputs),
        lines=tuple(_line(step, kpi) for step in found.steps),
        rule=found.status.sentence,
        computed=found.status.computed,
        by_hand=found.status.by_hand,
        thresholds=_thresholds(found),
        flags=tuple(str(Flag(flag).label) for flag in found.flags if flag != Flag.NO_DATA),
        counts=found.counts,
        objectives=found.objectives,
        hidden_objectives=found.hidden_objectives,
        period=found.age.period,
        recorded_at=found.age.recorded_at,
        recorded_by=found.age.recorded_by,
        source=source_word(found.age.source),
        freshness=found.age.freshness,
        freshness_word=str(Freshness(found.age.freshness).label),
        due_on=found.age.due_on,
        computed_at=found.computed_at,
    )


def _notes(kpi: Kpi, found: KpiExplanation, prospect: Prospect, behaviour: Behaving | None) -> tuple[Note, ...]:
    tongue = language()
    notes = []
    if prospect.period is not None:
        name = _("Forecast, %(period)s") % {"period": period_name(prospect.period, kpi)}
        notes.append(Note(name, amount(prospect.value, kpi), prospect.sentences))
    elif prospect.reason:
        notes.append(Note(_("Forecast"), numbers.NO_VALUE, (prospect.reason,)))
    if behaviour is not None and behaviour.report.sentences:
        notes.append(Note(_("Signal"), behaviour.assurance, behaviour.report.sentences))
    elif behaviour is not None and behaviour.report.reason:
        notes.append(Note(_("Signal"), numbers.NO_VALUE, (behaviour.report.reason,)))
    by_hand = found.status.by_hand
    if by_hand is not None and by_hand.reason:
        notes.append(Note(_("Set by hand"), by_hand.author, (by_hand.reason,)))
    if found.computation is not None and found.computation.coverage is not None:
        words = {"known": found.computation.known, "all": len(found.computation.operands)}
        sentence = _("%(known)s of the %(all)s that it is made of had a value.") % words
        notes.append(Note(_("Coverage"), numbers.percent(found.computation.coverage, 0, tongue), (sentence,)))
    return tuple(notes)


def source_word(source: str) -> str:
    """Where a value came from, in words; a connector's own name as it is."""
    words = {
        "web": _("Entered by hand"),
        "api": _("REST"),
        "file": _("File"),
        "import": _("File"),
        "demo": _("Demo company"),
    }
    return str(Source(source).label) if source in COMPUTED else words.get(source, source)


def _input(one: Quantity, precision: int) -> Input:
    tongue = language()
    value = numbers.NO_VALUE
    if one.value is not None:
        share = one.symbol in SHARES
        number = _decimal(one.value)
        value = numbers.percent(number, 1, tongue) if share else _amount(one, number, precision)
    return Input(one.symbol, one.name, value, date.fromisoformat(one.note) if one.note else None)


def _amount(one: Quantity, number: Decimal | None, precision: int) -> str:
    tongue = language()
    text = numbers.signed if one.symbol == "V" else numbers.number
    return numbers.with_unit(text(number, precision, tongue), one.unit, tongue)


def _line(step: Step, kpi: Kpi) -> Line:
    symbol = step.formula.partition(" ")[0]
    return Line(step.name, step.formula, local_formula(step.filled), _result(symbol, step.result, kpi))


def _result(symbol: str, result: str | None, kpi: Kpi) -> str:
    tongue = language()
    number = _decimal(result)
    if number is None:
        return numbers.NO_VALUE
    if symbol in SHARES:
        return numbers.percent(number, 1, tongue)
    if symbol == "g":
        return numbers.points(number, 1, tongue)
    return numbers.with_unit(numbers.number(number, kpi.precision, tongue), kpi.text("unit"), tongue)


def _thresholds(found: KpiExplanation) -> tuple[str, ...]:
    """The bands that the rule compared with, as sentences."""
    tongue, bands = language(), found.status.thresholds

    def share(name: str) -> str:
        return numbers.percent(_decimal(bands[name]), 0, tongue)

    def gap(name: str) -> str:
        return numbers.number(abs(Decimal(bands[name]) * 100), 0, tongue)

    if found.status.rule == Rule.PACE:
        return (
            _("On track: at least %(share)s of what is expected, or at most %(gap)s points behind it.")
            % {"share": share("green_ratio"), "gap": gap("green_gap")},
            _("At risk: at least %(share)s of what is expected, or at most %(gap)s points behind it.")
            % {"share": share("amber_ratio"), "gap": gap("amber_gap")},
        )
    if found.status.rule in (Rule.BAND, Rule.ACHIEVED):
        return (
            _("On track: on target or better, or an attainment of at least %(share)s.")
            % {"share": share("green_attainment")},
            _("At risk: an attainment of at least %(share)s.") % {"share": share("amber_attainment")},
        )
    return ()


def _decimal(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None
