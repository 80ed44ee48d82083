"""However values arrive – in any order, twice, sent again, wrong first and corrected – the figures are the same.

And after each way a full rebuild finds nothing to change. The tables compared are those that pages read: values,
figures of KPIs and objectives, outlooks.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kpis.models import Kpi, KpiFigures, KpiOutlook, Measurement
from kpis.services import Reading, create_kpi, record_measurements, refresh_waiting_outlooks
from kpis.services.evaluation import SCORE_COLUMNS
from objectives.models import ObjectiveFigures
from objectives.services import roll_up
from organization.actors import Actor, system_actor
from tests.factories import Company, ContributionFactory, MeasureFactory, ObjectiveFactory, make_company

MONTHS = [date(2025, month, 1) for month in range(1, 13)]
ENTERED = ("NORTH", "SOUTH", "RATE", "LEVEL")
Fact = tuple[str, date, Decimal]
Step = Sequence[Fact]

FACTS = st.dictionaries(
    st.tuples(st.sampled_from(ENTERED), st.sampled_from(MONTHS)),
    st.integers(-500, 500).map(lambda tenths: Decimal(tenths) / 10),
    min_size=8,
    max_size=40,
).map(lambda found: [(code, month, value) for (code, month), value in found.items()])


def in_any_order(facts: Sequence[Fact], chance: random.Random) -> Iterator[Step]:
    shuffled = list(facts)
    chance.shuffle(shuffled)
    while shuffled:
        size = chance.randint(1, 9)
        yield shuffled[:size]
        del shuffled[:size]


def sent_twice(facts: Sequence[Fact], chance: random.Random) -> Iterator[Step]:
    for step in in_any_order(facts, chance):
        yield step
        if chance.random() < 0.5:
            yield step


def imported_again(facts: Sequence[Fact], chance: random.Random) -> Iterator[Step]:
    yield facts
    yield from in_any_order(facts, chance)
    yield facts


def wrong_first(facts: Sequence[Fact], chance: random.Random) -> Iterator[Step]:
    for step in in_any_order(facts, chance):
        yield [(code, month, value + chance.randint(1, 90)) for code, month, value in step]
    yield from in_any_order(facts, chance)


WAYS: list[Callable[[Sequence[Fact], random.Random], Iterator[Step]]] = [
    in_any_order,
    sent_twice,
    imported_again,
    wrong_first,
]


class Arrival(TestCase):
    """Hypothesis gives every example its own transaction."""

    @settings(max_examples=6, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    @given(FACTS, st.sampled_from(WAYS), st.integers(0, 10**6))
    def test_figures_do_not_depend_on_how_values_arrived(
        self, facts: list[Fact], way: Callable[[Sequence[Fact], random.Random], Iterator[Step]], seed: int
    ) -> None:
        at = timezone.now()
        plain, other = strategy("PLAIN", at), strategy("OTHER", at)
        arrive(plain, [facts], at)
        arrive(other, way(facts, random.Random(seed)), at)
        assert shown(other) == shown(plain)
        for company in (plain, other):
            assert rebuilt(company).splitlines()[-1] == "0 rows differed"
        assert shown(other) == shown(plain)


def strategy(code: str, at: datetime) -> Company:
    """Two plants that a third KPI sums up, a share worked out from them, and two levels of objectives above."""
    company = make_company(code, f"{code}-ELSEWHERE")
    actor = system_actor(company.organization.pk)
    monthly: dict[str, Any] = {
        "organization": company.organization,
        "department": company.sales,
        "frequency": "monthly",
        "precision": 1,
        "start": date(2024, 12, 31),
        "end": date(2026, 12, 31),
    }
    moving = {"kind": "move", "baseline": Decimal(0), "target": Decimal(100)}
    whole = {**monthly, **moving, "time_aggregation": "sum", "unit_aggregation": "sum"}
    total = create_kpi({"code": "TOTAL", "name": "Both plants", **whole}, actor=actor, at=at)
    for plant in ("NORTH", "SOUTH"):
        fields = {"code": plant, "name": plant, **monthly, **moving, "time_aggregation": "sum", "parent": total}
        create_kpi(fields, actor=actor, at=at)
    guard = {"kind": "guardrail", "target": Decimal(20), "direction": "down"}
    create_kpi({"code": "RATE", "name": "Rate", **monthly, **guard}, actor=actor, at=at)
    create_kpi({"code": "LEVEL", "name": "Level", **monthly, "kind": "unscored"}, actor=actor, at=at)
    share = {"kind": "move", "baseline": Decimal(0), "target": Decimal(1), "formula": "[NORTH] / [TOTAL]"}
    create_kpi({"code": "SHARE", "name": "Share", **monthly, **share}, actor=actor, at=at)
    parent = ObjectiveFactory.create(organization=company.organization, code="TOP")
    child = ObjectiveFactory.create(organization=company.organization, code="BELOW")
    ContributionFactory.create(child=child, parent=parent)
    for weight, name in enumerate(("TOTAL", "RATE", "SHARE"), start=1):
        kpi = Kpi.objects.get(organization=company.organization, code=name)
        MeasureFactory.create(objective=child, kpi=kpi, weight=weight)
    return company


def arrive(company: Company, steps: Any, at: datetime) -> None:
    actor: Actor = system_actor(company.organization.pk)
    ids = dict(Kpi.objects.filter(organization=company.organization).values_list("code", "pk"))
    for number, step in enumerate(steps):
        rows = [Reading(ids[code], month, value) for code, month, value in step]
        record_measurements(rows, actor=actor, at=at + timedelta(seconds=number), source="test")
        if number % 3 == 0:
            work(company, at)
    work(company, at)


def work(company: Company, at: datetime) -> None:
    """What the workers do between two arrivals."""
    while roll_up(at=at, batch=100).claimed:
        pass
    refresh_waiting_outlooks(at=at, organization_id=company.organization.pk)


def shown(company: Company) -> dict[str, Any]:
    """Everything a page reads of the figures, without the moments at which it was written."""
    mine = {"kpi__organization": company.organization}
    values = Measurement.objects.filter(**mine, value__isnull=False).order_by("kpi__code", "period")
    scores = KpiFigures.objects.filter(**mine).order_by("kpi__code")
    outlooks = KpiOutlook.objects.filter(**mine).order_by("kpi__code")
    above = ObjectiveFigures.objects.filter(objective__organization=company.organization).order_by("objective__code")
    derived = [
        name
        for name in (field.name for field in KpiOutlook._meta.concrete_fields)
        if name not in ("kpi", "computed_at")
    ]
    rolled = ("progress", "expected", "coverage", "roll_up_state", "state", "colour", "worst_colour", "worst_path")
    return {
        "values": list(values.values_list("kpi__code", "period", "value", "coverage")),
        "scores": list(scores.values("kpi__code", *SCORE_COLUMNS)),
        "outlooks": list(outlooks.values("kpi__code", *derived)),
        "objectives": list(above.values("objective__code", *rolled)),
    }


def rebuilt(company: Company) -> str:
    out = StringIO()
    call_command("rebuild", organization=company.organization.code, stdout=out)
    return out.getvalue()
