"""Forecasts (SEMANTICS §10): candidate methods, back-test, interval, forecast, accuracy; pure numpy."""
