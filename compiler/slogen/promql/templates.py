"""Queries with holes for the window, spelled as Sloth's users spell them: `{{.window}}`.

The spelling is that of Go's text/template. What else there is to that language is not read here: a template
that needs more is a program, which `slogen.gotemplates` runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from slogen.diagnostics import nearest
from slogen.promql.problem import Place, SyntaxProblem, shown
from slogen.promql.tokens import Kind, Token, tokens
from slogen.units import HOLE

Holes = tuple[Place, ...]
RangePlace = Literal["range", "subquery", "step", "offset"]

SAMPLE_WINDOW = "5m"
_WRITE_HOLE = f"write `{HOLE}`"
_SPACES = " \t\r\n"
_SPACE = f"[{_SPACES}]"
_ACTION = re.compile(
    r"""\{\{(?P<body>(?:
        (?=(?P<text>"(?:\\.|[^"\\])*"?))(?P=text) | `[^`]*+`?+ | (?!\}\})[^"`]
    )*)\}\}""",
    re.VERBOSE | re.DOTALL,
)
_TRIM_BEFORE = re.compile(rf"\A-(?={_SPACE})")
_TRIM_AFTER = re.compile(rf"(?<={_SPACE})-\Z")
_WINDOW = re.compile(rf"{_SPACE}*\$?\.window{_SPACE}*")
_FIELD = re.compile(rf"{_SPACE}*\$?(?P<field>(?:\.\w+)+){_SPACE}*")
_WORD = re.compile(rf"{_SPACE}*\w+{_SPACE}*")


@dataclass(frozen=True, slots=True)
class Template:
    """A query and its holes: the ranges that stand for the window, with the white space that they swallow.

    `problems` are the actions and variables that are never replaced. Where there are any, the holes may be
    incomplete. A query without holes is no problem here. Of a template that must be run to know its text
    (`is_program`) neither is given.
    """

    text: str
    holes: Holes = ()
    problems: tuple[SyntaxProblem, ...] = ()
    is_program: bool = False


@lru_cache(maxsize=8192)
def read_template(text: str) -> Template:
    """Finds the holes of a query, and what looks like one and is none."""
    holes: list[Place] = []
    problems: list[SyntaxProblem] = []
    at = 0
    while (start := text.find("{{", at)) >= 0:
        action = _ACTION.match(text, start)
        if action is None:
            problems.append(SyntaxProblem("`{{` is not closed", start, start + 2, _WRITE_HOLE))
            break
        if _WINDOW.fullmatch(_without_trim_marks(action["body"])):
            holes.append(_with_trimmed_space(action, at))
            at = holes[-1][1]
            continue
        problem = _judge_action(action)
        if problem is None:
            return Template(text, is_program=True)
        problems.append(problem)
        at = action.end()
    found = tuple(holes)
    if not problems and ("$" in text or "[[" in text):
        problems += dashboard_variables(render(text, found, SAMPLE_WINDOW))
    return Template(text, found, tuple(problems))


def _without_trim_marks(body: str) -> str:
    return _TRIM_AFTER.sub("", _TRIM_BEFORE.sub("", body))


def _with_trimmed_space(action: re.Match[str], lowest: int) -> Place:
    text, body = action.string, action["body"]
    start, end = action.span()
    if _TRIM_BEFORE.match(body):
        start = lowest + len(text[lowest:start].rstrip(_SPACES))
    if _TRIM_AFTER.search(body):
        end = len(text) - len(text[end:].lstrip(_SPACES))
    return (start, end)


def _judge_action(action: re.Match[str]) -> SyntaxProblem | None:
    """What is wrong with an action that is one word and no hole; None for any other."""
    body = action["body"]
    field = _FIELD.fullmatch(body)
    if field:
        start = action.start("body") + field.start("field")
        name = field["field"]
        message = f"{shown(name)} is unknown: the only field is `.window`"
        help_ = f"did you mean `{HOLE}`?" if nearest(name[1:], ["window"]) else _WRITE_HOLE
        return SyntaxProblem(message, start, start + len(name), help_)
    if _WORD.fullmatch(body) and nearest(body.strip(_SPACES), ["window"]):
        message = f"{shown(body)} is no field: fields begin with a dot"
        return SyntaxProblem(message, *action.span(), _WRITE_HOLE)
    return None


def dashboard_variables(rendered: Rendered) -> Iterator[SyntaxProblem]:
    """Variables of dashboards, outside of strings: `$window`, `${window}`, `[[window]]`; in the source."""
    scanned = tokens(rendered.text)
    for index, token in enumerate(scanned):
        if token.kind is Kind.ERROR and token.text[0] == "$":
            place = rendered.source_place(token.place)
            yield SyntaxProblem(f"{shown(token.text)} is not replaced", *place, _WRITE_HOLE)
        elif _is_bracketed_variable(scanned[index : index + 5]):
            within = (token.start, scanned[index + 4].end)
            within_range = index > 0 and scanned[index - 1].text == "["
            help_ = _WRITE_HOLE if within_range else f"write `[{HOLE}]`"
            message = f"{shown(rendered.text[slice(*within)])} is not replaced"
            yield SyntaxProblem(message, *rendered.source_place(within), help_)


def _is_bracketed_variable(five: tuple[Token, ...]) -> bool:
    shape = [token.kind is Kind.NAME or token.text for token in five]
    return shape == ["[", "[", True, "]", "]"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A query for one window, and the way back to the characters of the author.

    `windows` are what does not stand in the source as it is: the range within `text`, then the range in the
    source. Where something of the source is left out, or stands elsewhere, the range within `text` is empty.
    """

    text: str
    windows: tuple[tuple[Place, Place], ...]

    def source_offset(self, offset: int) -> int:
        """Where the character at `offset` of `text` comes from; for a window, where its hole begins."""
        return self._source_of(offset)[0]

    def source_place(self, place: Place) -> Place:
        """The range of the source that a range of `text` comes from, each hole that it touches whole."""
        start, end = place
        if start >= end:
            offset = self.source_offset(start)
            return (offset, offset)
        first, last = self._source_of(start), self._source_of(end - 1)
        # Within a loop the source of what follows may stand before.
        return (min(first[0], last[0]), max(first[1], last[1]))

    def _source_of(self, offset: int) -> Place:
        """The source of the single character at `offset`."""
        shift = 0
        for (begin, end), hole in self.windows:
            if offset < begin:
                break
            if offset < end:
                return hole
            shift = hole[1] - end
        return (offset + shift, offset + shift + 1)


def render(text: str, holes: Holes, window: str) -> Rendered:
    """The query over one window, given as a Prometheus duration such as `5m`."""
    pieces: list[str] = []
    windows: list[tuple[Place, Place]] = []
    length = at = 0
    for start, end in holes:
        length += start - at
        pieces += (text[at:start], window)
        windows.append(((length, length + len(window)), (start, end)))
        length += len(window)
        at = end
    pieces.append(text[at:])
    return Rendered("".join(pieces), tuple(windows))


def assemble(pieces: Iterable[tuple[str, Place, bool]]) -> Rendered:
    """A query made of pieces: each with its place in the source, and whether it stands there as it is."""
    texts: list[str] = []
    windows: list[tuple[Place, Place]] = []
    length = at = 0
    for text, (start, end), is_verbatim in pieces:
        if not is_verbatim:
            windows.append(((length, length + len(text)), (start, end)))
        elif start != at:
            windows.append(((length, length), (at, start)))
        texts.append(text)
        length += len(text)
        at = end
    return Rendered("".join(texts), tuple(windows))


@dataclass(frozen=True, slots=True)
class Range:
    """A duration in a query.

    `place` tells where it stands: the range of a selector, the range or the step of a subquery, an `offset`.
    `start` and `end` are its characters in the source, without the brackets.
    """

    start: int
    end: int
    text: str
    place: RangePlace


def fixed_ranges(text: str, holes: Holes) -> tuple[Range, ...]:
    """The ranges of a query that do not contain a hole, and so are the same for every window, in order."""
    found = all_ranges(render(text, holes, SAMPLE_WINDOW))
    return tuple(
        one for one in found if not any(one.start < stop and begin < one.end for begin, stop in holes)
    )


def all_ranges(rendered: Rendered) -> Iterator[Range]:
    """The ranges of a query for one window, whether they depend on the window or not, in order."""
    for place, where in ranges(rendered.text):
        yield Range(*rendered.source_place(place), rendered.text[slice(*place)], where)


@lru_cache(maxsize=2048)
def ranges(text: str) -> tuple[tuple[Place, RangePlace], ...]:
    """All durations of a query that need no template: those in brackets and behind `offset`."""
    return tuple(_ranges(text))


def _ranges(text: str) -> Iterator[tuple[Place, RangePlace]]:
    scanned = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    # Few of the tokens matter: a loop over all of them is fast only without a cursor.
    opened: int | None = None
    for index, token in enumerate(scanned):
        if opened is not None:
            if token.text == "]":
                yield from _in_brackets(scanned[opened:index])
                opened = None
        elif token.text == "[":
            opened = index + 1
        elif token.kind is Kind.KEYWORD and token.word == "offset":
            yield from _behind_offset(scanned[index + 1 : index + 3])
    if opened is not None:
        yield from _in_brackets(scanned[opened:])


def _behind_offset(found: list[Token]) -> Iterator[tuple[Place, RangePlace]]:
    length = found[1:] if found and found[0].text in ("+", "-") else found
    if length and length[0].kind in (Kind.DURATION, Kind.NUMBER):
        yield (found[0].start, length[0].end), "offset"


def _in_brackets(inner: list[Token]) -> Iterator[tuple[Place, RangePlace]]:
    colon = next((index for index, token in enumerate(inner) if token.kind is Kind.COLON), None)
    if inner[:colon]:
        yield (inner[0].start, inner[:colon][-1].end), "range" if colon is None else "subquery"
    if colon is not None and inner[colon + 1 :]:
        yield (inner[colon + 1].start, inner[-1].end), "step"
