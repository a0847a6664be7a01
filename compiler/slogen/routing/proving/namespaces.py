"""Alerts that the operator keeps from AlertmanagerConfig objects, since these stand in another namespace."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.matchers import Matcher
from slogen.ir import Program, RoutedAlert
from slogen.routing.objects import is_written
from slogen.routing.operator import namespace_matcher
from slogen.routing.tree import of_teams


def kept_from_ours(program: Program) -> tuple[Matcher | None, tuple[RoutedAlert, ...], bool]:
    """What the operator asks of the alerts of the object that slogen writes, those of our teams that are
    certain not to have it, and whether these are all."""
    routing = program.notifying.routing
    if routing is None or not is_written(program):
        return None, (), False
    matcher = namespace_matcher(routing.namespace, program.settings.alertmanager)
    if matcher is None:
        return None, (), False
    teams = of_teams(routing.owners, program.settings.owner_label)
    own = [alert for alert in program.notifying.alerts if alert.firing.passes(teams)]
    kept = tuple(alert for alert in own if alert.firing.passes(matcher) is False)
    return matcher, kept, len(kept) == len(own) > 0


def kept_from_written(program: Program) -> Iterator[tuple[Configuration, Matcher]]:
    """The objects written by hand that get none of the alerts that their routes are for, and what the
    operator asks.

    Alerts of others may come to an object, and some of ours need not: so one that gets any is none of these.
    """
    if program.is_part:
        return
    for config in program.notifying.written:
        namespace = config.object_[0] if config.object_ is not None else ""
        matcher = namespace_matcher(namespace, program.settings.alertmanager)
        if matcher is None or config.route.receiver is None or not config.is_sound:
            continue
        taken = [(one.firing.passes_all(config.route.matchers), one) for one in program.notifying.alerts]
        meant = [one for takes, one in taken if takes is not False]
        is_meant = any(takes for takes, _ in taken)
        if is_meant and all(one.firing.passes(matcher) is False for one in meant):
            yield config, matcher
