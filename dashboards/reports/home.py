"""Strategy at a glance: the page and the parts of it that refresh by themselves."""

from dataclasses import dataclass
from datetime import date, datetime

from dashboards.reports.alerts import AlertRow, open_alerts
from dashboards.reports.blockers import Blockers, open_blockers
from dashboards.reports.changes import Changes, changes_since
from dashboards.reports.esg import Esg, esg_strip
from dashboards.reports.findings import strategy_finding
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
    """What refreshes together: variances, alerts, changes, blockers."""

    variances: Variances
    alerts: tuple[AlertRow, ...]
    alerts_open: int
    changes: Changes
    blockers: Blockers


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
    visions = current_visions(actor, today)
    part = objectives_part(actor, organization, at=at)
    return Home(
        vision=_text(visions[0]) if visions else None,
        further_visions=tuple(_text(vision) for vision in visions[1:]),
        plan=_plan(visions[0], today) if visions else None,
        objectives=part,
        news=news_part(actor, part, at=at, language=language),
        esg=esg_strip(actor),
    )


def current_visions(actor: Actor, today: date) -> list[Vision]:
    """Those in force, the one that began last first; before any is, the next one (one query)."""
    known = list(Vision.objects.visible_to(actor).order_by("-start", "code"))
    current = [one for one in known if one.start <= today and (one.end is None or one.end >= today)]
    return current or known[:1]


def objectives_part(actor: Actor, organization: Organization, *, at: datetime) -> ObjectivesPart:
    """The rows of the strategic objectives with the sentence that says what they show."""
    today = today_of(organization, at)
    strategic = strategic_objectives(actor, today=today)
    worst = _farthest_behind(strategic)
    shares = {worst.id: shares_of(worst.id, actor, cap=organization.progress_cap)} if worst else {}
    return ObjectivesPart(strategic, strategy_finding(strategic, shares, today=today), standings(actor))


def news_part(actor: Actor, part: ObjectivesPart, *, at: datetime, language: str) -> NewsPart:
    """What is off its plan, what is new, what blocks."""
    kpis = part.standings[2].counts
    alerts, alerts_open = open_alerts(actor)
    return NewsPart(
        variances=variance_alerts(actor, off_track=kpis.get(Colour.RED, 0)),
        alerts=alerts,
        alerts_open=alerts_open,
        changes=changes_since(actor, part.strategic.rows, at=at, language=language),
        blockers=open_blockers(actor),
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
