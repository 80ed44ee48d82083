"""Where the plan says a KPI should be (SEMANTICS §5)."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kpis.definition import Definition, TargetPoint
from kpis.trajectory import Milestone, expected_share, expected_value, share_on, target_on
from objectives.pace import EXACT

START, END = date(2026, 1, 1), date(2027, 1, 1)
HALFWAY = [Milestone(date(2026, 3, 1), Decimal("0.5")), Milestone(date(2026, 7, 2), Decimal("0.6"))]
days = st.dates(date(2025, 1, 1), date(2028, 1, 1))


def plan(trajectory: str, *rows: tuple[date, int], target: int | None = 200) -> Definition:
    return Definition(
        precision=1,
        baseline=Decimal(100),
        target=None if target is None else Decimal(target),
        start=START,
        end=END,
        trajectory=trajectory,
        targets=tuple(TargetPoint(day, Decimal(value)) for day, value in rows),
    )


def test_share_linear_counts_days_and_stays_within_bounds() -> None:
    assert expected_share("linear", START, END, date(2026, 3, 15)) == Decimal("0.2")
    assert expected_share("linear", START, END, date(2025, 12, 1)) == 0
    assert expected_share("linear", START, END, date(2027, 5, 1)) == 1


def test_share_stepped_is_the_last_milestone_reached() -> None:
    shares = [
        expected_share("stepped", START, END, day, HALFWAY) for day in (START, date(2026, 3, 1), date(2030, 1, 1))
    ]
    assert shares == [0, Decimal("0.5"), Decimal("0.6")]


def test_share_milestones_runs_straight_between_them() -> None:
    assert expected_share("milestones", START, END, date(2026, 5, 2), HALFWAY[:1]) == EXACT.add(
        Decimal("0.5"), EXACT.divide(Decimal(31), Decimal(306))
    )
    assert expected_share("milestones", START, END, END, HALFWAY) == 1


def test_share_without_dates_is_unknown() -> None:
    assert expected_share("linear", None, END, END) is None
    assert expected_share("milestones", START, None, END) is None


@given(
    st.sampled_from(["linear", "stepped", "milestones", "custom"]),
    days,
    days,
    days,
    st.lists(st.builds(Milestone, days, st.decimals(-2, 3, places=2)), max_size=5),
)
def test_share_is_between_zero_and_one(
    shape: str, start: date, end: date, on: date, milestones: list[Milestone]
) -> None:
    share = expected_share(shape, start, end, on, milestones)
    assert share is not None
    assert 0 <= share <= 1


def test_linear_rows_are_targets_valid_from_their_day() -> None:
    definition = plan("linear", (date(2026, 6, 1), 300))
    assert target_on(definition, date(2026, 5, 31)) == 200
    assert target_on(definition, date(2026, 6, 1)) == 300
    assert expected_value(definition, Decimal(300), date(2026, 3, 15)) == 140


def test_stepped_and_milestone_rows_are_the_way_and_not_the_target() -> None:
    rows = (date(2026, 3, 1), 150), (date(2026, 7, 2), 160)
    stepped, straight = plan("stepped", *rows), plan("milestones", *rows)
    assert target_on(stepped, date(2026, 8, 1)) == 200
    assert share_on(stepped, Decimal(200), date(2026, 3, 1)) == Decimal("0.5")
    assert expected_value(stepped, Decimal(200), date(2026, 2, 28)) == 100
    assert expected_value(straight, Decimal(200), date(2026, 7, 2)) == 160


def test_custom_expects_its_rows_and_the_baseline_before_the_first() -> None:
    definition = plan("custom", (date(2026, 3, 1), 90), (date(2026, 7, 2), 160), target=None)
    assert target_on(definition, START) == 160
    values = [expected_value(definition, Decimal(160), day) for day in (START, date(2026, 3, 1), date(2026, 12, 1))]
    assert values == [100, 90, 160]
    assert share_on(definition, Decimal(160), date(2026, 3, 1)) == 0


def test_plan_without_a_baseline_is_unknown() -> None:
    definition = Definition(target=Decimal(5), start=START, end=END)
    assert expected_value(definition, Decimal(5), END) is None
    assert share_on(definition, Decimal(5), END) == 1
