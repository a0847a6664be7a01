"""The tree of routes that brings each alert to its team.

It reads like the org chart: one route for each team, in the order of the document, and below it what its
pages do. A route states only what differs from the one above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.firing import Firing
from slogen.alertmanager.matchers import Matcher, one_of
from slogen.alertmanager.routes import (
    DEFAULT_GROUP_INTERVAL,
    DEFAULT_GROUP_WAIT,
    DEFAULT_REPEAT_INTERVAL,
    Route,
)
from slogen.durations import words
from slogen.ir import RoutedAlert, Settings
from slogen.names import SEVERITY
from slogen.routing.inhibiting import inhibitions
from slogen.routing.severities import paging
from slogen.teams import Means, Owner, Routing, Timing


def configuration(
    routing: Routing, base: Configuration | None, alerts: Sequence[RoutedAlert], settings: Settings
) -> Configuration:
    """What the Alertmanager is told: by itself, or with `base` around it.

    With a base, `where` is that of the base.
    """
    silencing = (*routing.inhibitions, *inhibitions(routing, alerts, settings))
    if base is None:
        root = _root(routing, settings)
        return Configuration(root, routing.receivers, silencing, routing.times, globals=routing.globals)
    at = place_in(base.route, _own(alerts, routing, settings))
    routes = (*base.route.routes[:at], *subtree(routing, base, settings), *base.route.routes[at:])
    return replace(
        base,
        route=replace(base.route, routes=routes),
        receivers=(*base.receivers, *routing.receivers),
        inhibitions=(*base.inhibitions, *silencing),
        times=(*base.times, *routing.times),
    )


def place_in(root: Route, alerts: Sequence[Firing]) -> int:
    """Where among the first routes of a tree that is there already a new one sees all of these alerts, and
    takes them from none that goes on: behind the last of those that go on, of the ones before the first that
    may keep an alert to itself."""
    staying = [i for i, route in enumerate(root.routes) if not route.continue_]
    keeping = next((i for i in staying if _may_keep(root.routes[i], alerts)), len(root.routes))
    behind = [i + 1 for i, route in enumerate(root.routes[:keeping]) if route.continue_]
    return max(behind, default=min([keeping, *staying[:1]]))


def _may_keep(route: Route, alerts: Sequence[Firing]) -> bool:
    return not alerts or any(alert.passes_all(route.matchers) is not False for alert in alerts)


def _own(alerts: Sequence[RoutedAlert], routing: Routing, settings: Settings) -> list[Firing]:
    """The alerts that belong to the teams, or may."""
    names = {None, *(owner.name for owner in routing.owners)}
    return [alert.firing for alert in alerts if alert.firing.value(settings.owner_label) in names]


def subtree(routing: Routing, base: Configuration, settings: Settings) -> tuple[Route, ...]:
    """What is added to the routes of a configuration that is there already: one route with all teams."""
    inherited = _filled(_timing(base.route), _OF_ALERTMANAGER)
    usual = _filled(routing.defaults, inherited)
    if len(routing.owners) < 2:
        return tuple(_Branch(routing, settings, usual).teams(inherited))
    teams = tuple(_Branch(routing, settings, usual).teams(usual))
    matcher = of_teams(routing.owners, settings.owner_label)
    return (_with_timing(Route(matchers=(matcher,), routes=teams), _stated(usual, inherited)),)


def of_teams(owners: Sequence[Owner], owner_label: str) -> Matcher:
    """What takes the alerts of teams."""
    return one_of(owner_label, [owner.name for owner in owners])


def fallback(routing: Routing, settings: Settings) -> Owner | None:
    """The team that gets what names no team; None in a document without teams."""
    named = routing.owner(routing.fallback or settings.owner or "")
    return named or next(iter(routing.owners), None)


def _root(routing: Routing, settings: Settings) -> Route:
    team = fallback(routing, settings)
    usual = _filled(routing.defaults, _OF_ALERTMANAGER)
    teams = tuple(_Branch(routing, settings, usual).teams(usual))
    # What the author states is written, even where it is what Alertmanager would do anyway.
    return _with_timing(Route(team.ticket.receiver if team else "", routes=teams), routing.defaults)


@dataclass(frozen=True, slots=True)
class _Branch:
    """The routes of all teams; `usual` are the timings of a way that states none."""

    routing: Routing
    settings: Settings
    usual: Timing

    def teams(self, inherited: Timing) -> Iterator[Route]:
        """A route for each team, below one that has these timings."""
        for owner in self.routing.owners:
            yield self._team(owner, inherited)

    def _team(self, owner: Owner, inherited: Timing) -> Route:
        matchers = (Matcher(self.settings.owner_label, "=", owner.name),)
        wanted = self._wanted(owner.ticket)
        if self._is_one_way(owner):
            return replace(_route(owner.ticket, wanted, inherited), matchers=matchers)
        paged = (owner.page, *(target.page for target, _ in self.routing.paged_after(owner)))
        if wanted.group_by and not all(self._wanted(page).group_by for page in paged):
            # A route cannot take back that its parent groups: the ticket has a route of its own.
            ticket = _route(owner.ticket, wanted, inherited)
            return Route(None, matchers, routes=(*self._pages(owner, inherited), ticket))
        team = replace(_route(owner.ticket, wanted, inherited), matchers=matchers)
        return replace(team, routes=tuple(self._pages(owner, wanted)))

    def _is_one_way(self, owner: Owner) -> bool:
        """Whether pages and tickets are the same in everything."""
        alike = owner.page.tells_as(owner.ticket) and owner.escalation is None
        return alike and self._wanted(owner.page) == self._wanted(owner.ticket)

    def _pages(self, owner: Owner, inherited: Timing) -> Iterator[Route]:
        """The routes of pages: who is paged later, and then, at last, who is paged at once."""
        matcher = one_of(SEVERITY, paging(self.routing, self.settings))
        for next_owner, after in self.routing.paged_after(owner):
            wanted = replace(self._wanted(next_owner.page), group_wait=after)
            remark = f"{next_owner.name} is paged, too, by what still fires after {words(after)}."
            route = _route(next_owner.page, wanted, inherited)
            yield replace(route, matchers=(matcher,), continue_=True, remark=remark)
        yield replace(_route(owner.page, self._wanted(owner.page), inherited), matchers=(matcher,))

    def _wanted(self, means: Means) -> Timing:
        return _filled(means.timing, self.usual)


# timings ----------------------------------------------------------------------------------------------

_OF_ALERTMANAGER = Timing((), DEFAULT_GROUP_WAIT, DEFAULT_GROUP_INTERVAL, DEFAULT_REPEAT_INTERVAL)


def _route(means: Means, wanted: Timing, inherited: Timing) -> Route:
    """The route of one way, below a route that has the timings `inherited`."""
    route = Route(means.receiver, mute=means.mute, active=means.active)
    return _with_timing(route, _stated(wanted, inherited))


def _with_timing(route: Route, stated: Timing) -> Route:
    return replace(
        route,
        group_by=stated.group_by,
        group_wait=stated.group_wait,
        group_interval=stated.group_interval,
        repeat_interval=stated.repeat_interval,
    )


def _timing(route: Route) -> Timing:
    # An empty list of labels is as good as none: Alertmanager takes over that of the parent.
    return Timing(route.group_by or None, route.group_wait, route.group_interval, route.repeat_interval)


def _filled(timing: Timing, usual: Timing) -> Timing:
    """The timings, those that are not stated taken from the usual ones."""
    return Timing(
        timing.group_by or usual.group_by,
        usual.group_wait if timing.group_wait is None else timing.group_wait,
        timing.group_interval or usual.group_interval,
        timing.repeat_interval or usual.repeat_interval,
    )


def _stated(wanted: Timing, inherited: Timing) -> Timing:
    """What a route must state to have the timings that are wanted, below one that has others."""
    return Timing(
        None if _same_labels(wanted.group_by, inherited.group_by) else wanted.group_by,
        None if wanted.group_wait == inherited.group_wait else wanted.group_wait,
        None if wanted.group_interval == inherited.group_interval else wanted.group_interval,
        None if wanted.repeat_interval == inherited.repeat_interval else wanted.repeat_interval,
    )


def _same_labels(one: Sequence[str] | None, other: Sequence[str] | None) -> bool:
    return sorted(one or ()) == sorted(other or ())
