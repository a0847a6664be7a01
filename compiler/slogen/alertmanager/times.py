"""Time intervals in which routes are muted or active.

Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from slogen.source import Span

Range = tuple[int, int]
"""The first and the last of a range, both included."""


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """Instants that fit all that is given; what is empty fits always.

    `times` are minutes of the day, from the first up to but without the last (1440 is midnight). `weekdays`
    count from Sunday (0) to Saturday, `months` from 1. Negative `days_of_month` count from the month's end,
    -1 being its last day. `zone` is where the clock and the calendar are read.
    """

    times: tuple[Range, ...] = ()
    weekdays: tuple[Range, ...] = ()
    days_of_month: tuple[Range, ...] = ()
    months: tuple[Range, ...] = ()
    years: tuple[Range, ...] = ()
    zone: tzinfo = UTC

    def contains(self, instant: datetime) -> bool:
        """Whether an instant, given with its time zone, lies within."""
        local = instant.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        if self.times and not any(first <= minute < last for first, last in self.times):
            return False
        calendar = (
            (self.weekdays, local.isoweekday() % 7),
            (self.months, local.month),
            (self.years, local.year),
        )
        if any(ranges and not _within(ranges, value) for ranges, value in calendar):
            return False
        return not self.days_of_month or self._has_day(local)

    def _has_day(self, local: datetime) -> bool:
        from calendar import monthrange  # noqa: PLC0415 - not for those who only have the type

        last = monthrange(local.year, local.month)[1]
        days = ((_day(first, last), _day(to, last)) for first, to in self.days_of_month)
        return any(first <= local.day <= to for first, to in days)


def _day(written: int, last: int) -> int:
    """The day of a month of `last` days: negative ones count from its end."""
    return last + written + 1 if written < 0 else written


def _within(ranges: tuple[Range, ...], value: int) -> bool:
    return any(first <= value <= last for first, last in ranges)


@dataclass(frozen=True, slots=True)
class NamedTimes:
    """Time intervals under one name: an instant counts if it lies in any of them."""

    name: str
    intervals: tuple[TimeInterval, ...]
    where: Span | None = field(default=None, compare=False)

    def contains(self, instant: datetime) -> bool:
        """Whether an instant lies in one of the intervals."""
        return any(interval.contains(instant) for interval in self.intervals)
