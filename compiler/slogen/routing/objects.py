"""AlertmanagerConfig objects that do for the alerts of our teams what the whole configuration does.

An object has one route below that of the operator, which takes the alerts of our teams alone: whatever else
the Alertmanager is told stays as it is. It needs nothing of `global`, and no file of templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from slogen.alertmanager.configuration import Configuration, Integration, Receiver, Value
from slogen.alertmanager.routes import (
    DEFAULT_GROUP_INTERVAL,
    DEFAULT_GROUP_WAIT,
    DEFAULT_REPEAT_INTERVAL,
    Route,
)
from slogen.alertmanager.times import NamedTimes
from slogen.alertmanagerspec.kinds import KINDS
from slogen.alertmanagerspec.objectwriting import Beyond, beyond_objects, size, version_of
from slogen.ir import Program
from slogen.routing.messages import Terms, inlined
from slogen.routing.operator import namespace_matcher
from slogen.routing.tree import configuration, of_teams
from slogen.teams import Means, Owner, Routing

NO_OBJECTS = "none"
# `kubectl apply` and Argo CD keep a copy of the object as JSON in an annotation, for which Kubernetes has a
# quarter of a mebibyte. The routes and the inhibition need a part of that.
_MOST_OF_RECEIVERS = 200_000


def is_written(program: Program) -> bool:
    """Whether objects are written: demanded, or else where they can hold everything and alerts come to them.

    Where the operator keeps alerts away, one that is certain to pass shows that labels are made for it.
    """
    routing = program.notifying.routing
    settings = program.settings.alertmanager
    if routing is None or not routing.is_sound or routing.namespace is None:
        return False
    if not routing.owners or settings.objects == NO_OBJECTS:
        return False
    if settings.demands_objects:
        return True
    matcher = namespace_matcher(routing.namespace, settings)
    comes = matcher is None or any(alert.firing.passes(matcher) for alert in program.notifying.alerts)
    return comes and not beyond(program)


def beyond(program: Program) -> tuple[Beyond, ...]:
    """What the objects would have to hold but cannot."""
    routing = program.notifying.routing
    if routing is None:
        return ()
    parts = _Parts(program, routing)
    used = [*parts.receivers(routing.owners)]
    version = version_of(program.settings.alertmanager.objects)
    return beyond_objects(used, parts.times(routing.owners), version)


def object_configurations(program: Program) -> Iterator[Configuration]:
    """What the objects say: one, or several where the teams are too many for one.

    The inhibition stands in the first.
    """
    routing = program.notifying.routing
    if routing is None or not routing.owners:
        return
    whole = configuration(routing, None, program.notifying.alerts, program.settings)
    parts = _Parts(program, routing)
    routes = dict(zip(routing.owners, whole.route.routes, strict=True))
    for number, owners in enumerate(parts.teams(), 1):
        name = routing.name if number == 1 else f"{routing.name}-{number}"
        receivers = tuple(parts.receivers(owners))
        yield replace(
            whole,
            route=parts.first(whole.route, owners, [routes[owner] for owner in owners]),
            receivers=receivers,
            times=tuple(parts.times(owners)),
            inhibitions=whole.inhibitions if number == 1 else (),
            globals={},
            object_=(routing.namespace or "", name),
        )


class _Parts:
    """What the teams of an object need."""

    def __init__(self, program: Program, routing: Routing) -> None:
        whole = program.notifying.configuration
        self._routing = routing
        self._version = version_of(program.settings.alertmanager.objects)
        self._label = program.settings.owner_label
        # With a base, teams may be told by its receivers, too.
        self._whole = whole or Configuration(Route(), routing.receivers, times=routing.times)
        shared = routing.globals if whole is None else whole.globals
        self._completed: dict[str, Receiver] = {}
        self._completing = _Completing(shared, Terms.of(routing, program.settings))

    def teams(self) -> Iterator[tuple[Owner, ...]]:
        """The teams of each object, in their order: as few objects as hold their receivers."""
        part: list[Owner] = []
        within: dict[str, int] = {}
        for owner in self._routing.owners:
            sizes = {one.name: size([one], self._version) for one in self.receivers([owner])}
            if part and sum({**within, **sizes}.values()) > _MOST_OF_RECEIVERS:
                yield tuple(part)
                part, within = [], {}
            part.append(owner)
            within |= sizes
        if part:
            yield tuple(part)

    def receivers(self, owners: Sequence[Owner]) -> Iterator[Receiver]:
        """The receivers that some teams need, those of escalations included, in the order of the document."""
        used = {means.receiver for means in self._means(owners)}
        for receiver in self._whole.receivers:
            if receiver.name in used:
                if receiver.name not in self._completed:
                    self._completed[receiver.name] = self._completing.receiver(receiver)
                yield self._completed[receiver.name]

    def times(self, owners: Sequence[Owner]) -> list[NamedTimes]:
        """The time intervals that some teams need."""
        used = {name for means in self._means(owners) for name in (*means.active, *means.mute)}
        return [times for times in self._whole.times if times.name in used]

    def _means(self, owners: Sequence[Owner]) -> Iterator[Means]:
        """How teams are told, and those who are paged after them."""
        for owner in owners:
            for one in (owner, *(target for target, _ in self._routing.paged_after(owner))):
                yield one.page
                yield one.ticket

    def first(self, root: Route, owners: Sequence[Owner], routes: Sequence[Route]) -> Route:
        """The route of an object: what is above it is not known, so it states all timings."""
        matchers = (of_teams(owners, self._label),)
        timed = replace(
            root,
            receiver=owners[0].ticket.receiver,
            matchers=matchers,
            routes=tuple(routes),
            group_wait=DEFAULT_GROUP_WAIT if root.group_wait is None else root.group_wait,
            group_interval=root.group_interval or DEFAULT_GROUP_INTERVAL,
            repeat_interval=root.repeat_interval or DEFAULT_REPEAT_INTERVAL,
        )
        return _as_one(timed, routes[0]) if len(routes) == 1 else timed


def _as_one(first: Route, team: Route) -> Route:
    """The route of an object of one team, which is that of the team."""
    return replace(
        team,
        receiver=team.receiver or first.receiver,
        group_by=team.group_by or first.group_by,
        group_wait=first.group_wait if team.group_wait is None else team.group_wait,
        group_interval=team.group_interval or first.group_interval,
        repeat_interval=team.repeat_interval or first.repeat_interval,
    )


# receivers --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Completing:
    """Gives receivers what files have in `global` (`shared`) and in templates."""

    shared: Mapping[str, Value]
    terms: Terms

    def receiver(self, receiver: Receiver) -> Receiver:
        """A receiver that has all that it needs in itself."""
        complete = (self._integration(one) for one in receiver.integrations)
        return replace(receiver, integrations=tuple(complete))

    def _integration(self, one: Integration) -> Integration:
        texts = inlined(one.kind, self.terms, one.fields)
        return replace(
            one, fields={**one.fields, **_missing(one, self._of_globals(one)), **_missing(one, texts)}
        )

    def _of_globals(self, one: Integration) -> dict[str, Value]:
        kind = KINDS.get(one.kind)
        if kind is None:
            return {}
        found: dict[str, Value] = {}
        for name, value in self.shared.items():
            own = _own_name(name, one.kind, kind.inherits)
            excluded = any(own in group and one.fields.keys() & set(group) for group in kind.holds.only_one)
            if own in kind.fields and not excluded:
                found[own] = value
        return found


def _own_name(shared: str, kind: str, inherits: Mapping[str, str]) -> str:
    """What a receiver calls a field of `global`."""
    named = next((own for own, name in inherits.items() if name == shared), None)
    if named is not None or shared == "http_config":
        return named or shared
    prefix = "smtp_" if kind == "email" else f"{kind}_"
    return shared.removeprefix(prefix) if shared.startswith(prefix) else ""


def _missing(integration: Integration, fields: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if name not in integration.fields}
