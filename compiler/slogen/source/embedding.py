"""Documents within a text of another document, at the places of the outer one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import Final

from slogen.source.alignment import Piece, pieces_of_value
from slogen.source.node import Node
from slogen.source.problems import Problem
from slogen.source.reading import Documents, documents
from slogen.source.span import Span
from slogen.source.text import Source


class Embedded:
    """The documents that a text holds, and what is wrong with them. Whatever the text, this raises nothing.

    `inner` has them at their places in the text itself, which is enough to judge them by.
    """

    def __init__(self, node: Node, key: Span) -> None:
        self._at: Final = node.span
        self._key: Final = key
        self._text: Final = node.value if isinstance(node.value, str) else ""
        self._source: Final = Source(node.span.source.path, self._text)
        self.inner: Final = documents(self._source)

    def placed(self) -> Documents:
        """The same in the outer source, to the character; where that cannot be told, at the key."""
        frame = _Frame(self._at, len(self._text) - len(self._source.text), self._key)
        return Documents(
            tuple(frame.moved(document) for document in self.inner.nodes),
            tuple(frame.problem(problem) for problem in self.inner.problems),
        )


class _Frame:
    """Leads from the characters of a text to the characters that wrote them."""

    def __init__(self, outer: Span, offset: int, key: Span) -> None:
        self.key: Final = key
        self._offset: Final = offset
        self._pieces: Final = _pieces(outer)
        self._starts: Final[list[int]] = []
        length = 0
        for piece in self._pieces:
            self._starts.append(length)
            length += len(piece.text)
        self._moved: Final[dict[int, Node]] = {}

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The range that wrote the characters from `start` up to `end`."""
        if not self._pieces:
            return None
        first = self._character(start + self._offset)
        if start == end:
            return first[0], first[0]
        return first[0], self._character(end + self._offset - 1)[1]

    def _character(self, index: int) -> tuple[int, int]:
        """Where a character was written; that behind the last one is empty."""
        i = bisect_right(self._starts, index) - 1
        piece = self._pieces[i]
        within = index - self._starts[i]
        if within >= len(piece.text):
            return piece.end, piece.end
        if len(piece.text) != piece.end - piece.start:
            return piece.start, piece.end
        return piece.start + within, piece.start + within + 1

    def span(self, inner: Span) -> Span:
        """The place of something within the text."""
        place = self.place(inner.start, inner.end)
        return self.key if place is None else _Placed(self, inner, *place)

    def moved(self, node: Node) -> Node:
        """The same value at its place in the outer source. What several aliases stand for stays one."""
        found = self._moved.get(id(node))
        if found is None:
            value = node.value
            if isinstance(value, dict):
                value = {key: self.moved(child) for key, child in value.items()}
            elif isinstance(value, list):
                value = [self.moved(child) for child in value]
            keys = {key: self.span(at) for key, at in node.keys.items()}
            found = self._moved[id(node)] = Node(value, self.span(node.span), keys)
        return found

    def problem(self, problem: Problem) -> Problem:
        """The same problem at its place in the outer source."""
        also = tuple((self.span(at), text) for at, text in problem.also)
        return replace(problem, at=self.span(problem.at), also=also)


def _pieces(outer: Span) -> list[Piece]:
    if outer.style in {"text", "nodes"}:
        return []
    return pieces_of_value(outer.source.text, outer.start, outer.end, outer.style, outer.value) or []


class _Placed(Span):
    """The place of something within a text, which knows how it was written there."""

    __slots__ = ("_frame", "_inner")

    def __init__(self, frame: _Frame, inner: Span, start: int, end: int) -> None:
        super().__init__(frame.key.source, start, end, inner.style, inner.value)
        self._frame: Final = frame
        self._inner: Final = inner

    def slice(self, i: int, j: int) -> Span:
        """The place of characters of the value, as for any span."""
        return self._frame.span(self._inner.slice(i, j))
