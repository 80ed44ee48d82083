"""The formulas of a `move` KPI with their numbers, by the shape of its plan (SEMANTICS §2, §5)."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from kpis.choices import Flag, Trajectory
from kpis.definition import exact
from kpis.explain.parts import Step, plain
from kpis.growth import years_between
from kpis.models import Kpi, KpiFigures
from kpis.trajectory import grows, time_passed

UNKNOWN = "–"


def is_compound(kpi: Kpi, figures: KpiFigures) -> bool:
    """Whether the plan is a curve of equal growth from the baseline to the target in force."""
    base = exact(kpi.baseline, kpi.precision)
    return kpi.trajectory == Trajectory.COMPOUND and grows(base, exact(figures.target, kpi.precision))


def passed_of(kpi: Kpi, figures: KpiFigures) -> Decimal | None:
    """Share of the time of a compound plan that had passed: the exponent of its curve."""
    base, target = exact(kpi.baseline, kpi.precision), exact(figures.target, kpi.precision)
    if base is None or target is None or figures.expected_share is None:
        return None
    return time_passed(base, target, Decimal(repr(figures.expected_share)))


def steps_of_move(kpi: Kpi, figures: KpiFigures) -> list[Step]:
    """What came, what was expected, and both against each other."""
    return [*_actual(kpi, figures), *_expected(kpi, figures), *_pace(kpi, figures), *_growth(kpi, figures)]


def _actual(kpi: Kpi, figures: KpiFigures) -> Iterator[Step]:
    places = kpi.precision
    a, b, t = (plain(value, places) or UNKNOWN for value in (figures.value, kpi.baseline, figures.target))
    if kpi.trajectory == Trajectory.SEASONAL:
        since = kpi.start.isoformat() if kpi.start else "t0"
        came = None
        if figures.value is not None:
            came = plain(figures.value - (kpi.baseline or Decimal(0)), places)
        yield Step(_("Actual since the start"), f"A = b + Σ x, {since} …", f"{b} + {came or UNKNOWN}", a)
    yield Step(_("Progress"), "P = (A − b) / (T − b)", f"({a} − {b}) / ({t} − {b})", plain(figures.progress, 6))


def _expected(kpi: Kpi, figures: KpiFigures) -> Iterator[Step]:
    places, share = kpi.precision, plain(figures.expected_share, 6)
    b, t, e = (plain(value, places) or UNKNOWN for value in (kpi.baseline, figures.target, figures.expected))
    if is_compound(kpi, figures):
        passed = plain(passed_of(kpi, figures), 6) or UNKNOWN
        expected = plain(figures.expected, places)
        yield Step(_("Expected value today"), "E = b × (T / b)^p", f"{b} × ({t} / {b})^{passed}", expected)
        yield Step(_("Expected share of the way"), "s = (E − b) / (T − b)", f"({e} − {b}) / ({t} − {b})", share)
        return
    if kpi.trajectory == Trajectory.SEASONAL and Flag.UNSEASONED not in figures.flags:
        formula = "p = (S(t) − S(t0)) / (S(t1) − S(t0))"
        yield Step(_("Share of the season"), formula, _("S from the complete years before the start"), share)
    filled = f"{b} + ({t} − {b}) × {share or UNKNOWN}"
    yield Step(_("Expected value today"), "E = b + (T − b) × p", filled, plain(figures.expected, places))


def _pace(kpi: Kpi, figures: KpiFigures) -> Iterator[Step]:
    if figures.progress is None or not figures.expected_share:
        return
    symbol = "s" if is_compound(kpi, figures) else "p"
    done, share = plain(figures.progress, 6), plain(figures.expected_share, 6)
    ratio, gap = figures.progress / figures.expected_share, figures.progress - figures.expected_share
    yield Step(_("Pace"), f"q = P / {symbol}", f"{done} / {share}", plain(ratio, 6))
    yield Step(_("Gap"), f"g = P − {symbol}", f"{done} − {share}", plain(gap, 6))


def _growth(kpi: Kpi, figures: KpiFigures) -> Iterator[Step]:
    """Yearly growth so far over the yearly growth that the plan needs, n and N years."""
    if figures.growth_pace is None or kpi.start is None or kpi.end is None or figures.period is None:
        return
    places, calendar = kpi.precision, (kpi.frequency, kpi.organization.fiscal_year_start)
    a, b, t = (plain(value, places) for value in (figures.value, kpi.baseline, figures.target))
    so_far = plain(years_between(kpi.start, figures.period, *calendar), 3)
    in_all = plain(years_between(kpi.start, kpi.end, *calendar), 3)
    yield Step(
        _("Growth pace"),
        "G = ((A / b)^(1/n) − 1) / ((T / b)^(1/N) − 1)",
        f"(({a} / {b})^(1/{so_far}) − 1) / (({t} / {b})^(1/{in_all}) − 1)",
        plain(figures.growth_pace, 6),
    )
