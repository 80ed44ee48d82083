"""Quiet times, waits between attempts, addresses, and what a subscription wants: the pure parts of deliveries."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.endpoints import fault_of, masked
from alerts.matching import Sight, Trait, Wish, groups_wanted
from alerts.quiet import Window, next_morning, quiet_until
from alerts.retries import FIRST_WAIT, MOST_ATTEMPTS, wait_after

PARIS = ZoneInfo("Europe/Paris")
NIGHT = Window("N", weekdays=127, from_time=time(20), to_time=time(7))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (utc(2026, 6, 15, 17, 59), None),  # 19:59 in Paris
        (utc(2026, 6, 15, 18), utc(2026, 6, 16, 5)),
        (utc(2026, 6, 16, 4, 59), utc(2026, 6, 16, 5)),
        (utc(2026, 6, 16, 5), None),
        (utc(2026, 1, 15, 20), utc(2026, 1, 16, 6)),  # in winter an hour later
        (utc(2026, 3, 28, 20), utc(2026, 3, 29, 5)),  # the night in which the clock goes forward
    ],
)
def test_quiet_until_reads_the_local_clock(at: datetime, expected: datetime | None) -> None:
    assert quiet_until([NIGHT], at, PARIS) == expected


def test_quiet_until_knows_on_which_evening_a_night_began() -> None:
    friday_night = Window("F", weekdays=16, from_time=time(22), to_time=time(6))
    assert quiet_until([friday_night], utc(2026, 6, 20, 3), PARIS) == utc(2026, 6, 20, 4)  # Saturday, 5 o'clock
    assert quiet_until([friday_night], utc(2026, 6, 19, 3), PARIS) is None


def test_quiet_until_joins_windows_that_touch() -> None:
    holiday = Window("H", starts_at=utc(2026, 6, 16, 5), ends_at=utc(2026, 6, 20, 12))
    assert quiet_until([holiday, NIGHT], utc(2026, 6, 15, 22), PARIS) == utc(2026, 6, 20, 12)


def test_next_morning_is_a_working_day() -> None:
    assert next_morning(utc(2026, 6, 15, 4), PARIS, 7) == utc(2026, 6, 15, 5)
    assert next_morning(utc(2026, 6, 15, 5), PARIS, 7) == utc(2026, 6, 16, 5)
    assert next_morning(utc(2026, 6, 19, 9), PARIS, 7) == utc(2026, 6, 22, 5)  # over the weekend


def test_waits_grow_and_end_after_about_a_day() -> None:
    waits = [wait_after(number, "a") for number in range(1, MOST_ATTEMPTS + 1)]
    assert waits[-1] is None
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert timedelta(hours=20) < sum(known, timedelta()) < timedelta(hours=30)


def test_wait_is_the_same_for_the_same_delivery_and_spread_over_many() -> None:
    assert wait_after(3, "a") == wait_after(3, "a")
    waits = {wait_after(1, str(number)) for number in range(100)}
    assert len(waits) == 100
    seconds = [wait.total_seconds() for wait in waits if wait is not None]
    assert 0.8 * FIRST_WAIT <= min(seconds) < 0.85 * FIRST_WAIT
    assert 1.15 * FIRST_WAIT < max(seconds) <= 1.2 * FIRST_WAIT


def test_wait_honours_the_receiver_within_a_day() -> None:
    assert wait_after(1, "a", asked=timedelta(hours=2)) == timedelta(hours=2)
    assert wait_after(1, "a", asked=timedelta(days=30)) == timedelta(days=1)
    assert wait_after(7, "a", asked=timedelta(seconds=1)) == wait_after(7, "a")
    assert wait_after(MOST_ATTEMPTS, "a", asked=timedelta(hours=2)) is None


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://hooks.example.org/a?b=c", ""),
        ("https://8.8.8.8:8443/", ""),
        ("http://hooks.example.org/", "scheme"),
        ("ftp://hooks.example.org/", "scheme"),
        ("https://me:secret@hooks.example.org/", "user"),
        ("https:///path", "host"),
        ("https://[::1", "host"),
        ("https://hooks.example.org:99999/", "host"),
        ("https://localhost/", "private"),
        ("https://api.localhost./", "private"),
        ("https://intranet/", "private"),
        ("https://db.internal/", "private"),
        ("https://10.0.0.7/", "private"),
        ("https://169.254.169.254/latest/meta-data", "private"),
        ("https://[fd00::1]/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"),
        ("https://2130706433/", "private"),
    ],
)
def test_fault_of_an_address(url: str, fault: str) -> None:
    assert fault_of(url, private_allowed=False) == fault


def test_private_addresses_may_be_allowed() -> None:
    assert fault_of("http://10.0.0.7:9000/", private_allowed=True) == ""
    assert fault_of("ftp://10.0.0.7/", private_allowed=True) == "scheme"


def test_masked_address_keeps_no_key() -> None:
    assert masked("https://hooks.slack.com/services/T0/B0/secret?x=y") == "https://hooks.slack.com/…"


RED = Trait(1, "colour_change", "red", "1.2.3", strategic=False, owner_id=7, kpi_id=5)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish("S"), True),
        (Wish("S", kinds=frozenset({"colour_change", "staleness"})), True),
        (Wish("S", kinds=frozenset({"staleness"})), False),
        (Wish("S", path="1.2"), True),
        (Wish("S", path="1.2.3"), True),
        (Wish("S", path="1.2.30"), False),
        (Wish("S", path="1.2.3.4"), False),
        (Wish("S", least_severity="red"), True),
        (Wish("S", kpi_ids=frozenset({5})), True),
        (Wish("S", kpi_ids=frozenset({6})), False),
        (Wish("S", objective_ids=frozenset({5})), False),
    ],
)
def test_wish_wants(wish: Wish, expected: bool) -> None:
    assert wish.wants(RED) is expected


def test_data_problems_are_no_worse_than_at_risk() -> None:
    data = Trait(1, "staleness", "data", None, strategic=False, owner_id=None)
    assert Wish("S").wants(data)
    assert not Wish("S", least_severity="red").wants(data)
    assert not Wish("S", path="1").wants(data)


def test_groups_wanted_are_those_with_something_seen_and_wanted() -> None:
    elsewhere = Trait(2, "colour_change", "red", "1.9", strategic=False, owner_id=8)
    shared = Trait(3, "colour_change", "red", "1.9", strategic=True, owner_id=8)
    own = Trait(4, "colour_change", "red", "1.9", strategic=False, owner_id=44)
    sight = Sight(("1.2",), user_id=44)
    assert groups_wanted(Wish("S"), sight, [RED, elsewhere, shared, own]) == {1, 3, 4}
    assert groups_wanted(Wish("S", path="1.2"), Sight(None), [RED, elsewhere, shared, own]) == {1}
