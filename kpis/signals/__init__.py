"""Signal or noise: process behaviour charts of a KPI's values (SEMANTICS §11), as plain arithmetic."""

from kpis.signals.limits import Limits, limits_about, limits_between, limits_of, moving_ranges
from kpis.signals.rules import Assurance, Nature, Rule, Side, Signal, assurance_of, nature_of, signals_of

__all__ = [
    "Assurance",
    "Limits",
    "Nature",
    "Rule",
    "Side",
    "Signal",
    "assurance_of",
    "limits_about",
    "limits_between",
    "limits_of",
    "moving_ranges",
    "nature_of",
    "signals_of",
]
