"""The comments for slogen in a source, and the lines that each is about."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from slogen.source import Source, Span, comments_within_texts, without_comments
from slogen.source.outline import Outline, Part, outline

_MENTION = re.compile(r"#[# \t]*(?:slog[ae]n\b(?!\.)|s\w{3,7}[ \t]*:[ \t]*allow\b)", re.IGNORECASE)
# The keys below which the formats have PromQL: Prometheus' rules, Sloth, OpenSLO, Pyrra and slogen itself.
_PROMQL_KEYS = frozenset(
    {
        *("expr", "query", "promql", "metric"),
        *("error_query", "total_query", "error_ratio_query", "errorQuery", "totalQuery", "errorRatioQuery"),
        *("bad", "good", "total", "error", "where"),
    }
)
_STRING_OR_COMMENT = re.compile(
    r"""(?P<comment>\#[^\r\n]*)|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|`[^`]*`""", re.VERBOSE
)

_COMMENT = re.compile(r"#[^\r\n]*")
_DOCUMENT = re.compile(r"[ \t]*---(?:[ \t]|$)")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with its number sign, its place, and the numbers of the lines that it is about."""

    text: str
    at: Span
    lines: range


def mentions(text: str) -> bool:
    """Whether there may be a comment for slogen in a text: a quick look."""
    return "#" in text and _MENTION.search(text) is not None


def about(source: Source, inside: set[int]) -> Iterator[Remark]:
    """The comments that may be for slogen, in their order. None in a text that is not YAML.

    A scalar that one of the offsets `inside` lies in holds documents, with comments of their own.
    """
    read = outline(source, inside)
    cut = () if read.documents else comments_within_texts(source)
    if not cut:
        yield from _Sheet(source, source, read).remarks()
        return
    # Sloth reads specs without such lines: the others keep their lines and columns.
    bare = without_comments(source, cut)
    yield from _Sheet(source, bare, outline(bare, inside), cut).remarks()


class _Sheet:
    """A source with its outline, by lines. `cut` are comments of the original that `read` does not have."""

    def __init__(self, original: Source, read: Source, found: Outline, cut: Sequence[Span] = ()) -> None:
        self._original: Final = original
        self._read: Final = read
        self._outline: Final = found
        self._cut: Final = cut
        self._removed: Final = [*accumulate((at.end - at.start for at in cut), initial=0)]
        self._starts_without_cut: Final = [
            at.start - removed for at, removed in zip(cut, self._removed, strict=False)
        ]
        parts = [part for document in found.documents for part in document.parts]
        # Documents within a text stand between the parts of the document around them.
        self._parts: Final = sorted(parts, key=lambda part: part.start)
        self._lines_of_parts: Final = [self._line(part.start) for part in self._parts]
        self._count: Final = self._line(len(read.text))

    def remarks(self) -> Iterator[Remark]:
        """The comments that are for slogen, in their order."""
        found = [*self._of_yaml(), *self._of_queries(), *self._of_cut()]
        yield from sorted(found, key=lambda remark: remark.at.start)

    def _of_yaml(self) -> Iterator[Remark]:
        for comment in self._outline.comments:
            if _MENTION.match(comment.text):
                line = self._line(comment.start)
                lines = self._below(line) if comment.own_line else self._beside(line)
                yield Remark(comment.text, self._place(comment.start, comment.text), lines)

    def _of_cut(self) -> Iterator[Remark]:
        for at in self._cut:
            if _MENTION.match(at.text):
                yield Remark(at.text, at, self._within(at.line))

    def _of_queries(self) -> Iterator[Remark]:
        for part, following in zip(self._parts, [*self._parts[1:], None], strict=False):
            name = next((step for step in reversed(part.path) if isinstance(step, str)), "")
            holds_others = following is not None and following.start < part.end
            if name in _PROMQL_KEYS and not part.nests and not holds_others:
                yield from self._of_query(part)

    def _of_query(self, part: Part) -> Iterator[Remark]:
        text = self._read.text[part.value_start : part.end]
        if not mentions(text):
            return
        # The quotes around the whole are YAML's. A block scalar begins behind its header, with a line break.
        offset = part.value_start + (text[0] in {"'", '"'})
        body = self._read.text[offset : part.end - (text[0] in {"'", '"'})]
        for match in _STRING_OR_COMMENT.finditer(body):
            if match["comment"] is None or not _MENTION.match(match["comment"]):
                continue
            text = match["comment"].rstrip()
            lines = self._in_query(part, body[: match.start()], offset + match.start())
            yield Remark(text, self._place(offset + match.start(), text), lines)

    def _in_query(self, part: Part, before: str, start: int) -> range:
        """What a comment in a query is about: what follows it, or its line if there is more on it.

        With the line of the key where nothing of the query stands above, for findings about all of it.
        """
        above, _, beside = before.rpartition("\n")
        own_line = not beside.strip()
        is_first = not _COMMENT.sub("", above).strip()
        first = self._line(part.start if is_first else start)
        return range(first, self._line(part.end if own_line else start) + 1)

    def _beside(self, line: int) -> range:
        """What begins on a line, with the block that it opens."""
        return range(line, self._last_line(line) + 1)

    def _below(self, line: int) -> range:
        """The item that starts on the next line that is no comment, or the document that starts there."""
        line += 1
        while line <= self._count and self._is_idle(line):
            line += 1
        return self._beside(line) if line <= self._count else range(0)

    def _within(self, line: int) -> range:
        """What follows a comment in the text that it stands in."""
        at = bisect_left(self._lines_of_parts, line) - 1
        last = self._line(self._parts[at].end) if at >= 0 else 0
        if last < line:
            return self._below(line)
        first = self._lines_of_parts[at]
        is_first = all(map(self._is_idle, range(first + 1, line)))
        return range(first if is_first else line, last + 1)

    def _is_idle(self, line: int) -> bool:
        text = self._read.line_text(line).strip()
        return not text or text.startswith("#")

    def _last_line(self, line: int) -> int:
        """The last line of what begins on a line: of its parts, or of a document."""
        if _DOCUMENT.match(self._read.line_text(line)):
            return self._end_of_document(line)
        at = bisect_left(self._lines_of_parts, line)
        last = line
        while at < len(self._parts) and self._lines_of_parts[at] == line:
            last = max(last, self._line(self._parts[at].end))
            at += 1
        return last

    def _end_of_document(self, line: int) -> int:
        for document in self._outline.documents:
            if self._line(document.start) == line and document.parts:
                return max(self._line(part.end) for part in document.parts)
        return line

    def _line(self, offset: int) -> int:
        return self._read.line_and_column(offset)[0]

    def _place(self, start: int, text: str) -> Span:
        """The place of a comment that was read, in the original."""
        start += self._removed[bisect_right(self._starts_without_cut, start)]
        return Span(self._original, start, start + len(text))
