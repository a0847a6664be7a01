"""Alerts that no route of a hand-written configuration takes, though one probably should.

That an alert ends with the default receiver is what the default is for. It is told only where the routes
themselves show that something else is meant: they tell teams apart and do not know this one, they ask for a
value that the alert has in another label, they page for another severity, or the default tells nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.firing import Firing
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route
from slogen.diagnostics import is_clear
from slogen.ir import Program, RoutedAlert, Urgency
from slogen.names import SERVICE, SEVERITY
from slogen.routing.operator import NAMESPACE
from slogen.routing.proving.arriving import as_it_may_arrive
from slogen.routing.proving.child_matchers import Asked, values_of
from slogen.routing.proving.conventions import PAGERS, URGENCY_LABELS
from slogen.routing.proving.following import follower
from slogen.routing.proving.in_use import in_use

_OF_TEAMS = ("owner", "team", "squad")
_OF_PAGES = re.compile(r"(?i)page|pager|crit|critical|emergency|disaster|fatal|urgent|p[01]|sev[-_]?[01]")
_MEANT_FOR_NOBODY = re.compile(r"(?i)watchdog|dead.?man|heartbeat|inhibitor")
_NO_URGENCY = frozenset(("none", "info", "debug", "inhibitor"))
# A name for the same thing elsewhere: what an alert is about, or whose it is.
_OF_SUBJECTS = frozenset(
    (
        *("service", "sloth_service", "slo", "sloth_slo", "sloth_id", "app", "application", "component"),
        *("job", "owner", "team", "squad", "namespace", "system", "product"),
    )
)
_SUBJECTS = tuple(sorted(_OF_SUBJECTS))


class Reason(Enum):
    """Why an alert should probably not end with the default receiver."""

    NOBODY = "the default receiver tells nobody"
    UNKNOWN = "routes ask for other values of a label"
    MISSING = "routes ask for a label that it has not"
    ELSEWHERE = "a route asks for a value that it has in another label"
    URGENCY = "it pages, and routes page for other severities"


@dataclass(slots=True, eq=False)
class Fallen:
    """Alerts that end with the default receiver for one reason.

    `route` is where they end, or (ELSEWHERE) the one that does not take them. `label` is the one that routes
    ask for, `value` what the alerts have in it, or what the route asks for; `other` is the label that has it.
    `asked` are the values that routes ask for.
    """

    reason: Reason
    route: Route
    receiver: str
    label: str = ""
    value: str = ""
    other: str = ""
    asked: tuple[str, ...] = ()
    alerts: list[RoutedAlert] = field(default_factory=list)


def fallen(program: Program) -> Iterator[Fallen]:
    """The alerts that probably should not end where they do, by configuration and reason.

    With a Routing document there are none: that it knows each alert's team is a matter of other checks.
    """
    if program.notifying.routing is not None:
        return
    for configuration in in_use(program):
        # Where nobody is told of anything, the receivers are yet to be filled, or somebody else's.
        if any(receiver.integrations for receiver in configuration.receivers):
            yield from _Judge(configuration, program).found()


class _Judge:
    """Judges the alerts of a program by one configuration."""

    def __init__(self, configuration: Configuration, program: Program) -> None:
        self.configuration = configuration
        self.program = program
        self.follower = follower(configuration.route)
        objects = [one for one in program.notifying.written if one.object_ is not None]
        # What the operator adds to the routes of objects has a check of its own.
        self._of_operator = [Matcher(NAMESPACE, "=", one.object_[0]) for one in objects if one.object_]
        tops = [one.route.where for one in objects if one.route.where is not None]
        root = configuration.route
        self._defaults = [root, *(route for route in root.routes if route.where in tops)]
        self._found: dict[tuple[object, ...], Fallen] = {}
        self._below: dict[int, Asked] = {}
        self._served: set[str] = set()
        self._labelled: dict[str, set[int]] = {}
        self._reaching: dict[Matcher, bool] = {}

    def found(self) -> Sequence[Fallen]:
        alerts = self.program.notifying.alerts
        arriving = [(alert, as_it_may_arrive(alert.firing, self.program.settings)) for alert in alerts]
        ends = [(alert, firing, self._end(firing)) for alert, firing in arriving]
        self._served = {firing.known.get(SERVICE, "") for _, firing, end in ends if end is None}
        for alert, firing, end in ends:
            if end is not None:
                self._judge(alert, firing, *end)
        return list(self._found.values())

    def _end(self, firing: Firing) -> tuple[Route, str] | None:
        """The route with others below it where an alert surely ends and nowhere else, and its receiver."""
        told = self.follower.ways(firing)
        if len(told) != 1 or not told[0].is_certain or not told[0].delivery.path[-1].routes:
            return None
        return told[0].delivery.path[-1], told[0].delivery.receiver

    def _judge(self, alert: RoutedAlert, firing: Firing, route: Route, receiver: str) -> None:
        below = self._below.get(id(route))
        if below is None:
            below = self._below[id(route)] = Asked(route)
        is_default = any(route is one for one in self._defaults)
        end = _End(alert, firing, route, receiver, below)
        found: Fallen | None = None
        if is_default:
            found = self._elsewhere(end) or self._of_teams(end) or self._of_services(end)
        found = found or self._of_urgency(end)
        if found is None and is_default:
            found = self._nobody(end)
        if found is None:
            return
        key = (found.reason, id(found.route), found.label, found.value, found.other)
        self._found.setdefault(key, found).alerts.append(alert)

    def _elsewhere(self, end: _End) -> Fallen | None:
        firing = end.firing
        for other in _SUBJECTS:
            for child, asked in end.below.for_value(firing.known.get(other, "")):
                if asked.name not in _OF_SUBJECTS or asked in self._of_operator:
                    continue
                if firing.value(asked.name) != "":
                    continue
                failing = [one for one in child.matchers if firing.passes(one) is False]
                if failing == [asked] and not self._reaches_any(asked):
                    value = firing.known[other]
                    asked_for = values_of(asked)
                    return Fallen(Reason.ELSEWHERE, child, end.receiver, asked.name, value, other, asked_for)
        return None

    def _reaches_any(self, asked: Matcher) -> bool:
        if asked not in self._reaching:
            alerts = self.program.notifying.alerts
            self._reaching[asked] = any(alert.firing.passes(asked) is not False for alert in alerts)
        return self._reaching[asked]

    def _of_teams(self, end: _End) -> Fallen | None:
        for label in dict.fromkeys((self.program.settings.owner_label, *_OF_TEAMS)):
            asked, value = end.below.values(label), end.firing.value(label)
            if len(asked) < 2 or value is None or end.is_asked_for(label):
                continue
            if self._is_default_team(end) or not (value or self._is_expected(label, end.alert)):
                continue
            reason = Reason.UNKNOWN if value else Reason.MISSING
            return Fallen(reason, end.route, end.receiver, label, value, asked=asked)
        return None

    def _is_expected(self, label: str, alert: RoutedAlert) -> bool:
        """Whether an alert without a label should have it: those of SLOs, and of rules beside which others
        have it. Many rules are taken over as they are, and the default receiver is meant for them."""
        alerts = self.program.notifying.alerts
        if alert.slo is not None:
            return True
        if label not in self._labelled:
            self._labelled[label] = {id(one.rules) for one in alerts if one.firing.known.get(label)}
        return id(alert.rules) in self._labelled[label]

    def _is_default_team(self, end: _End) -> bool:
        """Whether the default receiver is that of the alert's own team, going by its name."""
        labels = (self.program.settings.owner_label, *_OF_TEAMS)
        names = {end.firing.known.get(label, "").casefold() for label in labels} - {""}
        return any(name in end.receiver.casefold() for name in names)

    def _of_services(self, end: _End) -> Fallen | None:
        """An SLO's alert in a tree that knows other services of the program, or a name much like its own."""
        value, asked = end.firing.known.get(SERVICE, ""), end.below.values(SERVICE)
        if not value or end.alert.slo is None or not asked or end.is_asked_for(SERVICE):
            return None
        knows_others = len(asked) > 1 and any(one in self._served for one in asked)
        if not knows_others and not is_clear(value, asked):
            return None
        return Fallen(Reason.UNKNOWN, end.route, end.receiver, SERVICE, value, asked=asked)

    def _of_urgency(self, end: _End) -> Fallen | None:
        if end.alert.urgency is not Urgency.PAGE or self._wakes(end.receiver):
            return None
        for child, asked in end.below.for_labels(URGENCY_LABELS):
            value, values = end.firing.value(asked.name), values_of(asked)
            if value is None or not any(_OF_PAGES.fullmatch(one) for one in values):
                continue
            if [one for one in child.matchers if end.firing.passes(one) is False] == [asked]:
                reason = Reason.URGENCY if value else Reason.MISSING
                return Fallen(reason, end.route, end.receiver, asked.name, value, asked=values)
        return None

    def _wakes(self, receiver: str) -> bool:
        found = self.configuration.receiver(receiver)
        return found is None or any(one.kind in PAGERS for one in found.integrations)

    def _nobody(self, end: _End) -> Fallen | None:
        found = self.configuration.receiver(end.receiver)
        if found is None or found.where is None or found.integrations:
            return None
        if end.alert.slo is None and _is_meant_for_nobody(end.alert):
            return None
        return Fallen(Reason.NOBODY, end.route, end.receiver)


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """An alert, as it may arrive, and where it ends: a route none of whose children takes it."""

    alert: RoutedAlert
    firing: Firing
    route: Route
    receiver: str
    below: Asked

    def is_asked_for(self, label: str) -> bool:
        """Whether a child takes what the alert has in a label, if not the alert."""
        return any(self.firing.passes(one) is not False for one in self.below.matchers(label))


def _is_meant_for_nobody(alert: RoutedAlert) -> bool:
    severity = alert.firing.value(SEVERITY)
    return severity in _NO_URGENCY or bool(_MEANT_FOR_NOBODY.search(alert.name))
