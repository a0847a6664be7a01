"""Who gets an alert, by which routes, when, and what may keep it quiet; for a terminal, and as data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.firing import Firing, Way
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.routes import BY_ALL_LABELS, Delivery, Route, every_route, matchers_of
from slogen.alertmanager.schedules import Schedule, schedule, words
from slogen.alertmanager.times import NamedTimes
from slogen.diagnostics import listed
from slogen.durations import render
from slogen.ir import RoutedAlert
from slogen.render import visible
from slogen.routing.proving.journeys import Journey
from slogen.routing.proving.places import place_of
from slogen.source import Span

_WIDTH = 98
# So many alerts that silence another one are named; the others are counted.
_MOST_NAMED = 5

Data = dict[str, object]
"""What JSON can hold."""


def text(journey: Journey) -> str:
    """The whole way of an alert, its parts behind empty lines."""
    parts = [list(_labels(journey)), list(_path(journey)), list(stops(journey)), list(_silenced(journey))]
    return "\n".join("".join(f"{line.rstrip()}\n" for line in part) for part in parts if part)


def of_slo(journeys: Sequence[Journey]) -> str:
    """Who gets the alerts of one SLO: each with its labels, its receivers, and what keeps it quiet."""
    parts = dict.fromkeys("".join(f"{line.rstrip()}\n" for line in _brief(journey)) for journey in journeys)
    return "Who gets the alerts\n" + "\n".join(parts)


def _brief(journey: Journey) -> Iterator[str]:
    alert, known = journey.alert, journey.firing.known
    kind = f" ({alert.kind})" if alert is not None and alert.kind else ""
    yield f"  {_one_line(known.get('alertname', ''))}{kind}"
    labels = [f'{name}="{_one_line(known[name])}"' for name in _telling(journey)]
    labels += [f"{name} (known when it fires)" for name in sorted(journey.firing.present)]
    yield from _wrapped(", ".join(labels), "    ", "    ")
    yield from (f"    {line}" for line in (*stops(journey), *_silenced(journey)))


def title(journey: Journey) -> str:
    """What tells an alert from others: its name, and the known labels that routes read."""
    read = dict.fromkeys(matcher.name for matcher in matchers_of(journey.configuration.route))
    known = journey.firing.known
    labels = ", ".join(f'{name}="{_one_line(known[name])}"' for name in read if name in known)
    return f"{_one_line(known.get('alertname', ''))} {{{labels}}}"


def receivers(journey: Journey) -> str:
    """Who gets it, in a line."""
    return visible(
        ", ".join(way.delivery.receiver + ("" if way.is_certain else " (perhaps)") for way in journey.ways)
    )


# labels -----------------------------------------------------------------------------------------------


def _telling(journey: Journey) -> list[str]:
    """The known labels that the configuration reads, but for the alert's name."""
    read = set(_read_by(journey.configuration))
    return sorted(name for name in journey.firing.known if name in read and name != "alertname")


def _read_by(configuration: Configuration) -> Iterator[str]:
    for route in every_route(configuration.route):
        yield from (matcher.name for matcher in route.matchers)
        yield from route.group_by or ()
    for rule in configuration.inhibitions:
        yield from (matcher.name for matcher in (*rule.source, *rule.target))
        yield from rule.equal


def _name_first(label: str) -> tuple[bool, str]:
    return label != "alertname", label


def _labels(journey: Journey) -> Iterator[str]:
    firing = journey.firing
    unknown = sorted({*firing.present, *firing.unknown})
    width = max(map(len, (*firing.known, *unknown)), default=0)
    place = _alert_place(journey.alert)
    yield "The alert" + (f" of {place}" if place else "")
    values = {name: _one_line(firing.known[name]) for name in sorted(firing.known, key=_name_first)}
    room = max((len(values[name]) for name in journey.filled), default=0)
    for name, value in values.items():
        note = "  (of the alert)" if name in journey.filled else ""
        yield f"  {name:{width}}  {value:{min(room, _WIDTH // 2)}}{note}"
    for name in unknown:
        yield f"  {name:{width}}  (known when it fires{'' if name in firing.present else ', may be missing'})"
    if not firing.known and not unknown:
        yield "  no labels"
    if firing.is_open:
        yield "  and perhaps labels that nobody knows before it fires"


def _alert_place(alert: RoutedAlert | None) -> str:
    return place_text(place_of(alert)) if alert is not None else ""


def place_text(at: Span | None) -> str:
    """The path and the line of a place; empty for none."""
    return f"{visible(at.source.path)}:{at.line}" if at is not None and at.source.path else ""


# the path ---------------------------------------------------------------------------------------------


def _path(journey: Journey) -> Iterator[str]:
    """The routes that lead to receivers, each once, below the one that it belongs to."""
    ends = {id(way.delivery.path[-1]): way for way in journey.ways}
    rows: list[tuple[str, str, str]] = []
    shown: set[int] = set()
    for way in journey.ways:
        for depth, route in enumerate(way.delivery.path):
            if id(route) in shown:
                continue
            shown.add(id(route))
            end = ends.get(id(route))
            rows.append((f"{'  ' * depth}{matchers_text(route)}", _end(route, end), place_text(route.where)))
    widths = [min(60, max(len(row[i]) for row in rows)) for i in (0, 1)]
    yield "Its path through the tree of routes"
    for shown_as, end_text, place in rows:
        yield f"  {shown_as:{widths[0]}}  {end_text:{widths[1]}}  {place}"
    if journey.undecided:
        labels = ", ".join(f"`{name}`" for name in journey.undecided)
        yield from _wrapped(f"Where it goes depends on {labels}: known only when it fires.", "  ", "  ")


def matchers_text(route: Route) -> str:
    """What a route takes, as its matchers say it."""
    return visible(", ".join(map(str, route.matchers))) or "all alerts"


def _end(route: Route, way: Way | None) -> str:
    if way is None:
        return "and on" if route.continue_ else ""
    perhaps = "" if way.is_certain else "perhaps "
    return f"-> {perhaps}{visible(way.delivery.receiver)}{', and on' if route.continue_ else ''}"


# receivers --------------------------------------------------------------------------------------------


def stops(journey: Journey, indent: str = "") -> Iterator[str]:
    """Each receiver that the alert ends at: how it is told, when, and when it is not."""
    for way in journey.ways:
        delivery = way.delivery
        perhaps = "" if way.is_certain else ", perhaps"
        yield f"{indent}{visible(delivery.receiver) or 'no receiver'}{perhaps}: {_how(journey, delivery)}"
        yield from _wrapped(_first_told(delivery), f"{indent}  ", f"{indent}    ")
        yield from _wrapped(_told_again(delivery), f"{indent}  ", f"{indent}    ")
        for line in _times(journey, delivery):
            yield from _wrapped(line, f"{indent}  ", f"{indent}    ")


def _how(journey: Journey, delivery: Delivery) -> str:
    receiver = journey.configuration.receiver(delivery.receiver)
    if receiver is None:
        return "no such receiver"
    kinds = [integration.kind for integration in receiver.integrations]
    counted = [
        f"{kind} ({kinds.count(kind)})" if kinds.count(kind) > 1 else kind for kind in dict.fromkeys(kinds)
    ]
    return ", ".join(counted) or "notifies nobody"


def _first_told(delivery: Delivery) -> str:
    wait = delivery.group_wait
    start = f"first told {render(wait)} after it fires" if wait else "told at once"
    return f"{start}, {_grouping(delivery.group_by)}"


def _grouping(labels: Sequence[str]) -> str:
    if tuple(labels) == (BY_ALL_LABELS,):
        return "by itself"
    if not labels:
        return "together with all that this route takes"
    return f"together with those of the same {visible(listed(labels))}"


def _told_again(delivery: Delivery) -> str:
    return (
        f"told again {render(delivery.group_interval)} later where the group has changed, and every "
        f"{render(delivery.repeat_interval)}"
    )


def _times(journey: Journey, delivery: Delivery) -> Iterator[str]:
    """When it is told and when it is not, and what holds at the instant of the journey."""
    found = schedule(delivery, journey.configuration)
    if found.is_always:
        yield "never muted"
        return
    if found.active:
        yield visible(f"told only in {' or '.join(map(_named_times, found.active))}")
    if found.mute:
        yield visible(f"muted in {' and '.join(map(_named_times, found.mute))}")
    if journey.at is not None:
        yield _now(found, journey.at)


def _named_times(times: NamedTimes) -> str:
    return f"{times.name}: {words(times)}"


def _now(found: Schedule, at: datetime) -> str:
    change = found.next_change(at)
    state = "muted" if found.is_muted(at) else "told"
    until = f"until {_instant(change, found)}" if change else "with no change in sight"
    return f"on {_instant(at, found)} it is {state}, {until}"


def _instant(at: datetime, found: Schedule) -> str:
    """An instant on the clock of the first time interval."""
    intervals = [interval for times in (*found.active, *found.mute) for interval in times.intervals]
    zone = intervals[0].zone if intervals else UTC
    return at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M %Z")


# inhibition -------------------------------------------------------------------------------------------


def _silenced(journey: Journey) -> Iterator[str]:
    rules = journey.silencers
    if not rules:
        return
    yield "Kept quiet"
    for rule in rules:
        source = visible(", ".join(map(str, rule.source))) or "any labels"
        at = place_text(rule.where)
        perhaps = "" if journey.firing.passes_all(rule.target) else "perhaps "
        clause = f"{perhaps}while an alert with {source} fires{_same(rule, journey.firing)}"
        yield from _wrapped(f"{clause}, by {at}" if at else clause, "  ", "    ")
        if journey.firing.passes_all(rule.source):
            yield "    but not by one that it keeps quiet itself"
        yield from _named(journey.silencing(rule), journey.others)


def _named(found: Sequence[RoutedAlert], others: Sequence[RoutedAlert]) -> Iterator[str]:
    if not others:
        return
    if not found:
        yield "    no alert here does so"
        return
    names = [visible(alert.name) for alert in found[:_MOST_NAMED]]
    rest = len(found) - len(names)
    yield from _wrapped(f"here: {', '.join(names)}{f' and {rest} more' if rest else ''}", "    ", "      ")


def _same(rule: Inhibition, firing: Firing) -> str:
    """What the other alert has in common with this one: values, and labels that both lack."""
    values = {label: firing.value(label) for label in rule.equal}
    same = [
        f'{label}="{_one_line(value)}"' if value else label for label, value in values.items() if value != ""
    ]
    lacking = [label for label, value in values.items() if value == ""]
    has = [f"has the same {listed(same)}"] if same else []
    has += [f"has no {listed(lacking, 'or')}"] if lacking else []
    return f" that {' and '.join(has)}" if has else ""


# data -------------------------------------------------------------------------------------------------


def data(journey: Journey) -> Data:
    """The whole way of an alert for programs; durations as Prometheus writes them, instants as ISO 8601."""
    firing = journey.firing
    return {
        "labels": dict(sorted(firing.known.items())),
        "unknown_labels": sorted({*firing.present, *firing.unknown}),
        "filled_in": sorted(journey.filled),
        "alert": _alert_place(journey.alert) or None,
        "at": journey.at.isoformat() if journey.at else None,
        "receivers": list(journey.receivers),
        "depends_on": list(journey.undecided),
        "routes": [_way_data(journey, way) for way in journey.ways],
        "inhibited_by": [_rule_data(journey, rule) for rule in journey.silencers],
    }


def _way_data(journey: Journey, way: Way) -> Data:
    delivery = way.delivery
    found = schedule(delivery, journey.configuration)
    at = journey.at
    change = found.next_change(at) if at else None
    receiver = journey.configuration.receiver(delivery.receiver)
    return {
        "receiver": delivery.receiver,
        "is_certain": way.is_certain,
        "integrations": [integration.kind for integration in receiver.integrations] if receiver else [],
        "path": [
            {
                "matchers": [str(matcher) for matcher in route.matchers],
                "place": place_text(route.where) or None,
            }
            for route in delivery.path
        ],
        "group_by": list(delivery.group_by),
        "group_wait": render(delivery.group_wait),
        "group_interval": render(delivery.group_interval),
        "repeat_interval": render(delivery.repeat_interval),
        "active_time_intervals": {times.name: words(times) for times in found.active},
        "mute_time_intervals": {times.name: words(times) for times in found.mute},
        "is_muted": found.is_muted(at) if at else None,
        "next_change": change.isoformat() if change else None,
    }


def _rule_data(journey: Journey, rule: Inhibition) -> Data:
    return {
        "source_matchers": [str(matcher) for matcher in rule.source],
        "target_matchers": [str(matcher) for matcher in rule.target],
        "equal": list(rule.equal),
        "place": place_text(rule.where) or None,
        "alerts": [alert.name for alert in journey.silencing(rule)],
    }


# texts ------------------------------------------------------------------------------------------------


def _one_line(value: str) -> str:
    return visible(" ".join(value.split()) if "\n" in value else value)


def _wrapped(line: str, first: str, rest: str) -> Iterable[str]:
    return textwrap.wrap(
        line,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
