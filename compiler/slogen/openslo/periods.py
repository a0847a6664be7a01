"""Durations and time windows of OpenSLO, as fixed lengths of time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from slogen import codes, shapes
from slogen.diagnostics import Report
from slogen.ir import Millis
from slogen.openslo import written
from slogen.source import Node, Span

_LONG_UNITS = re.compile(r"([1-9][0-9]{0,5})([MQY])")
_WITHOUT_LENGTH = {"M": ("month", 30), "Q": ("quarter", 90)}
_HOUR = 3_600_000
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Period:
    """A rolling window; `length` is None where the spec names none."""

    length: Millis | None = None
    at: Span | None = None


def duration(node: Node, report: Report, *, or_zero: bool = False) -> Millis | None:
    """The length of a duration shorthand such as `30d` or `1Y`; None after a finding."""
    match = _LONG_UNITS.fullmatch(node.value) if isinstance(node.value, str) else None
    if match is not None and match[2] in _WITHOUT_LENGTH:
        _report_without_length(int(match[1]), *_WITHOUT_LENGTH[match[2]], node.span, report)
        return None
    text = Node(f"{match[1]}y", node.span) if match is not None else node
    length = shapes.duration(text, report)
    if length is not None and length == 0 and not or_zero:
        report.report(
            codes.BAD_VALUE,
            node.span,
            f"`{node.value}` is no time at all",
            help="write a duration above zero, such as `30d`",
        )
        return None
    return length


def _report_without_length(count: int, unit: str, days: int, at: Span, report: Report) -> None:
    article = "a" if count == 1 else str(count)
    plural = "" if count == 1 else "s"
    verb = "has" if count == 1 else "have"
    report.report(
        codes.NO_EQUIVALENT,
        at,
        f"{article} {unit}{plural} {verb} no fixed length, which a rolling window needs",
        help=f"write `{count * days}d`",
    )


def rolling(node: Node | None, windows: Sequence[written.TimeWindow] | None, report: Report) -> Period | None:
    """The window of a v1 SLO, whose `timeWindow` is at the node; None after findings."""
    if node is None or not windows:
        return Period()
    if not _is_only_one(node, windows, report):
        return None
    window, item = windows[0], node.get(0)
    assert item is not None
    if not _is_rolling(item, window.isRolling, window.calendar, report):
        return None
    inner = item.get("duration")
    if inner is None or inner.value is None:
        report.report(
            codes.MISSING_KEY,
            next(iter(item.keys.values()), item.span),
            "`duration` is missing in the time window",
            help="add `duration: 30d`",
        )
        return None
    if _is_bare_number(inner, report):
        return None
    length = duration(inner, report)
    if length is None:
        return None
    if length < _HOUR:
        _report_minutes(inner, report)
        return None
    return Period(length, inner.span)


def _is_bare_number(node: Node, report: Report) -> bool:
    """Whether a window has no unit; it is days that are meant."""
    text = str(node.value)
    if isinstance(node.value, bool) or not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        return False
    report.report(codes.BAD_VALUE, node.span, f"`{text}` has no unit", help=f"write `{text}d` for days")
    return True


def _report_minutes(node: Node, report: Report) -> None:
    report.report(
        codes.BAD_VALUE,
        node.span,
        f"`{node.value}` is shorter than an hour: `m` counts minutes",
        help="write `30d` for a month, or a window of at least `1h`",
    )


def slice_of(node: Node | None, report: Report) -> Millis | None:
    """The length of a timeslice: a duration, or a number of minutes; None without one, or after a finding."""
    if node is None or node.value is None:
        return None
    number = node.value
    if not isinstance(number, int | Decimal) or isinstance(number, bool):
        return duration(node, report)
    millis = number * 60_000
    if 1 <= millis <= 365 * _DAY and millis == int(millis):
        return Millis(int(millis))
    report.report(
        codes.BAD_VALUE,
        node.span,
        f"`{number}` is no number of minutes for a slice",
        help="write a number above zero, or a duration such as `1m`",
    )
    return None


_UNITS: Mapping[str, int] = {"second": 1000, "minute": 60_000, "hour": _HOUR, "day": _DAY, "week": 7 * _DAY}
_YEAR = 365 * _DAY


def rolling_alpha(
    node: Node | None, windows: Sequence[written.AlphaTimeWindow] | None, report: Report
) -> Period | None:
    """The window of a v1alpha SLO, whose `timeWindows` is at the node; None after findings."""
    if node is None or not windows:
        return Period()
    if not _is_only_one(node, windows, report):
        return None
    window, item = windows[0], node.get(0)
    assert item is not None
    is_rolling = _is_rolling(item, window.isRolling, window.calendar, report)
    length = _of_unit(item, window, report)
    return Period(length, item.span_at("count")) if is_rolling and length is not None else None


def _of_unit(item: Node, window: written.AlphaTimeWindow, report: Report) -> Millis | None:
    unit = window.unit.casefold()
    if not 1 <= window.count <= 1_000_000:
        report.report(
            codes.BAD_VALUE,
            item.span_at("count"),
            f"`{window.count}` is no number of {unit}s for a window",
            help="write a whole number such as `30`",
        )
        return None
    for name, days in (_WITHOUT_LENGTH["M"], _WITHOUT_LENGTH["Q"]):
        if unit == name:
            report.report(
                codes.NO_EQUIVALENT,
                item.span_at("unit"),
                f"a {name} has no fixed length, which a rolling window needs",
                help=f"write `unit: Day` and `count: {window.count * days}`",
            )
            return None
    length = _YEAR if unit == "year" else _UNITS.get(unit)
    if length is None:
        report.report(
            codes.BAD_VALUE,
            item.span_at("unit"),
            f"`{window.unit}` is no unit of time",
            help="write `Day`, `Week` or `Hour`",
        )
        return None
    total = window.count * length
    if not _HOUR <= total <= 100 * _YEAR:
        report.report(
            codes.BAD_VALUE,
            item.span_at("count"),
            f"{window.count} {unit}s are no window to alert on",
            help="write a window of an hour at least, such as 30 days",
        )
        return None
    return Millis(total)


def _is_only_one(node: Node, windows: Sequence[object], report: Report) -> bool:
    if len(windows) == 1:
        return True
    report.report(
        codes.BAD_VALUE,
        node.span_at(1),
        "an SLO has one time window only",
        help="keep one of them, and write another SLO for the other",
    )
    return False


def _is_rolling(item: Node, is_rolling: bool | None, calendar: object, report: Report) -> bool:
    if calendar is None and is_rolling is not False:
        return True
    key = "calendar" if calendar is not None else "isRolling"
    if calendar is not None and is_rolling:
        message = "a rolling window is not aligned with a calendar"
    else:
        message = "a window that starts anew by the calendar has no equivalent in alerting rules"
    text = "delete `calendar`" if calendar is not None else ""
    if not is_rolling:
        text = f"{text}{' and ' if text else ''}write `isRolling: true`, which looks back from every instant"
    report.report(codes.NO_EQUIVALENT, item.key_at(key), message, help=text)
    return False
