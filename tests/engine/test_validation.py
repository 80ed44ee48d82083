"""What a KPI may not say of itself."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kpis.definition import Definition, TargetPoint
from kpis.validation import validate

D = Decimal
MARCH = date(2026, 3, 1)
MOVE = Definition(baseline=D(10), target=D(20), precision=1, start=date(2026, 1, 1), end=date(2026, 12, 31))


def codes(definition: Definition) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in validate(definition)]


@pytest.mark.parametrize(
    "definition",
    [
        MOVE,
        replace(MOVE, baseline=None),
        Definition(),
        Definition(kind="range"),
        Definition(kind="range", low=D(1), high=D(1)),
        Definition(kind="guardrail", target=D(5)),
        Definition(kind="unscored"),
        replace(MOVE, trajectory="compound"),
        replace(MOVE, trajectory="compound", baseline=D(-20), target=D(-10)),
        replace(MOVE, trajectory="seasonal", time_aggregation="sum"),
        replace(MOVE, kind="guardrail", trajectory="seasonal"),
        replace(MOVE, trajectory="stepped", targets=(TargetPoint(date(2026, 3, 1), D(10)),)),
    ],
)
def test_validate_accepts_what_the_files_allow(definition: Definition) -> None:
    assert codes(definition) == []


@pytest.mark.parametrize(
    ("definition", "problems"),
    [
        (replace(MOVE, target=D("10.04")), [("target", "target_equals_baseline")]),
        (replace(MOVE, direction="down"), [("direction", "direction_contradicts")]),
        (replace(MOVE, end=MOVE.start), [("end", "before_start")]),
        (replace(MOVE, start=None, end=None), [("start", "required"), ("end", "required")]),
        (replace(MOVE, targets=(TargetPoint(date(2026, 3, 1), D(5)),)), [("targets", "direction_contradicts")]),
        (replace(MOVE, trajectory="seasonal"), [("trajectory", "seasonal_not_additive")]),
        (
            replace(MOVE, trajectory="seasonal", time_aggregation="sum", cumulative=True),
            [("trajectory", "seasonal_running_total")],
        ),
        (replace(MOVE, trajectory="compound", baseline=D(0)), [("trajectory", "compound_signs")]),
        (replace(MOVE, trajectory="compound", baseline=D(-5)), [("trajectory", "compound_signs")]),
        (replace(MOVE, trajectory="compound", baseline=D(-5), target=D("-0.01")), [("trajectory", "compound_signs")]),
        (
            replace(MOVE, trajectory="compound", baseline=D(-5), target=D(-1), targets=(TargetPoint(MARCH, D(3)),)),
            [("targets", "compound_signs")],
        ),
        (Definition(kind="range", low=D(5), high=D(3)), [("high", "below_low")]),
        (Definition(kind="range", low=D(5)), [("high", "required")]),
        (Definition(kind="guardrail", width=D(-1)), [("width", "negative")]),
        (Definition(grace_days=-1, precision=-1), [("precision", "negative"), ("grace_days", "negative")]),
        (
            Definition(kind="period", targets=(TargetPoint(date(2026, 3, 1), D(5)),) * 2),
            [("targets", "duplicate")],
        ),
    ],
)
def test_validate_names_field_and_reason(definition: Definition, problems: list[tuple[str, str]]) -> None:
    assert codes(definition) == problems
