"""A page that is muted at times

## Why
What is muted is not told to anybody: an outage that begins at night is told in the morning, if the route to
the pager is active in office hours alone. Tickets may wait, pages may not; where nobody is there at night,
another team must be told then. What is muted for less than an hour or so each day, or at certain dates, is
taken for maintenance.

## Wrong
```yaml
route:
  receiver: everyone
  routes:
    - matchers: ['severity="critical"']
      receiver: pager
      active_time_intervals: [office]
#                             ^^^^^^
time_intervals:
  - name: office
    time_intervals:
      - weekdays: ['monday:friday']
        times: [{start_time: '09:00', end_time: '18:00'}]
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
  - name: pager
    webhook_configs: [{url: 'http://bridge.example.com/pager'}]
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: sum(rate(orders_total[5m])) == 0
        for: 5m
        labels: {severity: critical}
        annotations: {summary: Nobody can order}
```

## Right
```yaml
route:
  receiver: everyone
  routes:
    - matchers: ['severity="critical"']
      receiver: pager
    - matchers: ['severity="warning"']
      receiver: tickets
      active_time_intervals: [office]
time_intervals:
  - name: office
    time_intervals:
      - weekdays: ['monday:friday']
        times: [{start_time: '09:00', end_time: '18:00'}]
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
  - name: tickets
    webhook_configs: [{url: 'http://bridge.example.com/tickets'}]
  - name: pager
    webhook_configs: [{url: 'http://bridge.example.com/pager'}]
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: sum(rate(orders_total[5m])) == 0
        for: 5m
        labels: {severity: critical}
        annotations: {summary: Nobody can order}
```
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.ir import Program, RoutedAlert
from slogen.source import Span

if TYPE_CHECKING:
    from slogen.alertmanager.configuration import Configuration
    from slogen.alertmanager.firing import Way
    from slogen.alertmanager.routes import Delivery, Route
    from slogen.alertmanager.schedules import Schedule
    from slogen.teams import Means, Routing

CODE = Code("SLO531", "warning", __doc__)
_MAINTENANCE = 0.05
# Any year will do. Steps that are no part of a day meet every hour of every day of the week.
_START = datetime(2027, 1, 1, tzinfo=UTC)
_STEP = timedelta(minutes=97)
_STEPS = timedelta(days=365) // _STEP


def check_program(program: Program, report: Report) -> None:
    """Warn of routes that are muted at times when they are all that a page has."""
    notifying = program.notifying
    if notifying.configuration is None and not notifying.written:
        return
    from slogen.alertmanager.routes import every_route  # noqa: PLC0415 - not for projects without routing
    from slogen.routing.proving.in_use import in_use  # noqa: PLC0415 - as above

    for configuration in in_use(program):
        if any(route.mute or route.active for route in every_route(configuration.route)):
            _check(configuration, program, report)


def _check(configuration: Configuration, program: Program, report: Report) -> None:
    from slogen.routing.proving.arriving import as_it_may_arrive  # noqa: PLC0415 - as above
    from slogen.routing.proving.following import follower  # noqa: PLC0415 - as above
    from slogen.routing.severities import pages  # noqa: PLC0415 - as above

    tree = follower(configuration.route)
    told = {one.name for one in configuration.receivers if one.integrations}
    found: dict[tuple[int, ...], tuple[list[Delivery], list[RoutedAlert]]] = {}
    known: dict[int, list[Delivery]] = {}
    for alert in program.notifying.alerts:
        if not pages(alert, program):
            continue
        ways = tree.ways(as_it_may_arrive(alert.firing, program.settings))
        if id(ways) not in known:
            known[id(ways)] = _limited(ways, told)
        deliveries = known[id(ways)]
        if deliveries:
            key = tuple(id(one.path[-1]) for one in deliveries)
            found.setdefault(key, (deliveries, []))[1].append(alert)
    for deliveries, alerts in found.values():
        _judge(deliveries, alerts, configuration, program, report)


def _limited(ways: Sequence[Way], told: Collection[str]) -> list[Delivery]:
    """The deliveries that tell anybody, if all of them are muted at times.

    None where one of them is only perhaps: then perhaps there is another one.
    """
    telling = [way for way in ways if way.delivery.receiver in told]
    is_limited = all(way.is_certain and _is_limited(way.delivery) for way in telling)
    return [way.delivery for way in telling] if is_limited else []


def _is_limited(delivery: Delivery) -> bool:
    return bool(delivery.mute or delivery.active)


def _judge(
    deliveries: Sequence[Delivery],
    alerts: Sequence[RoutedAlert],
    configuration: Configuration,
    program: Program,
    report: Report,
) -> None:
    from slogen.alertmanager.schedules import schedule, words  # noqa: PLC0415 - as above

    schedules = [schedule(one, configuration) for one in deliveries]
    if any(one.is_always for one in schedules) or _share(schedules) < _MAINTENANCE:
        return
    at = _place(deliveries[0], program.notifying.routing)
    if at is None:
        return
    own = schedules[0]
    when = [f"at `{_written(times.name)}`, {words(times)}" for times in own.mute]
    if own.active:
        said = (f"`{_written(times.name)}`, {words(times)}" for times in own.active)
        when.append(f"but at {', and '.join(said)}")
    names = list(dict.fromkeys(alert.name for alert in alerts))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    of_ours = deliveries[0].path[-1].where is None
    report.report(
        CODE,
        at,
        f"nobody is told of the page `{names[0]}`{more} {', and '.join(when)}",
        help="let pages through at all times, or name an `escalation` to a team that is told then"
        if of_ours
        else "let pages through at all times, or let an earlier route that continues tell somebody then",
    )


def _written(name: str) -> str:
    """The name of time intervals without what the operator puts in front of those of an object."""
    return name.split("/", 2)[-1]


def _share(schedules: Sequence[Schedule]) -> float:
    """How much of the time all are muted, from 0 to 1."""
    instants = (_START + step * _STEP for step in range(_STEPS))
    muted = sum(all(one.is_muted(instant) for one in schedules) for instant in instants)
    return muted / _STEPS


def _place(delivery: Delivery, routing: Routing | None) -> Span | None:
    route = delivery.path[-1]
    if route.where is None and routing is not None:
        return next(
            (_place_of(means) for means in routing.means() if _is_made_from(means, route, delivery)), None
        )
    parts = ("active_time_intervals", "mute_time_intervals")
    places = [route.places.get(f"{part}{end}") for end in (".0", "") for part in parts]
    return next((place for place in places if place is not None), route.where)


def _is_made_from(means: Means, route: Route, delivery: Delivery) -> bool:
    return (means.receiver, means.active, means.mute) == (delivery.receiver, route.active, route.mute)


def _place_of(means: Means) -> Span:
    return means.places.get("active.0") or means.places.get("mute.0") or means.where
