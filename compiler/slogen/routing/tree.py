"""The tree of routes that brings each alert to its team."""

from __future__ import annotations

from collections.abc import Sequence

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.routes import Route
from slogen.ir import RoutedAlert, Settings
from slogen.teams import Routing


def configuration(
    routing: Routing, base: Configuration | None, alerts: Sequence[RoutedAlert], settings: Settings
) -> Configuration:
    """What the Alertmanager is told: by itself, or with `base` around it."""
    return Configuration(Route(routing.fallback), routing.receivers, routing.inhibitions, routing.times)
