"""Time intervals of AlertmanagerConfig objects, read and written: they are always in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo

from slogen import codes
from slogen.alertmanager.times import NamedTimes, Range, TimeInterval
from slogen.alertmanagerspec.objectreading import has_keys, items, report_type, text_of, word_of
from slogen.diagnostics import Report, nearest
from slogen.source import Node
from slogen.yamlout import Yaml

_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)
_YEAR = re.compile(r"2[0-9]{3}", re.ASCII)
# The schema takes capitals in the first name alone, before its `day`.
_WEEKDAYS_IN_CASE = re.compile(r"[A-Za-z]+day(?::[a-z]+)?")
_PARTS = ("times", "weekdays", "daysOfMonth", "months", "years")


# reading ----------------------------------------------------------------------------------------------


def read_times(node: Node, report: Report) -> NamedTimes | None:
    """The time intervals of one name; None after a finding."""
    if not has_keys(node, ("name", "timeIntervals"), ("name",), report):
        return None
    name = word_of(node.get("name"), report)
    listed = items(node.get("timeIntervals"), report)
    if name is None:
        return None
    if not listed:
        report.report(
            codes.REFUSED_BY_ALERTMANAGER,
            node.span_at("name"),
            f"there is no time in `{name}`: the operator loses its name, and Alertmanager refuses everything",
            help="add `timeIntervals:` with at least one interval",
        )
        return None
    intervals = [_interval(item, report) for item in listed]
    return NamedTimes(
        name, tuple(interval for interval in intervals if interval is not None), node.span_at("name")
    )


def _interval(node: Node, report: Report) -> TimeInterval | None:
    hints = {"location": "objects have no time zone: the times are those of UTC"}
    if not has_keys(node, _PARTS, (), report, hints):
        return None
    return TimeInterval(
        times=_ranges(node.get("times"), _times, report),
        weekdays=_ranges(node.get("weekdays"), _weekdays, report),
        days_of_month=_ranges(node.get("daysOfMonth"), _days, report),
        months=_ranges(node.get("months"), _months, report),
        years=_ranges(node.get("years"), _years, report),
    )


def _ranges(
    node: Node | None, read: Callable[[Node, Report], Range | None], report: Report
) -> tuple[Range, ...]:
    found = [read(item, report) for item in items(node, report)]
    return tuple(item for item in found if item is not None)


def _times(node: Node, report: Report) -> Range | None:
    if not has_keys(node, ("startTime", "endTime"), ("startTime", "endTime"), report):
        return None
    first, last = (_minute(node.get(key), report) for key in ("startTime", "endTime"))
    if first is None or last is None:
        return None
    if first >= last:
        end = node.get("endTime")
        report.report(
            codes.BAD_VALUE,
            node.span_at("endTime"),
            f"`{end.value if end else ''}` is not after `startTime`",
            help="write two ranges for a night: one up to `24:00`, and one from `00:00`",
        )
        return None
    return first, last


def _minute(node: Node | None, report: Report) -> int | None:
    text = text_of(node, report)
    if text is None or node is None:
        return None
    found = _CLOCK.fullmatch(text)
    if found is None:
        report.report(
            codes.BAD_VALUE,
            node.span,
            f"`{text}` is no time of day",
            help="write `09:00`, or `24:00` at most",
        )
        return None
    return int(found[1]) * 60 + int(found[2]) if found[1] else 1440


def _weekdays(node: Node, report: Report) -> Range | None:
    text = node.value if isinstance(node.value, str) else ""
    if text.lower() != text and not _WEEKDAYS_IN_CASE.fullmatch(text):
        report.report(
            codes.BAD_VALUE, node.span, f"`{text}` is not in lower case", help=f"write `{text.lower()}`"
        )
        return None
    return _named(node, _WEEKDAYS, 0, "weekday", "monday:friday", report)


def _months(node: Node, report: Report) -> Range | None:
    return _named(node, _MONTHS, 1, "month", "june:august", report)


def _named(
    node: Node, names: Sequence[str], first: int, what: str, example: str, report: Report
) -> Range | None:
    def number(word: str) -> int | None:
        if word.lower() in names:
            return names.index(word.lower()) + first
        is_number = what == "month" and re.fullmatch(r"[1-9]|1[0-2]", word)
        return int(word) if is_number else None

    return _range(node, number, what, example, names, report)


def _years(node: Node, report: Report) -> Range | None:
    def number(word: str) -> int | None:
        return int(word) if _YEAR.fullmatch(word) else None

    return _range(node, number, "year", "2026:2027", (), report)


def _range(
    node: Node,
    number: Callable[[str], int | None],
    what: str,
    example: str,
    names: Sequence[str],
    report: Report,
) -> Range | None:
    text = text_of(node, report)
    if text is None:
        if node.value is None:
            report_type(node, f"a text such as `{example}`", report)
        return None
    words = text.split(":")
    numbers = [number(word) for word in words]
    wrong = next((word for word, found in zip(words, numbers, strict=True) if found is None), None)
    if wrong is not None or len(words) > 2:
        meant = nearest(wrong or "", names)
        shown = wrong if wrong is not None and wrong else text
        help_ = f"did you mean `{meant}`?" if meant else f"write `{example}`"
        report.report(codes.BAD_VALUE, node.span, f"`{shown}` is no {what}", help=help_)
        return None
    first, last = (found or 0 for found in (numbers[0], numbers[-1]))
    if first > last:
        report.report(
            codes.BAD_VALUE,
            node.span,
            f"`{text}` ends before it begins",
            help="write two ranges" if what != "year" else f"write `{words[-1]}:{words[0]}`",
        )
        return None
    return first, last


def _days(node: Node, report: Report) -> Range | None:
    if not has_keys(node, ("start", "end"), ("start", "end"), report):
        return None
    found: list[int] = []
    for key in ("start", "end"):
        child = node.get(key)
        day = child.value if child is not None else None
        if child is None or isinstance(day, bool) or not isinstance(day, int):
            report_type(child or node, "a whole number", report)
            return None
        if not 1 <= abs(day) <= 31:
            report.report(
                codes.BAD_VALUE,
                child.span,
                f"`{day}` is no day of a month",
                help="count from 1, or from -1 for the last day",
            )
            return None
        found.append(day)
    first, last = found
    # As Alertmanager judges it: by the shortest month there is.
    is_reversed = (first if first > 0 else 28 + first) > (last if last > 0 else 28 + last)
    if is_reversed or (first < 0 < last):
        report.report(
            codes.BAD_VALUE,
            node.span_at("end"),
            f"day {last} is not after day {first} in every month",
            help="count both from the same end of the month",
        )
        return None
    return first, last


# writing ----------------------------------------------------------------------------------------------


def is_utc(zone: tzinfo) -> bool:
    """Whether a time zone is the one of objects."""
    return zone is UTC or getattr(zone, "key", "") in {"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu"}


def written_times(times: NamedTimes) -> Mapping[str, Yaml]:
    """Time intervals as objects have them; time zones are left out."""
    return {"name": times.name, "timeIntervals": [_written(interval) for interval in times.intervals]}


def _written(interval: TimeInterval) -> Mapping[str, Yaml]:
    parts: dict[str, Sequence[Yaml]] = {
        "times": [{"startTime": _clock(first), "endTime": _clock(last)} for first, last in interval.times],
        "weekdays": [_names([_WEEKDAYS[day] for day in days]) for days in interval.weekdays],
        "daysOfMonth": [{"start": first, "end": last} for first, last in interval.days_of_month],
        "months": [_names([_MONTHS[month - 1] for month in months]) for months in interval.months],
        "years": [_names([str(year) for year in years]) for years in interval.years],
    }
    return {key: part for key, part in parts.items() if part}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _names(ends: Sequence[str]) -> str:
    return ends[0] if ends[0] == ends[-1] else ":".join(ends)
