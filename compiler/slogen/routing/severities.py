"""Which severities page, and which make tickets."""

from __future__ import annotations

from slogen.ir import Settings
from slogen.teams import Routing, Urgency


def paging(routing: Routing, settings: Settings) -> tuple[str, ...]:
    """The severities that page."""
    stated = tuple(value for value, urgency in routing.severities.items() if urgency is Urgency.PAGE)
    return stated if routing.severities else (settings.page_severity,)
