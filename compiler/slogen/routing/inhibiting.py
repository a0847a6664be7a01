"""Which alerts keep others quiet: a page the ticket of its SLO, a service's absence what follows from it.

Nothing else may be silenced: an alert that is hidden reaches nobody. So what slogen adds is judged by all
alerts of the program, as far as their labels are known before they fire.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from slogen import names
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher, one_of
from slogen.ir import RoutedAlert, Settings
from slogen.promql import is_label_name
from slogen.routing.absences import by_absence
from slogen.routing.equal_labels import labels_of_places
from slogen.routing.severities import paging
from slogen.teams import Routing, Urgency

_REMARK = "A page says it all: the ticket of the same SLO waits until the page is over."


def inhibitions(
    routing: Routing, alerts: Sequence[RoutedAlert], settings: Settings
) -> tuple[Inhibition, ...]:
    """What slogen adds to the inhibitions that the author states."""
    pages = frozenset(paging(routing, settings))
    return (*_by_page(alerts, pages, settings), *by_absence(routing, alerts, pages, settings))


# a page and its ticket --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Alerts:
    """The alerts of one SLO."""

    pages: list[RoutedAlert] = field(default_factory=list)
    tickets: list[RoutedAlert] = field(default_factory=list)

    def kinds(self) -> Iterator[tuple[Urgency, RoutedAlert]]:
        for alert in self.pages:
            yield Urgency.PAGE, alert
        for alert in self.tickets:
            yield Urgency.TICKET, alert


def _by_page(
    alerts: Sequence[RoutedAlert], pages: frozenset[str], settings: Settings
) -> Iterator[Inhibition]:
    """A page silences the ticket of the same SLO and the same budget."""
    found = {id_: own for id_, own in _by_slo(alerts).items() if own.pages and own.tickets}
    sound = {id_: own for id_, own in found.items() if _is_sound(own, pages)}
    if not sound:
        return
    # What has no identity is nobody's ticket: missing labels are equal, too.
    ids = (
        Matcher(names.ID_LABEL, "=~", ".+") if len(sound) == len(found) else one_of(names.ID_LABEL, [*sound])
    )
    budgets = sorted(
        {label for own in sound.values() for _, alert in own.kinds() for label in _labels_of_budget(alert)}
    )
    pairs = [(page, ticket) for own in sound.values() for page in own.pages for ticket in own.tickets]
    yield Inhibition(
        (Matcher(names.SEVERITY_LABEL, "=", Urgency.PAGE), ids),
        (Matcher(names.SEVERITY_LABEL, "=", Urgency.TICKET),),
        tuple(dict.fromkeys((names.ID_LABEL, *budgets, *labels_of_places(settings, pairs)))),
        remark=_REMARK,
    )


def _by_slo(alerts: Sequence[RoutedAlert]) -> Mapping[str, _Alerts]:
    """The alerts that say which SLO they belong to, and whether they are its page or its ticket."""
    found: dict[str, _Alerts] = {}
    for alert in alerts:
        known = alert.firing.known
        id_, kind = known.get(names.ID_LABEL, ""), known.get(names.SEVERITY_LABEL)
        if id_ and kind in (Urgency.PAGE, Urgency.TICKET):
            own = found.setdefault(id_, _Alerts())
            (own.pages if kind == Urgency.PAGE else own.tickets).append(alert)
    return found


def _is_sound(own: _Alerts, pages: frozenset[str]) -> bool:
    """Whether all labels by which the budgets differ are known, and no page would be silenced."""
    for urgency, alert in own.kinds():
        severity = alert.firing.value(names.SEVERITY)
        if severity is None or (severity in pages) != (urgency is Urgency.PAGE):
            return False
        if alert.firing.is_open or not all(map(is_label_name, _labels_of_budget(alert))):
            return False
    return True


def _labels_of_budget(alert: RoutedAlert) -> Sequence[str]:
    """The labels by which the budgets of an SLO differ, in order: those of the series, not what the rule adds
    to them."""
    grouping = alert.slo.grouping.labels if alert.slo else ()
    others = sorted((alert.firing.present | alert.firing.unknown) - alert.rule.labels.keys())
    return tuple(dict.fromkeys((*grouping, *others)))
