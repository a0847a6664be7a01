"""Inhibit rules as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slogen import codes
from slogen.alertmanager.configuration import Newer
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanagerspec import matching, scalars
from slogen.alertmanagerspec.deprecation import warn_of_match
from slogen.alertmanagerspec.placing import places
from slogen.diagnostics import Report, is_clear, nearest, respelt
from slogen.source import Node

_SIDES = ("source", "target")
_KEYS = (
    "name",
    *(f"{side}_{part}" for side in _SIDES for part in ("matchers", "match", "match_re")),
    "equal",
)
_PLACES = {
    **{f"{side}_{part}": f"{side}_matchers" for side in _SIDES for part in ("matchers", "match", "match_re")},
    "equal": "equal",
}
_NAME_SINCE = "0.30"
_UTF8_EQUAL_SINCE = "0.28"


@dataclass(frozen=True, slots=True)
class Inhibitions:
    """Inhibit rules, and what of them only newer versions know."""

    rules: tuple[Inhibition, ...] = ()
    newer: tuple[Newer, ...] = ()


def inhibitions(node: Node | None, report: Report) -> Inhibitions:
    """The rules of a list, and what only newer versions know of them; findings go to the report."""
    if node is None or node.value is None:
        return Inhibitions()
    if not isinstance(node.value, list):
        help_ = "write a list, each rule behind a `-`"
        report.report(codes.REFUSED_BY_ALERTMANAGER, node.span, "inhibit rules are no list", help=help_)
        return Inhibitions()
    newer: list[Newer] = []
    rules = [rule for item in node.value for rule in _rule(item, report, newer)]
    return Inhibitions(tuple(rules), tuple(newer))


def _rule(node: Node, report: Report, newer: list[Newer]) -> Iterator[Inhibition]:
    if node.value is None:
        return
    if not isinstance(node.value, dict):
        help_ = "write `source_matchers` and `target_matchers`"
        report.report(codes.REFUSED_BY_ALERTMANAGER, node.span, "this is no inhibit rule", help=help_)
        return
    for key, at in node.keys.items():
        if key not in _KEYS:
            free = [name for name in _KEYS if name not in node.keys]
            meant = nearest(key, free)
            help_ = f"did you mean `{meant}`?" if meant else f"the keys here are {', '.join(_KEYS)}"
            fixes = respelt(at, key, meant) if meant and is_clear(key, free) else ()
            message = f"unknown key `{key}` in an inhibit rule"
            report.report(codes.UNKNOWN_KEY, at, message, help=help_, fixes=fixes)
    name = node.get("name")
    if name is not None:
        if isinstance(name.value, (list, dict)):
            report.report(codes.REFUSED_BY_ALERTMANAGER, name.span, "this is no name", help="write a text")
        newer.append(Newer("`name` of an inhibit rule", _NAME_SINCE, node.keys["name"]))
    source, target = (_side(node, side, report, newer) for side in _SIDES)
    at = next(iter(node.keys.values()), node.span)
    yield Inhibition(source, target, _equal(node, report, newer), at, places=places(node, _PLACES))


def _side(node: Node, side: str, report: Report, newer: list[Newer]) -> tuple[Matcher, ...]:
    listed = matching.matcher_list(node.get(f"{side}_matchers"), report)
    newer += listed.newer
    exact = matching.match(node.get(f"{side}_match"), report, f"{side}_match_re")
    patterns = matching.match_re(node.get(f"{side}_match_re"), report)
    found = (*exact, *patterns, *listed.matchers)
    warn_of_match(node, f"{side}_", report)
    return found


def _equal(node: Node, report: Report, newer: list[Newer]) -> tuple[str, ...]:
    equal = node.get("equal")
    if equal is None or equal.value is None:
        return ()
    if not isinstance(equal.value, list):
        help_ = f"write `[{scalars.shown(equal)}]`" if isinstance(equal.value, str) else "write a list"
        report.report(codes.REFUSED_BY_ALERTMANAGER, equal.span, "`equal` is no list", help=help_)
        return ()
    found: list[str] = []
    for item in equal.value:
        name = scalars.text(item) if not isinstance(item.value, (list, dict)) else ""
        if not name:
            message = "this cannot be the name of a label"
            report.report(codes.REFUSED_BY_ALERTMANAGER, item.span, message, help="write a name")
            continue
        if not matching.LABEL_NAME.fullmatch(name):
            newer.append(Newer(f"the label name `{name}`", _UTF8_EQUAL_SINCE, item.span))
        found.append(name)
    return tuple(found)
