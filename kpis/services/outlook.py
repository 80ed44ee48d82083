"""Signals and forecasts of KPIs: worked out behind the values, stored beside the figures, kept once made.

A row of `KpiOutlook` that is stale is the message. Working one out takes milliseconds, so nothing is locked meanwhile:
nobody who records values waits for it. What was worked out is stored only where the row is still the one that was read
(`xmin` changes whenever a row is marked again); otherwise the message stands and is answered next time.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from kpis.models import Kpi, KpiFigures, KpiOutlook, PastForecast, StepChange
from kpis.outlook import Outlook, Step, outlook_of
from kpis.seasons import seasoned
from kpis.services.reading import plain_definitions, readings_of
from kpis.services.storing import kept
from organization.models import Organization
from organization.services import bump_figures_version

OUTLOOK_LOCK: Final = 0x4F55544C
"""First key of the advisory locks that share the messages among workers; the second key is the KPI."""

COLUMNS: Final = (
    "points",
    "signal_period",
    "signal_rule",
    "signal_nature",
    "assurance",
    "centre",
    "lower_limit",
    "upper_limit",
    "provisional",
    "season_removed",
    "forecast_method",
    "forecast_period",
    "forecast_value",
    "forecast_low",
    "forecast_high",
    "probability",
    "forecast_error",
    "naive_error",
    "steps",
    "methods",
)
PAST_COLUMNS: Final = ("method", "period", "value", "low", "high", "probability", "steps")
STEPS_KEPT: Final = 12
"""Of a forecast that is kept: so many periods ahead, and the end."""

CLAIM: Final = "SELECT id FROM unnest(%s::bigint[]) AS id WHERE pg_try_advisory_xact_lock(%s, (id %% 2147483647)::int)"
XMIN: Final = RawSQL('"kpis_kpioutlook"."xmin"::text', [])


@dataclass(frozen=True)
class Refreshed:
    """How many messages were claimed and answered, and how many rows differed from what stood there."""

    claimed: int = 0
    answered: int = 0
    changed: int = 0

    def __add__(self, other: "Refreshed") -> "Refreshed":
        return Refreshed(self.claimed + other.claimed, self.answered + other.answered, self.changed + other.changed)


def mark_outlooks_stale(kpi_ids: Iterable[int]) -> None:
    """Ask for the outlook of these KPIs; they get a row where they had none. The caller holds their figures."""
    rows = [KpiOutlook(kpi_id=pk, stale=True) for pk in sorted(set(kpi_ids))]
    KpiOutlook.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["kpi"], update_fields=["stale"], batch_size=5000
    )


def mark_all_outlooks_stale(organization_id: int) -> None:
    """Ask for the outlook of every KPI of an organization: what all of them rest on has changed."""
    mark_outlooks_stale(Kpi.objects.filter(organization_id=organization_id).values_list("pk", flat=True))


def refresh_outlooks(*, at: datetime, batch: int = 50, organization_id: int | None = None) -> Refreshed:
    """Answer stale rows, in the order of the key; another worker takes others. One short write at the end.

    Leaves the outlook, the forecast kept as based on the latest period, figures to be announced where an alert could
    read something, and a new version of the organizations' figures where something differs.
    """
    with transaction.atomic():
        seen = _claimed(batch, organization_id)
        if not seen:
            return Refreshed()
        answered, changed = _store(outlooks_of(seen), seen, at=at)
    return Refreshed(len(seen), answered, changed)


def refresh_waiting_outlooks(*, at: datetime, organization_id: int, batch: int = 100) -> Refreshed:
    """Answer all stale rows of an organization that nobody else is answering."""
    total = Refreshed()
    while True:
        done = refresh_outlooks(at=at, batch=batch, organization_id=organization_id)
        total += done
        if not done.answered:
            return total


def step_changes_of(kpi_ids: Iterable[int]) -> dict[int, list[date]]:
    """From which periods on another process is recorded, by KPI. One query."""
    found: dict[int, list[date]] = {}
    rows = StepChange.objects.filter(kpi_id__in=list(kpi_ids)).order_by("kpi_id", "period")
    for kpi_id, period in rows.values_list("kpi_id", "period"):
        found.setdefault(kpi_id, []).append(period)
    return found


def outlooks_of(kpi_ids: Collection[int]) -> dict[int, Outlook]:
    """The outlook of KPIs worked out from what is stored now: five queries for any number."""
    kpis = list(Kpi.objects.filter(pk__in=list(kpi_ids)))
    organizations = Organization.objects.in_bulk({kpi.organization_id for kpi in kpis})
    definitions, readings = plain_definitions(kpis, organizations), readings_of(kpi_ids)
    breaks = step_changes_of(kpi_ids)
    return {
        kpi.pk: outlook_of(
            seasoned(definitions[kpi.pk], readings.get(kpi.pk, [])),
            readings.get(kpi.pk, []),
            breaks=breaks.get(kpi.pk, ()),
            minimum=kpi.minimum,
            maximum=kpi.maximum,
        )
        for kpi in kpis
    }


def step_row(step: Step) -> dict[str, str]:
    """A step ahead as it is stored."""
    numbers = {name: str(getattr(step, name)) for name in ("value", "low", "high", "low95", "high95", "naive")}
    return {"period": step.period.isoformat(), **numbers}


def _claimed(batch: int, organization_id: int | None) -> dict[int, str]:
    """The rows that this worker answers, with the version of each that asks. Other workers skip them until the end."""
    waiting = KpiOutlook.objects.filter(stale=True).order_by("pk")
    if organization_id is not None:
        waiting = waiting.filter(kpi__organization_id=organization_id)
    candidates = list(waiting.values_list("pk", flat=True)[: 4 * batch])
    with connection.cursor() as cursor:
        cursor.execute(f"{CLAIM} LIMIT %s", [candidates, OUTLOOK_LOCK, batch])
        mine = [pk for (pk,) in cursor.fetchall()]
    rows = KpiOutlook.objects.filter(pk__in=mine, stale=True).order_by("pk").annotate(version=XMIN)
    return dict(rows.values_list("pk", "version"))


def _store(found: Mapping[int, Outlook], seen: Mapping[int, str], *, at: datetime) -> tuple[int, int]:
    """Figures first, then outlooks, each in the order of the key, as everybody who records values does.

    A KPI whose figures somebody holds is left out: it is about to change.
    """
    free = KpiFigures.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=list(found))
    held = list(free.order_by("pk").values_list("pk", flat=True))
    rows = KpiOutlook.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=held)
    ours = [row for row in rows.order_by("pk").annotate(version=XMIN) if row.version == seen[row.pk]]
    changed = []
    announced = []
    for row in ours:
        columns = columns_of(found[row.pk])
        if _tells_alerts(row) or columns["signal_rule"] or columns["probability"] is not None:
            announced.append(row.pk)
        if row.computed_at is None or any(getattr(row, name) != value for name, value in columns.items()):
            changed.append(row.pk)
        for name, value in columns.items():
            setattr(row, name, value)
        row.stale, row.computed_at = False, at
    KpiOutlook.objects.bulk_create(
        ours,
        update_conflicts=True,
        unique_fields=["kpi"],
        update_fields=["stale", "computed_at", *COLUMNS],
        batch_size=500,
    )
    _keep_forecasts({row.pk: found[row.pk] for row in ours}, at=at)
    KpiFigures.objects.filter(pk__in=announced).update(announced=False)
    if changed:
        bump_figures_version(
            set(Kpi.objects.filter(pk__in=changed).values_list("organization_id", flat=True).distinct())
        )
    return len(ours), len(changed)


def columns_of(found: Outlook) -> dict[str, Any]:
    """An outlook as the columns of `KpiOutlook`."""
    behaviour, ahead = found.behaviour, found.ahead
    limits = behaviour.chart.limits if behaviour.chart else None
    signals = behaviour.chart.signals if behaviour.chart else ()
    latest = next((one for one in signals if one.index == signals[-1].index), None)
    return {
        "points": found.points,
        "signal_period": latest.period if latest else None,
        "signal_rule": str(latest.rule) if latest else "",
        "signal_nature": str(latest.nature) if latest else "",
        "assurance": str(behaviour.assurance or ""),
        "centre": kept(limits.centre) if limits else None,
        "lower_limit": kept(limits.lower) if limits else None,
        "upper_limit": kept(limits.upper) if limits else None,
        "provisional": bool(limits and limits.provisional),
        "season_removed": behaviour.season_removed,
        "forecast_method": ahead.method if ahead else "",
        "forecast_period": ahead.end.period if ahead else None,
        "forecast_value": ahead.end.value if ahead else None,
        "forecast_low": ahead.end.low if ahead else None,
        "forecast_high": ahead.end.high if ahead else None,
        "probability": ahead.probability if ahead else None,
        "forecast_error": ahead.error if ahead else None,
        "naive_error": ahead.naive_error if ahead else None,
        "steps": [step_row(step) for step in ahead.steps] if ahead else [],
        "methods": [vars_of(one) for one in ahead.candidates] if ahead else [],
    }


def vars_of(tried: Any) -> dict[str, Any]:
    """A candidate as it is stored."""
    return {"method": tried.method, "error": tried.error, "naive_ratio": tried.naive_ratio}


def _tells_alerts(row: KpiOutlook) -> bool:
    return bool(row.signal_rule) or row.probability is not None


def _keep_forecasts(found: Mapping[int, Outlook], *, at: datetime) -> None:
    """Each forecast under the period that it is based on; an earlier one of the same period is replaced.

    Those based on earlier periods are never touched again.
    """
    made = {(pk, one.last): one for pk, one in found.items() if one.ahead is not None and one.last is not None}
    present = {
        (row.kpi_id, row.based_on): row
        for row in PastForecast.objects.filter(kpi_id__in=list(found), based_on__in={day for _pk, day in made})
    }
    rows = []
    for (kpi_id, based_on), one in made.items():
        columns = _past_columns(one)
        old = present.get((kpi_id, based_on))
        if old is None or any(getattr(old, name) != value for name, value in columns.items()):
            rows.append(PastForecast(kpi_id=kpi_id, based_on=based_on, made_at=at, **columns))
    PastForecast.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kpi", "based_on"],
        update_fields=["made_at", *PAST_COLUMNS],
        batch_size=500,
    )


def _past_columns(one: Outlook) -> dict[str, Any]:
    ahead = one.ahead
    if ahead is None:
        return {}
    some = ahead.steps if len(ahead.steps) <= STEPS_KEPT else (*ahead.steps[:STEPS_KEPT], ahead.end)
    return {
        "method": ahead.method,
        "period": ahead.end.period,
        "value": ahead.end.value,
        "low": ahead.end.low,
        "high": ahead.end.high,
        "probability": ahead.probability,
        "steps": [step_row(step) for step in some],
    }
