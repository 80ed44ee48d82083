"""Strategy at a glance: the page and the parts of it that refresh by themselves."""

from dataclasses import dataclass
from datetime import date, datetime

from dashboards.reports.alerts import OpenAlerts, open_alerts
from dashboards.reports.blockers import Blockers, open_blockers
from dashboards.reports.changes import Changes, changes_since
from dashboards.reports.esg import Esg, esg_strip
from dashboards.reports.findings import strategy_finding
from dashboards.reports.remembered import remembered, state_of
from dashboards.reports.shares import shares_of
from dashboards.reports.standings import Standing, standings
from dashboards.reports.strategic import Strategic, StrategicRow, strategic_objectives
from dashboards.reports.variances import Variances, variance_alerts
from objectives.choices import Colour
from objectives.models import Vision
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Organization


@dataclass(frozen=True)
class Plan:
    """The span of the vision in months, or in years when it is long."""

    passed: int
    total: int
    in_years: bool


@dataclass(frozen=True)
class VisionText:
    code: str
    statement: str
    until: date | None


@dataclass(frozen=True)
class ObjectivesPart:
    """What refreshes together: the finding, the counts, the rows."""

    strategic: Strategic
    finding: str
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class NewsPart:
    """What refreshes together: variances, alerts, blockers, changes."""

    variances: Variances
    alerts: OpenAlerts
    blockers: Blockers
    changes: Changes


@dataclass(frozen=True)
class Home:
    vision: VisionText | None
    further_visions: tuple[VisionText, ...]
    plan: Plan | None
    objectives: ObjectivesPart
    news: NewsPart
    esg: Esg

    @property
    def is_empty(self) -> bool:
        """Nothing to look at yet: the first use."""
        return not any(standing.total for standing in self.objectives.standings)


MONTHS_AT_MOST = 72
"""A longer plan is drawn in years."""


def home_report(actor: Actor, organization: Organization, *, at: datetime, language: str) -> Home:
    """The whole page in a constant number of queries."""
    today = today_of(organization, at)
    state = state_of(actor, organization, today)
    visions, esg = remembered("frame", state, lambda: _frame(actor, today))
    part = objectives_part(actor, organization, at=at, state=state)
    return Home(
        vision=_text(visions[0]) if visions else None,
        further_visions=tuple(_text(vision) for vision in visions[1:]),
        plan=_plan(visions[0], today) if visions else None,
        objectives=part,
        news=news_part(actor, organization, part, at=at, language=language, state=state),
        esg=esg,
    )


def _frame(actor: Actor, today: date) -> tuple[list[Vision], Esg]:
    return current_visions(actor, today), esg_strip(actor)


def current_visions(actor: Actor, today: date) -> list[Vision]:
    """Those in force, the one that began last first; before any is, the next one (one query)."""
    known = list(Vision.objects.visible_to(actor).order_by("-start", "code"))
    current = [one for one in known if one.start <= today and (one.end is None or one.end >= today)]
    return current or known[:1]


def objectives_part(
    actor: Actor, organization: Organization, *, at: datetime, state: str | None = None
) -> ObjectivesPart:
    """The rows of the strategic objectives with the sentence that says what they show."""
    today = today_of(organization, at)
    known = state or state_of(actor, organization, today)
    return remembered("objectives", known, lambda: _objectives_part(actor, organization, today))


def _objectives_part(actor: Actor, organization: Organization, today: date) -> ObjectivesPart:
    strategic = strategic_objectives(actor, today=today)
    worst = _farthest_behind(strategic)
    shares = {worst.id: shares_of(worst, actor, cap=organization.progress_cap)} if worst else {}
    return ObjectivesPart(strategic, strategy_finding(strategic, shares, today=today), standings(actor))


def news_part(
    actor: Actor,
    organization: Organization,
    part: ObjectivesPart,
    *,
    at: datetime,
    language: str,
    state: str | None = None,
) -> NewsPart:
    """What is off its plan, what is new, what blocks. What changed depends on the reader and is not kept."""
    known = state or state_of(actor, organization, today_of(organization, at))
    off_track = part.standings[2].counts.get(Colour.RED, 0)
    return NewsPart(
        variances=remembered("variances", known, lambda: variance_alerts(actor, off_track=off_track)),
        alerts=remembered("alerts", known, lambda: open_alerts(actor)),
        blockers=remembered("blockers", known, lambda: open_blockers(actor)),
        changes=changes_since(actor, part.strategic.rows, at=at, language=language),
    )


def _farthest_behind(strategic: Strategic) -> StrategicRow | None:
    behind = [row for row in strategic.rows if row.gap is not None and row.colour in (Colour.RED, Colour.AMBER)]
    return min(behind, key=lambda row: row.gap or 0.0, default=None)


def _text(vision: Vision) -> VisionText:
    return VisionText(vision.code, vision.text("statement"), vision.end)


def _plan(vision: Vision, today: date) -> Plan | None:
    """Which month of how many; none without an end."""
    if vision.end is None or not vision.start <= today <= vision.end:
        return None
    total, passed = _months(vision.start, vision.end), _months(vision.start, today)
    if total > MONTHS_AT_MOST:
        return Plan(-(-passed // 12), -(-total // 12), in_years=True)
    return Plan(passed, total, in_years=False)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1
