"""Syntax errors, in the words of the author instead of the parser's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from slogen.source.problems import Problem, abridged
from slogen.source.span import Span
from slogen.source.tags import WRITTEN_TAG
from slogen.source.text import Source

if TYPE_CHECKING:  # importing yaml takes long
    from yaml.error import MarkedYAMLError


class _Hint(NamedTuple):
    """How to say an error whose description by the parser holds `needle`.

    `at` says what to point at: the character where the parser stopped, the one where it began what it was
    reading (`opening`), either with the rest of its line (`to end`), or an escape or a tag. `{}` stands for
    that text. `also` labels the opening as a second place.
    """

    needle: str
    message: str
    label: str
    help: str
    at: Literal["here", "here to end", "opening", "opening to end", "escape", "tag"] = "here"
    also: str = ""


_QUOTE = "put the whole value in quotes"
_INDENT = "check the indentation, and the quotes and brackets of the lines above"
_TAB = _Hint("found a tab", "a tab stands where only spaces may", "a tab", "indent with spaces")
# fmt: off
_HINTS = (
    _TAB,
    _Hint("unknown escape", "`{}` is not an escape in double quotes", "unknown escape",
        "write `\\{}`, or use single quotes", "escape"),
    _Hint("escape code", "`{}` is not a character", "invalid escape", "write the character itself", "escape"),
    _Hint("decimal number", "`{}` is cut short", "incomplete escape", "write all of its digits", "escape"),
    _Hint("quoted scalar: found unexpected", "the quoted text has no end", "opened here",
        "close it with another `{}`", "opening"),
    _Hint("cannot start any token", "`{}` cannot start a value", "not in quotes", _QUOTE),
    _Hint("mapping values are not allowed", "a key is not allowed here", "makes a key of the text before it",
        f"check the indentation, or {_QUOTE}"),
    _Hint("could not find expected ':'", "`{}` is not a key", "no `:` follows", _INDENT, "opening to end"),
    _Hint("block mapping: ", "this is neither a key of the mapping nor its end", "unexpected", _INDENT,
        also="the mapping starts here"),
    _Hint("block collection: ", "this is neither an entry of the list nor its end", "not a `- `", _INDENT,
        also="the list starts here"),
    _Hint("flow sequence: ", "the list is not closed: expected `,` or `]`", "unexpected",
        "close the list with `]`", also="opened here"),
    _Hint("flow mapping: ", "the mapping is not closed: expected `,` or `}`", "unexpected",
        "close the mapping with `}`", also="opened here"),
    _Hint("node content", "a value is missing here", "not a value", f"write a value, or {_QUOTE}"),
    _Hint("node, but found", "a value is missing here", "not a value", f"write a value, or {_QUOTE}"),
    _Hint("<document start>", "this stands behind the end of the document", "unexpected",
        "start another document with `---`"),
    _Hint("sequence entries are not allowed", "a list entry is not allowed here", "starts a list entry",
        f"start the list on its own line, or {_QUOTE}"),
    _Hint("mapping keys are not allowed", "`{}` is not allowed here", "starts a key", _QUOTE),
    _Hint("alphabetic or numeric", "no name follows `{}`", "starts an alias or anchor", _QUOTE, "opening"),
    _Hint("undefined tag handle", "the prefix of the tag `{}` is not declared", "a YAML tag",
        "delete the tag; if it is meant as text, put it in quotes", "tag"),
    _Hint("while scanning a block scalar", "`{}` is not allowed behind `|` or `>`", "unexpected",
        "start the text on the next line", "here to end"),
    _Hint("incompatible YAML document", "`{}` is not YAML 1.1 or 1.2", "another version", "delete the line",
        "here to end"),
    _Hint("directive", "`{}` is not a directive of YAML", "starts with `%`", f"delete the line, or {_QUOTE}",
        "opening to end"),
)
# fmt: on
_EXTENT = {
    "here": re.compile(r"[^\r\n]"),
    "here to end": re.compile(r"[^\r\n]*[^\s]"),
    "opening": re.compile(r"[^\r\n]"),
    "opening to end": re.compile(r"[^\r\n]*[^\s]"),
    "escape": re.compile(r"\\(?:x\w{0,2}|u\w{0,4}|U\w{0,8}|[^\r\n])?"),
    "tag": WRITTEN_TAG,
}


def syntax_problem(source: Source, error: MarkedYAMLError) -> Problem:
    """Say what the parser found, at the place that its author has to change."""
    description = f"{error.context}: {error.problem}"
    fallback = _Hint("", f"YAML error: {error.problem}", "", "")
    hint = next((hint for hint in _HINTS if hint.needle in description), fallback)
    stopped = error.problem_mark.index if error.problem_mark else 0
    opening = error.context_mark.index if error.context_mark else stopped
    at = _place_of(source, hint, stopped, opening)
    if source.text.startswith("\t", at.start):
        hint = _TAB
    text = abridged(at.text)
    also = ((_token(source, opening, "opening"), hint.also),) if hint.also else ()
    message = hint.message.replace("`{}`", "a backtick" if text == "`" else f"`{text}`")
    kind: Literal["syntax", "tag"] = "tag" if hint.at == "tag" else "syntax"
    return Problem(kind, at, message, hint.label, also, hint.help.replace("{}", text))


def _place_of(source: Source, hint: _Hint, stopped: int, opening: int) -> Span:
    if hint.at == "escape":
        return _token(source, source.text.rfind("\\", 0, stopped + 1), hint.at)
    return _token(source, opening if hint.at.startswith("opening") else stopped, hint.at)


def _token(source: Source, offset: int, extent: str) -> Span:
    """What stands at an offset; where nothing does, a caret behind the last visible character before it."""
    match = _EXTENT[extent].match(source.text, max(offset, 0))
    if match:
        return Span(source, match.start(), match.end())
    end = len(source.text[:offset].rstrip())
    return Span(source, end, end)
