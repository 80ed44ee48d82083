"""After any sequence of values, corrections and changes of definitions the stored values are those of a full run."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kpis.models import Kpi, Measurement
from kpis.services import Reading, change_kpi, create_kpi, evaluate_all, record_measurements, refresh_all_computed
from organization.actors import system_actor
from tests.factories import NOW, make_company

LEAVES = ("A", "B", "C", "D")
MONTHS = [date(2026, month, 1) for month in range(1, 6)]
VALUES = st.one_of(st.none(), st.integers(-50, 50).map(Decimal))
RECORD = st.tuples(
    st.just("record"), st.dictionaries(st.tuples(st.sampled_from(LEAVES), st.sampled_from(MONTHS)), VALUES, min_size=1)
)
CHANGE = st.tuples(
    st.just("change"),
    st.sampled_from(
        [
            ("SUM", {"unit_aggregation": "mean"}),
            ("SUM", {"unit_aggregation": "weighted_mean"}),
            ("SUM", {"unit_aggregation": "sum"}),
            ("SHARE", {"formula": "(A + [SUM]) / B"}),
            ("SHARE", {"formula": "max(A, B) - C"}),
            ("QUARTER", {"formula": "[SUM] * 2"}),
            ("A", {"unit_weight": Decimal(3)}),
            ("B", {"start": date(2026, 3, 1)}),
            ("D", {"parent": None}),
            ("D", {"parent": "SUM"}),
        ]
    ),
)


class ComputedValues(TestCase):
    """Hypothesis gives every example its own transaction."""

    @settings(max_examples=12, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.one_of(RECORD, CHANGE), min_size=1, max_size=6))
    def test_stored_values_equal_a_full_run(self, steps: list[tuple[str, Any]]) -> None:
        company = make_company()
        actor = system_actor(company.organization.pk)
        kpis = {code: kpi_of(code, actor, **fields) for code, fields in definitions(company).items()}
        link(kpis, actor)
        for number, (kind, what) in enumerate(steps):
            at = NOW + timedelta(minutes=number)
            if kind == "record":
                rows = [Reading(kpis[code].pk, period, value) for (code, period), value in what.items()]
                record_measurements(rows, actor=actor, at=at, source="test")
            else:
                code, changes = what
                changes = {
                    name: kpis[value] if name == "parent" and value else value for name, value in changes.items()
                }
                kpis[code] = change_kpi(kpis[code], changes, actor=actor, at=at, version=None)
        later = NOW + timedelta(days=1)
        stored = list(values_of(company))
        assert refresh_all_computed(company.organization, actor=actor, at=later).rows == 0
        assert list(values_of(company)) == stored
        assert evaluate_all(at=NOW, organization_id=company.organization.pk).changed == 0


def definitions(company: Any) -> dict[str, dict[str, Any]]:
    leaf = {"department": company.sales, "time_aggregation": "sum"}
    return {
        **dict.fromkeys(LEAVES, leaf),
        "SUM": {"unit_aggregation": "sum", "time_aggregation": "sum"},
        "SHARE": {},
        "QUARTER": {"frequency": "quarterly"},
    }


def kpi_of(code: str, actor: Any, **fields: Any) -> Kpi:
    return create_kpi({"code": code, "name": code, "kind": "unscored", **fields}, actor=actor, at=NOW)


def link(kpis: dict[str, Kpi], actor: Any) -> None:
    changes: list[tuple[str, dict[str, Any]]] = [
        *((code, {"parent": kpis["SUM"]}) for code in LEAVES),
        ("SHARE", {"formula": "A / B"}),
        ("QUARTER", {"formula": "[SUM] * 1"}),
    ]
    for code, fields in changes:
        kpis[code] = change_kpi(kpis[code], fields, actor=actor, at=NOW, version=None)


def values_of(company: Any) -> Any:
    rows = Measurement.objects.filter(kpi__organization=company.organization).order_by("kpi__code", "period")
    return rows.values_list("kpi__code", "period", "value", "coverage")


@pytest.mark.django_db
def test_a_summed_code_is_a_function_unless_it_is_in_brackets() -> None:
    """The definitions above name a KPI `SUM`: it is a code in brackets alone."""
    company = make_company()
    actor = system_actor(company.organization.pk)
    total = kpi_of("SUM", actor)
    double = kpi_of("DOUBLE", actor, formula="sum([SUM], [SUM])")
    record_measurements([Reading(total.pk, MONTHS[0], Decimal(4))], actor=actor, at=NOW, source="test")
    assert Measurement.objects.get(kpi=double).value == Decimal(8)
