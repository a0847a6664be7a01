"""Which severities page, and which make tickets."""

from __future__ import annotations

from collections.abc import Mapping

from slogen.ir import Program, RoutedAlert, Settings
from slogen.names import SEVERITY
from slogen.teams import Routing, Urgency


def urgencies(routing: Routing | None, settings: Settings) -> Mapping[str, Urgency]:
    """What the severities mean: as the Routing documents say, or else as the SLOs' alerts have them."""
    if routing is not None and routing.severities:
        return routing.severities
    tickets = dict.fromkeys((settings.ticket_severity, settings.absent_severity), Urgency.TICKET)
    return {**tickets, settings.page_severity: Urgency.PAGE}


def paging(routing: Routing, settings: Settings) -> tuple[str, ...]:
    """The severities that page."""
    stated = urgencies(routing, settings)
    return tuple(value for value, urgency in stated.items() if urgency is Urgency.PAGE)


def pages(alert: RoutedAlert, program: Program) -> bool:
    """Whether an alert surely is one that somebody must react to at once.

    A Routing document decides by the severity; else an SLO's alert knows it, and of others it is the severity
    of pages in Settings that does.
    """
    severity = alert.firing.value(SEVERITY)
    routing = program.notifying.routing
    if routing is not None:
        return severity in paging(routing, program.settings)
    if alert.urgency is not None:
        return alert.urgency is Urgency.PAGE
    return severity == program.settings.page_severity
