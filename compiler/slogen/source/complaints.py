"""What can be wrong with YAML that parses, in the words of its author."""

from __future__ import annotations

from typing import Any

from slogen.source.node import Node
from slogen.source.problems import Problem, abridged
from slogen.source.span import Span
from slogen.source.tags import KNOWN_TAGS, WRITTEN_TAG
from slogen.source.text import Source


class Complaints:
    """The problems of a source. `broken` says whether the document that is being read has to be left out."""

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self.broken = False
        self._source = source

    def _add(self, problem: Problem) -> None:
        self.broken = True
        self.problems.append(problem)

    def duplicate_key(self, key: str, first: Span, second: Span) -> None:
        message = f"the key `{abridged(key)}` is written twice"
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
                message = f"`<<` merges mappings, and `{abridged(candidate.span.text)}` is none"
                help_ = "write `<<: *name` with the name of an anchored mapping"
                self._add(Problem("alias", candidate.span, message, "not a mapping", help=help_))
        return tuple(candidate for candidate in candidates if candidate.is_mapping)

    def wrong_tag(self, event: Any, what: str) -> None:
        match = WRITTEN_TAG.search(self._source.text, event.start_mark.index)
        start, end = match.span() if match else (event.start_mark.index, event.end_mark.index)
        at = Span(self._source, start, end)
        tag = abridged(at.text)
        message = f"the tag `{tag}` is not supported"
        if event.tag in KNOWN_TAGS:
            message = f"the tag `{tag}` does not fit {what}"
        help_ = "delete the tag; if it is meant as text, put it in quotes"
        self._add(Problem("tag", at, message, "a YAML tag", help=help_))

    def misfit(self, span: Span, meaning: str, tag: str) -> None:
        message = f"`{abridged(span.value)}` is not {meaning}"
        self._add(Problem("tag", span, message, f"tagged `!!{tag}`", help="delete the tag"))


def unreadable_character(source: Source, offset: int) -> Problem:
    """The complaint about a character that YAML cannot hold, whatever it stands in."""
    at = Span(source, offset, offset + 1)
    code = ord(source.text[offset])
    help_ = f"delete it, or write it as `\\x{code:02x}` in double quotes" if code <= 0xFF else "delete it"
    if code == 0:
        help_ = "save the file as UTF-8"
    return Problem(
        "encoding", at, f"the character U+{code:04X} is not allowed in YAML", "invisible", help=help_
    )
