"""A KPI by month, quarter, year, to date or over twelve months (SEMANTICS §8)."""

from kpis.windows.calendar import FINENESS, By, TooShort, Window, anchor, fits, periods_inside, windows_of
from kpis.windows.series import Blank, Observed, WindowPoint, windowed_series

__all__ = [
    "FINENESS",
    "Blank",
    "By",
    "Observed",
    "TooShort",
    "Window",
    "WindowPoint",
    "anchor",
    "fits",
    "periods_inside",
    "windowed_series",
    "windows_of",
]
