"""What happened in the portal since the company began to use it, in the order of the days. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from integrations.demo.company import Company
from integrations.demo.course import Observed, readings_of
from integrations.demo.generator import first_values, last_words, remark, spent_by
from integrations.demo.plan import Plan
from integrations.demo.statements import IMPORTED, Statement, confidences_of, drawn, owners_figure, statements_of
from kpis.periods import period_end, periods_between

WEEKS_OF_ALIGNMENT = 13
"""So many weeks back the figures of alignment were kept at the end of each; before, whenever a day was closed."""

RECENT = timedelta(days=40)
"""So long ago the owners began to enter their values themselves; before, they came as files."""

STATUS_DAY, CHECK_IN_DAY, RECORDING_DAY = 1, 3, 5
"""Days of a month on which owners speak of their initiatives, of their objectives, and values are entered.

In the evening of the last one figures are rolled up and alerts compared.
"""


@dataclass(frozen=True)
class Recorded:
    """Values entered by one person, or read from a file when nobody is named."""

    at: datetime
    by: str | None
    values: tuple[tuple[str, Observed], ...]
    reason: str = ""
    notes: dict[tuple[str, date], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Updated:
    """A status update by the owner of an initiative, with the cost and the end that were known then."""

    at: datetime
    by: str
    initiative: str
    statement: Statement
    comment: str
    blocker: str
    cost: Decimal | None
    end: date


@dataclass(frozen=True)
class CheckedIn:
    """An owner's statement on an objective."""

    at: datetime
    by: str
    objective: str
    confidence: int
    comment: str
    progress: Decimal | None


@dataclass(frozen=True)
class Answered:
    """What an owner says to the open alerts on a KPI; `close` ends them."""

    at: datetime
    by: str
    kpi: str
    comment: str
    close: bool


@dataclass(frozen=True)
class Stepped:
    """An owner says from when on a KPI runs differently, and why."""

    at: datetime
    by: str
    kpi: str
    period: date
    cause: str
    code: str
    note: str


@dataclass(frozen=True)
class Locked:
    """The strategy office closes what lies behind."""

    at: datetime
    by: str
    through: date
    reason: str


@dataclass(frozen=True)
class Restated:
    """Somebody proposes another value for a closed period; a second person has not looked at it yet."""

    at: datetime
    by: str
    kpi: str
    value: Observed
    reason: str


@dataclass(frozen=True)
class SetByHand:
    """An owner sets the status in place of the computed one, for so long."""

    at: datetime
    by: str
    kpi: str
    state: str
    reason: str
    until: date


@dataclass(frozen=True)
class DayClosed:
    """Figures are rolled up and alerts compared."""

    at: datetime


@dataclass(frozen=True)
class AlignmentKept:
    """A week ends: the figures of alignment are kept."""

    at: datetime


Step = Recorded | Updated | CheckedIn | Answered | Stepped | Locked | Restated | SetByHand | DayClosed | AlignmentKept


def story_of(company: Company, plan: Plan) -> list[Step]:
    """Every step, the earliest first; the last one closes today."""
    steps: list[Step] = [
        *_recordings(company, plan),
        *_corrections(company, plan),
        *_updates(company, plan),
        *_check_ins(company, plan),
        *_answers(company, plan),
        *_stepped(company, plan),
        *_locked(company, plan),
        *_restated(company, plan),
        *_set_by_hand(company, plan),
        *_alignment_kept(plan),
    ]
    months = range(IMPORTED, plan.present + 1)
    steps.extend(DayClosed(plan.moment(month, RECORDING_DAY, 19, 50)) for month in months)
    kept = [step for step in steps if step.at > plan.moment(IMPORTED, 1, 9)]
    return [*sorted(kept, key=lambda step: step.at), DayClosed(plan.now)]


def _recordings(company: Company, plan: Plan) -> Iterator[Recorded]:
    """What closed since the last time, some days into each month; lately each owner alone, weekly values weekly."""
    first, estimates = first_values(company), _estimates(company, plan)
    waiting = [
        (period_end(reading.period, row["frequency"]), row, reading)
        for row in company.rows("kpis")
        for reading in readings_of(row, plan)
    ]
    since = plan.month(IMPORTED)
    days = _recording_days(plan)
    for at in days:
        day = plan.today if at == days[-1] else at.astimezone(plan.zone).date()
        by_owner: dict[str, list[tuple[str, Observed]]] = {}
        for end, row, reading in waiting:
            if since <= end < day:
                said = first.get((row["code"], plan.number_of(reading.period)))
                value = reading if said is None else reading.said(Decimal(said))
                by_owner.setdefault(row["owner"], []).append((row["code"], value))
        since = day
        if plan.now - at > RECENT:
            yield Recorded(at, None, tuple(pair for pairs in by_owner.values() for pair in pairs))
            continue
        for number, (owner, pairs) in enumerate(sorted(by_owner.items())):
            yield Recorded(at + timedelta(minutes=number), owner, tuple(pairs), notes=estimates)


def _recording_days(plan: Plan) -> list[datetime]:
    """The fifth of every month, lately every Tuesday too, and the last time shortly before now."""
    months = [plan.moment(month, RECORDING_DAY, 10) for month in range(IMPORTED + 1, plan.present + 1)]
    tuesdays = periods_between(plan.today - RECENT + timedelta(days=7), plan.today, "weekly")
    weeks = [plan.moment(plan.number_of(day), day.day + 1, 8) for day in tuesdays]
    last = plan.now - timedelta(hours=3)
    return [*sorted({at for at in (*months, *weeks) if at < last}), last]


def _estimates(company: Company, plan: Plan) -> dict[tuple[str, date], str]:
    return {(row["kpi"], plan.month(row["month"])): row["note"] for row in company.rows("estimates")}


def _corrections(company: Company, plan: Plan) -> Iterator[Recorded]:
    """The right value, some days after the wrong one, and why."""
    kpis = {row["code"]: row for row in company.rows("kpis")}
    for row in company.rows("corrections"):
        kpi, period = kpis[row["kpi"]], plan.month(row["month"])
        right = next(reading for reading in readings_of(kpi, plan) if reading.period == period)
        at = plan.moment(row["month"] + 1, 14, 15, 55)
        yield Recorded(at, kpi["owner"], ((kpi["code"], right),), reason=row["reason"])


def _updates(company: Company, plan: Plan) -> Iterator[Updated]:
    for row in company.rows("initiatives"):
        for statement in statements_of(row, plan.present):
            said = last_words(company, plan, row) if statement.is_last else remark(company, statement)
            blocked = "note" in row and statement.is_last and (row["status"] == "red" or row["stage"] == "on_hold")
            yield Updated(
                at=_speaking_moment(plan, row["code"], statement.month, STATUS_DAY),
                by=row["owner"],
                initiative=row["code"],
                statement=statement,
                comment=said[0],
                blocker=said[0] if blocked else "",
                cost=spent_by(row, statement),
                end=plan.last_day(row["end"] if statement.is_last else row["planned"]),
            )


def _speaking_moment(plan: Plan, code: str, month: int, first_day: int) -> datetime:
    """A working hour: on the usual two days of a month that is over, on any day so far of the one that runs."""
    day = first_day + drawn(f"{code}:{month}", 2)
    if month == plan.present:
        day = 1 + drawn(f"{code}:{month}", max(1, plan.today.day - 1))
    return plan.moment(month, day, 8 + drawn(code, 9), drawn(code[::-1], 45))


def _check_ins(company: Company, plan: Plan) -> Iterator[CheckedIn]:
    comments = {row["objective"]: row["comments"] for row in company.rows("check_ins")}
    for row in company.rows("objectives"):
        said = [pair for pair in confidences_of(company, row, plan.present).items() if pair[0] > IMPORTED]
        for number, (month, confidence) in enumerate(said):
            yield CheckedIn(
                at=_speaking_moment(plan, row["code"], month, CHECK_IN_DAY),
                by=row["owner"],
                objective=row["code"],
                confidence=confidence,
                comment=comments.get(row["code"], {}).get(str(number), ""),
                progress=owners_figure(row, month, plan.present),
            )


def _answers(company: Company, plan: Plan) -> Iterator[Answered]:
    owners = {row["code"]: row["owner"] for row in company.rows("kpis")}
    for row in company.rows("answers"):
        at = plan.moment(row["month"], row["day"], 11, 57)
        yield Answered(at, owners[row["kpi"]], row["kpi"], row["comment"], row["close"])


def _stepped(company: Company, plan: Plan) -> Iterator[Stepped]:
    owners = {row["code"]: row["owner"] for row in company.rows("kpis")}
    for row in company.rows("step_changes"):
        at = plan.moment(max(row["said"], IMPORTED + 1), 8, 16, 5)
        period, code = plan.month(row["month"]), row.get("code", "")
        yield Stepped(at, owners[row["kpi"]], row["kpi"], period, row["cause"], code, row["note"])


def _locked(company: Company, plan: Plan) -> Iterator[Locked]:
    for row in company.rows("closings"):
        at = plan.moment(row["month"], row["day"], 17, 30)
        yield Locked(at, row["by"], plan.last_day(row["through"]), row["reason"])


def _restated(company: Company, plan: Plan) -> Iterator[Restated]:
    kpis = {row["code"]: row for row in company.rows("kpis")}
    for row in company.rows("restatements"):
        kpi, period = kpis[row["kpi"]], plan.month(row["month"])
        present = next(reading for reading in readings_of(kpi, plan) if reading.period == period)
        value = present.said(Decimal(row["value"]))
        yield Restated(plan.now - timedelta(days=2), kpi["owner"], kpi["code"], value, row["reason"])


def _set_by_hand(company: Company, plan: Plan) -> Iterator[SetByHand]:
    """After the last values have come in: the next one would end it."""
    owners = {row["code"]: row["owner"] for row in company.rows("kpis")}
    for row in company.rows("set_by_hand"):
        until = plan.today + timedelta(days=row["days"])
        yield SetByHand(
            plan.now - timedelta(hours=1), owners[row["kpi"]], row["kpi"], row["state"], row["reason"], until
        )


def _alignment_kept(plan: Plan) -> Iterator[AlignmentKept]:
    monday = plan.today - timedelta(days=plan.today.weekday())
    for weeks in range(WEEKS_OF_ALIGNMENT):
        sunday = monday - timedelta(days=7 * weeks + 1)
        yield AlignmentKept(datetime.combine(sunday, time(23, 50), tzinfo=plan.zone))


def past_days(plan: Plan) -> list[date]:
    """Days whose course is added to the closings: the ends of the months before the portal, lately every Sunday."""
    ends = [plan.last_day(month) for month in range(IMPORTED)]
    mondays = periods_between(plan.today - timedelta(days=91), plan.today, "weekly")
    return [*ends, *(day - timedelta(days=1) for day in mondays if day - timedelta(days=1) < plan.today)]


def confidences_on(company: Company, plan: Plan, days: list[date]) -> dict[date, dict[str, int]]:
    """The confidence of every objective on past days, by code: what its owner had said last."""
    said: dict[str, list[tuple[date, int]]] = {}
    for row in company.rows("objectives"):
        first = confidences_of(company, row, plan.present)[IMPORTED]
        said[row["code"]] = [(plan.start, first)]
    for step in sorted(_check_ins(company, plan), key=lambda step: step.at):
        said[step.objective].append((step.at.astimezone(plan.zone).date(), step.confidence))
    return {
        day: {code: [value for since, value in values if since <= day][-1] for code, values in said.items()}
        for day in days
    }
