"""Where something was written: a range of characters, and of those that wrote a part of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slogen.source.alignment import Style, extent, places_of_value, visible_end

if TYPE_CHECKING:  # a span is given its source, and never makes one; decoding a source makes spans
    from slogen.source.text import Source


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
        text = self.source.text
        first = self._start_of_verbatim_value()
        if first is not None:
            return _Slice(self, i, j, first + i, visible_end(text, first + i, first + j))
        places = places_of_value(text, self.start, self.end, self.style, self.value)
        if places is None:
            return self
        return _Slice(self, i, j, *extent(text, self.end, places, i, j))

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
