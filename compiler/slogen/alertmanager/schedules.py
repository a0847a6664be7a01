"""When a route notifies and when it is muted, in words and as instants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.routes import Delivery
from slogen.alertmanager.times import NamedTimes, Range, TimeInterval
from slogen.diagnostics import listed

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MINUTE = timedelta(minutes=1)
# Every combination of a weekday and a day of a month comes again within 28 years, but for what a century
# leaves out; nobody plans that far.
_FAR = 366 * 9


@dataclass(frozen=True, slots=True)
class Schedule:
    """The time intervals of a route: `mute` are those in which nobody is told, `active` the only ones in
    which somebody is, if there are any."""

    mute: tuple[NamedTimes, ...] = ()
    active: tuple[NamedTimes, ...] = ()

    @property
    def is_always(self) -> bool:
        """Whether the route notifies at all times, as far as it says."""
        return not self.mute and not self.active

    def is_muted(self, instant: datetime) -> bool:
        """Whether nobody is told at an instant, given with its time zone."""
        if any(times.contains(instant) for times in self.mute):
            return True
        return bool(self.active) and not any(times.contains(instant) for times in self.active)

    def next_change(self, instant: datetime) -> datetime | None:
        """The first instant after this one, on a minute, at which being muted begins or ends; None if that is
        years away or never."""
        if self.is_always:
            return None
        now = self.is_muted(instant)
        return next((at for at in self._candidates(instant) if self.is_muted(at) != now), None)

    def _candidates(self, instant: datetime) -> Iterator[datetime]:
        """The instants at which something may change, in order: midnights and times of day where the clocks
        of the intervals are read, and where these clocks are put forward or back."""
        intervals = [interval for times in (*self.mute, *self.active) for interval in times.intervals]
        first = instant.astimezone(UTC).date() - timedelta(days=1)
        for ahead in range(_FAR):
            day = first + timedelta(days=ahead)
            if day.year >= date.max.year:
                return
            found = {at for interval in intervals for at in _edges(interval, day)}
            # A day of another zone reaches into the day before and the one after.
            yield from sorted(at for at in found if instant < at)


def _edges(interval: TimeInterval, day: date) -> Iterator[datetime]:
    """The instants of one calendar day, from 00:00 UTC on, at which an interval may begin or end."""
    midnight = datetime.combine(day, time(), UTC)
    end = midnight + timedelta(days=1)
    minutes = sorted({0, *(minute % 1440 for times in interval.times for minute in times)})
    for offset in (-1, 0, 1):
        local_day = day + timedelta(days=offset)
        for minute in minutes:
            for fold in (0, 1):
                local = datetime.combine(local_day, time(minute // 60, minute % 60), interval.zone).replace(
                    fold=fold
                )
                at = local.astimezone(UTC)
                if midnight <= at < end:
                    yield at
    yield from _clock_changes(interval.zone, midnight, end)


def _clock_changes(zone: tzinfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """When the clock of a zone is put forward or back within a time; at most once a day."""
    before = start.astimezone(zone).utcoffset()
    if before == end.astimezone(zone).utcoffset():
        return
    low, high = 0, (end - start) // _MINUTE
    while high - low > 1:
        middle = (low + high) // 2
        if (start + middle * _MINUTE).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    yield start + high * _MINUTE


def schedule(delivery: Delivery, configuration: Configuration) -> Schedule:
    """When a delivery notifies; names that nothing declares count for nothing."""
    mute = (configuration.times_of(name) for name in delivery.mute)
    active = (configuration.times_of(name) for name in delivery.active)
    return Schedule(tuple(filter(None, mute)), tuple(filter(None, active)))


# in words ---------------------------------------------------------------------------------------------


def words(times: NamedTimes) -> str:
    """Time intervals in words, such as `Monday to Friday 09:00 to 18:00 (Europe/Berlin)`."""
    return ", or ".join(map(interval_words, times.intervals)) or "never"


def interval_words(interval: TimeInterval) -> str:
    """One time interval in words; the zone is named where the hour or the day depends on it."""
    parts = [
        _ranges(interval.weekdays, lambda day: _DAYS[day]),
        _days_of_month(interval.days_of_month),
        _ranges(interval.months, lambda month: _MONTHS[month - 1], "in "),
        _ranges(interval.years, str, "in "),
        _times(interval.times),
    ]
    said = " ".join(filter(None, parts))
    return f"{said} ({_zone(interval.zone)})" if said else "always"


def _ranges(ranges: Sequence[Range], name: Callable[[int], str], before: str = "") -> str:
    said = [name(first) if first == last else f"{name(first)} to {name(last)}" for first, last in ranges]
    return before + listed(said) if said else ""


def _days_of_month(ranges: Sequence[Range]) -> str:
    said = [_day(first) if first == last else f"{_day(first)} to {_day(last)}" for first, last in ranges]
    return f"on the {listed(said)} of the month" if said else ""


def _day(day: int) -> str:
    """The number of a day of a month, such as `1st`, or `2nd last` counted from its end."""
    if day == -1:
        return "last"
    number = abs(day)
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}" + (" last" if day < 0 else "")


def _times(ranges: Sequence[Range]) -> str:
    return listed([f"{_clock(first)} to {_clock(last)}" for first, last in ranges])


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _zone(zone: tzinfo) -> str:
    return getattr(zone, "key", None) or str(zone)
