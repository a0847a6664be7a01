"""What amtool says about routes, in words: for the terminal, and for JUnit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from slogen.cli import junit
from slogen.cli.routetests import RouteResult, Routes
from slogen.ir import Labels, RoutedAlert
from slogen.render import count, visible

Places = Callable[[RoutedAlert], Sequence[str]]
"""Gives where an alert stands, and where it is written."""


def lines(routes: Routes, places: Places, most: int | None) -> Iterator[str]:
    """What amtool has against the configuration, or the alerts that others get than slogen says; at most so
    many of them."""
    if routes.refused:
        yield from f"amtool refuses it: {routes.refused}".split("\n")
        return
    found = routes.failures[:most]
    for result in found:
        yield from _told(result, places)
    if len(found) < len(routes.failures):
        yield f"... and {count(len(routes.failures) - len(found), 'more alert')}; --verbose tells them all"


def summary(routes: Routes | None) -> Iterator[str]:
    """What is wrong, in few words; nothing if all is well."""
    if routes is None:
        return
    if routes.refused:
        yield "the configuration of Alertmanager is refused"
    wrong = len({id(result.row.alert) for result in routes.failures})
    if wrong:
        yield f"{wrong} of {count(routes.alerts, 'alert')} routed otherwise"


def suite(routes: Routes, configuration: str, places: Places) -> junit.Suite:
    """A case for the configuration at its path, and one for each alert with its labels."""
    skipped = routes.too_old.partition("\n")[0]
    cases = [junit.Case("amtool check-config", configuration, routes.refused, skipped)]
    for result in routes.results:
        failure = "\n".join(_told(result, places)) if result.failed else ""
        file = result.row.alert.rules.where.whole.source.path
        cases.append(junit.Case(f"{result.row.alert.name} {_shown(result.row.labels)}", file, failure))
    return junit.Suite("alerts reach their receivers", tuple(cases))


def _told(result: RouteResult, places: Places) -> Iterator[str]:
    said = result.said
    got = f"fails: {said.problem}" if said.problem else f"says `{said.answer}`"
    yield f"{visible(result.row.alert.name)} must reach `{result.expected}`, and amtool {got}"
    yield f"    labels: {_shown(result.row.labels)}"
    yield from (f"    {place}" for place in places(result.row.alert))


def _shown(labels: Labels) -> str:
    named = (f'{name}="{value}"' for name, value in sorted(labels.items()) if name != "alertname")
    return visible(f"{{{', '.join(named)}}}")
