"""A receiver, or a time interval, that no route names

## Why
Somebody wrote down who is to be told, or when, and it never happens: the route was forgotten, or names
another one. What is really not needed any more should go, so that nobody relies on it.

## Wrong
```yaml
route:
  receiver: everyone
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
  - name: shop-pager
#         ^^^^^^^^^^
    pagerduty_configs: [{routing_key_file: /etc/alertmanager/secrets/pagerduty}]
```

## Right
```yaml
route:
  receiver: everyone
  routes:
    - matchers: ['team="shop"', 'severity="critical"']
      receiver: shop-pager
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
  - name: shop-pager
    pagerduty_configs: [{routing_key_file: /etc/alertmanager/secrets/pagerduty}]
```
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slogen.alertmanager.routes import every_route
from slogen.diagnostics import Code, Report, nearest
from slogen.ir import Program

if TYPE_CHECKING:
    from slogen.alertmanager.configuration import Receiver
    from slogen.alertmanager.times import NamedTimes

CODE = Code("SLO525", "warning", __doc__)
_TIMES_KEYS = {
    "route": "`mute_time_intervals` or `active_time_intervals` of a route",
    "route of the object": "`muteTimeIntervals` or `activeTimeIntervals` of a route",
    "owner": "`mute` or `active` of a page or a ticket",
}


def check_program(program: Program, report: Report) -> None:
    """Warn of receivers that tell somebody, and of time intervals, that nothing refers to."""
    routing = program.notifying.routing
    ways = list(routing.means()) if routing is not None else []
    receivers = {way.receiver for way in ways}
    times = {name for way in ways for name in (*way.active, *way.mute)}
    for written in program.notifying.written:
        # Without a route, there is an error already.
        routes = list(every_route(written.route))
        named = receivers | {route.receiver for route in routes if route.receiver is not None}
        if named and written.is_sound:
            by = "route of the object" if written.object_ else "route"
            _report_receivers(written.receivers, named, by, report)
            intervals = times | {name for route in routes for name in (*route.mute, *route.active)}
            _report_times(written.times, intervals, by, report)
    if routing is not None and routing.is_sound and ways:
        _report_receivers(routing.receivers, receivers, "owner", report)
        _report_times(routing.times, times, "owner", report)


def _report_receivers(receivers: Iterable[Receiver], named: set[str], by: str, report: Report) -> None:
    declared = {one.name: one for one in receivers}
    meant = _meant(named, declared)
    for name, receiver in declared.items():
        # One without any target is a place where alerts end, and there is no harm in it.
        if name in named or name in meant or not receiver.integrations or receiver.where is None:
            continue
        report.report(
            CODE,
            receiver.where,
            f"no {by} names the receiver `{name}`: it is never told anything",
            help="name it below `owners`, or delete it" if by == "owner" else "name it in one, or delete it",
        )


def _report_times(times: Iterable[NamedTimes], named: set[str], by: str, report: Report) -> None:
    declared = {one.name: one for one in times}
    meant = _meant(named, declared)
    for name, interval in declared.items():
        if name in named or name in meant or interval.where is None:
            continue
        report.report(
            CODE,
            interval.where,
            f"no {by} names the time interval `{name}`: nothing is muted by it",
            help=f"name it in {_TIMES_KEYS[by]}, or delete it",
        )


def _meant(named: Iterable[str], declared: Iterable[str]) -> set[str]:
    """What names that nothing declares are probably misspelt: that is a finding already."""
    known = set(declared)
    return {near for name in sorted(set(named) - known) for near in [nearest(name, known)] if near}
