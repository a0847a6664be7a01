"""An alert followed through a configuration of Alertmanager: who gets it, and what may keep it quiet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.firing import Firing, Way, mutes, ways
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.routes import Route
from slogen.ir import RoutedAlert


@dataclass(frozen=True, slots=True, eq=False)
class Journey:
    """An alert on its way through a configuration: its labels as far as they are known, and from where.

    `filled` names the labels that were taken from an alert of the project. `others` are the alerts that may
    keep it quiet. `at` is the instant at which the time intervals are read; None for no certain one.
    """

    firing: Firing
    configuration: Configuration
    at: datetime | None = None
    others: Sequence[RoutedAlert] = ()
    alert: RoutedAlert | None = None
    filled: frozenset[str] = frozenset()

    @property
    def ways(self) -> tuple[Way, ...]:
        """Where it ends, in the order of the tree."""
        return ways(self.configuration.route, self.firing)

    @property
    def receivers(self) -> tuple[str, ...]:
        """Who gets it, or may get it, in the order of the tree; as often as routes lead there."""
        return tuple(way.delivery.receiver for way in self.ways)

    @property
    def undecided(self) -> tuple[str, ...]:
        """The labels that decide where it goes, and whose values nobody knows before it fires."""
        found = dict.fromkeys(_undecided(self.configuration.route, self.firing))
        return tuple(found)

    @property
    def silencers(self) -> tuple[Inhibition, ...]:
        """The rules that keep it quiet for certain, or perhaps, while another alert fires. Labels that
        nothing speaks of are taken to be missing."""
        alert = replace(self.firing, is_open=False)
        rules = self.configuration.inhibitions
        return tuple(rule for rule in rules if alert.passes_all(rule.target) is not False)

    def silencing(self, rule: Inhibition) -> tuple[RoutedAlert, ...]:
        """The alerts that a rule is about for sure, and by which it keeps this one quiet, or may; one of each
        name."""
        found = [
            other
            for other in self.others
            if other.firing.passes_all(rule.source) and mutes(rule, other.firing, self.firing) is not False
        ]
        return tuple({other.name: other for other in reversed(found)}.values())[::-1]


def _undecided(route: Route, firing: Firing) -> Iterator[str]:
    for child in route.routes:
        taken = firing.passes_all(child.matchers)
        if taken is False:
            continue
        yield from (matcher.name for matcher in child.matchers if firing.passes(matcher) is None)
        yield from _undecided(child, firing)
        if taken and not child.continue_:
            return
