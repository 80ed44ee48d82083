"""Why the forecast and the signal of a KPI are as they are, as stored: method, errors, chance, rule, limits."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kpis.models import Kpi, KpiOutlook


@dataclass(frozen=True)
class OutlookFacts:
    """`error` and `naive_error`: how far the method and the last value erred on the KPI's own past, on average.

    `stale`: values have changed since `computed_at`, and a worker is at it.
    """

    computed_at: datetime | None
    stale: bool
    points: int
    forecast_period: date | None
    forecast: Decimal | None
    low: Decimal | None
    high: Decimal | None
    probability: float | None
    method: str
    error: float | None
    naive_error: float | None
    signal_period: date | None
    signal_rule: str
    signal_nature: str
    assurance: str
    centre: Decimal | None
    lower_limit: Decimal | None
    upper_limit: Decimal | None
    provisional: bool
    season_removed: bool


def outlook_facts(kpi: Kpi) -> OutlookFacts | None:
    """None before it was worked out for the first time. One query, none where it was read along."""
    row: KpiOutlook | None = getattr(kpi, "outlook", None)
    if row is None or row.computed_at is None:
        return None
    return OutlookFacts(
        computed_at=row.computed_at,
        stale=row.stale,
        points=row.points,
        forecast_period=row.forecast_period,
        forecast=row.forecast_value,
        low=row.forecast_low,
        high=row.forecast_high,
        probability=row.probability,
        method=row.forecast_method,
        error=row.forecast_error,
        naive_error=row.naive_error,
        signal_period=row.signal_period,
        signal_rule=row.signal_rule,
        signal_nature=row.signal_nature,
        assurance=row.assurance,
        centre=row.centre,
        lower_limit=row.lower_limit,
        upper_limit=row.upper_limit,
        provisional=row.provisional,
        season_removed=row.season_removed,
    )
