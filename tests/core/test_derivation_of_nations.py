"""Countries as parts of a world, for every fuel and year: the roll-up equals the published totals."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpis.models import Kpi, KpiFigures, Measurement
from kpis.services import Reading, record_measurements, refresh_all_computed
from organization.actors import system_actor
from tests.factories import NOW, OrganizationFactory

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "co2-by-nation"
FUELS = ("Total", "Solid Fuel", "Liquid Fuel", "Gas Fuel", "Cement", "Gas Flaring")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="the published emissions (../shared/data/co2-by-nation) are absent"),
]


def table(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def world() -> tuple[Any, dict[str, Kpi]]:
    """A KPI per fuel for the world, summed up from one per country; countries arrive in files of ten years."""
    organization = OrganizationFactory.create(code="WORLD")
    rows = list(table("emissions.csv"))
    countries = sorted({row["Country"] for row in rows})
    defaults = {"organization": organization, "kind": "unscored", "frequency": "yearly", "unit": "kt"}
    wholes = {fuel: Kpi(code=fuel, name=fuel, unit_aggregation="sum", **defaults) for fuel in FUELS}
    Kpi.objects.bulk_create(wholes.values())
    parts = {
        (fuel, country): Kpi(code=f"{fuel} {number}", name=f"{fuel}, {country}", parent=wholes[fuel], **defaults)
        for fuel in FUELS
        for number, country in enumerate(countries)
    }
    Kpi.objects.bulk_create(parts.values())
    KpiFigures.objects.bulk_create([KpiFigures(kpi=kpi, due_at=NOW) for kpi in (*wholes.values(), *parts.values())])
    readings = [
        Reading(parts[fuel, row["Country"]].pk, date(int(row["Year"]), 1, 1), Decimal(row[fuel]) if row[fuel] else None)
        for row in rows
        for fuel in FUELS
    ]
    actor = system_actor(organization.pk)
    for decade in range(1970, 2021, 10):
        chosen = [one for one in readings if decade <= one.period.year < decade + 10]
        record_measurements(chosen, actor=actor, at=NOW, source="test")
    return organization, wholes


def test_the_sum_of_the_countries_is_the_published_total_of_every_fuel_and_year() -> None:
    organization, wholes = world()
    published = {
        (fuel, int(row["year"])): Decimal(row[fuel])
        for row in table("expected_yearly_totals_of_this_part.csv")
        for fuel in FUELS
    }
    blanks: dict[tuple[str, int], int] = {}
    for row in table("emissions.csv"):
        for fuel in FUELS:
            key = fuel, int(row["Year"])
            blanks[key] = blanks.get(key, 0) + (1 if row[fuel] else 0)
    found = Measurement.objects.filter(kpi__in=wholes.values()).values_list("kpi__code", "period", "value", "coverage")
    sums = {(code, period.year): (value, coverage) for code, period, value, coverage in found}
    assert {key: value for key, (value, _coverage) in sums.items()} == published
    countries = len({row["Country"] for row in table("emissions.csv")})
    assert {key: round(coverage * countries) for key, (_value, coverage) in sums.items()} == blanks
    assert len(sums) == 306
    assert refresh_all_computed(organization, actor=system_actor(organization.pk), at=NOW).rows == 0
