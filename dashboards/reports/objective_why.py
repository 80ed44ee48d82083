"""Why an objective's number is what it is: the lines of its explanation, as the page shows them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.reports.links import initiative_url, kpi_url, objective_url
from dashboards.reports.objective_parts import language
from initiatives.explain import DeliveryExplanation, DeliveryLine, explain_whole
from kpis.explain import Contributor, ObjectiveExplanation, Ruling, Step, explain_objective
from objectives.choices import ProgressMode
from objectives.models import Objective
from organization.actors import Actor
from organization.drawing import numbers

MOST_OPENED = 5
"""So many lines at most are opened in one address."""


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One input. `weight` is None when it is not counted; `gives` and `missing` are fractions of the whole."""

    code: str
    title: str
    url: str
    note: str
    state: str
    colour: str
    weight: float | None
    progress: float | None
    counted: float | None
    expected: float | None
    gives: float | None
    missing: float | None
    opens: bool
    opened: "Why | None"

    @property
    def is_held(self) -> bool:
        """Whether the progress lies outside of what counts, below 0 or above the cap."""
        return self.counted is not None and self.progress != self.counted

    @property
    def anchor(self) -> str:
        return anchor_of(self.code)

    @property
    def css(self) -> str:
        """The ink of the missing points: only where the news is."""
        return "bad" if self.colour == "red" and (self.missing or 0) < 0 else ""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One initiative, or one contributing objective; figures are fractions of 1."""

    code: str
    title: str
    url: str
    note: str
    state: str
    colour: str
    weight: float | None
    counted: float | None
    gives: float | None


@dataclass(frozen=True, slots=True)
class Why:
    """The table, how it is reckoned, and the rule behind the colour."""

    code: str
    title: str
    heading: str
    basis: str
    equation: str
    caption: str
    rows: tuple[WhyRow, ...]
    scale: float
    weight: float | None
    progress: float | None
    missing: float | None
    remarks: tuple[str, ...]
    steps: tuple[Step, ...]
    ruling: str
    thresholds: str
    without_rows: str
    delivery: "WhyDelivery | None"


@dataclass(frozen=True, slots=True)
class WhyDelivery:
    """What the delivery progress is made of; `weight` is None for what is not counted or not known."""

    heading: str
    rows: tuple[DeliveryRow, ...]
    steps: tuple[Step, ...]
    progress: float | None


def why(objective: Objective, actor: Actor, *, opened: Collection[str] = ()) -> Why:
    """The explanation with the lines in `opened` unfolded one level. A constant number of queries and some per line."""
    explanation = explain_whole(objective, actor=actor)
    inside = {
        child.code: why_of(explain_objective(child, actor=actor), child, {})
        for child in _children(objective, actor, opened)
    }
    return replace(why_of(explanation, objective, inside), delivery=_delivery(explanation.delivery))


def why_of(explanation: ObjectiveExplanation, objective: Objective, inside: dict[str, Why]) -> Why:
    """The words around an explanation of the outcome."""
    lines = explanation.contributors
    counted = [line for line in lines if line.normalised is not None and line.counts]
    progress = explanation.progress
    missing = None if progress is None or explanation.expected is None else progress - explanation.expected
    percent = numbers.percent(progress, 0, language())
    return Why(
        code=explanation.code,
        title=explanation.title,
        heading=_("Why %(percent)s?") % {"percent": percent} if progress is not None else _("Why no figure?"),
        basis=_basis(explanation, objective),
        equation=" = ".join(text for text in (percent, _basis(explanation, objective)) if text),
        caption=_caption(lines),
        rows=tuple(_row(line, inside) for line in lines),
        scale=max((-line.missing for line in lines if line.missing is not None and line.missing < 0), default=0.0),
        weight=round(sum(line.normalised or 0.0 for line in counted), 6) if counted else None,
        progress=progress,
        missing=missing,
        remarks=_remarks(explanation),
        steps=explanation.steps,
        ruling=explanation.status.sentence,
        thresholds=_thresholds(explanation.status),
        without_rows=_without_rows(explanation),
        delivery=None,
    )


def _delivery(explanation: DeliveryExplanation) -> WhyDelivery | None:
    if not explanation.lines:
        return None
    percent = numbers.percent(explanation.progress, 0, language())
    heading = _("Why %(percent)s delivery?") if explanation.progress is not None else _("Why no delivery figure?")
    rows = tuple(
        DeliveryRow(
            code=line.code,
            title=line.title,
            url=""
            if line.hidden
            else initiative_url(line.code)
            if line.kind == "initiative"
            else objective_url(line.code),
            note=_note(line),
            state=line.state,
            colour=line.colour,
            weight=line.normalised,
            counted=line.counted,
            gives=line.points,
        )
        for line in explanation.lines
    )
    return WhyDelivery(heading % {"percent": percent}, rows, explanation.steps, explanation.progress)


def anchor_of(code: str) -> str:
    """The id of a line in the page; codes may hold spaces, ids may not."""
    return f"why-{quote(code, safe='')}"


def _children(objective: Objective, actor: Actor, opened: Collection[str]) -> list[Objective]:
    if not opened:
        return []
    rows = Objective.objects.visible_to(actor).filter(
        code__in=sorted(opened)[:MOST_OPENED], contributions_up__parent=objective
    )
    return list(rows.select_related("figures", "organization"))


def _row(line: Contributor, inside: dict[str, Why]) -> WhyRow:
    is_objective = line.kind == "objective"
    url = "" if line.hidden else objective_url(line.code) if is_objective else kpi_url(line.code)
    return WhyRow(
        code=line.code,
        title=line.title,
        url=url,
        note=_note(line),
        state=line.state,
        colour=line.colour,
        weight=line.normalised if line.counts else None,
        progress=line.progress,
        counted=line.counted,
        expected=line.expected,
        gives=line.points,
        missing=line.missing,
        opens=is_objective and not line.hidden,
        opened=inside.get(line.code) if is_objective else None,
    )


def _note(line: Contributor | DeliveryLine) -> str:
    """Whose it is, and why it may not count."""
    if not line.counts:
        return _("not counted")
    if line.progress is None:
        return _("no value, left out")
    return line.owner


def _caption(lines: tuple[Contributor, ...]) -> str:
    kinds = {line.kind for line in lines}
    if kinds == {"kpi"}:
        return _("KPI")
    return _("Contributing objective") if kinds == {"objective"} else _("Part")


def _basis(explanation: ObjectiveExplanation, objective: Objective) -> str:
    """What the number is made of."""
    lines = [line for line in explanation.contributors if line.counts]
    count = len(lines)
    if explanation.mode == ProgressMode.MANUAL:
        return _("the owner’s figure at check-in")
    if not count:
        return ""
    if explanation.mode == ProgressMode.BLEND:
        own = 0.5 if objective.blend is None else float(objective.blend)
        words = {"own": numbers.percent(own, 0, language()), "below": numbers.percent(1 - own, 0, language())}
        return _("%(own)s its KPIs + %(below)s contributing objectives") % words
    if explanation.mode == ProgressMode.DIRECT:
        return ngettext("its one KPI", "weighted average of its %(count)s KPIs", count) % {"count": count}
    text = ngettext("its one contributing objective", "weighted average of %(count)s contributing objectives", count)
    return text % {"count": count}


def _without_rows(explanation: ObjectiveExplanation) -> str:
    """What stands in the place of an empty table."""
    if explanation.mode == ProgressMode.MANUAL:
        return _("The owner states this figure at check-in; no KPI and no other objective feeds it.")
    return explanation.status.sentence


def _remarks(explanation: ObjectiveExplanation) -> tuple[str, ...]:
    """What a reader must know beside the sum."""
    remarks = []
    if explanation.known < explanation.total and explanation.progress is not None:
        remarks.append(coverage_sentence(explanation.known, explanation.total))
    if explanation.hidden_contributors:
        count = explanation.hidden_contributors
        text = ngettext(
            "%(count)s part lies outside of what you may see; it is counted.",
            "%(count)s parts lie outside of what you may see; they are counted.",
            count,
        )
        remarks.append(text % {"count": count})
    return tuple(remarks)


def coverage_sentence(known: int, total: int) -> str:
    """4 of 6 parts have values; the others are left out."""
    if known >= total:
        return ngettext("The only part has a value.", "All %(total)s parts have values.", total) % {"total": total}
    text = ngettext(
        "%(known)s of %(total)s part has a value; the others are left out.",
        "%(known)s of %(total)s parts have values; the others are left out.",
        total,
    )
    return text % {"known": known, "total": total}


def _thresholds(ruling: Ruling) -> str:
    """The bands that pace is compared with; nothing where another rule decided."""
    if ruling.rule != "pace":
        return ""
    tongue, bands = language(), ruling.thresholds
    words = {
        "green_ratio": numbers.percent(float(bands["green_ratio"]), 0, tongue),
        "green_gap": numbers.number(-float(bands["green_gap"]) * 100, None, tongue),
        "amber_ratio": numbers.percent(float(bands["amber_ratio"]), 0, tongue),
        "amber_gap": numbers.number(-float(bands["amber_gap"]) * 100, None, tongue),
    }
    return (
        _(
            "On track from %(green_ratio)s of what is expected, or at most %(green_gap)s points behind; at risk from "
            "%(amber_ratio)s, or at most %(amber_gap)s points behind; off track below."
        )
        % words
    )
