"""How an alert moves from state to state: by example, and for any sequence of comparisons."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.choices import AlertState
from alerts.grouping import QUIET, SETTLE, branch_of, next_episode
from alerts.lifecycle import Life, Patience, Verdict, begin, due_at, escalates_at, observe

START = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOLDS, OVER, UNKNOWN, UNJUDGED = Verdict.HOLDS, Verdict.OVER, Verdict.UNKNOWN, Verdict.UNJUDGED


@dataclass
class Kept:
    """One rule on one subject: the alerts that it made, as a reconciliation would keep them."""

    patience: Patience
    alerts: list[Life] = field(default_factory=list)
    verdict: Verdict = OVER

    @property
    def live(self) -> list[Life]:
        return [life for life in self.alerts if life.takes_the_place]

    @property
    def state(self) -> str:
        return str(self.live[0].state) if self.live else "normal"

    def compare(self, verdict: Verdict, at: datetime) -> None:
        self.verdict = verdict
        new: list[Life | None] = [
            observe(life, verdict, self.patience, at=at) if life.takes_the_place else life for life in self.alerts
        ]
        self.alerts = [life for life in new if life is not None]
        if not self.live and (life := begin(verdict, self.patience, at=at)) is not None:
            self.alerts.append(life)

    def wait(self, until: datetime) -> None:
        while (due := self.due()) is not None and due <= until:
            self.compare(self.verdict, due)

    def due(self) -> datetime | None:
        moments = [due_at(life, self.verdict, self.patience) for life in self.live]
        return min((moment for moment in moments if moment is not None), default=None)


def course(patience: Patience, *seen: tuple[int, Verdict]) -> list[str]:
    """The state after each comparison, given by its hour."""
    kept, states = Kept(patience), []
    for hour, verdict in seen:
        kept.wait(START + hour * HOUR)
        kept.compare(verdict, START + hour * HOUR)
        states.append(kept.state)
    return states


def test_without_patience_it_fires_and_resolves_at_once() -> None:
    assert course(Patience(), (0, OVER), (1, HOLDS), (2, HOLDS), (3, OVER)) == ["normal", "firing", "firing", "normal"]


def test_it_is_pending_until_the_hold_time_has_passed() -> None:
    patience = Patience(hold=3 * HOUR)
    assert course(patience, (0, HOLDS), (2, HOLDS), (3, HOLDS)) == ["pending", "pending", "firing"]


def test_a_pending_alert_whose_condition_ends_leaves_nothing_behind() -> None:
    kept = Kept(Patience(hold=3 * HOUR))
    kept.compare(HOLDS, START)
    kept.compare(OVER, START + HOUR)
    assert kept.alerts == []
    kept.compare(HOLDS, START + 2 * HOUR)
    assert kept.due() == START + 5 * HOUR


def test_time_alone_fires_and_resolves() -> None:
    kept = Kept(Patience(hold=3 * HOUR, recovery=2 * HOUR))
    kept.compare(HOLDS, START)
    kept.wait(START + 10 * HOUR)
    assert (kept.state, kept.live[0].opened_at) == ("firing", START + 3 * HOUR)
    kept.compare(OVER, START + 11 * HOUR)
    assert (kept.state, kept.due()) == ("recovering", START + 13 * HOUR)
    kept.wait(START + 20 * HOUR)
    assert [(life.state, life.ended_at) for life in kept.alerts] == [("resolved", START + 13 * HOUR)]


def test_a_relapse_while_recovering_goes_back_to_where_it_was() -> None:
    patience = Patience(recovery=4 * HOUR)
    assert course(patience, (0, HOLDS), (1, OVER), (2, HOLDS), (3, OVER), (6, OVER), (7, OVER)) == [
        "firing",
        "recovering",
        "firing",
        "recovering",
        "recovering",
        "normal",
    ]


def test_an_acknowledged_alert_comes_back_acknowledged() -> None:
    life = Life(AlertState.ACKNOWLEDGED, holds=True, opened_at=START, acknowledged=True)
    patience = Patience(recovery=4 * HOUR)
    for verdict, state in (
        (UNKNOWN, "no_data"),
        (HOLDS, "acknowledged"),
        (OVER, "recovering"),
        (HOLDS, "acknowledged"),
    ):
        seen = observe(life, verdict, patience, at=START + HOUR)
        assert seen is not None
        life = seen
        assert life.state == state


def test_no_data_never_resolves_and_a_recovery_begins_anew() -> None:
    patience = Patience(recovery=2 * HOUR)
    seen = [(0, HOLDS), (1, OVER), (2, UNKNOWN), (50, UNKNOWN), (51, OVER), (52, OVER), (53, OVER)]
    assert course(patience, *seen) == [
        "firing",
        "recovering",
        "no_data",
        "no_data",
        "recovering",
        "recovering",
        "normal",
    ]


def test_what_is_pending_does_not_fire_without_data() -> None:
    assert course(Patience(hold=2 * HOUR), (0, HOLDS), (1, UNKNOWN), (5, UNKNOWN), (6, HOLDS)) == [
        "pending",
        "pending",
        "pending",
        "firing",
    ]


def test_what_cannot_be_judged_is_an_error_of_its_own_and_opens_nothing() -> None:
    assert course(Patience(), (0, UNJUDGED), (1, HOLDS), (2, UNJUDGED), (3, OVER)) == [
        "normal",
        "firing",
        "error",
        "normal",
    ]


def test_what_is_being_computed_changes_nothing_and_is_not_due() -> None:
    kept = Kept(Patience(hold=2 * HOUR))
    kept.compare(HOLDS, START)
    kept.compare(Verdict.UNCHANGED, START + 3 * HOUR)
    assert (kept.state, kept.due()) == ("pending", None)


def test_what_is_no_longer_watched_ends_at_once() -> None:
    assert course(Patience(recovery=9 * HOUR), (0, HOLDS), (1, Verdict.UNWATCHED)) == ["firing", "normal"]
    assert course(Patience(hold=9 * HOUR), (0, HOLDS), (1, Verdict.UNWATCHED)) == ["pending", "normal"]


def closed(**said: datetime) -> Life:
    return Life(AlertState.CLOSED, holds=True, opened_at=START, ended_at=START, **said)  # type: ignore[arg-type]


def test_a_closed_alert_keeps_its_place_until_the_condition_has_ended_for_the_recovery_time() -> None:
    kept = Kept(Patience(recovery=2 * HOUR), [closed()])
    kept.compare(HOLDS, START + HOUR)
    kept.compare(OVER, START + 2 * HOUR)
    kept.compare(HOLDS, START + 3 * HOUR)
    assert [life.state for life in kept.alerts] == ["closed"]
    kept.compare(OVER, START + 4 * HOUR)
    kept.wait(START + 6 * HOUR)
    assert kept.live == []
    kept.compare(HOLDS, START + 7 * HOUR)
    assert [life.state for life in kept.alerts] == ["closed", "firing"]


def test_an_accepted_deviation_that_is_over_fires_again_if_the_condition_still_holds() -> None:
    for verdict, states in ((HOLDS, ["closed", "firing"]), (OVER, ["closed"])):
        kept = Kept(Patience(), [closed(accepted_end=START + 5 * HOUR)])
        kept.compare(HOLDS, START + HOUR)
        kept.compare(verdict, START + 2 * HOUR)
        kept.wait(START + 9 * HOUR)
        assert [life.state for life in kept.alerts] == states


def test_it_escalates_level_after_level_and_never_during_a_snooze_or_when_acknowledged() -> None:
    patience = Patience(escalate_after=5 * HOUR)
    life = Life(AlertState.FIRING, holds=True, opened_at=START)
    assert escalates_at(life, patience) == START + 5 * HOUR
    second = Life(AlertState.FIRING, holds=True, opened_at=START, escalation_level=1)
    assert escalates_at(second, patience) == START + 10 * HOUR
    snoozed = Life(AlertState.FIRING, holds=True, opened_at=START, snoozed_until=START + 8 * HOUR)
    assert (escalates_at(snoozed, patience), due_at(snoozed, HOLDS, patience)) == (START + 8 * HOUR, START + 8 * HOUR)
    top = Life(AlertState.FIRING, holds=True, opened_at=START, escalation_ended=True)
    taken = Life(AlertState.ACKNOWLEDGED, holds=True, opened_at=START, acknowledged=True)
    assert [escalates_at(one, patience) for one in (top, taken)] == [None, None]
    assert escalates_at(life, Patience()) is None


@pytest.mark.parametrize(
    ("path", "branch"), [(None, None), ("", None), ("1", 1), ("1.5", 5), ("1.5.9", 5), ("10.52.9.3", 52)]
)
def test_the_branch_is_the_department_directly_below_the_root(path: str | None, branch: int | None) -> None:
    assert branch_of(path) == branch


def test_alerts_join_the_episode_until_it_was_told_and_the_next_message_comes_after_the_quiet_time() -> None:
    tell_at = START + SETTLE
    assert next_episode(1, tell_at, at=START + SETTLE / 2) == (1, tell_at)
    assert next_episode(1, tell_at, at=tell_at) == (2, tell_at + QUIET)
    assert next_episode(2, tell_at, at=START + 5 * HOUR) == (3, START + 5 * HOUR + SETTLE)


verdicts = st.sampled_from([HOLDS, OVER, UNKNOWN, UNJUDGED, Verdict.UNCHANGED])
sequences = st.lists(st.tuples(st.integers(0, 30), verdicts), max_size=25)
patiences = st.builds(
    Patience,
    hold=st.sampled_from([0, 3, 20]).map(lambda hours: hours * HOUR),
    recovery=st.sampled_from([0, 3, 20]).map(lambda hours: hours * HOUR),
)


def walked(seen: list[tuple[int, Verdict]], patience: Patience, *, twice: bool = False) -> Kept:
    kept, at = Kept(patience), START
    for hours, verdict in seen:
        at += hours * HOUR
        kept.wait(at)
        kept.compare(verdict, at)
        if twice:
            kept.compare(verdict, at)
        assert len(kept.live) <= 1
    return kept


@settings(max_examples=300, deadline=None)
@given(sequences, patiences)
def test_there_are_never_two_live_alerts_and_the_same_comparison_twice_changes_nothing(
    seen: list[tuple[int, Verdict]], patience: Patience
) -> None:
    assert walked(seen, patience).alerts == walked(seen, patience, twice=True).alerts


@settings(max_examples=300, deadline=None)
@given(sequences, patiences, st.sampled_from([HOLDS, OVER]))
def test_whatever_came_before_the_last_comparison_decides_once_its_time_has_passed(
    seen: list[tuple[int, Verdict]], patience: Patience, last: Verdict
) -> None:
    kept = walked(seen, patience)
    at = START + timedelta(days=400)
    kept.compare(last, at)
    kept.wait(at + timedelta(days=10))
    assert kept.state == ("firing" if last == HOLDS else "normal")


@settings(max_examples=200, deadline=None)
@given(sequences)
def test_without_patience_an_alert_is_open_exactly_while_the_last_word_was_that_it_holds(
    seen: list[tuple[int, Verdict]],
) -> None:
    kept = walked(seen, Patience())
    words = [verdict for _hours, verdict in seen if verdict in (HOLDS, OVER)]
    assert (kept.state != "normal") == (bool(words) and words[-1] == HOLDS)
