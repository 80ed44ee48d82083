"""What the parts of a KPI bring to its variance, as a waterfall with its table twin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.choices import UnitAggregation
from kpis.explain import VarianceLine, VarianceSplit, variance_split
from kpis.models import Kpi
from kpis.reports.words import amount, change, distance, language, period_name
from organization.actors import Actor
from organization.drawing import numbers
from organization.drawing.figure import Chart

MOST_BARS: Final = 10
"""Parts with a bar of their own; the smaller ones stand together."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the waterfall; its amount is rounded so that all of them still add up. `code` is "" for the rest."""

    code: str
    name: str
    value: str
    expected: str
    share: str
    amount: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class VariancePanel:
    """What the panel shows; `chart` is None where there is nothing to split, `reason` says why."""

    code: str
    chart: Chart | None
    rule: str
    notes: tuple[str, ...]
    reason: str


def variance_panel(kpi: Kpi, *, actor: Actor, today: date) -> VariancePanel:
    """The split of the latest variance. A constant number of queries."""
    split = variance_split(kpi, kpi.figures, actor=actor, today=today)
    if split is None or not split.lines:
        reason = _("The variance cannot be split: no part has a value and something to be held against.")
        return VariancePanel(kpi.code, None, "", (), reason)
    bars = _bars(kpi, split)
    return VariancePanel(
        code=kpi.code,
        chart=_chart(kpi, split, bars),
        rule=_("Contribution = share × (value − expected), over the parts: %(rule)s.")
        % {"rule": str(UnitAggregation(split.method).label).lower()},
        notes=_notes(split, shown=bars[-1].name == _rest_name()),
        reason="",
    )


def _bars(kpi: Kpi, split: VarianceSplit) -> tuple[Bar, ...]:
    lines = sorted(split.lines, key=lambda line: (-abs(line.contribution), line.code))
    shown = lines if len(lines) <= MOST_BARS else lines[: MOST_BARS - 1]
    others = lines[len(shown) :]
    sums = [line.contribution for line in shown]
    if others:
        sums.append(sum((line.contribution for line in others), Decimal(0)))
    rounded = spread([*sums, split.rest], split.variance, kpi.precision)
    by_department = len({line.department for line in lines} - {""}) == len(lines)
    bars = [_bar(kpi, line, amount_, by_department) for line, amount_ in zip(shown, rounded, strict=False)]
    if others:
        text = ngettext("%(count)s other", "%(count)s others", len(others)) % {"count": len(others)}
        bars.append(_plain_bar(kpi, text, rounded[len(shown)]))
    bars = sorted(bars, key=lambda bar: bar.amount, reverse=split.variance > 0)
    if rounded[-1]:
        bars.append(_plain_bar(kpi, _rest_name(), rounded[-1]))
    return tuple(bars)


def _rest_name() -> str:
    return _("Not told by the parts")


def spread(amounts: Sequence[Decimal], total: Decimal, precision: int) -> list[Decimal]:
    """The amounts rounded to the precision so that they add up to the total: the largest remainders go up."""
    unit = Decimal(1).scaleb(-precision)
    floors = [amount_.quantize(unit, rounding=ROUND_FLOOR) for amount_ in amounts]
    left = int((total - sum(floors, Decimal(0))) / unit)
    order = sorted(range(len(amounts)), key=lambda place: floors[place] - amounts[place])
    for place in order[:left]:
        floors[place] += unit
    return floors


def _bar(kpi: Kpi, line: VarianceLine, rounded: Decimal, by_department: bool) -> Bar:
    return Bar(
        code=line.code,
        name=line.department if by_department else line.name,
        value=amount(line.value, kpi),
        expected=amount(line.expected, kpi),
        share=numbers.percent(line.share, 1, language()) if line.share != 1 else "",
        amount=rounded,
        text=change(rounded, kpi),
    )


def _plain_bar(kpi: Kpi, name: str, rounded: Decimal) -> Bar:
    return Bar("", name, "", "", "", rounded, change(rounded, kpi))


def _chart(kpi: Kpi, split: VarianceSplit, bars: Sequence[Bar]) -> Chart:
    words = {"period": period_name(split.period, kpi), "variance": change(split.variance, kpi)}
    text = ", ".join(f"{bar.name} {bar.text}" for bar in bars)
    rows = [(bar.name, bar.value, bar.expected, bar.share, bar.text) for bar in bars]
    total = (_("Variance"), amount(split.value, kpi), amount(split.expected, kpi), "", change(split.variance, kpi))
    return Chart(
        key="variance",
        recipe="waterfall",
        title=_title(kpi, split, bars),
        subtitle=_("Variance to what was expected, by part, %(period)s") % words,
        summary=_("The variance of %(variance)s is made of: %(parts)s.") % {**words, "parts": text},
        data=_data(kpi, split, bars),
        head=(_("Part"), _("Actual"), _("Expected"), _("Share"), _("Contribution")),
        rows=(*rows, total),
        height=320,
    )


def _data(kpi: Kpi, split: VarianceSplit, bars: Sequence[Bar]) -> dict[str, Any]:
    return {
        "names": [bar.name for bar in bars],
        "amounts": [float(bar.amount) for bar in bars],
        "texts": [numbers.signed(bar.amount, kpi.precision, language()) for bar in bars],
        "total": {
            "name": _("Variance"),
            "amount": float(split.variance),
            "text": numbers.signed(split.variance, kpi.precision, language()),
        },
        "start": float(split.expected),
        "up": kpi.direction == "up",
        "label": _("expected %(value)s") % {"value": amount(split.expected, kpi)},
    }


def _title(kpi: Kpi, split: VarianceSplit, bars: Sequence[Bar]) -> str:
    if not split.variance:
        return _("Exactly as expected: what the parts bring adds up to nothing")
    same = [bar for bar in bars if bar.code and (bar.amount > 0) == (split.variance > 0) and bar.amount]
    rest = max((abs(bar.amount) for bar in bars if bar.name == _rest_name()), default=Decimal(0))
    if not same or rest > max(abs(bar.amount) for bar in same):
        return _("No single part explains the variance")
    top = max(same, key=lambda bar: abs(bar.amount))
    words = {
        "name": top.name,
        "part": numbers.number(abs(top.amount), kpi.precision, language()),
        "total": distance(split.variance, kpi),
    }
    if abs(top.amount) > abs(split.variance):
        words["part"] = distance(top.amount, kpi)
        return _("%(name)s moves it by %(part)s; the others make up for some of that") % words
    if (split.variance > 0) == (kpi.direction == "up"):
        return _("%(name)s brings %(part)s of the %(total)s ahead") % words
    return _("%(name)s explains %(part)s of the %(total)s missing") % words


def _notes(split: VarianceSplit, *, shown: bool) -> tuple[str, ...]:
    notes = []
    borrowed = sum(not line.own_target for line in split.lines)
    if borrowed:
        notes.append(
            ngettext(
                "%(count)s part has no target of its own and is held against that of the whole.",
                "%(count)s parts have no target of their own and are held against that of the whole.",
                borrowed,
            )
            % {"count": borrowed}
        )
    if split.unknown:
        text = ngettext(
            "%(count)s part cannot be counted: no value, or nothing to hold it against.",
            "%(count)s parts cannot be counted: no value, or nothing to hold them against.",
            split.unknown,
        )
        notes.append(text % {"count": split.unknown})
    if split.hidden:
        text = ngettext("%(count)s part that you may not see.", "%(count)s parts that you may not see.", split.hidden)
        notes.append(text % {"count": split.hidden})
    if shown:
        notes.append(_("“Not told by the parts”: the KPI expects something else than its parts together do."))
    return tuple(notes)
