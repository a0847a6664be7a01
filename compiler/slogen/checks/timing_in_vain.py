"""Notifications come at other times than it is written

## Why
Alertmanager looks at a group of alerts once in each `group_interval`. With one of a few seconds people get a
notification for nearly every alert of an outage, instead of one that has them all. And nothing is repeated
between two looks: a `repeat_interval` that is shorter, or no multiple, is stretched to the next one. Nor does
Alertmanager remember for longer than 120 hours (`--data.retention`) what it told, and tells it again then.
Source: https://prometheus.io/docs/alerting/latest/configuration/#route.

## Wrong
```yaml
route:
  receiver: everyone
  group_by: [alertname, service]
  group_interval: 10s
#                 ^^^
  repeat_interval: 2w
#                  ^^
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
```

## Right
```yaml
route:
  receiver: everyone
  group_by: [alertname, service]
  group_interval: 5m
  repeat_interval: 4h
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slogen.alertmanager.routes import BY_ALL_LABELS, DEFAULT_GROUP_INTERVAL, DEFAULT_REPEAT_INTERVAL, Route
from slogen.diagnostics import Code, Report, is_clear, nearest
from slogen.durations import render, words
from slogen.ir import Program
from slogen.names import SEVERITY
from slogen.source import Span
from slogen.units import Millis

if TYPE_CHECKING:
    from slogen.teams import Routing

CODE = Code("SLO524", "warning", __doc__)
_FLOOD = 30_000
# What is repeated as often as that is no news to anybody: a heartbeat, by which another system sees us alive.
_HEARTBEAT = 15 * 60_000
_RETENTION = 120 * 3_600_000
# A `repeat_interval` of 50s with looks each minute is the usual way to be heard at each look.
_NEARLY = 2
_STRETCHED = 1.25


@dataclass(frozen=True, slots=True)
class _Stated:
    """The timings of one place: what counts there, and where what is written of it stands."""

    group: Millis
    repeat: Millis
    group_at: Span | None
    repeat_at: Span | None
    is_object: bool = False

    @property
    def keys(self) -> tuple[str, str]:
        """What the two are called where they are written."""
        return (
            ("groupInterval", "repeatInterval") if self.is_object else ("group_interval", "repeat_interval")
        )


def check_program(program: Program, report: Report) -> None:
    """Warn of intervals that do not work out, and of groups by misspelt labels."""
    notifying = program.notifying
    for written in notifying.written:
        usual = _Stated(DEFAULT_GROUP_INTERVAL, DEFAULT_REPEAT_INTERVAL, None, None, bool(written.object_))
        _check_route(written.route, usual, report)
    routing = notifying.routing
    if routing is None or not routing.is_sound:
        return
    for stated in _of_routing(routing):
        _check(stated, report)
    labels = {"alertname", SEVERITY}
    for alert in notifying.alerts:
        labels.update(alert.firing.known, alert.firing.present, alert.firing.unknown)
    is_open = any(alert.firing.is_open for alert in notifying.alerts)
    if not is_open and notifying.alerts and not program.is_part:
        for group_by, at in _groupings(routing):
            _check_labels(group_by, at, labels, report)


def _check_route(route: Route, inherited: _Stated, report: Report) -> None:
    stated = _Stated(
        route.group_interval or inherited.group,
        route.repeat_interval or inherited.repeat,
        route.at("group_interval") if route.group_interval else None,
        route.at("repeat_interval") if route.repeat_interval else None,
        inherited.is_object,
    )
    _check(stated, report)
    if route.group_by:
        places = [
            route.places.get(f"group_by.{i}") or route.at("group_by") for i in range(len(route.group_by))
        ]
        _check_labels(route.group_by, places, {"alertname"}, report)
    for below in route.routes:
        _check_route(below, stated, report)


def _of_routing(routing: Routing) -> Iterator[_Stated]:
    """The timings of a Routing document: those of all, and those of single ways."""
    usual = routing.defaults
    group = usual.group_interval or DEFAULT_GROUP_INTERVAL
    repeat = usual.repeat_interval or DEFAULT_REPEAT_INTERVAL
    yield _Stated(
        group,
        repeat,
        routing.at("defaults.group_interval") if usual.group_interval else None,
        routing.at("defaults.repeat_interval") if usual.repeat_interval else None,
    )
    for means in routing.means():
        timing = means.timing
        yield _Stated(
            timing.group_interval or group,
            timing.repeat_interval or repeat,
            means.at("group_interval") if timing.group_interval else None,
            means.at("repeat_interval") if timing.repeat_interval else None,
        )


def _groupings(routing: Routing) -> Iterator[tuple[tuple[str, ...], list[Span | None]]]:
    stated = routing.defaults.group_by or ()
    usual = routing.at("defaults.group_by")
    yield stated, [routing.places.get(f"defaults.group_by.{i}", usual) for i in range(len(stated))]
    for means in routing.means():
        labels = means.timing.group_by or ()
        whole = means.at("group_by")
        yield labels, [means.places.get(f"group_by.{i}", whole) for i in range(len(labels))]


def _check(stated: _Stated, report: Report) -> None:
    """Report what does not work out, once: where one of the two is written."""
    at = stated.repeat_at or stated.group_at
    if at is None:
        return
    group, repeat = stated.group, stated.repeat
    if stated.group_at is not None and group < _FLOOD and repeat >= _HEARTBEAT:
        report.report(
            CODE,
            stated.group_at,
            f"people are told again every {words(group)} while alerts join a group, not once of all of them",
            help=f"write `{render(DEFAULT_GROUP_INTERVAL)}`, which is what counts if nothing is written",
        )
    if stated.repeat_at is not None and repeat > _RETENTION:
        report.report(
            CODE,
            stated.repeat_at,
            f"it is repeated every {words(Millis(_RETENTION))}, not every {words(repeat)}: Alertmanager"
            " remembers no longer what it has told",
            help=f"write `{render(Millis(_RETENTION))}` or less, or give it a longer `--data.retention`",
        )
        return
    effective = Millis(-(-repeat // group) * group)
    is_short = repeat * _NEARLY <= group
    if is_short or (repeat > group and effective >= repeat * _STRETCHED):
        report.report(
            CODE,
            at,
            f"it is repeated every {words(effective)}, not every {words(repeat)}: that happens only at a"
            f" multiple of `{stated.keys[0]}`, which is {words(group)}",
            help=f"write a `{stated.keys[1]}` such as `{render(effective)}`, or a shorter `{stated.keys[0]}`",
        )


def _check_labels(
    group_by: Iterable[str], places: Iterable[Span | None], known: set[str], report: Report
) -> None:
    """Report labels that no alert has and that are surely misspelt."""
    labels = sorted(known)
    for label, at in zip(group_by, places, strict=True):
        if label in known or label == BY_ALL_LABELS or at is None or not is_clear(label, labels):
            continue
        report.report(
            CODE,
            at,
            f"no alert has the label `{label}`: groups are not kept apart by it",
            help=f"did you mean `{nearest(label, labels)}`?",
        )
