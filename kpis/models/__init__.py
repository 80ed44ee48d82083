"""What is measured, what was observed, what people say about it, and the figures made of it."""

from kpis.models.definitions import FormulaOperand, Kpi, KpiQuerySet, Measure, Target, value_field
from kpis.models.figures import KpiFigures, KpiOutlook, PastForecast
from kpis.models.statements import StatusOverride, StepChange
from kpis.models.values import (
    Batch,
    Measurement,
    MeasurementRevision,
    PeriodLock,
    RestatedValue,
    Restatement,
)

__all__ = [
    "Batch",
    "FormulaOperand",
    "Kpi",
    "KpiFigures",
    "KpiOutlook",
    "KpiQuerySet",
    "Measure",
    "Measurement",
    "MeasurementRevision",
    "PastForecast",
    "PeriodLock",
    "RestatedValue",
    "Restatement",
    "StatusOverride",
    "StepChange",
    "Target",
    "value_field",
]
