"""A file as text: its characters, its lines, and its decoding."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from slogen.source.problems import Problem
from slogen.source.span import Span

_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


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


def _undecodable(path: str, body: bytes, error: UnicodeDecodeError) -> Problem:
    source = Source(path, body.decode(error.encoding, "replace"))
    offset = len(body[: error.start].decode(error.encoding))
    at = Span(source, offset, min(offset + 1, len(source.text)))
    name = error.encoding.upper().removesuffix("-LE").removesuffix("-BE")
    message = f"byte `0x{body[error.start]:02x}` is not {name} text"
    if b"\0" in body and name == "UTF-8":
        message = "the file is binary, not text"
    return Problem("encoding", at, message, "not a character", help="save the file as UTF-8")
