"""The portal as known at a moment of the past: its tables through views, its figures computed again from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from audit.versioning import Moment, computing, known_at, moment_shown
from cmo_portal.history import DERIVED, KEPT, columns_read
from initiatives.services import refresh_delivery
from kpis.services import evaluate_all
from objectives.models import Objective
from objectives.services import ensure_figures, roll_up_shown, today_of
from organization.models import Organization

OWN: dict[str, str] = {
    "kpis_kpifigures": "kpi_id IN (SELECT id FROM kpis_kpi WHERE organization_id = %(organization)s)",
    "objectives_objectivefigures": "objective_id IN (SELECT id FROM objectives_objective "
    "WHERE organization_id = %(organization)s)",
}
"""Which rows of a derived table the computation starts from: what it finds unchanged keeps the date of its change."""


@contextmanager
def as_known_at(organization: Organization, at: datetime) -> Iterator[None]:
    """Inside, every query answers as it would have at `at` for this organization; nothing can be written.

    One transaction for the whole block, rolled back at its end. Memberships and people are those of now. Figures are
    computed by the functions that keep the live ones up to date, into tables of this transaction alone. Inside another
    one it goes to the other moment and comes back.
    """
    is_first = moment_shown() is None
    with known_at(Moment(at, today_of(organization, at)), kept=KEPT, columns=columns_read()):
        _lay_out_derived(organization.pk, is_first=is_first)
        with computing():
            _compute(organization.pk, at)
        if is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _lay_out_derived(organization_id: int, *, is_first: bool) -> None:
    """Tables of figures for this transaction, begun with what is the same today."""
    with connection.cursor() as cursor:
        for table in DERIVED:
            columns = ", ".join(f'"{name}"' for name in columns_read()[table])
            if is_first:
                cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP")
            else:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM public.{table} WHERE {OWN[table]}",  # noqa: S608
                {"organization": organization_id},
            )


def _compute(organization_id: int, at: datetime) -> None:
    ids = list(Objective.objects.filter(organization_id=organization_id).order_by("pk").values_list("pk", flat=True))
    ensure_figures(ids, at=at)
    evaluate_all(at=at, organization_id=organization_id)
    refresh_delivery(ids, at=at)
    roll_up_shown(at=at, organization_id=organization_id)
    with connection.cursor() as cursor:
        for table in ("kpis_kpifigures", "objectives_objectivefigures"):
            cursor.execute(f"UPDATE {table} SET changed_at = %s WHERE changed_at > %s", [at, at])  # noqa: S608
            cursor.execute(f"ANALYZE {table}")
