"""Configurations as YAML that Alertmanager 0.25 and all later versions read, for people to read in a diff.

`indent` is the column of the keys, or of the dashes of a list. Every text ends with a line break. Secrets
are written as the files that hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import TypeGuard

from slogen import yamlout
from slogen.alertmanager.configuration import Configuration, Fields, Receiver, SecretFile, SecretKey, Value
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.routes import Route
from slogen.alertmanager.times import NamedTimes, Range, TimeInterval
from slogen.durations import render
from slogen.units import Millis

_LONGEST_LINE = 110
NO_REMARKS: Mapping[str, str] = MappingProxyType({})


def document(configuration: Configuration, remarks: Mapping[str, str] = NO_REMARKS) -> str:
    """A whole file; `remarks` stand above sections."""
    sections = {
        "global": fields(configuration.globals, 2),
        "templates": strings(configuration.templates, 2),
        "route": route(configuration.route, 2),
        "inhibit_rules": inhibitions(configuration.inhibitions, 2),
        "time_intervals": time_intervals(configuration.times, 2),
        "receivers": receivers(configuration.receivers, 2),
    }
    return "\n".join(
        f"{_remark(remarks.get(name, ''), 0)}{name}:\n{text}" for name, text in sections.items() if text
    )


# routes -----------------------------------------------------------------------------------------------


def route(node: Route, indent: int) -> str:
    """A route as a mapping."""
    pad = " " * indent
    text = "".join(f"{pad}{line}\n" for line in _own_lines(node, indent))
    return f"{text}{pad}routes:\n{routes(node.routes, indent + 2)}" if node.routes else text


def routes(nodes: Iterable[Route], indent: int) -> str:
    """Routes as a list, each behind its remark."""
    return "".join(_remark(node.remark, indent) + _item(route(node, indent + 2), indent) for node in nodes)


def _own_lines(node: Route, indent: int) -> Iterator[str]:
    if node.matchers:
        yield _list("matchers", map(str, node.matchers), indent)
    if node.receiver is not None:
        yield f"receiver: {yamlout.scalar(node.receiver)}"
    if node.continue_:
        yield "continue: true"
    if node.active:
        yield _list("active_time_intervals", node.active, indent)
    if node.mute:
        yield _list("mute_time_intervals", node.mute, indent)
    if node.group_by:
        yield _list("group_by", node.group_by, indent)
    timings = (
        ("group_wait", node.group_wait),
        ("group_interval", node.group_interval),
        ("repeat_interval", node.repeat_interval),
    )
    for key, millis in timings:
        if millis is not None:
            yield f"{key}: {_duration(millis)}"


def _duration(millis: Millis) -> str:
    return yamlout.scalar(render(millis))


# inhibition -------------------------------------------------------------------------------------------


def inhibitions(rules: Iterable[Inhibition], indent: int) -> str:
    """Inhibit rules as a list, each behind its remark."""
    return "".join(_remark(rule.remark, indent) + _inhibition(rule, indent) for rule in rules)


def _inhibition(rule: Inhibition, indent: int) -> str:
    parts: dict[str, Sequence[object]] = {
        "source_matchers": rule.source,
        "target_matchers": rule.target,
        "equal": rule.equal,
    }
    lines = [_list(key, map(str, values), indent + 2) for key, values in parts.items() if values]
    if not lines:
        return f"{' ' * indent}- {{}}\n"
    return _item("".join(f"{' ' * (indent + 2)}{line}\n" for line in lines), indent)


# receivers --------------------------------------------------------------------------------------------


def receivers(listed: Iterable[Receiver], indent: int) -> str:
    """Receivers as a list."""
    written = [_receiver(receiver) for receiver in listed]
    return yamlout.dump(written, indent) if written else ""


def _receiver(receiver: Receiver) -> yamlout.Yaml:
    kinds: dict[str, list[yamlout.Yaml]] = {}
    for integration in receiver.integrations:
        kinds.setdefault(f"{integration.kind}_configs", []).append(_written(integration.fields))
    return {"name": receiver.name, **kinds}


def fields(values: Fields, indent: int) -> str:
    """Fields as a mapping; empty without any."""
    return yamlout.dump(_written(values), indent) if values else ""


def strings(values: Sequence[str], indent: int) -> str:
    """Texts as a list; empty without any."""
    return yamlout.dump(values, indent) if values else ""


def _written(values: Mapping[str, Value]) -> Mapping[str, yamlout.Yaml]:
    written: dict[str, yamlout.Yaml] = {}
    for key, value in values.items():
        if isinstance(value, (SecretFile, SecretKey)):
            written[f"{key}_file"] = value.path
        elif _is_list(value) and any(isinstance(item, (SecretFile, SecretKey)) for item in value):
            # Only `http_headers` have lists of them.
            written["files"] = [item.path for item in value if isinstance(item, (SecretFile, SecretKey))]
        else:
            written[key] = _value(value)
    return written


def _value(value: Value) -> yamlout.Yaml:
    if _is_mapping(value):
        return _written(value)
    if _is_list(value):
        return [_value(item) for item in value]
    if isinstance(value, (SecretFile, SecretKey)):
        return value.path
    assert value is None or isinstance(value, (str, int, Decimal))
    return value


def _is_mapping(value: Value) -> TypeGuard[Mapping[str, Value]]:
    return isinstance(value, Mapping)


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


# time intervals ---------------------------------------------------------------------------------------

_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("", "january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def time_intervals(named: Iterable[NamedTimes], indent: int) -> str:
    """Time intervals as a list."""
    listed: list[yamlout.Yaml] = [
        {"name": times.name, "time_intervals": [_interval(interval) for interval in times.intervals]}
        for times in named
    ]
    return yamlout.dump(listed, indent) if listed else ""


def _interval(interval: TimeInterval) -> Mapping[str, yamlout.Yaml]:
    written: dict[str, yamlout.Yaml] = {
        "times": [{"start_time": _clock(first), "end_time": _clock(last)} for first, last in interval.times],
        "weekdays": [_range(days, [_WEEKDAYS[day] for day in days]) for days in interval.weekdays],
        "days_of_month": [_range(days, [str(day) for day in days]) for days in interval.days_of_month],
        "months": [_range(months, [_MONTHS[month] for month in months]) for months in interval.months],
        "years": [_range(years, [str(year) for year in years]) for years in interval.years],
        "location": _zone(interval.zone),
    }
    return {key: value for key, value in written.items() if value}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _range(numbers: Range, names: Sequence[str]) -> str:
    return names[0] if numbers[0] == numbers[1] else ":".join(names)


def _zone(zone: tzinfo) -> str:
    """The name of a time zone; empty for the usual one."""
    return "" if zone is UTC else str(getattr(zone, "key", zone))


# lines ------------------------------------------------------------------------------------------------


def _list(key: str, values: Iterable[str], indent: int) -> str:
    """A list of texts behind its key: on one line, or, where that is too long, a line for each."""
    listed = tuple(values)
    line = f"{key}: [{', '.join(map(_in_flow, listed))}]"
    if indent + len(line) <= _LONGEST_LINE:
        return line
    pad = " " * (indent + 2)
    return f"{key}:" + "".join(f"\n{pad}- {_in_flow(value)}" for value in listed)


def _in_flow(text: str) -> str:
    """A text as it may stand between brackets."""
    written = yamlout.scalar(text)
    if written != text or text.replace("_", "").isalnum():
        return written
    # Plain text may hold commas and brackets elsewhere, but not here.
    return f"'{text.replace(chr(39), chr(39) * 2)}'"


def _item(mapping: str, indent: int) -> str:
    """A mapping as an item of a list: its first line stands on the line of the dash."""
    return f"{' ' * indent}- {mapping[indent + 2 :]}"


def _remark(text: str, indent: int) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return f"{' ' * indent}# {shown}\n" if text else ""
