"""What was computed of a past day is kept: for every process, by one reader, until the code computes differently."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.versioning import known_since
from cmo_portal.as_of import as_known_at
from cmo_portal.models import PastFigures
from cmo_portal.past_figures import DAYS_KEPT, engine, keep_figures, taking_turns
from kpis.models import KpiFigures
from objectives.models import ObjectiveFigures
from organization.models import Organization
from tests.as_of.conftest import compute
from tests.permissions.world import make_world

BEGAN, AT = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 6, 20, 21, 59, 59, tzinfo=UTC)

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def make_past() -> Organization:
    with transaction.atomic(), known_since(BEGAN):
        organization = make_world().company.organization
    compute(organization.pk, timezone.now())
    return organization


@pytest.fixture
def company(db: Any) -> Organization:
    return make_past()


def look(organization: Organization, at: datetime = AT) -> tuple[list[Any], bool]:
    """The figures of the moment, and whether values were read to compute them."""
    with CaptureQueriesContext(connection) as queries, as_known_at(organization, at):
        figures = [list(model.objects.order_by("pk").values()) for model in (KpiFigures, ObjectiveFigures)]
    return figures, any('FROM "kpis_measurement"' in query["sql"] for query in queries.captured_queries)


def kept() -> list[tuple[datetime, str]]:
    rows = PastFigures.objects.order_by("at", "engine", "table")
    return list(rows.filter(table="kpis_kpifigures").values_list("at", "engine"))


def test_second_look_reads_what_the_first_has_computed(company: Organization) -> None:
    first, second = look(company), look(company)
    assert (first[1], second) == (True, (first[0], False))
    assert len(first[0][0]) > 1
    assert kept() == [(AT, engine())]


def test_moment_that_may_still_get_facts_is_not_kept(company: Organization) -> None:
    now = timezone.now()
    assert [look(company, now)[1], look(company, now)[1], kept()] == [True, True, []]


def test_moment_before_the_organization_is_not_kept(company: Organization) -> None:
    assert (look(company, BEGAN - timedelta(days=9))[0], kept()) == ([[], []], [])


def test_inside_another_moment_what_is_kept_is_read_and_nothing_is_kept(company: Organization) -> None:
    earlier = AT - timedelta(days=2)
    expected = look(company, earlier)[0]
    with as_known_at(company, AT):
        assert look(company, earlier) == (expected, False)
        assert look(company, earlier - timedelta(days=1))[1]
    assert [at for at, _engine in kept()] == [earlier, AT]


def test_other_code_computes_again_and_its_figures_go_after_a_day(company: Organization) -> None:
    figures, _computed = look(company)
    PastFigures.objects.update(engine="before", rows=b"")
    assert look(company) == (figures, True)
    assert sorted(kept()) == sorted([(AT, "before"), (AT, engine())])
    PastFigures.objects.filter(engine="before").update(made_at=timezone.now() - timedelta(days=2))
    look(company, AT - timedelta(days=1))
    assert kept() == [(AT - timedelta(days=1), engine()), (AT, engine())]


def test_of_many_moments_the_oldest_go(company: Organization) -> None:
    for number in range(DAYS_KEPT + 2):
        keep_figures(
            company.pk, AT - timedelta(days=number), {"kpis_kpifigures": b"", "objectives_objectivefigures": b""}
        )
    assert [at for at, _engine in kept()] == [AT - timedelta(days=n) for n in range(DAYS_KEPT + 1, 1, -1)]


def test_rebuild_forgets_the_past(company: Organization) -> None:
    look(company)
    call_command("rebuild", "--organization", company.code)
    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_readers_at_once_one_computes() -> None:
    company, seen = make_past(), []

    def read() -> None:
        try:
            seen.append(look(company))
        finally:
            connection.close()

    other = threading.Thread(target=read)
    with taking_turns(company.pk):
        other.start()
        wait_for_the_other()
        first = look(company)
    other.join(30)
    assert (first[1], seen) == (True, [(first[0], False)])


def wait_for_the_other() -> None:
    for _try in range(400):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the other reader does not wait")
