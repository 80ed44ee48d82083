"""The portal as known at a moment of the past: its tables through views, its figures computed again from them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import connection

from audit.versioning import Moment, computing, known_at, moment_shown
from cmo_portal.history import DERIVED, KEPT, columns_read
from cmo_portal.past_figures import (
    columns_of,
    is_settled,
    keep_figures,
    kept_figures,
    pack_tables,
    taking_turns,
    unpack_tables,
)
from initiatives.services import refresh_delivery
from kpis.services import evaluate_all
from objectives.models import Objective
from objectives.services import ensure_figures, roll_up_shown, today_of
from organization.models import Organization

OWN: Final = {
    "kpis_kpifigures": "kpi_id IN (SELECT id FROM kpis_kpi WHERE organization_id = %(organization)s)",
    "objectives_objectivefigures": "objective_id IN (SELECT id FROM objectives_objective "
    "WHERE organization_id = %(organization)s)",
}
"""Which rows of a derived table the computation starts from: what it finds unchanged keeps the date of its change."""

KEYS: Final = {"kpis_kpifigures": "kpi_id", "objectives_objectivefigures": "objective_id"}
"""How a row of a derived table is found; the other indexes are for who claims messages, and the past has none."""


@contextmanager
def as_known_at(organization: Organization, at: datetime) -> Iterator[None]:
    """Inside, every query answers as it would have at `at` for this organization; nothing can be written.

    One transaction for the whole block, rolled back at its end. Memberships and people are those of now. Figures are
    computed by the functions that keep the live ones up to date, into tables of this transaction alone. Inside another
    one it goes to the other moment and comes back.
    """
    is_first = moment_shown() is None
    packed = _packed_figures(organization, at, is_first=is_first)
    with _shown(organization, at):
        _lay_out_derived(is_first=is_first)
        with connection.cursor() as cursor:
            if packed is None:
                _compute(cursor, organization.pk, at)
            else:
                unpack_tables(cursor, packed)
            for table in DERIVED:
                cursor.execute(f"ANALYZE {table}")
            if is_first:
                cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _packed_figures(organization: Organization, at: datetime, *, is_first: bool) -> dict[str, bytes] | None:
    """The figures of a moment that is settled, computed now and kept where nobody has asked for it yet.

    None where they are to be computed in place: of a moment that may still get facts, of one before the organization,
    and, not kept yet, inside another moment, where nothing can be written.
    """
    if not is_settled(at):
        return None
    packed = kept_figures(organization.pk, at)
    if packed is not None or not is_first:
        return packed
    with taking_turns(organization.pk):
        packed = kept_figures(organization.pk, at)  # by whoever had the turn before
        if packed is None:
            packed = _computed(organization, at)
            if packed is not None:
                keep_figures(organization.pk, at, packed)
    return packed


def _computed(organization: Organization, at: datetime) -> dict[str, bytes] | None:
    with _shown(organization, at):
        if not Organization.objects.filter(pk=organization.pk).exists():
            return None
        _lay_out_derived(is_first=True)
        with connection.cursor() as cursor:
            _compute(cursor, organization.pk, at)
            return pack_tables(cursor)


def _shown(organization: Organization, at: datetime) -> AbstractContextManager[None]:
    return known_at(Moment(at, today_of(organization, at)), kept=KEPT, columns=columns_read())


def _lay_out_derived(*, is_first: bool) -> None:
    """Empty tables of figures for this transaction."""
    with connection.cursor() as cursor:
        for table in DERIVED:
            if is_first:
                rows = f"LIKE public.{table} INCLUDING DEFAULTS, PRIMARY KEY ({KEYS[table]})"
                cursor.execute(f"CREATE TEMPORARY TABLE {table} ({rows}) ON COMMIT DROP")
            else:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def _compute(cursor: Any, organization_id: int, at: datetime) -> None:
    """The figures of the moment, by the functions of the present, into the empty tables."""
    for table in DERIVED:
        names = columns_of(table)
        copied = f"INSERT INTO {table} ({names}) SELECT {names} FROM public.{table}"  # noqa: S608
        cursor.execute(f"{copied} WHERE {OWN[table]}", {"organization": organization_id})
        cursor.execute(f"ANALYZE {table}")
    ids = list(Objective.objects.filter(organization_id=organization_id).order_by("pk").values_list("pk", flat=True))
    with computing():
        ensure_figures(ids, at=at)
        evaluate_all(at=at, organization_id=organization_id)
        refresh_delivery(ids, at=at)
        roll_up_shown(at=at, organization_id=organization_id)
    for table in DERIVED:
        cursor.execute(f"UPDATE {table} SET changed_at = %s WHERE changed_at > %s", [at, at])  # noqa: S608
