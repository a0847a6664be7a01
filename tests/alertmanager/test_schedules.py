"""When routes are muted, and when that changes; there is no program that tells, so minutes are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slogen.alertmanager.schedules import Schedule, words
from slogen.alertmanager.times import NamedTimes, TimeInterval

ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = TimeInterval(times=((540, 1080),), weekdays=((1, 5),), zone=BERLIN)
NIGHT = TimeInterval(times=((0, 360), (1320, 1440)))


def named(*intervals: TimeInterval) -> NamedTimes:
    return NamedTimes("x", intervals)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "is_muted", "change"),
    [
        # Sunday night; Monday at nine in Berlin is eight in UTC in winter and seven in summer.
        (Schedule(active=(named(OFFICE),)), "2026-11-22T00:30", True, "2026-11-23T08:00"),
        (Schedule(active=(named(OFFICE),)), "2026-06-21T00:30", True, "2026-06-22T07:00"),
        (Schedule(active=(named(OFFICE),)), "2026-11-23T08:00", False, "2026-11-23T17:00"),
        (Schedule(active=(named(OFFICE),)), "2026-11-27T17:00", True, "2026-11-30T08:00"),
        (Schedule(mute=(named(NIGHT),)), "2026-11-22T21:59", False, "2026-11-22T22:00"),
        # Midnight is no change here.
        (Schedule(mute=(named(NIGHT),)), "2026-11-22T23:00", True, "2026-11-23T06:00"),
        (Schedule(), "2026-11-22T23:00", False, None),
        (Schedule(active=(named(),)), "2026-11-22T23:00", True, None),
        (Schedule(mute=(named(TimeInterval(years=((2020, 2021),))),)), "2026-11-22T23:00", False, None),
        (
            Schedule(mute=(named(TimeInterval(days_of_month=((-1, -1),), months=((2, 2),))),)),
            "2026-11-22T23:00",
            False,
            "2027-02-28T00:00",
        ),
        # The hour from two to three is there twice in this night, and in another one not at all.
        (
            Schedule(mute=(named(TimeInterval(times=((120, 180),), zone=BERLIN)),)),
            "2026-10-25T00:30",
            True,
            "2026-10-25T02:00",
        ),
        (
            Schedule(mute=(named(TimeInterval(times=((120, 180),), zone=BERLIN)),)),
            "2027-03-28T00:30",
            False,
            "2027-03-29T00:00",
        ),
        # An outage of the clock: half past two ends what begins at one.
        (
            Schedule(mute=(named(TimeInterval(times=((60, 150),), zone=BERLIN)),)),
            "2027-03-28T00:30",
            True,
            "2027-03-28T01:00",
        ),
    ],
)
def test_what_holds_and_until_when(schedule: Schedule, now: str, is_muted: bool, change: str | None) -> None:
    assert schedule.is_muted(at(now)) == is_muted
    assert schedule.next_change(at(now)) == (at(change) if change else None)


minutes = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1])
days = st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] <= pair[1])
intervals = st.builds(
    TimeInterval,
    times=st.lists(minutes, max_size=2).map(tuple),
    weekdays=st.lists(days, max_size=2).map(tuple),
    zone=st.sampled_from([ZoneInfo(name) for name in ZONES]),
)
times = st.lists(st.lists(intervals, max_size=2).map(lambda found: named(*found)), max_size=2).map(tuple)
# Around both changes of the clock in Berlin and in Newfoundland.
instants = st.sampled_from(["2026-03-07", "2026-03-28", "2026-10-24", "2026-10-31", "2026-12-31"]).flatmap(
    lambda day: st.integers(0, 2 * 1440).map(lambda minute: at(day) + timedelta(minutes=minute))
)


@given(st.builds(Schedule, mute=times, active=times), instants)
@settings(max_examples=60, deadline=None)
def test_nothing_changes_before_the_next_change(schedule: Schedule, now: datetime) -> None:
    change = schedule.next_change(now)
    until = min(change or now + timedelta(days=8), now + timedelta(days=8))
    is_muted = schedule.is_muted(now)
    minute = now
    while (minute := minute + timedelta(minutes=1)) < until:
        assert schedule.is_muted(minute) == is_muted, minute
    if change is not None:
        assert schedule.is_muted(change) != is_muted


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        (OFFICE, "Monday to Friday 09:00 to 18:00 (Europe/Berlin)"),
        (NIGHT, "00:00 to 06:00 and 22:00 to 24:00 (UTC)"),
        (TimeInterval(weekdays=((0, 0), (6, 6))), "Sunday and Saturday (UTC)"),
        (
            TimeInterval(days_of_month=((1, 2), (-3, -1)), months=((12, 12),), years=((2026, 2027),)),
            "on the 1st to 2nd and 3rd last to last of the month in December in 2026 to 2027 (UTC)",
        ),
        (TimeInterval(), "always"),
    ],
)
def test_words(interval: TimeInterval, said: str) -> None:
    assert words(named(interval)) == said
