"""Routes that alerts do not reach, since others are asked before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.coverage import Conditions, conditions, contradiction, covers, splits
from slogen.alertmanager.firing import Firing, ways
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route
from slogen.ir import RoutedAlert, Settings
from slogen.promql.overlap import listed_values
from slogen.routing.proving.arriving import as_it_may_arrive
from slogen.routing.proving.conventions import QUIET, URGENCY_LABELS

_WHOSE = frozenset(
    (
        *("owner", "team", "squad", "service", "app", "application", "component", "system", "product"),
        *("app_kubernetes_io_name", "label_app", "label_team", "business_unit", "department"),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Dead:
    """A route that no alert reaches, and its parents, from the root on.

    Its matchers and those of its parents contradict each other on `label`; or, with an empty label, the
    earlier routes `taken_by` take all alerts that it would take. `more` are the routes after it of which the
    same is true for the same reason.
    """

    route: Route
    parents: tuple[Route, ...]
    label: str = ""
    taken_by: tuple[Route, ...] = ()
    more: int = 0


def dead_routes(root: Route) -> Iterator[Dead]:
    """The routes of a tree that surely no alert reaches, without those below them."""
    label = contradiction(root.matchers)
    if label is not None:
        yield Dead(root, (), label)
        return
    yield from _below((root,), _Passed())


class _Passed:
    """The routes that end the search before a place in the tree is reached, in their order.

    One that asks for a value of a label can only cover what asks for the same.
    """

    def __init__(self) -> None:
        self._routes: list[Route] = []
        self._by_value: dict[tuple[str, str] | None, list[int]] = {}

    def __len__(self) -> int:
        return len(self._routes)

    def add(self, route: Route) -> None:
        """Take in another one."""
        self._by_value.setdefault(_value_of(route), []).append(len(self._routes))
        self._routes.append(route)

    def forget(self, length: int) -> None:
        """Drop all but the first ones."""
        while len(self._routes) > length:
            self._by_value[_value_of(self._routes.pop())].pop()

    def covering(self, asked: Conditions) -> Route | None:
        """The first one that takes all that is asked for."""
        listed = [(label, listed_values(one)) for label, known in asked.items() for one in known]
        keys = [(label, values[0]) for label, values in listed if values is not None and len(values) == 1]
        indices = (index for key in (None, *keys) for index in self._by_value.get(key, ()))
        return next(
            (one for one in map(self._routes.__getitem__, sorted(indices)) if covers(one.matchers, asked)),
            None,
        )


def _value_of(route: Route) -> tuple[str, str] | None:
    return next(((one.name, one.value) for one in route.matchers if one.op == "=" and one.value), None)


def _below(path: tuple[Route, ...], before: _Passed) -> Iterator[Dead]:
    above = tuple(matcher for route in path for matcher in route.matchers)
    routes, length = path[-1].routes, len(before)
    for index, route in enumerate(routes):
        found = _judged(route, path, above, before)
        if found is not None and found.taken_by and not found.taken_by[0].matchers:
            yield Dead(route, path, taken_by=found.taken_by, more=len(routes) - index - 1)
            break
        if found is not None:
            yield found
            continue
        yield from _below((*path, route), before)
        if not route.continue_:
            before.add(route)
    before.forget(length)


def _judged(
    route: Route, path: tuple[Route, ...], above: tuple[Matcher, ...], before: _Passed
) -> Dead | None:
    own = (*above, *route.matchers)
    label = contradiction(own)
    if label is not None:
        return Dead(route, path, label)
    asked = conditions(own)
    # Routes beside the parents were passed with the matchers of these parents, which hold here, too.
    one = before.covering(asked)
    if one is not None:
        return Dead(route, path, taken_by=(one,))
    for cases in splits(asked):
        takers = [before.covering(case) for case in cases]
        known = [taker for taker in takers if taker is not None]
        if len(known) == len(takers):
            return Dead(route, path, taken_by=tuple(dict.fromkeys(known)))
    return None


# routes for a service that its urgent alerts do not reach --------------------------------------------


@dataclass(slots=True, eq=False)
class Missed:
    """A route for the alerts of somebody, and an earlier one that takes some of them, by their urgency
    alone or since they have an owner.

    `alerts` of the program take that way, and nobody whom the later route would tell hears of them.
    """

    route: Route
    taken_by: Route
    alerts: list[RoutedAlert] = field(default_factory=list)


def missed_routes(
    configuration: Configuration, alerts: Sequence[RoutedAlert], settings: Settings
) -> Sequence[Missed]:
    """The routes for somebody's alerts that urgent ones surely never reach.

    Urgent alerts have a way of their own in many trees. That nobody else hears of them is only then hardly
    meant, if that way wakes nobody: it ends in a chat room or a mailbox, just as the other one would.
    """
    whose = _WHOSE | {settings.owner_label}
    found: dict[tuple[int, int], Missed] = {}
    pairs = list(_pairs(configuration.route, configuration, whose))
    for alert in alerts if pairs else ():
        firing = as_it_may_arrive(alert.firing, settings)
        for path, early, late in pairs:
            if not _certainly(firing, (*path, early)) or not firing.passes_all(late.matchers):
                continue
            told = ways(configuration.route, firing)
            paths = [way.delivery.path for way in told]
            if any(late in one for one in paths) or not any(early in one for one in paths):
                continue
            if _told_by(late, configuration) & {way.delivery.receiver for way in told}:
                continue
            missed = found.setdefault((id(early), id(late)), Missed(late, early))
            missed.alerts.append(alert)
    return list(found.values())


def overtaken_routes(
    configuration: Configuration, alerts: Sequence[RoutedAlert], settings: Settings
) -> Sequence[Missed]:
    """The routes of a base that name alerts, which the owners' routes before them take instead: that of a
    `Watchdog`, say, by which another system sees us alive, or which tells nobody."""
    own = [route for route in configuration.route.routes if route.where is None]
    named = [
        route for route in configuration.route.routes if route.where is not None and _names_alerts(route)
    ]
    found: dict[int, Missed] = {}
    for alert in alerts if own else ():
        firing = as_it_may_arrive(alert.firing, settings)
        late = next((route for route in named if firing.passes_all(route.matchers)), None)
        early = next((route for route in own if firing.passes_all(route.matchers)), None)
        if late is None or early is None:
            continue
        told = ways(configuration.route, firing)
        if any(late in way.delivery.path or way.delivery.receiver == late.receiver for way in told):
            continue
        found.setdefault(id(late), Missed(late, early)).alerts.append(alert)
    return list(found.values())


def _names_alerts(route: Route) -> bool:
    names = [one for one in route.matchers if one.name == "alertname" and one.op in ("=", "=~")]
    return any(not one.takes({"alertname": "of nobody"}) for one in names)


def _certainly(firing: Firing, path: Sequence[Route]) -> bool:
    return all(firing.passes_all(route.matchers) is True for route in path)


def _pairs(
    root: Route, configuration: Configuration, whose: frozenset[str], path: tuple[Route, ...] = ()
) -> Iterator[tuple[tuple[Route, ...], Route, Route]]:
    """Neighbours of which the first asks for the urgency alone and is quiet, and the second for somebody."""
    here = (*path, root)
    for index, early in enumerate(root.routes):
        if _asks_for_urgency(early) and not early.continue_ and _is_quiet(early, here, configuration):
            for late in root.routes[index + 1 :]:
                if _asks_for_somebody(late, whose) and _told_by(late, configuration):
                    yield here, early, late
        yield from _pairs(early, configuration, whose, here)


def _asks_for_urgency(route: Route) -> bool:
    return bool(route.matchers) and all(
        one.name in URGENCY_LABELS and one.op in ("=", "=~") and one.value for one in route.matchers
    )


def _asks_for_somebody(route: Route, whose: frozenset[str]) -> bool:
    return bool(route.matchers) and all(
        one.name in whose and one.op in ("=", "=~") and one.value for one in route.matchers
    )


def _is_quiet(route: Route, path: tuple[Route, ...], configuration: Configuration) -> bool:
    """Whether a route has none below it and tells somebody by nothing but chat and mail."""
    named = next((one.receiver for one in reversed((*path, route)) if one.receiver is not None), None)
    receiver = configuration.receiver(named) if named is not None else None
    if receiver is None or route.routes:
        return False
    return bool(receiver.integrations) and all(one.kind in QUIET for one in receiver.integrations)


def _told_by(route: Route, configuration: Configuration) -> set[str]:
    """The receivers that a route and those below it name, and that tell somebody."""
    named = {route.receiver, *(name for below in route.routes for name in _told_by(below, configuration))}
    known = [configuration.receiver(name) for name in named if name is not None]
    return {one.name for one in known if one is not None and one.integrations}
