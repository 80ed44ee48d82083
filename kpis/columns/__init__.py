"""Tables of values as people keep them: what each column means, what each cell says. Pure: plain texts in and out."""

from kpis.columns.assignment import Assignment, Role, Shape, guess
from kpis.columns.cells import MISSING, NotRead, guess_decimal, is_missing, read_flag, read_number
from kpis.columns.periods import NotAPeriod, read_period
from kpis.columns.tables import Cell, Given, Sheet, cells_of, read_csv, sheet_of

__all__ = [
    "MISSING",
    "Assignment",
    "Cell",
    "Given",
    "NotAPeriod",
    "NotRead",
    "Role",
    "Shape",
    "Sheet",
    "cells_of",
    "guess",
    "guess_decimal",
    "is_missing",
    "read_csv",
    "read_flag",
    "read_number",
    "read_period",
    "sheet_of",
]
