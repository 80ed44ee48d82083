"""Signal or noise: process behaviour charts of a KPI's values (SEMANTICS §11), as plain arithmetic."""

from kpis.signals.chart import Chart, Method, Phase, Point, chart_of, is_charted
from kpis.signals.dense import Band, is_dense
from kpis.signals.limits import Limits, limits_about, limits_between, limits_of, moving_ranges
from kpis.signals.rules import Assurance, Nature, Rule, Side, Signal, assurance_of, nature_of, signals_of
from kpis.signals.season import LENGTHS, Adjusted, Season, deseasonalised, season_of, strongest_of

__all__ = [
    "LENGTHS",
    "Adjusted",
    "Assurance",
    "Band",
    "Chart",
    "Limits",
    "Method",
    "Nature",
    "Phase",
    "Point",
    "Rule",
    "Season",
    "Side",
    "Signal",
    "assurance_of",
    "chart_of",
    "deseasonalised",
    "is_charted",
    "is_dense",
    "limits_about",
    "limits_between",
    "limits_of",
    "moving_ranges",
    "nature_of",
    "season_of",
    "signals_of",
    "strongest_of",
]
