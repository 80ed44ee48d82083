"""Targets that the past of a KPI suggests."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kpis.definition import Definition, Reading
from kpis.proposals import Bounds, Idea, Proposal, proposals_of, with_probabilities
from kpis.seasons import seasoned
from kpis.validation import validate

D = Decimal
TODAY = date(2026, 1, 15)
RATE = Definition(precision=1, baseline=D(70), start=date(2026, 1, 1), end=date(2026, 12, 31))


def months(values: list[str] | list[int], first: int = 2024) -> list[Reading]:
    return [Reading(date(first + place // 12, place % 12 + 1, 1), D(value)) for place, value in enumerate(values)]


RISING = months([str(D(70) + D(place) / 2 + (1 if place % 2 else -1)) for place in range(24)])


def by_idea(found: tuple[Proposal, ...]) -> dict[Idea, Proposal]:
    return {one.idea: one for one in found}


def test_proposals_of_a_rising_kpi_go_from_easy_to_hard_with_their_numbers() -> None:
    found = proposals_of(RATE, RISING, on=TODAY)
    assert [one.idea for one in found] == [Idea.SUSTAINED, Idea.LIMIT, Idea.PACE, Idea.STRETCH]
    ideas = by_idea(found)
    assert (ideas[Idea.PACE].value, ideas[Idea.PACE].facts["ahead"]) == (D("87.7"), 12)
    assert ideas[Idea.PACE].facts["horizon"] == date(2026, 12, 31)
    best = ideas[Idea.SUSTAINED]
    assert (best.value, best.facts["since"], best.facts["until"]) == (D("81.3"), date(2025, 10, 1), date(2025, 12, 1))
    assert (best.reached, best.periods, best.assurance) == (2, 24, "hit_or_miss")
    assert (ideas[Idea.LIMIT].reached, ideas[Idea.STRETCH].assurance) == (0, "consistently_fails")


def test_proposals_of_a_kpi_that_should_fall_go_down() -> None:
    falling = months([str(90 - place % 3) for place in range(12)], 2025)
    found = proposals_of(replace(RATE, direction="down", baseline=D(90)), falling, on=TODAY)
    values = [one.value or D(0) for one in found]
    assert values == sorted(values, reverse=True)
    assert by_idea(found)[Idea.LIMIT].value == D("85.6")


def test_proposals_of_the_wrong_trend_hold_what_is() -> None:
    worse = months([str(90 - place) for place in range(12)], 2025)
    found = by_idea(proposals_of(replace(RATE, baseline=D(60)), worse, on=TODAY))
    assert Idea.PACE not in found
    assert (found[Idea.HOLD].value, found[Idea.HOLD].facts["slope"]) == (D("80.0"), -1)


def test_proposals_need_six_closed_periods_and_something_to_aim_at() -> None:
    six = months([1, 2, 3, 4, 5, 6], 2025)
    any_base = replace(RATE, baseline=None)
    assert proposals_of(any_base, six, on=date(2025, 6, 30)) != ()
    assert proposals_of(any_base, six, on=date(2025, 6, 29)) == ()
    assert proposals_of(any_base, [], on=TODAY) == ()
    assert proposals_of(replace(any_base, kind="unscored"), six, on=TODAY) == ()


def test_proposals_stay_within_what_is_possible_and_never_repeat() -> None:
    steady = months([98, 99, 98, 99, 98, 99, 98, 99, 98, 99], 2025)
    found = proposals_of(RATE, steady, on=TODAY, bounds=Bounds(D(0), D(100)))
    values = [one.value for one in found]
    assert values == [D("98.7"), D("99.1"), D("100.0")]


def test_proposals_for_a_range_are_bounds() -> None:
    values = months([50, 52, 48, 51, 49, 50, 52, 48, 51, 49, 50, 50], 2025)
    found = by_idea(proposals_of(replace(RATE, kind="range"), values, on=TODAY))
    assert (found[Idea.USUAL].low, found[Idea.USUAL].high) == (D("48.0"), D("52.0"))
    limit = found[Idea.LIMIT]
    assert limit.low is not None
    assert limit.low < 48
    assert (limit.reached, limit.periods) == (12, 12)


def test_proposals_of_a_seasonal_kpi_are_sums_of_years() -> None:
    plan = Definition(
        baseline=D(0), start=date(2026, 1, 1), end=date(2026, 12, 31), trajectory="seasonal", time_aggregation="sum"
    )
    past = [*months([10] * 12, 2022), *months([11] * 12, 2023), *months([12] * 12), *months([13] * 12, 2025)]
    found = by_idea(proposals_of(seasoned(plan, past), past, on=TODAY))
    assert (found[Idea.PACE].value, found[Idea.PACE].facts["slope"]) == (168, 12)
    assert (found[Idea.SUSTAINED].value, found[Idea.SUSTAINED].reached) == (144, 2)
    half = seasoned(replace(plan, end=date(2026, 6, 30)), past)
    assert by_idea(proposals_of(half, past, on=TODAY))[Idea.PACE].value == 84


def test_probability_of_a_proposal_falls_with_its_height() -> None:
    found = with_probabilities(RATE, RISING, proposals_of(RATE, RISING, on=TODAY))
    seen = [one.probability for one in found]
    assert all(one is not None and 0 <= one <= 1 for one in seen)
    assert all((before or 0) >= (after or 0) for before, after in pairwise(seen))


def test_probability_of_a_seasonal_proposal_counts_what_came_already() -> None:
    plan = Definition(
        baseline=D(5), start=date(2026, 1, 1), end=date(2026, 12, 31), trajectory="seasonal", time_aggregation="sum"
    )
    past = [*months([10] * 36, 2023), *months([10] * 6, 2026)]
    reached, beyond = Proposal(Idea.LIMIT, D(125)), Proposal(Idea.STRETCH, D(126))
    found = with_probabilities(plan, past, [reached, beyond])
    assert [one.probability for one in found] == [1, 0]


@given(
    st.lists(st.decimals(-1000, 1000, places=2), min_size=6, max_size=40),
    st.sampled_from(["up", "down"]),
    st.sampled_from(["move", "period", "guardrail"]),
)
def test_every_proposal_may_be_set(values: list[Decimal], direction: str, kind: str) -> None:
    readings = [Reading(date(2020 + place // 12, place % 12 + 1, 1), value) for place, value in enumerate(values)]
    definition = replace(RATE, direction=direction, kind=kind, baseline=D(0))
    found = proposals_of(definition, readings, on=date(2025, 1, 1))
    assert [validate(replace(definition, target=one.value)) for one in found] == [[]] * len(found)
    assert len({one.value for one in found}) == len(found) <= 4
