"""A route that no alert reaches

## Why
Alertmanager asks the routes in their order, and stops at the first that takes an alert and does not say
`continue: true`. A route behind one that takes all of its alerts, or one whose matchers contradict those of
its parents, is dead: whoever it is for hears of nothing, and no tool says so. The same goes for a team
whose urgent alerts end in an earlier route for all that is urgent, if that is but another chat room or
mailbox. And where a Routing document adds its owners to a base, a route of the base for an alert by its
name, such as a `Watchdog`, no longer gets it once the alert has an owner.

## Wrong
```yaml
route:
  receiver: everyone
  routes:
    - matchers: ['severity=~"warning|critical"']
      receiver: everyone
    - matchers: ['severity="critical"', 'team="shop"']
#               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      receiver: shop
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
  - name: shop
    webhook_configs: [{url: 'http://bridge.example.com/shop'}]
```

## Right
```yaml
route:
  receiver: everyone
  routes:
    - matchers: ['severity="critical"', 'team="shop"']
      receiver: shop
    - matchers: ['severity=~"warning|critical"']
      receiver: everyone
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
  - name: shop
    webhook_configs: [{url: 'http://bridge.example.com/shop'}]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program
from slogen.source import Span

if TYPE_CHECKING:
    from slogen.alertmanager.matchers import Matcher
    from slogen.alertmanager.routes import Route
    from slogen.routing.proving.shadowed_routes import Dead, Missed

CODE = Code("SLO522", "warning", __doc__)
_SHOWN = 2
_PLAIN = re.compile(r"[\w -]+")


def check_program(program: Program, report: Report) -> None:
    """Warn of routes that no alert reaches, and of those for somebody whose urgent alerts go elsewhere."""
    notifying = program.notifying
    if notifying.configuration is None and not notifying.written:
        return
    from slogen.routing.proving.in_use import in_use  # noqa: PLC0415 - not for projects without routing
    from slogen.routing.proving.shadowed_routes import (  # noqa: PLC0415 - as above
        dead_routes,
        missed_routes,
        overtaken_routes,
    )

    # A tree that is slogen's alone has no such route.
    wholes = [one for one in in_use(program) if one.route.where is not None]
    # An object is judged as it is written: what the operator adds to it has a check of its own.
    objects = (one for one in notifying.written if one.object_ is not None and one.is_sound)
    seen: set[Span] = set()
    for configuration in (*objects, *wholes):
        for group in _by_cause(dead_routes(configuration.route)):
            places = [dead.route.at("matchers") for dead in group]
            at = places[0]
            if at is not None and at not in seen:
                _report_dead(group, at, report)
            seen.update(place for place in places if place is not None)
    for configuration in wholes:
        for missed in missed_routes(configuration, notifying.alerts, program.settings):
            at = missed.route.at("matchers")
            if at is not None and at not in seen:
                seen.add(at)
                _report_missed(missed, at, report)
        for overtaken in overtaken_routes(configuration, notifying.alerts, program.settings):
            at = overtaken.route.at("matchers")
            if at is not None and at not in seen:
                _report_overtaken(overtaken, at, program, report)


def _by_cause(found: Iterable[Dead]) -> Iterable[list[Dead]]:
    """Routes that are dead because of one other route, together: there is one mistake."""
    groups: dict[int, list[Dead]] = {}
    for dead in found:
        takers = dead.taken_by
        is_shared = len(takers) == 1 and takers[0].where is not None
        groups.setdefault(id(takers[0]) if is_shared else id(dead.route), []).append(dead)
    return groups.values()


def _report_dead(group: list[Dead], at: Span, report: Report) -> None:
    dead = group[0]
    if dead.label:
        _report_contradiction(dead, at, report)
        return
    others = len(group) - 1 + sum(one.more for one in group)
    more = f", nor {others} more" if others else ""
    places = [(taker, taker.at("matchers")) for taker in dead.taken_by]
    also = [Label(place, _of_taker(taker)) for taker, place in places if place is not None]
    report.report(
        CODE,
        at,
        f"no alert reaches {_called(dead.route)}{more}: {_before(dead.taken_by)}",
        also=also[:_SHOWN],
        help=_mended(dead.taken_by),
    )


def _of_taker(taker: Route) -> str:
    return "takes them, and does not continue" if taker.matchers else "takes every alert"


def _before(takers: tuple[Route, ...]) -> str:
    if len(takers) > 1:
        return "earlier routes take all that it would take"
    if not takers[0].matchers:
        return "an earlier one takes every alert"
    if takers[0].where is None:
        return "the owners of the Routing document come before it, and have all that it would take"
    return f"{_shown(takers[0].matchers)} before it takes all that it would take"


def _mended(takers: tuple[Route, ...]) -> str:
    if any(taker.where is None for taker in takers):
        return "delete it, or take the owner out of the Routing document"
    if len(takers) > 1:
        return "put this route before the others, or give them `continue: true`"
    return "put this route before the other one, or give that one `continue: true`"


def _report_contradiction(dead: Dead, at: Span, report: Report) -> None:
    from slogen.alertmanager.coverage import contradiction  # noqa: PLC0415 - not for projects without routing

    own = [one for one in dead.route.matchers if one.name == dead.label]
    above = list(_above(dead))
    if not above or contradiction(own) is not None:
        how = "is never" if len(own) == 1 else f"cannot {'all' if len(own) > 2 else 'both'} be"
        what = f"{_shown((*own,))} {how} true of one alert"
        report.report(CODE, at, f"no alert reaches {_called(dead.route)}: {what}", help=_as_one(own))
        return
    parent, matcher = above[-1]
    place = parent.at("matchers")
    also = () if place is None else (Label(place, f"lets through only what has `{matcher}`"),)
    what = f"{_shown((*own,))} is nothing that the route above it takes"
    report.report(
        CODE,
        at,
        f"no alert reaches {_called(dead.route)}: {what}",
        also=also,
        help="move it out of that route, or mend one of the two matchers",
    )


def _as_one(matchers: list[Matcher]) -> str:
    """What to write if one of several values is meant."""
    if not all(one.op == "=" and _PLAIN.fullmatch(one.value) for one in matchers):
        return "all matchers of a route must hold: take one of them out"
    values = "|".join(one.value for one in matchers)
    written = f'{matchers[0].name}=~"{values}"'
    return f"all matchers of a route must hold: if any of these is meant, write `{written}`"


def _above(dead: Dead) -> Iterator[tuple[Route, Matcher]]:
    for parent in dead.parents:
        for matcher in parent.matchers:
            if matcher.name == dead.label:
                yield parent, matcher


def _report_missed(missed: Missed, at: Span, report: Report) -> None:
    names = list(dict.fromkeys(alert.name for alert in missed.alerts))
    what = f"`{names[0]}`" if len(names) == 1 else f"`{names[0]}` and {len(names) - 1} more"
    place = missed.taken_by.at("matchers")
    report.report(
        CODE,
        at,
        f"{what} never {'reaches' if len(names) == 1 else 'reach'} {_called(missed.route)}:"
        f" {_shown(missed.taken_by.matchers)} before it takes what is urgent",
        also=() if place is None else (Label(place, "takes it first, and does not continue"),),
        help="give the earlier route `continue: true`, or put this one before it",
    )


def _report_overtaken(overtaken: Missed, at: Span, program: Program, report: Report) -> None:
    from slogen.routing.proving.places import origin_of  # noqa: PLC0415 - not for projects without routing

    first, label = overtaken.alerts[0], program.settings.owner_label
    others = len({alert.name for alert in overtaken.alerts}) - 1
    what = f"`{first.name}` and {others} more" if others else f"`{first.name}`"
    owner = first.firing.known.get(label, "")
    report.report(
        CODE,
        at,
        f"{what} never {'reach' if others else 'reaches'} {_called(overtaken.route)}: the route of"
        f" the owner `{owner}` comes before it",
        also=[Label(origin_of(first, label, program.settings).at, f"where it has its `{label}`")],
        help=f"write `{label}: ''` below `labels` of the alert to leave it to this route, or delete this one",
    )


def _called(route: Route) -> str:
    return f"the route to `{route.receiver}`" if route.receiver else "this route"


def _shown(matchers: tuple[Matcher, ...]) -> str:
    return " and ".join(f"`{one}`" for one in matchers)
