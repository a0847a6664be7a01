"""Lines of a scrape that cannot be read: the first of them, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from slogen import codes
from slogen.diagnostics import Diagnostic
from slogen.exposition.lines import Complaint
from slogen.source import Source, Span

SHOWN = 20
"""What is broken is mostly so everywhere, and for one reason."""

_WIDEST = 2_000


class _Line(NamedTuple):
    path: str
    number: int
    text: str
    complaint: Complaint


@dataclass(slots=True)
class Broken:
    """Collects complaints; of a scrape, that nobody keeps, it keeps the lines that they are about."""

    total: int = 0
    _lines: list[_Line] = field(default_factory=list)
    _others: list[Diagnostic] = field(default_factory=list)

    def line(self, path: str, number: int, text: str, complaint: Complaint) -> None:
        """A line, counted from 1, cannot be read."""
        self.total += 1
        if self.total <= SHOWN:
            self._lines.append(_Line(path, number, _on_one_line(text), complaint))

    def whole(self, path: str, message: str, help: str) -> None:  # noqa: A002 - as in a diagnostic
        """A file cannot be read at all."""
        self.span(Span(Source(path, ""), 0, 0), message, help)

    def span(self, at: Span, message: str, help: str) -> None:  # noqa: A002 - as in a diagnostic
        """Something in a text that is in memory cannot be read."""
        self.total += 1
        if self.total <= SHOWN:
            self._others.append(Diagnostic(codes.UNREADABLE_SCRAPE, message, at, help=help))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The first of the findings, by path and place."""
        return tuple(sorted((*self._others, *self._of_lines()), key=lambda found: found._order()))

    def _of_lines(self) -> Iterator[Diagnostic]:
        for path in sorted({line.path for line in self._lines}):
            lines = sorted((line for line in self._lines if line.path == path), key=lambda line: line.number)
            source, starts = _excerpt(path, lines)
            for line, start in zip(lines, starts, strict=True):
                begin, end = (start + min(part, len(line.text)) for part in line.complaint[:2])
                message, remedy = line.complaint.message, line.complaint.help
                yield Diagnostic(codes.UNREADABLE_SCRAPE, message, Span(source, begin, end), help=remedy)


def _on_one_line(text: str) -> str:
    return text[:_WIDEST].replace("\r", " ")


def _excerpt(path: str, lines: list[_Line]) -> tuple[Source, list[int]]:
    """The file with only these lines in it, each in its place, and the offset of each."""
    parts: list[str] = []
    starts: list[int] = []
    number, length = 1, 0
    for line in lines:
        gap = "\n" * (line.number - number)
        starts.append(length + len(gap))
        parts += gap, line.text
        length += len(gap) + len(line.text)
        number = line.number
    return Source(path, "".join(parts) + "\n"), starts
