"""One small company in which every address of the table exists, and the people who knock at it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from alerts.models import Alert, AlertGroup, AlertRule, Channel, Delivery, MuteWindow, Subscription
from audit.models import Event
from integrations.choices import ImportState
from integrations.models import ImportJob, ImportProgress
from kpis.models import Batch, Measurement, RestatedValue, Restatement, StepChange
from organization.models import ApiToken
from tests.factories import (
    NOW,
    Company,
    ContributionFactory,
    DepartmentFactory,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    KpiFactory,
    MeasureFactory,
    MeasurementFactory,
    ObjectiveFactory,
    VisionFactory,
    make_company,
)

ACTORS = ("anonymous", "outsider", "viewer", "contributor", "manager", "office")
"""Nobody; dora of another organization; charlie, bob and alice of the sales department; olga of the strategy office."""

OURS = ("audit", "organization", "objectives", "kpis", "initiatives", "alerts", "integrations", "dashboards")
MARK = b"zebra"
"""Every code, name and text of the company begins with it: nothing an outsider reads may hold it."""


@dataclass(frozen=True)
class World:
    company: Company
    event: int
    job: int
    token: str
    delivery: str
    sessions: Mapping[str, str]

    def client(self, actor: str) -> Client:
        """A fresh browser of the actor, signed in unless anonymous."""
        client = Client()
        if actor in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        return client

    def filled(self, address: str) -> str:
        """The address with what only the database knows."""
        return address.format(event=self.event, job=self.job, token=self.token, delivery=self.delivery)


def make_world() -> World:
    """Everything lies in the sales department (alice's) and belongs to bob."""
    company = make_company("ZEBRA", other_code="OTHER")
    ours: dict[str, Any] = {"organization": company.organization}
    sales: dict[str, Any] = {**ours, "department": company.sales, "owner": company.bob}
    for department in (company.root, company.sales, company.north, company.finance):
        department.name = f"Zebra {department.name}"
        department.save()
    DepartmentFactory.create(parent=company.sales, code="ZEBRA-EMPTY", name="Zebra empty")
    VisionFactory.create(**ours, code="ZEBRA-V", statement="Zebra vision")
    VisionFactory.create(**ours, code="ZEBRA-UNUSED", statement="Zebra vision")
    parent = ObjectiveFactory.create(**sales, code="ZEBRA-P", title="Zebra parent")
    child = ObjectiveFactory.create(**sales, code="ZEBRA-O", title="Zebra child")
    ObjectiveFactory.create(**sales, code="ZEBRA-FREE", title="Zebra free")
    ContributionFactory.create(child=child, parent=parent)
    kpi = KpiFactory.create(**sales, code="ZEBRA-K", name="Zebra kpi")
    KpiFactory.create(**sales, code="ZEBRA-LOOSE", name="Zebra loose kpi")
    MeasureFactory.create(objective=parent, kpi=kpi)
    MeasurementFactory.create(kpi=kpi, period=date(2026, 1, 1), value=Decimal(10), note="Zebra note")
    StepChange.objects.create(
        kpi=kpi, period=date(2026, 1, 1), cause="event", note="Zebra", author=company.bob, recorded_at=NOW
    )
    batch = Batch.objects.create(
        **ours, number=1, code="ZEBRA-B", state="applied", source="api", started_at=NOW, applied_at=NOW,
        started_by=company.bob,
    )  # fmt: skip
    Measurement.objects.filter(kpi=kpi).update(batch=batch)
    restatement = Restatement.objects.create(
        **ours, number=1, code="ZEBRA-RS", reason="Zebra", proposed_at=NOW, proposed_by=company.bob
    )
    RestatedValue.objects.create(
        restatement=restatement, kpi=kpi, period=date(2026, 1, 1), value=Decimal(11), former=Decimal(10)
    )
    initiative = InitiativeFactory.create(**sales, code="ZEBRA-I", title="Zebra initiative", stage="in_progress")
    InitiativeObjectiveFactory.create(initiative=initiative, objective=child)
    InitiativeFactory.create(**sales, code="ZEBRA-NEW", title="Zebra new initiative")
    rule = AlertRule.objects.create(**ours, code="ZEBRA-R", name="Zebra", kind="variance", department=company.sales)
    AlertRule.objects.create(**ours, code="ZEBRA-QUIET", name="Zebra", kind="staleness", department=company.sales)
    group = AlertGroup.objects.create(
        **ours, owner=company.bob, branch=company.sales, code="ZEBRA-G", number=1, tell_at=NOW, opened_at=NOW,
        changed_at=NOW,
    )  # fmt: skip
    Alert.objects.create(
        **sales, code="ZEBRA-A", number=1, rule=rule, kpi=kpi, severity="red", opened_at=NOW, changed_at=NOW, facts={},
        group=group,
    )  # fmt: skip
    event = Event.objects.create(
        organization_id=company.organization.pk, actor_label="zebra", verb="kpi.changed", subject_type="kpi",
        subject_code="ZEBRA-K", at=NOW,
    )  # fmt: skip
    job = ImportJob.objects.create(
        **ours, author=company.olga, filename="zebra.zip", size=1, created_at=NOW, state=ImportState.CHECKED
    )
    ImportProgress.objects.create(job=job)
    token, _ = ApiToken.objects.create(
        company.alice, expiry=None, organization=company.organization, name="Zebra token", scopes=["read"]
    )
    return World(company, event.pk, job.pk, token.token_key, make_post(company), sessions_of(company))


def make_post(company: Company) -> str:
    """A channel, what bob follows and when he is left alone, and a letter to him that was given up."""
    ours: dict[str, Any] = {"organization": company.organization}
    Channel.objects.create(
        **ours, code="ZEBRA-CH", name="Zebra", kind="webhook", url="https://zebra.example.org/", secret="whsec_emVicmE="
    )
    Subscription.objects.create(**ours, code="ZEBRA-S", user=company.bob, medium="email")
    night = {"weekdays": 127, "from_time": time(20), "to_time": time(7)}
    MuteWindow.objects.create(**ours, code="ZEBRA-M", user=company.bob, **night)
    letter = Delivery.objects.create(
        **ours, key="zebra", kind="email", recipient=company.bob, reason="opened", state="dead", created_at=NOW
    )
    return str(letter.uid)


def sessions_of(company: Company) -> dict[str, str]:
    """Everybody signs in once."""
    people = (company.dora, company.charlie, company.bob, company.alice, company.olga)
    sessions = {}
    for actor, user in zip(ACTORS[1:], people, strict=True):
        client = Client()
        client.force_login(user)
        sessions[actor] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return sessions


def fingerprint() -> tuple[Any, ...]:
    """Number and content of the rows of every table of ours: any insert, update or delete changes it."""
    tables = [model._meta.db_table for name in OURS for model in apps.get_app_config(name).get_models()]
    one = "(SELECT count(*) || ':' || COALESCE(sum(hashtext(t::text)::bigint), 0) FROM {} t)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(one.format(table) for table in sorted(tables)))
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the portal, written with `<name>` for what varies."""
    yield from _walk(get_resolver(), "")


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        route = prefix + _plain(str(one.pattern))
        if isinstance(one, URLPattern):
            yield route, one
        else:
            yield from _walk(one, route)


def _plain(pattern: str) -> str:
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", text).replace("^", "").replace("$", "")
