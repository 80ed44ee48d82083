"""Geometry of the small pictures and the look of numbers: pure functions and frozen dataclasses, no rows, no clock."""
