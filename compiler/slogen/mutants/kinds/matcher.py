"""A matcher is left out, turned around, given another value, or loses an alternative."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import Rule, RuleGroup
from slogen.mutants.constant_labels import is_recorded_once
from slogen.mutants.editing import Edit, by_edits, replaced
from slogen.mutants.mutant import Mutant, Subject
from slogen.mutants.partners import has_no_partner
from slogen.mutants.pieces import Piece, pieces
from slogen.promql.matchers import METRIC_NAME, Matcher
from slogen.promql.selectors import Selector
from slogen.promql.strings import quote

KIND = "matcher"
_TURNED = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_ALTERED = "_altered"


def changes(group: RuleGroup, subject: Subject) -> Iterator[Mutant]:
    """The mutants of a group."""
    return by_edits(KIND, group, subject, _edits)


def _edits(rule: Rule, subject: Subject) -> Iterator[Edit]:
    tree = pieces(rule.expr)
    for piece in tree.walk() if tree else ():
        if tree and piece.selector:
            yield from _of_selector(rule, tree, piece, piece.selector, subject)


def _of_selector(
    rule: Rule, tree: Piece, piece: Piece, selector: Selector, subject: Subject
) -> Iterator[Edit]:
    for place, matcher in enumerate(selector.matchers):
        if matcher.name == METRIC_NAME:
            continue
        if selector.name or len(selector.matchers) > 1:
            equal = _why_needless(selector, matcher, subject)
            if not equal and has_no_partner(tree, piece, matcher, subject.besides(rule)):
                equal = f"what else the selector finds has no partner with the same `{matcher.name}`"
            written = rule.expr[slice(*matcher.at)]
            at = _with_comma(rule.expr, selector, place)
            yield Edit(f"`{written}` is left out", at, "", equal=equal)
        yield from _of_matcher(rule, matcher)


def _of_matcher(rule: Rule, matcher: Matcher) -> Iterator[Edit]:
    text = rule.expr
    written = text[slice(*matcher.at)]
    # Its selector finds nothing then, where the value is all that there is.
    silences = bool(rule.alert) and matcher.op == "="
    turned = f"{text[slice(*matcher.name_at)]}{_TURNED[matcher.op]}{text[slice(*matcher.value_at)]}"
    yield Edit(replaced(written, turned), matcher.at, turned, silences)
    for value in _values(matcher):
        new = f"{text[slice(*matcher.name_at)]}{matcher.op}{quote(value)}"
        yield Edit(replaced(written, new), matcher.at, new, silences)


def _with_comma(text: str, selector: Selector, place: int) -> tuple[int, int]:
    """The place of a matcher with the comma that belongs to it."""
    matchers = selector.matchers
    if place + 1 < len(matchers):
        return (matchers[place].at[0], matchers[place + 1].at[0])
    if place:
        return (matchers[place - 1].at[1], matchers[place].at[1])
    end = matchers[place].at[1]
    rest = text[end : selector.end]
    comma = len(rest) - len(rest.lstrip(" \t\n\r,"))
    return (matchers[place].at[0], end + comma)


def _values(matcher: Matcher) -> Iterator[str]:
    if matcher.op in ("=", "!="):
        if matcher.value:
            yield matcher.value + _ALTERED
        return
    parts = alternatives(matcher.value)
    if len(parts) > 1:
        for gone in range(len(parts)):
            yield "|".join(parts[:gone] + parts[gone + 1 :])
    elif matcher.value:
        yield f"(?:{matcher.value}){_ALTERED}"


def alternatives(pattern: str) -> tuple[str, ...]:
    """The alternatives of a regular expression: those between the bars outside of all parentheses."""
    parts = [""]
    depth, at = 0, 0
    if "\\Q" in pattern:
        return (pattern,)
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            char = pattern[at : at + 2]
        elif char == "[":
            char = pattern[at : _end_of_class(pattern, at)]
        elif char in "()":
            depth += 1 if char == "(" else -1
        at += len(char)
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return tuple(parts)


def _end_of_class(pattern: str, start: int) -> int:
    at = start + 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":  # in the first place it stands for itself
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        if pattern.startswith("[:", at) and ":]" in pattern[at:]:
            at = pattern.index(":]", at) + 1
        at += 2 if pattern[at] == "\\" else 1
    return min(at + 1, len(pattern))


def _why_needless(selector: Selector, matcher: Matcher, subject: Subject) -> str:
    """A matcher that repeats what the only rule behind a series says about all of its samples."""
    if matcher.op != "=" or not is_recorded_once(selector.name, subject):
        return ""
    rule = subject.recordings[selector.name][0].rule
    if rule.labels.get(matcher.name) != matcher.value:
        return ""
    return f"only one rule of the program records `{selector.name}`, with this label on every series"
