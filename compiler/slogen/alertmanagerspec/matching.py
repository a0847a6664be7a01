"""Matchers as they are written: lists of texts, and the mappings that they have replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slogen import codes
from slogen.alertmanager.configuration import Newer
from slogen.alertmanager.matchers import Matcher, read_matchers
from slogen.alertmanagerspec import scalars
from slogen.diagnostics import Report, rewritten
from slogen.promql.regexps import regexp_problem
from slogen.source import Node, Span

LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
"""Names of labels that all versions take."""
UTF8_SINCE = "0.27"
"""The first version that takes any text as the name of a label."""


@dataclass(frozen=True, slots=True)
class MatcherList:
    """Matchers that must all pass, and what of them only newer versions can read."""

    matchers: tuple[Matcher, ...] = ()
    newer: tuple[Newer, ...] = ()


def matcher_list(node: Node | None, report: Report) -> MatcherList:
    """The matchers of a list of texts, each of which may hold several; findings go to the report."""
    if node is None or node.value is None:
        return MatcherList()
    if not isinstance(node.value, list):
        remedy = 'write a list: `- severity="critical"`'
        report.report(codes.REFUSED_BY_ALERTMANAGER, node.span, "matchers are no list", help=remedy)
        return MatcherList()
    found: list[Matcher] = []
    newer: list[Newer] = []
    for item in node.value:
        found += _of_text(item, report, newer)
    return MatcherList(tuple(found), tuple(newer))


def _of_text(node: Node, report: Report, newer: list[Newer]) -> tuple[Matcher, ...]:
    if isinstance(node.value, dict):
        report.report(
            codes.REFUSED_BY_ALERTMANAGER,
            node.span,
            "a matcher is a text, and this is a mapping",
            help=f"write `{_as_text(node)}`",
        )
        return ()
    try:
        text = scalars.text(node)
    except scalars.UnfitError as unfit:
        report.report(codes.REFUSED_BY_ALERTMANAGER, node.span, f"this {unfit.problem}", help=unfit.remedy)
        return ()
    reading = read_matchers(text)
    if reading.used is None:
        report.report(
            codes.REFUSED_BY_ALERTMANAGER, node.span, reading.problem, help=_remedy(text, reading.problem)
        )
        return ()
    if reading.classic is None:
        newer.append(Newer(f"the matcher `{text.strip()}`", UTF8_SINCE, node.span))
    elif not reading.is_portable:
        _warn_of_two_readings(node, text, reading.classic, reading.utf8, report)
        return reading.used
    for matcher in reading.used:
        warn_of_pattern(matcher, _place(node, matcher.value), report)
    return reading.used


def _as_text(node: Node) -> str:
    """How a mapping of a label to its value, or of the operator's kind, is written as a matcher."""
    pairs = node.value if isinstance(node.value, dict) else {}
    texts = {key: str(child.value) for key, child in pairs.items() if isinstance(child.value, (str, int))}
    if "name" in texts and "value" in texts:
        operator = texts.get("matchType", "=")
        return f'{texts["name"]}{operator}"{texts["value"]}"'
    name, value = next(iter(texts.items()), ("severity", "critical"))
    return f'{name}="{value}"'


_SEVERAL = re.compile(r"\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(!?)=~?\s*([\w.-]+(?:\s*,\s*[\w.-]+)+)\s*", re.ASCII)


def _remedy(text: str, problem: str) -> str:
    several = _SEVERAL.fullmatch(text)
    if several:
        values = "|".join(re.split(r"\s*,\s*", several[3]))
        return f'write `{several[1]}{several[2] or "="}~"{values}"`'
    found = re.fullmatch(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(?::|==|~=|=\s*~)\s*"?([^"]*)"?\s*', text)
    if found and "regular expression" not in problem:
        operator = "=~" if "~" in text else "="
        return f'write `{found[1]}{operator}"{found[2]}"`'
    return "" if "regular expression" in problem else 'write `name="value"` or `name=~"pattern"`'


def _warn_of_two_readings(
    node: Node, text: str, classic: Sequence[Matcher], utf8: Sequence[Matcher] | None, report: Report
) -> None:
    portable = ",".join(map(str, classic))
    meant = ",".join(str(_meant(matcher)) for matcher in classic)
    message = f"`{scalars.shown(node)}` is refused by Alertmanager in UTF-8 mode"
    if utf8 is not None:
        other = ",".join(map(str, utf8))
        message = f"versions of Alertmanager read this matcher as `{portable}` or as `{other}`"
    report.report(
        codes.MATCHER_OF_TWO_READINGS,
        node.span,
        message,
        help=f"write `{portable}`, which all read alike"
        if meant == portable
        else f"write `{meant}` if that is meant: it is read as `{portable}`",
        fixes=rewritten(node.span.slice(0, len(text)), text, portable)
        if portable and meant == portable
        else (),
    )


def _meant(matcher: Matcher) -> Matcher:
    """What is probably meant by a matcher in the older dialect, whose values go on to the end of the text."""
    if matcher.op == "=" and matcher.value.startswith("="):
        return Matcher(matcher.name, "=", matcher.value.lstrip("= "))
    if is_meant_as_pattern(matcher):
        return _as_pattern(matcher)
    return matcher


def _place(node: Node, value: str) -> Span:
    """The place of a value within the text of matchers."""
    text = node.value if isinstance(node.value, str) else ""
    start = text.find(value) if value and text.count(value) == 1 else -1
    return node.span.slice(start, start + len(value)) if start >= 0 else node.span


# meant as patterns ------------------------------------------------------------------------------------

_PATTERN = re.compile(r"\.[*+]|[\w)*+]\|[\w(.]|^\^.|\[[^\]\s]+\][*+]|\\[dwsb.]|\(\?i\)")


def is_meant_as_pattern(matcher: Matcher) -> bool:
    """Whether an exact value looks like a regular expression."""
    is_exact = matcher.op in ("=", "!=")
    return is_exact and bool(_PATTERN.search(matcher.value)) and not regexp_problem(matcher.value)


def warn_of_pattern(matcher: Matcher, at: Span, report: Report, key: str = "") -> None:
    """Warns of an exact value that is meant as a regular expression. `key` is what should be written then."""
    if not is_meant_as_pattern(matcher):
        return
    right = _as_pattern(matcher)
    report.report(
        codes.PATTERN_AS_VALUE,
        at,
        f"`{matcher.op}` compares with `{matcher.value}` letter by letter",
        help=f"write `{right}`" if not key else f"write it below `{key}`, or as `{right}` below `matchers`",
    )


def _as_pattern(matcher: Matcher) -> Matcher:
    return Matcher(matcher.name, "=~" if matcher.op == "=" else "!~", matcher.value)


# deprecated mappings ----------------------------------------------------------------------------------


def match(node: Node | None, report: Report, key_of_patterns: str) -> Iterator[Matcher]:
    """The matchers of `match` and the like: labels and their exact values."""
    for name, child in _pairs(node, report):
        value = _value(child, report)
        if value is not None and _is_name(name, node, report):
            matcher = Matcher(name, "=", value)
            warn_of_pattern(matcher, child.span, report, key_of_patterns)
            yield matcher


def match_re(node: Node | None, report: Report) -> Iterator[Matcher]:
    """The matchers of `match_re` and the like: labels and regular expressions."""
    for name, child in _pairs(node, report):
        value = _value(child, report)
        if value is None or not _is_name(name, node, report):
            continue
        problem = "it is empty" if child.value is None else regexp_problem(value)
        if problem:
            message = f"the regular expression `{value}` is wrong: {problem}"
            report.report(codes.REFUSED_BY_ALERTMANAGER, child.span, message)
            continue
        yield Matcher(name, "=~", value)


def _pairs(node: Node | None, report: Report) -> Iterator[tuple[str, Node]]:
    if node is None or node.value is None:
        return
    if isinstance(node.value, dict):
        yield from node.value.items()
        return
    remedy = "write `label: value` pairs"
    if isinstance(node.value, list):
        remedy = "write `matchers` for a list of matchers"
    report.report(codes.REFUSED_BY_ALERTMANAGER, node.span, "this is no mapping", help=remedy)


def _value(node: Node, report: Report) -> str | None:
    try:
        return scalars.text(node)
    except scalars.UnfitError as unfit:
        report.report(codes.REFUSED_BY_ALERTMANAGER, node.span, f"this {unfit.problem}", help=unfit.remedy)
        return None


def _is_name(name: str, node: Node | None, report: Report) -> bool:
    if LABEL_NAME.fullmatch(name):
        return True
    if node is not None:
        message = f"`{name}` cannot be the name of a label here"
        remedy = "write letters, digits and `_`, or use `matchers`"
        report.report(codes.REFUSED_BY_ALERTMANAGER, node.keys[name], message, help=remedy)
    return False
