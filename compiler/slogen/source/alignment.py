"""From the characters of a scalar's value to the characters that wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

Style = Literal["text", "plain", "'", '"', "|", ">", "nodes"]
"""How a span was written: a scalar of some style, a mapping or list (`nodes`), or anything else (`text`)."""

Place = tuple[int, int]
"""The offsets of the first character and behind the last."""

_YAML_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BREAKS = "\n\r\x85\u2028\u2029"
_LINE_FOLD = f"[ \t]*+(?:\r\n|[{_BREAKS}])[ \t{_BREAKS}]*+"
_PIECE_OF = {
    "plain": re.compile(rf"(?P<fold>{_LINE_FOLD})|[ \t]++|[^ \t{_BREAKS}]++"),
    "'": re.compile(rf"(?P<fold>{_LINE_FOLD})|(?P<escape>'')|[ \t]++|[^' \t{_BREAKS}]++"),
    '"': re.compile(
        rf"(?P<fold>{_LINE_FOLD})|\\(?P<joined>\r\n|[{_BREAKS}])[ \t{_BREAKS}]*+"
        r"|(?P<escape>\\(?:x..|u.{4}|U.{8}|.))"
        rf"|[ \t]++|[^\\ \t{_BREAKS}]++"
    ),
}
_EXPLICIT_INDENT = re.compile(r"[|>][-+]?([1-9])")


@lru_cache(maxsize=256)
def places_of_value(text: str, start: int, end: int, style: Style, value: str) -> tuple[Place, ...] | None:
    """The place of each character of the value of the scalar that `text` holds from `start` up to `end`.

    None when text and value do not go together.
    """
    pieces = pieces_of_value(text, start, end, style, value)
    return None if pieces is None else tuple(place for piece in pieces for place in _places_of_piece(piece))


def pieces_of_value(text: str, start: int, end: int, style: Style, value: str) -> list[Piece] | None:
    """The pieces that a scalar's value consists of, in order; None when text and value do not go together."""
    pieces = (
        _block_pieces(text, start, style, value)
        if style in {"|", ">"}
        else list(_flow_pieces(text, start, end, style))
    )
    return pieces if sum(len(piece.text) for piece in pieces) == len(value) else None


def extent(text: str, end: int, places: tuple[Place, ...], i: int, j: int) -> Place:
    """The range from the character `i` of the value up to `j`, for a scalar that is written up to `end`."""
    if i == len(places):
        caret = min(places[-1][1], end) if places else end
        return caret, caret
    start = places[i][0]
    if i == j:
        return start, start
    while j - i > 1 and text[places[j - 1][0]] in _BREAKS:
        j -= 1
    return start, places[j - 1][1]


def visible_end(text: str, start: int, end: int) -> int:
    """The end of a range without the line breaks at its end, unless there is nothing else."""
    while end - start > 1 and text[end - 1] in _BREAKS:
        end -= 1
    return end


class Piece(NamedTuple):
    """Decoded text, and the range that wrote it: one character per character, or all of it as one."""

    text: str
    start: int
    end: int


def _places_of_piece(piece: Piece) -> Iterator[Place]:
    if len(piece.text) != piece.end - piece.start:
        return iter([(piece.start, piece.end)] * len(piece.text))
    return ((offset, offset + 1) for offset in range(piece.start, piece.end))


def _flow_pieces(text: str, start: int, end: int, style: Style) -> Iterator[Piece]:
    """The pieces of a plain or quoted scalar. Where the source has an escape, any one character stands."""
    quotes = 0 if style == "plain" else 1
    for match in _PIECE_OF[style].finditer(text, start + quotes, end - quotes):
        if match.lastgroup == "fold":
            yield from _folded(_break_pieces(text, match.start(), match.end()))
        elif match.lastgroup == "joined":
            yield from _break_pieces(text, match.end("joined"), match.end())
        elif match.lastgroup == "escape":
            yield Piece("?", match.start(), match.end())
        else:
            yield Piece(match[0], match.start(), match.end())


def _folded(breaks: list[Piece]) -> list[Piece]:
    """What a run of line breaks stands for: a space if it is a single one, else all but the first."""
    first, *others = breaks
    if first.text != "\n":
        return breaks
    return others or [first._replace(text=" ")]


def _break_pieces(text: str, start: int, end: int) -> list[Piece]:
    return [
        Piece(_decoded_break(match[0]), match.start(), match.end())
        for match in _YAML_BREAK.finditer(text, start, end)
    ]


def _decoded_break(text: str) -> str:
    return text if text in {"\u2028", "\u2029"} else "\n"


def _block_pieces(text: str, start: int, style: Style, value: str) -> list[Piece]:
    """The pieces of a block scalar. Its indentation is not always written: try what goes with the value."""
    header_end = _YAML_BREAK.search(text, start)
    if header_end is None:
        return []
    body = header_end.end()
    detected = _detected_indent(text, body)
    explicit = _EXPLICIT_INDENT.match(text, start)
    least = int(explicit[1]) if explicit else detected
    begun: list[Piece] = []
    for indent in range(least, max(least, detected) + 1):
        pieces = _decoded_block(text, body, indent, folded=style == ">")
        decoded = "".join(piece.text for piece in pieces)
        if decoded.startswith(value):
            begun = _first_characters(pieces, len(value))
            if not decoded[len(value) :].strip(_BREAKS):
                return begun
    return begun


def _first_characters(pieces: list[Piece], count: int) -> list[Piece]:
    """The pieces of the first characters; the line breaks that chomping took are the last pieces."""
    kept = []
    for piece in pieces:
        if count <= 0:
            break
        kept.append(piece)
        count -= len(piece.text)
    return kept


def _detected_indent(text: str, body: int) -> int:
    """The indentation of the first line that is not empty, or of a longer line of spaces before it."""
    indent = 1
    while True:
        content = _after_spaces(text, body, len(text))
        indent = max(indent, content - body)
        line_end = _YAML_BREAK.match(text, content)
        if line_end is None:
            return indent
        body = line_end.end()


def _after_spaces(text: str, offset: int, limit: int) -> int:
    while offset < limit and text.startswith(" ", offset):
        offset += 1
    return offset


def _decoded_block(text: str, body: int, indent: int, *, folded: bool) -> list[Piece]:
    """A block scalar with every line break at its end, as if it were to be kept."""
    pieces: list[Piece] = []
    line_break: list[Piece] = []
    after_indented = True
    empty_lines, offset = _empty_lines(text, body, indent)
    while offset is not None:
        indented = text[offset] in " \t"
        if folded and line_break and line_break[0].text == "\n" and not after_indented and not indented:
            line_break = [] if empty_lines else [line_break[0]._replace(text=" ")]
        pieces += line_break + empty_lines
        match = _YAML_BREAK.search(text, offset)
        line_end = match.start() if match else len(text)
        pieces.append(Piece(text[offset:line_end], offset, line_end))
        line_break = _break_pieces(text, match.start(), match.end()) if match else []
        after_indented = indented
        empty_lines, offset = _empty_lines(text, match.end() if match else len(text), indent)
    return pieces + line_break + empty_lines


def _empty_lines(text: str, offset: int, indent: int) -> tuple[list[Piece], int | None]:
    """The breaks of the empty lines at an offset, and where the content behind them starts, if any."""
    breaks: list[Piece] = []
    while True:
        content = _after_spaces(text, offset, offset + indent)
        match = _YAML_BREAK.match(text, content)
        if match is None:
            more = content - offset == indent and content < len(text)
            return breaks, content if more else None
        breaks += _break_pieces(text, match.start(), match.end())
        offset = match.end()
