"""Comments in the first column within texts, which YAML takes for the end of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from slogen.source.node import Node
from slogen.source.reading import documents
from slogen.source.span import Span
from slogen.source.text import Source

_COMMENT = re.compile(r"^#[^\r\n]*", re.MULTILINE)


def comments_within_texts(source: Source) -> tuple[Span, ...]:
    """The lines with `#` in the first column that cut texts of a source in two.

    There are none to be told where a source is no YAML without them, either.
    """
    bare = without_comments(source)
    if bare is source:
        return ()
    read = documents(bare)
    if any(problem.kind == "syntax" for problem in read.problems):
        return ()
    within = {line for node in read.nodes for span in _scalars(node) for line in _lines(span)}
    spans = (Span(source, match.start(), match.end()) for match in _COMMENT.finditer(source.text))
    return tuple(span for span in spans if span.line in within)


def without_comments(source: Source, comments: Sequence[Span] | None = None) -> Source:
    """The source with comments in the first column emptied: those given, or all. Its lines stay the same."""
    starts = None if comments is None else {span.start for span in comments}
    text = _COMMENT.sub(_emptying(starts), source.text)
    return source if text == source.text else Source(source.path, text)


def _emptying(starts: set[int] | None) -> Callable[[re.Match[str]], str]:
    return lambda match: "" if starts is None or match.start() in starts else match[0]


def _scalars(document: Node) -> Iterator[Span]:
    """The places of all scalars; what aliases stand for counts once."""
    left, seen = [document], set[int]()
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node.value, dict):
            left += node.value.values()
        elif isinstance(node.value, list):
            left += node.value
        else:
            yield node.span


def _lines(span: Span) -> range:
    return range(span.line, span.end_line + 1)
