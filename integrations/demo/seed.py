"""Putting the demo companies into the portal: imported as they were thirteen months ago, then every step since."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from itertools import groupby

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import connection, transaction

from alerts.choices import OPEN_STATES
from alerts.models import Alert
from alerts.services import acknowledge_alert, close_alert, ensure_default_rules, reconcile
from audit.versioning import known_since
from initiatives.services import keep_alignment
from integrations.demo.company import Company, read_company
from integrations.demo.course import Observed
from integrations.demo.generator import package_of
from integrations.demo.plan import Plan
from integrations.demo.statements import IMPORTED
from integrations.demo.story import (
    AlignmentKept,
    Answered,
    CheckedIn,
    DayClosed,
    Locked,
    Recorded,
    Restated,
    SetByHand,
    Step,
    Stepped,
    Updated,
    confidences_on,
    past_days,
    story_of,
)
from integrations.demo.updates import write_check_ins, write_updates
from integrations.services import import_strategy
from kpis.models import Kpi
from kpis.services import (
    Reading,
    evaluate_due,
    lock_periods,
    override_status,
    propose_restatement,
    record_history,
    record_measurements,
    record_step_change,
)
from objectives.models import Objective
from objectives.services import roll_up_all, today_of
from organization.actors import Actor, system_actor
from organization.choices import Role
from organization.models import Organization, User, actor_of

PASSWORD = "kestrane-demo"  # noqa: S105 - the documented password of invented people, never of a production portal
COMPANIES = ("company", "second_company")

Told = Callable[[str], object]
"""Hears the name of each company before it is added."""


def seed_demo(*, at: datetime, told: Told = str) -> list[str]:
    """Give the portal the demo companies it lacks; returns their codes. Twice is once.

    One transaction for each company: everything or nothing. Leaves the same rows, events, figures, snapshots and
    alerts that thirteen months of use would have left, the figures computed by the engine on each of those days.
    """
    missing = [company for company in map(read_company, COMPANIES) if not _is_there(company)]
    if missing:
        while evaluate_due(at=at) or reconcile(at=at):
            pass  # what others left waiting is done on its own day, not on those of the story
    hashed = make_password(PASSWORD) if missing else ""
    for company in missing:
        told(company.organization["name"])
        with transaction.atomic():
            _seed_company(company, at=at, hashed=hashed)
    return [company.code for company in missing]


def _is_there(company: Company) -> bool:
    return Organization.objects.filter(code=company.code).exists()


def _seed_company(company: Company, *, at: datetime, hashed: str) -> None:
    plan = company.plan(at)
    began = plan.moment(IMPORTED, 1, 9)
    with known_since(began):
        outcome = import_strategy(package_of(company, plan), actor=system_actor(0, "demo"), at=began)
        organization = Organization.objects.get(pk=outcome.organization_id)
        _give_passwords(company, hashed)
        ensure_default_rules(organization, at=began)
    _count_rows()
    replay = Replay(organization, company, plan)
    for _kind, steps in groupby(story_of(company, plan), key=type):
        replay.play(list(steps))


def _count_rows() -> None:
    """Let the database know how much was brought: a new portal plans its queries for empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _give_passwords(company: Company, hashed: str) -> None:
    """The known password, for invented people who have none of their own."""
    emails = [company.email(row["local"]) for row in company.rows("people")]
    people = User.objects.filter(email__in=emails, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    people.update(password=hashed)


class Replay:
    """Takes the steps of the story one by one, each through the service that a person or a machine would use."""

    def __init__(self, organization: Organization, company: Company, plan: Plan) -> None:
        self._organization = organization
        self._company = company
        self._days = past_days(plan)
        self._confidences = confidences_on(company, plan, self._days)
        self._actors: dict[str, Actor] = {}

    def play(self, steps: Sequence[Step]) -> None:
        """Steps of one kind in a row. What owners say is written together and known since the last of them."""
        with known_since(steps[-1].at):
            self._say(steps)
        for step in steps:
            with known_since(step.at):
                self._take(step)

    def _say(self, steps: Sequence[Step]) -> None:
        said = [step for step in steps if isinstance(step, CheckedIn)]
        updated = [step for step in steps if isinstance(step, Updated)]
        if said:
            write_check_ins(self._organization, said, actor=self._person)
        if updated:
            write_updates(self._organization, updated, actor=self._person)

    def _take(self, step: Step) -> None:
        if isinstance(step, Recorded):
            self._record(step)
        elif isinstance(step, Answered):
            self._answer(step)
        elif isinstance(step, Stepped):
            self._step(step)
        elif isinstance(step, Locked):
            actor = self._person(step.by)
            lock_periods(self._organization, step.through, actor=actor, at=step.at, reason=step.reason)
        elif isinstance(step, Restated):
            row = self._reading(step.kpi, step.value)
            propose_restatement([row], reason=step.reason, actor=self._person(step.by), at=step.at)
        elif isinstance(step, SetByHand):
            self._set_by_hand(step)
        elif isinstance(step, DayClosed):
            self._close_day(step)
        elif isinstance(step, AlignmentKept):
            self._keep_alignment(step.at)

    def _record(self, step: Recorded) -> None:
        readings = [
            replace(
                self._reading(code, value),
                estimate=(code, value.period) in step.notes,
                note=step.notes.get((code, value.period)),
            )
            for code, value in step.values
        ]
        if readings:
            actor, source = (self._person(step.by), "web") if step.by else (self._office, "import")
            record_measurements(readings, actor=actor, at=step.at, source=source, reason=step.reason)

    def _answer(self, step: Answered) -> None:
        alerts = Alert.objects.filter(kpi_id=self._kpis[step.kpi], state__in=OPEN_STATES)
        answer = close_alert if step.close else acknowledge_alert
        for alert in alerts.order_by("pk"):
            answer(alert, actor=self._person(step.by), at=step.at, comment=step.comment, version=None)

    def _step(self, step: Stepped) -> None:
        record_step_change(
            self._kpi(step.kpi),
            period=step.period,
            cause=step.cause,
            cause_code=step.code,
            note=step.note,
            actor=self._person(step.by),
            at=step.at,
        )

    def _set_by_hand(self, step: SetByHand) -> None:
        kpi, actor = self._kpi(step.kpi), self._person(step.by)
        override_status(kpi, state=step.state, reason=step.reason, until=step.until, actor=actor, at=step.at)

    def _reading(self, code: str, value: Observed) -> Reading:
        return Reading(self._kpis[code], **vars(value))

    def _kpi(self, code: str) -> Kpi:
        return Kpi.objects.select_related("organization").get(pk=self._kpis[code])

    def _close_day(self, step: DayClosed) -> None:
        while evaluate_due(at=step.at):
            pass
        roll_up_all(at=step.at, organization_id=self._organization.pk)
        while reconcile(at=step.at):
            pass
        self._keep_alignment(step.at)
        self._keep_past(until=today_of(self._organization, step.at))

    def _keep_alignment(self, at: datetime) -> None:
        """The figures of the day from all that is known on it, as a portal in use keeps them."""
        while evaluate_due(at=at):
            pass
        keep_alignment(self._organization.pk, day=today_of(self._organization, at))

    def _keep_past(self, *, until: date) -> None:
        """Snapshots of the days before that have none, computed by the engine from what is known now."""
        days = [day for day in self._days if day < until]
        self._days = self._days[len(days) :]
        if not days:
            return
        ids = self._objectives
        said = {day: {ids[code]: value for code, value in self._confidences[day].items()} for day in days}
        record_history(self._organization, days, confidences=said)

    @cached_property
    def _kpis(self) -> dict[str, int]:
        return dict(Kpi.objects.filter(organization=self._organization).values_list("code", "pk"))

    @cached_property
    def _objectives(self) -> dict[str, int]:
        return dict(Objective.objects.filter(organization=self._organization).values_list("code", "pk"))

    @cached_property
    def _office(self) -> Actor:
        """The strategy office, which books what comes as files."""
        rows = self._company.rows("people")
        return self._person(next(row["local"] for row in rows if row["roles"][0][0] == Role.STRATEGY_OFFICE))

    def _person(self, local: str) -> Actor:
        if local not in self._actors:
            user = User.objects.get(email=self._company.email(local))
            actor = actor_of(user, self._organization)
            if actor is None:
                raise LookupError(f"{user.email} has no role in {self._organization.code}")
            self._actors[local] = actor
        return self._actors[local]
