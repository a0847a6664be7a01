"""The comments of a source, and the parts of its documents that comments are about.

Values do not have comments; who writes a document anew needs both. This reads the events of the YAML parser
instead of nodes: an alias is a part at its own place, not at that of its anchor.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from slogen.source import parsing
from slogen.source.alignment import Style, pieces_of_value
from slogen.source.text import Source

Path = tuple[str | int, ...]

# A comment ends where YAML 1.1 ends a line, which is at more characters than an editor's line end.
_BREAKS = "\r\n\x85\u2028\u2029"
_COMMENT = re.compile(rf"(?:(?<=[ \t{_BREAKS}\ufeff])|\A)#[^{_BREAKS}]*")
_PROPERTIES = re.compile(rf"(?:!<[^>]*>|[!&][^ \t{_BREAKS},\[\]{{}}]*|[ \t{_BREAKS}]|#[^{_BREAKS}]*)*")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its number sign: its offset, and whether nothing but space stands before it."""

    start: int
    text: str
    own_line: bool


@dataclass(slots=True)
class Part:
    """A key with its value, or an item of a list, by its path from the root of the document.

    `start` is the offset of the key, or of the dash of an item. The value stands from `value_start` up to
    `end`; that of a block scalar starts behind its header. `nests` says that it is a mapping or list in block
    style, which ends with whatever is in it.
    """

    path: Path
    start: int
    column: int
    value_start: int = -1
    end: int = -1
    nests: bool = False


@dataclass(slots=True)
class DocumentOutline:
    """The parts of one document, in the order of their places; `start` is that of its `---`, if any.

    `holds` says that one of its scalars holds documents, which follow.
    """

    start: int
    parts: list[Part] = field(default_factory=list)
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source consists of besides values."""

    documents: tuple[DocumentOutline, ...]
    comments: tuple[Comment, ...]
    _starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [document.start for document in self.documents])

    def document_at(self, offset: int) -> int:
        """The number of the document that an offset is in; 0 before the first one."""
        return max(0, bisect_right(self._starts, offset) - 1)


def outline(source: Source, inside: Collection[int] = ()) -> Outline:
    """The comments and parts of a source; none at all for a text that is not YAML.

    A scalar that one of the offsets `inside` lies behind the start of holds documents itself, which are
    outlined, too.
    """
    found = _outline(source.text, sorted(inside))
    return found if found is not None else Outline((), ())


def _outline(text: str, inside: Sequence[int]) -> Outline | None:
    from yaml.error import YAMLError  # noqa: PLC0415 - slow to import

    reader = _Reader(text, inside)
    try:
        reader.read()
    except (YAMLError, ValueError, OverflowError):
        return None
    comments = [*_comments(text, reader.scalars), *reader.inner_comments]
    return Outline(
        tuple(sorted(reader.documents, key=lambda document: document.start)),
        tuple(sorted(comments, key=lambda comment: comment.start)),
    )


def _comments(text: str, scalars: list[tuple[int, int]]) -> list[Comment]:
    """The comments outside of scalars, which are given in order."""
    found = []
    ends = [*scalars, (len(text), len(text))]
    at = 0
    for start, end in ends:
        for match in _COMMENT.finditer(text, at, start):
            before = text[_line_start(text, match.start()) : match.start()]
            found.append(Comment(match.start(), match.group().rstrip(), not before.strip("\ufeff \t")))
        at = max(at, end)
    return found


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind(char, 0, offset) for char in _BREAKS) + 1


@dataclass(slots=True)
class _Frame:
    """A mapping or list whose end has not been read yet."""

    path: Path
    is_mapping: bool
    flow: bool
    part: Part | None
    key: Part | None = None
    index: int = 0
    end: int = 0


class _Reader:
    """Follows the events of the parser, and keeps where everything begins and ends."""

    def __init__(self, text: str, inside: Sequence[int]) -> None:
        self.documents: list[DocumentOutline] = []
        self.scalars: list[tuple[int, int]] = []
        self.inner_comments: list[Comment] = []
        self._text = text
        self._inside = inside
        self._stack: list[_Frame] = []
        self._document = DocumentOutline(0)

    def read(self) -> None:
        """Read all documents. Raises YAMLError, ValueError or OverflowError where the text is not YAML."""
        parser = parsing.parser_class()(self._text)
        while True:
            event = parser.get_event()
            name = type(event).__name__
            if name == "StreamEndEvent":
                return
            if name == "DocumentStartEvent":
                self._document = DocumentOutline(event.start_mark.index)
                self.documents.append(self._document)
            elif name == "ScalarEvent":
                self._scalar(event)
            elif name == "AliasEvent":
                self._leaf(f"*{event.anchor}", event.start_mark.index, event.end_mark.index)
            elif name in {"MappingStartEvent", "SequenceStartEvent"}:
                self._open(event, is_mapping=name == "MappingStartEvent")
            elif name in {"MappingEndEvent", "SequenceEndEvent"}:
                self._close(event)

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if event.tag is not None or event.anchor is not None:
            properties = _PROPERTIES.match(self._text, start, end)
            start = properties.end() if properties else start
        body = start
        if event.style in ("|", ">"):
            header = _BLOCK_HEADER.search(self._text, start)
            start = header.start() if header else start
            body = header.end() if header else start
            while body < end and self._text[body] not in _BREAKS:
                body += 1
            end = body + len(self._text[body:end].rstrip())
        self.scalars.append((body, end))
        self._leaf(event.value, start, end, body)
        if self._inside and bisect_right(self._inside, start) < bisect_left(self._inside, end):
            self._look_inside(event.value, start, end, event.style or "plain")

    def _look_inside(self, value: str, start: int, end: int, style: Style) -> None:
        """Take over the documents that a scalar holds, if its characters can be told apart in the text."""
        places = [
            piece.start + (i if len(piece.text) == piece.end - piece.start else 0)
            for piece in pieces_of_value(self._text, start, end, style, value) or []
            for i in range(len(piece.text))
        ]
        inner = _outline(value, ()) if len(places) >= len(value) else None
        if inner is None:
            return
        places += [end] * (len(value) + 1 - len(places))
        self._document.holds = True
        for i, document in enumerate(inner.documents):
            parts = [self._moved(part, places) for part in document.parts]
            # What stands before the first document belongs to it.
            self.documents.append(DocumentOutline(places[document.start if i else 0], parts))
        self.inner_comments += [replace(comment, start=places[comment.start]) for comment in inner.comments]

    def _moved(self, part: Part, places: Sequence[int]) -> Part:
        start = places[part.start]
        column = start - _line_start(self._text, start)
        return Part(part.path, start, column, places[part.value_start], places[part.end], part.nests)

    def _leaf(self, text: str, start: int, end: int, body: int | None = None) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.is_mapping and frame.key is None:
            frame.key = self._part((*frame.path, text), start)
            return
        part = self._begun(start if body is None else body, start)
        if part is not None:
            part.end = end
        if frame is not None:
            frame.end = end

    def _open(self, event: Any, *, is_mapping: bool) -> None:
        start = event.start_mark.index
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.is_mapping and frame.key is None:
            frame.key = self._part((*frame.path, ""), start)
        part = self._begun(start, start)
        if part is not None:
            part.nests = not event.flow_style
        path = part.path if part is not None else ()
        self._stack.append(_Frame(path, is_mapping, bool(event.flow_style), part, end=start))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        end = event.end_mark.index if frame.flow else frame.end
        if frame.part is not None:
            frame.part.end = end
        if self._stack:
            self._stack[-1].end = max(self._stack[-1].end, end)

    def _begun(self, value_start: int, start: int) -> Part | None:
        """The part that the value at an offset belongs to, which is new for an item of a list."""
        if not self._stack:
            return None
        frame = self._stack[-1]
        if frame.is_mapping:
            part, frame.key = frame.key, None
        else:
            part = self._part((*frame.path, frame.index), start if frame.flow else self._dash(start))
            frame.index += 1
        if part is not None:
            part.value_start = value_start
        return part

    def _part(self, path: Path, start: int) -> Part:
        part = Part(path, start, start - _line_start(self._text, start))
        self._document.parts.append(part)
        return part

    def _dash(self, item: int) -> int:
        """Where the dash of an item stands, if it is on the line of the item."""
        dash = self._text.rfind("-", _line_start(self._text, item), item)
        return item if dash < 0 else dash
