"""YAML text, read into values that know where they were written.

A `Source` is a file, a `Span` is a range of its characters, a `Node` is a value with the spans of itself and
of its keys, and `documents` reads a source into nodes. JSON is read the same way, since it is YAML. This is
the only module that reads YAML; it takes it as YAML 1.2's core schema does, with three deviations that keep
text that readers disagree on as it was written:

- an integer with a leading zero (`08`) stays text,
- `.inf`, `.nan` and numbers beyond the range of a 64 bit float stay text,
- a key is always text: `1:`, `true:` and `null:` are the keys `1`, `true` and `null`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from yaml.error import MarkedYAMLError

MAX_DEPTH: Final = 128
"""Levels of nesting that a document may have, counted through its aliases."""

MAX_ALIASED: Final = 250_000
"""Values that the aliases of a document may stand for, counted as if each were written out."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_YAML_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


# --- Places ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """A named text. Offsets count its characters; a byte order mark at its start is not part of it.

    Lines end at `\\n`, `\\r\\n` or `\\r`, as in editors, and nowhere else.
    """

    path: str
    text: str = field(repr=False)
    _line_starts: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.text.startswith("\ufeff"):
            object.__setattr__(self, "text", self.text[1:])

    @staticmethod
    def decode(path: str, data: bytes) -> Source | Problem:
        """The source that `data` holds: UTF-8, or UTF-16 or UTF-32 with a byte order mark.

        Data in no such encoding gives a problem at the first character that cannot be read.
        """
        mark, encoding = next(
            (pair for pair in _BYTE_ORDER_MARKS if data.startswith(pair[0])), (b"", "utf-8")
        )
        body = data[len(mark) :]
        try:
            return Source(path, body.decode(encoding))
        except UnicodeDecodeError as error:
            return _undecodable(path, body, error)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column of a character, both counted from 1."""
        starts = self._lines()
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """The text of a line, counted from 1, without its end; empty for a line that does not exist."""
        starts = self._lines()
        if not 1 <= line <= len(starts):
            return ""
        end = starts[line] if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r\n")

    def _lines(self) -> list[int]:
        if not self._line_starts:
            self._line_starts.extend([0, *(match.end() for match in _LINE_END.finditer(self.text))])
        return self._line_starts


Style = Literal["text", "plain", "'", '"', "|", ">", "nodes"]
"""How a span was written: a scalar of some style, a mapping or list (`nodes`), or anything else (`text`)."""


class Span:
    """The characters from `start` up to `end` of a source. Equal when source, start and end are.

    The span of a scalar also knows its style and its decoded value, so that `slice` can lead from characters
    of the value to the characters that wrote them. The span of a block scalar starts at its `|` or `>` and
    ends with its last visible character.
    """

    __slots__ = ("end", "source", "start", "style", "value")

    def __init__(self, source: Source, start: int, end: int, style: Style = "text", value: str = "") -> None:
        self.source: Final = source
        self.start: Final = start
        self.end: Final = end
        self.style: Final = style
        self.value: Final = value

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return self.source.line_and_column(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, from 1."""
        return self.source.line_and_column(self.start)[1]

    @property
    def end_line(self) -> int:
        """The line of the end, from 1."""
        return self.source.line_and_column(self.end)[0]

    @property
    def end_column(self) -> int:
        """The column just behind the last character, from 1."""
        return self.source.line_and_column(self.end)[1]

    @property
    def text(self) -> str:
        """The characters as they were written, quotes and indentation included."""
        return self.source.text[self.start : self.end]

    def slice(self, i: int, j: int) -> Span:
        """The place of the characters from `i` up to `j` of the decoded value.

        With `i == j` a caret: an empty span at that position. Line breaks at the end are left out unless
        there is nothing else. The slice of a span that is not a scalar's counts in the text of the span;
        that of a mapping or list is the whole span. Slices can be sliced again.
        """
        if self.style == "nodes":
            return self
        length = self.end - self.start if self.style == "text" else len(self.value)
        i = min(max(i, 0), length)
        j = min(max(j, i), length)
        first = self._start_of_verbatim_value()
        if first is not None:
            return _Slice(self, i, j, first + i, _visible_end(self.source.text, first + i, first + j))
        places = _places(self)
        if places is None:
            return self
        return _Slice(self, i, j, *_extent(self, places, i, j))

    def _start_of_verbatim_value(self) -> int | None:
        """Where the value starts if each of its characters was written as one, without escapes."""
        if self.style == "text":
            return self.start
        width = self.end - self.start
        if self.style == "plain" and width == len(self.value):
            return self.start
        if self.style in {"'", '"'} and width == len(self.value) + 2:
            return self.start + 1
        return None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Span):
            return NotImplemented
        return self.start == other.start and self.end == other.end and self.source == other.source

    def __hash__(self) -> int:
        return hash((self.source.path, self.start, self.end))

    def __str__(self) -> str:
        line, column = self.source.line_and_column(self.start)
        return f"{self.source.path}:{line}:{column}"

    def __repr__(self) -> str:
        return f"Span({self}-{self.end_line}:{self.end_column})"


class _Slice(Span):
    """The place of some characters of a scalar's value. `Span.slice` makes it."""

    __slots__ = ("_first", "_last", "_whole")

    def __init__(self, whole: Span, first: int, last: int, start: int, end: int) -> None:
        super().__init__(whole.source, start, end)
        self._whole: Final = whole
        self._first: Final = first
        self._last: Final = last

    def slice(self, i: int, j: int) -> Span:
        """The place of characters of the sliced value, counted from the start of this slice."""
        length = self._last - self._first
        i = min(max(i, 0), length)
        j = min(max(j, i), length)
        return self._whole.slice(self._first + i, self._first + j)


# --- Values ------------------------------------------------------------------------------------------------

Scalar = str | int | Decimal | bool | None
_NO_KEYS: Final[Mapping[str, Span]] = {}


class Node:
    """A value and where it was written; `keys` holds the places of the keys of a mapping.

    A value that came by an alias or a merge key has the place of its anchor.
    """

    __slots__ = ("keys", "span", "value")

    def __init__(
        self,
        value: dict[str, Node] | list[Node] | Scalar,
        span: Span,
        keys: Mapping[str, Span] = _NO_KEYS,
    ) -> None:
        self.value: Final = value
        self.span: Final = span
        self.keys: Final = keys

    @property
    def is_mapping(self) -> bool:
        """Whether the value is a mapping."""
        return isinstance(self.value, dict)

    @property
    def is_sequence(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self.value, list)

    def get(self, *path: str | int) -> Node | None:
        """The node at the end of a path of keys and list positions, or None when there is none."""
        node: Node | None = self
        for part in path:
            node = _child(node, part)
            if node is None:
                return None
        return node

    def span_at(self, *path: str | int) -> Span:
        """The place of the deepest node that exists on the path."""
        node = self
        for part in path:
            child = _child(node, part)
            if child is None:
                break
            node = child
        return node.span

    def key_at(self, *path: str | int) -> Span:
        """The place of the key that the last part of the path names, else the same as `span_at`."""
        parent = self.get(*path[:-1])
        if parent is not None and path and path[-1] in parent.keys:
            return parent.keys[str(path[-1])]
        return self.span_at(*path)

    def plain(self) -> object:
        """The value made of dicts, lists and scalars, without places."""
        value = self.value
        if isinstance(value, dict):
            return {key: child.plain() for key, child in value.items()}
        if isinstance(value, list):
            return [child.plain() for child in value]
        return value

    def __repr__(self) -> str:
        return f"Node({self.plain()!r} at {self.span})"


def _child(node: Node | None, part: str | int) -> Node | None:
    value = None if node is None else node.value
    if isinstance(value, dict) and isinstance(part, str):
        return value.get(part)
    if isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
        return value[part]
    return None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that keeps it from being read, in the words that a diagnostic needs."""

    kind: Literal["encoding", "syntax", "duplicate-key", "alias", "key", "tag", "limit"]
    at: Span
    message: str
    label: str = ""
    also: tuple[tuple[Span, str], ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a source that are not empty, and what is wrong with it.

    A document with a problem is left out, except that of a key written twice the first one counts. Nothing
    is read behind a syntax error or a limit; the documents before it are there.
    """

    nodes: tuple[Node, ...]
    problems: tuple[Problem, ...]


def documents(source: Source) -> Documents:
    """Read all YAML documents of a source. Whatever the text, this raises nothing."""
    builder = _Builder(source)
    unreadable = builder.read(source.text)
    if unreadable is None:
        return Documents(tuple(builder.nodes), tuple(builder.problems))
    return _before_unreadable(source, unreadable)


def _before_unreadable(source: Source, offset: int) -> Documents:
    """What stands before a character that YAML cannot have: the parser reads ahead, so it gave nothing."""
    builder = _Builder(source)
    builder.read(source.text[:offset])
    problems = [problem for problem in builder.problems if problem.kind != "syntax"]
    return Documents(tuple(builder.nodes[: builder.ended]), (*problems, _unreadable(source, offset)))


# --- Scalars -----------------------------------------------------------------------------------------------

_CONSTANTS: Mapping[str, bool | None] = {
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NUMBER = re.compile(
    r"(?P<decimal>[-+]?(?:0|[1-9][0-9]*))"
    r"|(?P<radix>0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<fraction>[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?0*[0-9]{1,3})?)"
)
_MAX_EXPONENT = 308  # of a 64 bit float; what is beyond would stall arithmetic on exact numbers


def _resolve(text: str) -> Scalar:
    """The value of a plain scalar. The first character settles it for nearly all text."""
    resolver = _RESOLVERS.get(text[:1])
    return text if resolver is None else resolver(text)


def _empty(_text: str) -> None:
    return None


def _constant(text: str) -> Scalar:
    return _CONSTANTS.get(text, text)


def _number(text: str) -> Scalar:
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > _MAX_EXPONENT:
        return text
    if match.lastgroup == "fraction":
        number = Decimal(text)
        return number if abs(number.adjusted()) <= _MAX_EXPONENT else text
    return int(text, 0) if match.lastgroup == "radix" else int(text)


_RESOLVERS: Mapping[str, Callable[[str], Scalar]] = {
    "": _empty,
    **dict.fromkeys("~nNtTfF", _constant),
    **dict.fromkeys("0123456789+-.", _number),
}


# --- From characters of a value to the characters that wrote them ------------------------------------------

_BREAKS = "\n\r\x85\u2028\u2029"
_LINE_FOLD = f"[ \t]*+(?:\r\n|[{_BREAKS}])(?:[ \t]|[{_BREAKS}])*+"
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

_Place = tuple[int, int]


class _Piece(NamedTuple):
    """Decoded text, and the range that wrote it: one character per character, or all of it as one."""

    text: str
    start: int
    end: int


def _extent(span: Span, places: tuple[_Place, ...], i: int, j: int) -> _Place:
    """The range from the character `i` of the value up to `j`."""
    if i == len(places):
        caret = min(places[-1][1], span.end) if places else span.end
        return caret, caret
    start = places[i][0]
    if i == j:
        return start, start
    while j - i > 1 and span.source.text[places[j - 1][0]] in _BREAKS:
        j -= 1
    return start, places[j - 1][1]


def _visible_end(text: str, start: int, end: int) -> int:
    """The end of a range without the line breaks at its end, unless there is nothing else."""
    while end - start > 1 and text[end - 1] in _BREAKS:
        end -= 1
    return end


@lru_cache(maxsize=256)
def _places(span: Span) -> tuple[_Place, ...] | None:
    """The place of each character of a scalar's value; None when text and value do not go together."""
    pieces = _block_pieces(span) if span.style in {"|", ">"} else _flow_pieces(span)
    places = tuple(place for piece in pieces for place in _places_of_piece(piece))
    return places if len(places) == len(span.value) else None


def _places_of_piece(piece: _Piece) -> Iterator[_Place]:
    if len(piece.text) != piece.end - piece.start:
        return iter([(piece.start, piece.end)] * len(piece.text))
    return ((offset, offset + 1) for offset in range(piece.start, piece.end))


def _flow_pieces(span: Span) -> Iterator[_Piece]:
    """The pieces of a plain or quoted scalar. Where the source has an escape, any one character stands."""
    quotes = 0 if span.style == "plain" else 1
    text = span.source.text
    for match in _PIECE_OF[span.style].finditer(text, span.start + quotes, span.end - quotes):
        if match.lastgroup == "fold":
            yield from _folded(_break_pieces(text, match.start(), match.end()))
        elif match.lastgroup == "joined":
            yield from _break_pieces(text, match.end("joined"), match.end())
        elif match.lastgroup == "escape":
            yield _Piece("?", match.start(), match.end())
        else:
            yield _Piece(match[0], match.start(), match.end())


def _folded(breaks: list[_Piece]) -> list[_Piece]:
    """What a run of line breaks stands for: a space if it is a single one, else all but the first."""
    first, *others = breaks
    if first.text != "\n":
        return breaks
    return others or [first._replace(text=" ")]


def _break_pieces(text: str, start: int, end: int) -> list[_Piece]:
    return [
        _Piece(_decoded_break(match[0]), match.start(), match.end())
        for match in _YAML_BREAK.finditer(text, start, end)
    ]


def _decoded_break(text: str) -> str:
    return text if text in {"\u2028", "\u2029"} else "\n"


def _block_pieces(span: Span) -> list[_Piece]:
    """The pieces of a block scalar. Its indentation is not always written: try what goes with the value."""
    text = span.source.text
    header_end = _YAML_BREAK.search(text, span.start)
    if header_end is None:
        return []
    body = header_end.end()
    detected = _detected_indent(text, body)
    explicit = _EXPLICIT_INDENT.match(text, span.start)
    least = int(explicit[1]) if explicit else detected
    begun: list[_Piece] = []
    for indent in range(least, max(least, detected) + 1):
        pieces = _decoded_block(text, body, indent, folded=span.style == ">")
        decoded = "".join(piece.text for piece in pieces)
        if decoded.startswith(span.value):
            begun = _first_characters(pieces, len(span.value))
            if not decoded[len(span.value) :].strip(_BREAKS):
                return begun
    return begun


def _first_characters(pieces: list[_Piece], count: int) -> list[_Piece]:
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


def _decoded_block(text: str, body: int, indent: int, *, folded: bool) -> list[_Piece]:
    """A block scalar with every line break at its end, as if it were to be kept."""
    pieces: list[_Piece] = []
    line_break: list[_Piece] = []
    after_indented = True
    empty_lines, offset = _empty_lines(text, body, indent)
    while offset is not None:
        indented = text[offset] in " \t"
        if folded and line_break and line_break[0].text == "\n" and not after_indented and not indented:
            line_break = [] if empty_lines else [line_break[0]._replace(text=" ")]
        pieces += line_break + empty_lines
        match = _YAML_BREAK.search(text, offset)
        line_end = match.start() if match else len(text)
        pieces.append(_Piece(text[offset:line_end], offset, line_end))
        line_break = _break_pieces(text, match.start(), match.end()) if match else []
        after_indented = indented
        empty_lines, offset = _empty_lines(text, match.end() if match else len(text), indent)
    return pieces + line_break + empty_lines


def _empty_lines(text: str, offset: int, indent: int) -> tuple[list[_Piece], int | None]:
    """The breaks of the empty lines at an offset, and where the content behind them starts, if any."""
    breaks: list[_Piece] = []
    while True:
        content = _after_spaces(text, offset, offset + indent)
        match = _YAML_BREAK.match(text, content)
        if match is None:
            more = content - offset == indent and content < len(text)
            return breaks, content if more else None
        breaks += _break_pieces(text, match.start(), match.end())
        offset = match.end()


# --- From events to nodes ----------------------------------------------------------------------------------


class _Parser(Protocol):
    def get_event(self) -> Any: ...


@cache
def _parser_class() -> Callable[[str], _Parser]:
    """libyaml's parser, or PyYAML's own where that was not built.

    Imported late: it takes longer than all else here, and a command that reads no file does not need it.
    """
    try:
        from yaml._yaml import CParser  # noqa: PLC0415
    except ImportError:
        return _python_parser_class()
    return CParser


def _python_parser_class() -> Callable[[str], _Parser]:
    from yaml.events import ScalarEvent  # noqa: PLC0415
    from yaml.parser import Parser  # noqa: PLC0415
    from yaml.reader import Reader  # noqa: PLC0415
    from yaml.scanner import Scanner, ScannerError  # noqa: PLC0415

    class PythonParser(Reader, Scanner, Parser):
        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)

        def get_event(self) -> Any:
            event = super().get_event()  # type: ignore[no-untyped-call]
            if isinstance(event, ScalarEvent) and _SURROGATE.search(event.value):
                mark: Any = event.start_mark
                raise ScannerError("while parsing a quoted scalar", mark, "found invalid escape code", mark)
            return event

    return PythonParser


_SURROGATE = re.compile("[\ud800-\udfff]")
_PROPERTIES = re.compile(r"(?:!<[^>]*>|[!&][^\s,\[\]{}]*|\s|#[^\r\n]*)*")
_TAG = re.compile(r"!<[^>]*>|![^\s,\[\]{}]*")
_YAML_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS: Mapping[str, tuple[tuple[type, ...], str]] = {
    f"{_YAML_TAG}int": ((int,), "an integer"),
    f"{_YAML_TAG}float": ((int, Decimal), "a finite number"),
    f"{_YAML_TAG}bool": ((bool,), "`true` or `false`"),
    f"{_YAML_TAG}null": ((type(None),), "null"),
}
_TEXT_TAGS = frozenset({"!", f"{_YAML_TAG}str"})
_MAPPING_TAGS = frozenset({None, "!", f"{_YAML_TAG}map"})
_SEQUENCE_TAGS = frozenset({None, "!", f"{_YAML_TAG}seq"})
_KNOWN_TAGS = _SCALAR_TAGS.keys() | _TEXT_TAGS | _MAPPING_TAGS | _SEQUENCE_TAGS


class _Anchored(NamedTuple):
    """A node that aliases can stand for, the number of values in it, and its levels of nesting."""

    node: Node
    size: int
    height: int


class _Sequence:
    """A list whose end has not been read yet."""

    __slots__ = ("anchor", "end", "flow", "height", "items", "size_before", "start")

    def __init__(self, start: int, flow: bool, anchor: str | None, size_before: int) -> None:
        self.start = self.end = start
        self.flow = flow
        self.anchor = anchor
        self.size_before = size_before
        self.height = 0
        self.items: list[Node] = []

    def put(self, node: Node, end: int) -> None:
        """Take the next value; `end` is where it was written to, which is not its own place for an alias."""
        self.end = end
        self.items.append(node)

    def node(self, span: Span) -> Node:
        return Node(self.items, span)


class _Mapping:
    """A mapping whose end has not been read yet."""

    __slots__ = (
        "_complaints",
        "_key",
        "_keys",
        "_merge_span",
        "_merged",
        "_merging",
        "_values",
        "anchor",
        "end",
        "expects_key",
        "flow",
        "height",
        "size_before",
        "start",
    )

    def __init__(
        self, start: int, flow: bool, anchor: str | None, size_before: int, complaints: _Complaints
    ) -> None:
        self.start = self.end = start
        self.flow = flow
        self.anchor = anchor
        self.size_before = size_before
        self.height = 0
        self.expects_key = True
        self._complaints = complaints
        self._values: dict[str, Node] = {}
        self._keys: dict[str, Span] = {}
        self._key: str | None = None
        self._merging = False
        self._merge_span: Span | None = None
        self._merged: tuple[Node, ...] = ()

    def put(self, node: Node, end: int) -> None:
        """Take the next value, or a mapping or list that stands where a key should."""
        self.end = end
        if self.expects_key:
            self._complaints.complex_key(node.span)
            self.put_no_key(end)
            return
        if self._key is not None:
            self._values[self._key] = node
        elif self._merging:
            self._merged += self._complaints.mappings(node)
        self.expects_key = True

    def put_key(self, span: Span, at: Span, *, tagged: bool = False) -> None:
        """Take the next key: the text of a scalar. Of a key that is written twice the first value counts."""
        self.end = at.end
        self.expects_key = False
        self._key = key = span.value
        if span.style == "plain" and key in {"", "<<"} and not tagged:
            self._put_special_key(at)
            return
        first = self._keys.setdefault(key, at)
        if first is not at:
            self._key = None
            self._complaints.duplicate_key(key, first, at)

    def _put_special_key(self, at: Span) -> None:
        if not self._key:
            self._complaints.empty_key(at)
        elif self._merge_span is not None:
            self._complaints.duplicate_key("<<", self._merge_span, at)
        else:
            self._merge_span = at
        self._merging = bool(self._key)
        self._key = None

    def put_no_key(self, end: int) -> None:
        """Take what cannot be a key: the next value is dropped."""
        self.end = end
        self.expects_key = False
        self._key = None
        self._merging = False

    def node(self, span: Span) -> Node:
        for merged in self._merged:
            self._add_missing(merged)
        return Node(self._values, span, self._keys)

    def _add_missing(self, merged: Node) -> None:
        assert isinstance(merged.value, dict)
        for key, node in merged.value.items():
            if key not in self._keys:
                self._values[key] = node
                self._keys[key] = merged.keys[key]


class _Stop(Exception):  # noqa: N818 - it ends the reading of a source, and never leaves this module
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Builder:
    """Turns the events of a YAML parser into nodes, one document after the other, without recursion."""

    def __init__(self, source: Source) -> None:
        self.nodes: list[Node] = []
        self.ended = 0
        self._source = source
        self._text = source.text
        self._complaints = _Complaints(source)
        self._anchors: dict[str, _Anchored | None] = {}
        self._stack: list[_Sequence | _Mapping] = []
        self._top: _Sequence | _Mapping
        self._top = self._root = _Sequence(0, False, None, 0)
        self._size = 0
        self._aliased = 0

    @property
    def problems(self) -> list[Problem]:
        """What was wrong, in the order of reading."""
        return self._complaints.problems

    def read(self, text: str) -> int | None:
        """Read all documents of the text, up to the first error that ends them.

        Returns the offset of a character that keeps the parser from reading anything at all, else None.
        """
        parser_class = _parser_class()
        from yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

        try:
            self._run(parser_class(text))
        except _Stop as stop:
            self.problems.append(stop.problem)
        except MarkedYAMLError as error:
            self.problems.append(_syntax_problem(self._source, error))
        except (YAMLError, ValueError, OverflowError) as error:
            unreadable = _UNREADABLE.search(text)
            if unreadable:
                return unreadable.start()
            message = str(error).partition("\n")[0]
            at = Span(self._source, self._top.end, self._top.end)
            self.problems.append(Problem("syntax", at, f"YAML error: {message}", "somewhere behind this"))
        return None

    def _run(self, parser: _Parser) -> None:
        from yaml import events  # noqa: PLC0415

        handlers: dict[type, Callable[[Any], None]] = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: self._open_mapping,
            events.SequenceStartEvent: self._open_sequence,
            events.MappingEndEvent: self._close,
            events.SequenceEndEvent: self._close,
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._open_document,
            events.DocumentEndEvent: self._close_document,
        }
        next_event = parser.get_event
        next_event()
        while (handler := handlers.get((event := next_event()).__class__)) is not None:
            handler(event)

    def _open_document(self, event: Any) -> None:
        self._top = self._root = _Sequence(event.end_mark.index, False, None, 0)
        self._stack = []
        self._anchors = {}
        self._complaints.broken = False
        self._size = self._aliased = 0
        self.ended = len(self.nodes)

    def _close_document(self, event: Any) -> None:
        root = self._root.items[0]
        empty = root.value is None and root.span.start == root.span.end
        if not empty and not self._complaints.broken:
            self.nodes.append(root)
        if event.explicit:
            self.ended = len(self.nodes)

    def _open_mapping(self, event: Any) -> None:
        if event.tag not in _MAPPING_TAGS:
            self._complaints.wrong_tag(event, "a mapping")
        start = self._start(event)
        flow = bool(event.flow_style)
        self._push(_Mapping(start, flow, event.anchor, self._size, self._complaints))

    def _open_sequence(self, event: Any) -> None:
        if event.tag not in _SEQUENCE_TAGS:
            self._complaints.wrong_tag(event, "a list")
        self._push(_Sequence(self._start(event), bool(event.flow_style), event.anchor, self._size))

    def _start(self, event: Any) -> int:
        """Where a value starts, behind its tag and anchor."""
        start: int = event.start_mark.index
        if event.tag is None and event.anchor is None:
            return start
        match = _PROPERTIES.match(self._text, start)
        return match.end() if match else start

    def _push(self, opened: _Sequence | _Mapping) -> None:
        self._stack.append(self._top)
        self._top = opened
        self._size += 1
        if opened.anchor is not None:
            self._anchors[opened.anchor] = None
        if len(self._stack) > MAX_DEPTH:
            raise _Stop(_too_deep(Span(self._source, opened.start, opened.start + 1)))

    def _close(self, event: Any) -> None:
        closed = self._top
        self._top = top = self._stack.pop()
        end = event.end_mark.index if closed.flow else closed.end
        node = closed.node(Span(self._source, closed.start, end, "nodes"))
        height = closed.height + 1
        if closed.anchor is not None:
            self._anchors[closed.anchor] = _Anchored(node, self._size - closed.size_before, height)
        top.height = max(top.height, height)
        top.put(node, end)

    def _scalar(self, event: Any) -> None:
        text: str = event.value
        style: Style = event.style or "plain"
        start, end = event.start_mark.index, event.end_mark.index
        tag, anchor = event.tag, event.anchor
        if style in "|>" or not text or tag is not None or anchor is not None:
            start, end = self._extent(event, style)
        span = Span(self._source, start, end, style, text)
        self._size += 1
        top = self._top
        if not isinstance(top, _Mapping) or not top.expects_key:
            top.put(self._scalar_node(event, span), end)
            return
        if tag is not None or anchor is not None:
            self._scalar_node(event, span)
        top.put_key(span, span, tagged=tag is not None)

    def _scalar_node(self, event: Any, span: Span) -> Node:
        if event.tag is not None:
            value = self._tagged(event, span)
        else:
            value = _resolve(span.value) if span.style == "plain" else span.value
        node = Node(value, span)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)
        return node

    def _extent(self, event: Any, style: Style) -> tuple[int, int]:
        """Where a scalar stands that the parser's marks do not hold to its visible text."""
        start, end = self._start(event), event.end_mark.index
        if style in {"|", ">"}:
            return start, start + len(self._text[start:end].rstrip())
        if event.value or style != "plain":
            return start, end
        caret = min(start, end)
        while caret and self._text[caret - 1].isspace():
            caret -= 1
        return caret, caret

    def _tagged(self, event: Any, span: Span) -> Scalar:
        if event.tag in _TEXT_TAGS:
            return span.value
        if event.tag not in _SCALAR_TAGS:
            self._complaints.wrong_tag(event, "text")
            return None
        types, meaning = _SCALAR_TAGS[event.tag]
        value = _resolve(span.value)
        if type(value) not in types:
            self._complaints.misfit(span, meaning, event.tag.removeprefix(_YAML_TAG))
            return None
        return Decimal(value) if Decimal in types and isinstance(value, int) else value

    def _alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        span = Span(self._source, start, end)
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            self._complaints.unknown_alias(event.anchor, span, inside=event.anchor in self._anchors)
            anchored = _Anchored(Node({}, span), 1, 0)
            if isinstance(self._top, _Mapping) and self._top.expects_key:
                self._top.put_no_key(end)
                return
        self._size += anchored.size
        self._aliased += anchored.size
        if self._aliased > MAX_ALIASED:
            raise _Stop(_too_many_aliased(span))
        if len(self._stack) + anchored.height > MAX_DEPTH:
            raise _Stop(_too_deep(span))
        self._put_aliased(anchored, span)

    def _put_aliased(self, anchored: _Anchored, span: Span) -> None:
        top, node = self._top, anchored.node
        top.height = max(top.height, anchored.height)
        if not isinstance(top, _Mapping) or not top.expects_key:
            top.put(node, span.end)
        elif node.is_mapping or node.is_sequence:
            self._complaints.complex_key(span)
            top.put_no_key(span.end)
        else:
            top.put_key(node.span, span, tagged=True)


# --- What can be wrong, in the words of the author ---------------------------------------------------------


class _Complaints:
    """The problems of a source. `broken` says whether the document that is being read has to be left out."""

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self.broken = False
        self._source = source

    def _add(self, problem: Problem) -> None:
        self.broken = True
        self.problems.append(problem)

    def duplicate_key(self, key: str, first: Span, second: Span) -> None:
        message = f"the key `{_abridged(key)}` is written twice"
        also = ((first, "first written here"),)
        help_ = "delete one of them"
        self.problems.append(Problem("duplicate-key", second, message, "written again", also, help_))

    def empty_key(self, span: Span) -> None:
        self._add(Problem("key", span, "the key is empty", "a key is missing", help="write a key"))

    def complex_key(self, span: Span) -> None:
        text = self._source.text
        if span.start and text.startswith("{{", span.start - 1):
            end = span.end + text.startswith("}", span.end)
            at = Span(self._source, span.start - 1, end)
            message = "`{{` starts a YAML mapping here, not a template"
            help_ = "put the whole value in single quotes"
            self._add(Problem("key", at, message, "not in quotes", help=help_))
            return
        message = "a mapping or list cannot be a key"
        self._add(Problem("key", span, message, "not text", help="put the key in quotes"))

    def unknown_alias(self, name: str, span: Span, *, inside: bool) -> None:
        message = f"`*{name}` has no anchor"
        label = "not defined above"
        if inside:
            message = f"`*{name}` stands inside the value that it stands for"
            label = "refers to itself"
        help_ = f"define it with `&{name}` before this line; if it is meant as text, put it in quotes"
        self._add(Problem("alias", span, message, label, help=help_))

    def mappings(self, node: Node) -> tuple[Node, ...]:
        """The mappings that a merge key merges, in order; a complaint about each other value."""
        candidates = node.value if isinstance(node.value, list) else [node]
        for candidate in candidates:
            if not candidate.is_mapping:
                message = f"`<<` merges mappings, and `{_abridged(candidate.span.text)}` is none"
                help_ = "write `<<: *name` with the name of an anchored mapping"
                self._add(Problem("alias", candidate.span, message, "not a mapping", help=help_))
        return tuple(candidate for candidate in candidates if candidate.is_mapping)

    def wrong_tag(self, event: Any, what: str) -> None:
        match = _TAG.search(self._source.text, event.start_mark.index)
        start, end = match.span() if match else (event.start_mark.index, event.end_mark.index)
        at = Span(self._source, start, end)
        tag = _abridged(at.text)
        message = f"the tag `{tag}` is not supported"
        if event.tag in _KNOWN_TAGS:
            message = f"the tag `{tag}` does not fit {what}"
        help_ = "delete the tag; if it is meant as text, put it in quotes"
        self._add(Problem("tag", at, message, "a YAML tag", help=help_))

    def misfit(self, span: Span, meaning: str, tag: str) -> None:
        message = f"`{_abridged(span.value)}` is not {meaning}"
        self._add(Problem("tag", span, message, f"tagged `!!{tag}`", help="delete the tag"))


def _too_deep(span: Span) -> Problem:
    message = f"more than {MAX_DEPTH} levels of nesting"
    return Problem("limit", span, message, "too deep", help="nest fewer mappings and lists")


def _too_many_aliased(span: Span) -> Problem:
    message = f"the aliases up to here stand for more than {MAX_ALIASED:,} values"
    return Problem("limit", span, message, "too many values", help="use fewer aliases of aliases")


def _undecodable(path: str, body: bytes, error: UnicodeDecodeError) -> Problem:
    source = Source(path, body.decode(error.encoding, "replace"))
    offset = len(body[: error.start].decode(error.encoding))
    at = Span(source, offset, min(offset + 1, len(source.text)))
    name = error.encoding.upper().removesuffix("-LE").removesuffix("-BE")
    message = f"byte `0x{body[error.start]:02x}` is not {name} text"
    if b"\0" in body and name == "UTF-8":
        message = "the file is binary, not text"
    return Problem("encoding", at, message, "not a character", help="save the file as UTF-8")


def _unreadable(source: Source, offset: int) -> Problem:
    at = Span(source, offset, offset + 1)
    code = ord(source.text[offset])
    help_ = f"delete it, or write it as `\\x{code:02x}` in double quotes" if code <= 0xFF else "delete it"
    if code == 0:
        help_ = "save the file as UTF-8"
    return Problem(
        "encoding", at, f"the character U+{code:04X} is not allowed in YAML", "invisible", help=help_
    )


def _abridged(text: str) -> str:
    """Text short enough for a message, on one line."""
    line = " ".join(text[:200].split())
    return line if len(line) <= 60 and len(text) <= 200 else f"{line[:57]}..."


# --- Syntax errors -----------------------------------------------------------------------------------------


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
    "tag": _TAG,
}


def _syntax_problem(source: Source, error: MarkedYAMLError) -> Problem:
    """Say what the parser found, at the place that its author has to change."""
    description = f"{error.context}: {error.problem}"
    fallback = _Hint("", f"YAML error: {error.problem}", "", "")
    hint = next((hint for hint in _HINTS if hint.needle in description), fallback)
    stopped = error.problem_mark.index if error.problem_mark else 0
    opening = error.context_mark.index if error.context_mark else stopped
    at = _place_of(source, hint, stopped, opening)
    if source.text.startswith("\t", at.start):
        hint = _TAB
    text = _abridged(at.text)
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
