"""All Routing documents of a project as one, and the configuration that it is added to."""

from __future__ import annotations

from collections.abc import Sequence

from slogen.alertmanager.configuration import Configuration
from slogen.diagnostics import Report
from slogen.teams import Routing


def merged(documents: Sequence[Routing], report: Report) -> Routing | None:
    """What the documents say together; None if there are none."""
    return documents[0] if documents else None


def base_of(routing: Routing, written: Sequence[Configuration], report: Report) -> Configuration | None:
    """The configuration that the routing is added to; None if it names none, or none that was read."""
    return None
