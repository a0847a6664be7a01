"""Time intervals as they are written.

Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval-0, and what amtool refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from slogen import codes
from slogen.alertmanager.times import NamedTimes, Range, TimeInterval
from slogen.alertmanagerspec import scalars
from slogen.diagnostics import Report, nearest
from slogen.source import Node, Span

_KEYS = ("times", "weekdays", "days_of_month", "months", "years", "location")
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_WEEKDAYS = {name: number for number, name in enumerate(_DAYS)}
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)}
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)
_NUMBER = re.compile(r"[-+]?[0-9]{1,9}", re.ASCII)
# Alertmanager takes days from the end of a month for those of the shortest one when it compares.
_SHORTEST_MONTH = 28


def read_times(name: str, node: Node, report: Report, at: Span | None = None) -> NamedTimes:
    """The time intervals of a name, which stand in a list; without those that are refused.

    `at` is the place of the name.
    """
    found = (_interval(item, report) for item in _items(node, "time intervals", report))
    intervals = tuple(interval for interval in found if interval is not None)
    return NamedTimes(name, intervals, at or node.span)


def _refuse(at: Span, message: str, remedy: str, report: Report) -> None:
    report.report(codes.REFUSED_BY_ALERTMANAGER, at, message, help=remedy)


def _items(node: Node | None, what: str, report: Report) -> list[Node]:
    if node is None or node.value is None:
        return []
    if isinstance(node.value, list):
        return node.value
    _refuse(node.span, f"{what} are no list", "write a list, each item behind a `-`", report)
    return []


def _interval(node: Node, report: Report) -> TimeInterval | None:
    if node.value is None:
        return TimeInterval()
    if not isinstance(node.value, dict):
        _refuse(node.span, "this is no time interval", "write a mapping such as `weekdays: [...]`", report)
        return None
    for key, at in node.keys.items():
        if key not in _KEYS:
            _report_key(key, at, _KEYS, node, report)
    interval = TimeInterval(
        times=tuple(_times(node.get("times"), report)),
        weekdays=tuple(_ranges(node.get("weekdays"), "weekdays", _WEEKDAYS, report)),
        days_of_month=tuple(_days(node.get("days_of_month"), report)),
        months=tuple(_ranges(node.get("months"), "months", _MONTH_NUMBERS, report, or_numbers=True)),
        years=tuple(_ranges(node.get("years"), "years", {}, report, or_numbers=True)),
        zone=_zone(node.get("location"), report),
    )
    # No instant lies within an empty list, and so none in the interval.
    is_never = any(child.value == [] for child in node.value.values())
    return None if is_never else interval


def _report_key(key: str, at: Span, known: tuple[str, ...], node: Node, report: Report) -> None:
    meant = nearest(key, [name for name in known if name not in node.keys])
    listed = ", ".join(f"`{name}`" for name in known)
    help_ = f"did you mean `{meant}`?" if meant else f"the keys here are {listed}"
    report.report(codes.UNKNOWN_KEY, at, f"unknown key `{key}` in a time interval", help=help_)


# times of the day -------------------------------------------------------------------------------------


def _times(node: Node | None, report: Report) -> Iterator[Range]:
    for item in _items(node, "times", report):
        if item.value is None:
            yield (0, 0)
            continue
        if not isinstance(item.value, dict):
            remedy = "write `start_time: '09:00'` and `end_time: '17:00'`"
            _refuse(item.span, "this is no range of times", remedy, report)
            continue
        for key, at in item.keys.items():
            if key not in ("start_time", "end_time"):
                _report_key(key, at, ("start_time", "end_time"), item, report)
        found = _range_of_times(item, report)
        if found is not None:
            yield found


def _range_of_times(node: Node, report: Report) -> Range | None:
    minutes: list[int] = []
    for key in ("start_time", "end_time"):
        child = node.get(key)
        if child is None or child.value in (None, ""):
            at = child.span if child is not None else next(iter(node.keys.values()), node.span)
            _refuse(at, f"`{key}` is missing", f"add `{key}: '09:00'`", report)
            return None
        minute = _minute(child, report)
        if minute is None:
            return None
        minutes.append(minute)
    first, last = minutes
    if first < last:
        return first, last
    at = node.span_at("end_time")
    start, end = (scalars.shown(node.get(key) or node) for key in ("start_time", "end_time"))
    remedy = "let it end later, at the latest at `24:00`"
    if first > last:
        remedy = "write two ranges for a night: up to `24:00`, and from `00:00` on"
    _refuse(at, f"a range of times from `{start}` to `{end}` does not end after it starts", remedy, report)
    return None


def _minute(node: Node, report: Report) -> int | None:
    text = node.value if isinstance(node.value, str) else scalars.shown(node)
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        loose = re.fullmatch(r"\s*([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?\s*", text)
        meant = f"{int(loose[1]):02}:{loose[2]}" if loose else "09:00"
        remedy = f"write `'{meant if _TIME.fullmatch(meant) else '09:00'}'`"
        _refuse(node.span, f"`{scalars.shown(node)}` is no time of the day, as `HH:MM`", remedy, report)
        return None
    return 24 * 60 if found[1] is None else int(found[1]) * 60 + int(found[2])


# ranges of the calendar -------------------------------------------------------------------------------


# Nothing, as an item of a list, is the number zero: a Sunday, and no other day, month or year.


def _ranges(
    node: Node | None, what: str, names: Mapping[str, int], report: Report, *, or_numbers: bool = False
) -> Iterator[Range]:
    for item in _items(node, f"`{what}`", report):
        if item.value is None:
            yield (0, 0)
            continue
        ends = _ends(item, what, names, report, or_numbers=or_numbers)
        if ends is None:
            continue
        if ends[0] > ends[1]:
            _report_backwards(item, what, names, report)
            continue
        yield ends


def _report_backwards(node: Node, what: str, names: Mapping[str, int], report: Report) -> None:
    written = scalars.shown(node)
    first, _, last = written.partition(":")
    remedy = "write the earlier one first"
    if names:
        ends = [next(iter(names)), list(names)[-1]]
        remedy = f"write two items: `{first}:{ends[1]}` and `{ends[0]}:{last}`"
        remedy = remedy.replace(f"`{ends[0]}:{ends[0]}`", f"`{ends[0]}`").replace(
            f"`{ends[1]}:{ends[1]}`", f"`{ends[1]}`"
        )
    start = "a week starts on Sunday" if what == "weekdays" else "it ends before it starts"
    _refuse(node.span, f"`{written}` is no range of {what}: {start}", remedy, report)


def _ends(
    node: Node, what: str, names: Mapping[str, int], report: Report, *, or_numbers: bool
) -> Range | None:
    if isinstance(node.value, (list, dict)):
        _refuse(node.span, f"this is no range of `{what}`", "write a text such as `first:last`", report)
        return None
    text = scalars.text(node)
    parts = text.casefold().split(":")
    numbers = [_number(part, names, or_numbers=or_numbers) for part in parts]
    if len(parts) > 2:
        _refuse(node.span, f"`{scalars.shown(node)}` is no range of {what}", "write `first:last`", report)
        return None
    for part, number in zip(text.split(":"), numbers, strict=True):
        if number is None:
            meant = nearest(part.strip(), names) or _abbreviated(part, names)
            remedy = f"did you mean `{meant}`?" if meant else _remedy(names, or_numbers=or_numbers)
            at = node.span.slice(text.find(part), text.find(part) + len(part)) if part else node.span
            _refuse(at, f"`{part}` is none of the {what}", remedy, report)
            return None
    first, last = numbers[0], numbers[-1]
    assert first is not None
    assert last is not None
    return first, last


def _number(text: str, names: Mapping[str, int], *, or_numbers: bool) -> int | None:
    if text in names:
        return names[text]
    return int(text) if or_numbers and _NUMBER.fullmatch(text) else None


def _abbreviated(part: str, names: Mapping[str, int]) -> str:
    folded = part.strip().casefold().rstrip(".")
    return next((name for name in names if len(folded) >= 2 and name.startswith(folded)), "")


def _remedy(names: Mapping[str, int], *, or_numbers: bool) -> str:
    if not names:
        return "write a number"
    first = next(iter(names))
    return f"write names such as `{first}`" + (", or numbers from 1 on" if or_numbers else "")


def _days(node: Node | None, report: Report) -> Iterator[Range]:
    for item in _items(node, "`days_of_month`", report):
        if item.value is None:
            yield (0, 0)
            continue
        ends = _ends(item, "days of a month", {}, report, or_numbers=True)
        if ends is None:
            continue
        problem, remedy = _problem_of_days(*ends)
        if problem:
            _refuse(item.span, f"`{scalars.shown(item)}` {problem}", remedy, report)
            continue
        yield ends


def _problem_of_days(first: int, last: int) -> tuple[str, str]:
    for day in (first, last):
        if not 1 <= abs(day) <= 31:
            return f"has a day that no month has: {day}", "write 1 to 31, or -1 to -31 from the month's end"
    if first < 0 < last:
        return "starts from the end of a month and ends from its start", "write two items"
    if _from_start(first) > _from_start(last):
        return "ends before it starts, at least in February", "write the earlier day first"
    return "", ""


def _from_start(day: int) -> int:
    return _SHORTEST_MONTH + day if day < 0 else day


# time zones -------------------------------------------------------------------------------------------


def _zone(node: Node | None, report: Report) -> tzinfo:
    if node is None:
        return UTC
    try:
        name = scalars.text(node)
    except scalars.UnfitError as unfit:
        _refuse(node.span, f"this {unfit.problem}", unfit.remedy, report)
        return UTC
    zone = zone_of(name)
    if zone is not None:
        return zone
    meant = _meant_zone(name)
    report.report(
        codes.UNKNOWN_TIME_ZONE,
        node.span,
        f"there is no time zone `{name}`",
        help=f"did you mean `{meant}`?" if meant else "write one such as `Europe/Berlin`, or `UTC`",
    )
    return UTC


_LOCAL = timezone(timedelta(0), "Local")


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo | None:
    """The time zone of a name, as the IANA database has it; None if there is none.

    `Local` is that of the machine Alertmanager runs on, which nobody knows here: it is taken for UTC.
    """
    if name == "Local":
        return _LOCAL
    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name.removeprefix("posix/"))
    except (OSError, ValueError, KeyError):  # a folder, an absolute path, nothing
        return None if _zones() else UTC  # without any zone on the machine, none can be judged


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _meant_zone(name: str) -> str | None:
    zones = _zones()
    folded = name.strip().replace(" ", "_").casefold()
    exact = [zone for zone in zones if zone.casefold() == folded]
    city = [zone for zone in zones if zone.rpartition("/")[2].casefold() == folded.rpartition("/")[2]]
    return next(iter(exact or city), None) or nearest(name, zones)
