"""Tickets that wake people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from slogen.alertmanager.configuration import Configuration, Integration
from slogen.ir import Program, RoutedAlert, Urgency
from slogen.names import SEVERITY
from slogen.routing.proving.arriving import as_it_may_arrive
from slogen.routing.proving.conventions import PAGERS
from slogen.routing.proving.following import Follower, follower
from slogen.routing.proving.in_use import in_use
from slogen.routing.severities import urgencies
from slogen.source import Span
from slogen.teams import Owner


@dataclass(slots=True, eq=False)
class Waking:
    """Tickets that a receiver gets which wakes people: where it is named, the kind of integration that does,
    and whether it gets the pages, too (`why`)."""

    at: Span
    receiver: str
    kind: str
    why: str
    alerts: list[RoutedAlert] = field(default_factory=list)


def owners_who_are_always_paged(program: Program) -> Iterator[Owner]:
    """The owners of a Routing document whose tickets are told as their pages are, if they have any."""
    routing = program.notifying.routing
    if routing is None or not routing.is_sound:
        return
    known = urgencies(routing, program.settings)
    label = program.settings.owner_label
    ticketed = {
        alert.firing.known.get(label)
        for alert in program.notifying.alerts
        if known.get(alert.firing.known.get(SEVERITY, "")) is Urgency.TICKET
    }
    for owner in routing.owners:
        if owner.page.tells_as(owner.ticket) and owner.name in ticketed:
            yield owner


def waking_tickets(program: Program) -> Iterator[Waking]:
    """The tickets of SLOs that reach receivers which wake people, in configurations written by hand."""
    pairs = [pair for pair in _pairs(program).values() if set(pair) == set(Urgency)]
    for configuration in in_use(program) if pairs else ():
        yield from _waking(configuration, pairs, program)


def _pairs(program: Program) -> Mapping[int, dict[Urgency, RoutedAlert]]:
    """A page and a ticket of each SLO, whose severities differ."""
    found: dict[int, dict[Urgency, RoutedAlert]] = {}
    for alert in program.notifying.alerts:
        if alert.slo is not None and alert.urgency is not None:
            found.setdefault(id(alert.slo), {}).setdefault(alert.urgency, alert)
    return {
        slo: its
        for slo, its in found.items()
        if len({alert.firing.value(SEVERITY) for alert in its.values()}) == len(its)
    }


def _waking(
    configuration: Configuration, pairs: list[dict[Urgency, RoutedAlert]], program: Program
) -> Iterator[Waking]:
    tree = follower(configuration.route)
    found: dict[tuple[str, str], Waking] = {}
    for pair in pairs:
        paged, ticketed = (
            _ends(configuration, tree, pair[urgency], program) for urgency in (Urgency.PAGE, Urgency.TICKET)
        )
        if paged is None or ticketed is None:
            continue
        pagers = _pagers(configuration, paged)
        for receiver, kind in _pagers(configuration, ticketed).items():
            is_shared = receiver in pagers
            if not is_shared and pagers:
                continue
            why = "as is the page" if is_shared else "which the page is not"
            at = ticketed[receiver]
            if at is not None:
                one = found.setdefault((receiver, why), Waking(at, receiver, kind, why))
                one.alerts.append(pair[Urgency.TICKET])
    yield from found.values()


def _ends(
    configuration: Configuration, tree: Follower, alert: RoutedAlert, program: Program
) -> dict[str, Span | None] | None:
    """Who is surely told of an alert, each with the place that says so; None where nobody knows."""
    told = tree.ways(as_it_may_arrive(alert.firing, program.settings))
    if not all(way.is_certain for way in told):
        return None
    found: dict[str, Span | None] = {}
    for way in told:
        path = way.delivery.path
        naming = next((route for route in reversed(path) if route.receiver is not None), path[0])
        found.setdefault(way.delivery.receiver, naming.at("receiver"))
    return found


def _pagers(configuration: Configuration, receivers: Mapping[str, object]) -> dict[str, str]:
    """Those receivers that wake people, with the kind of integration that does."""
    found: dict[str, str] = {}
    for name in receivers:
        receiver = configuration.receiver(name)
        for integration in receiver.integrations if receiver else ():
            if integration.kind in PAGERS and not _weighs(integration):
                found.setdefault(name, integration.kind)
    return found


def _weighs(integration: Integration) -> bool:
    """Whether the service is told how urgent an alert is: then it may well wake nobody for a ticket."""
    return any(
        "{{" in str(integration.fields.get(name, "")) for name in ("severity", "priority", "message_type")
    )
