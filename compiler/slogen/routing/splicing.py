"""Puts routes, receivers and all else into a configuration of Alertmanager that is there already, as text.

What was there stays as it is, byte for byte: only lines are added, or, in flow style, items. Whether that
succeeded is seen by reading the result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from slogen import codes
from slogen.alertmanager.configuration import Configuration
from slogen.alertmanagerspec import text as written
from slogen.diagnostics import Report
from slogen.source import Node, Source, Span, documents

# No path of keys is that long.
_DEEPEST = 9
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class SplicingError(ValueError):
    """Nothing can be added to a text without changing it; the message says why, in the words of the user."""

    def __init__(self, message: str, at: Span, remedy: str) -> None:
        super().__init__(message)
        self.at = at
        self.remedy = remedy


def check(base: Configuration, whole: Configuration, report: Report) -> None:
    """Report what cannot be added to the text of a base."""
    try:
        spliced(base, whole)
    except SplicingError as error:
        report.report(codes.BAD_VALUE, error.at, str(error), help=error.remedy)


def spliced(base: Configuration, whole: Configuration) -> str:
    """The text of a base with all that `whole` has besides.

    Of receivers, inhibitions, time intervals and templates `whole` has those of the base first. Raises
    SplicingError where the text of the base is written so that nothing can be added.
    """
    assert base.where is not None
    place = _place_of(base.where)
    additions = [addition for addition in _additions(base, whole) if addition.items]
    result = _tried(place, additions)
    if result is not None:
        return result
    blamed = next((one for one in additions if _tried(place, [one]) is None), additions[0])
    *above, key = blamed.path
    path = blamed.path if place.root.get(*blamed.path) is not None else above
    raise SplicingError(
        f"nothing can be added to `{key}` as it is written here",
        place.outer(place.root.key_at(*path)),
        f"write `{key}:` in full, with each item on lines of its own, and without aliases and merge keys",
    )


def _tried(place: _Place, additions: Sequence[_Addition]) -> str | None:
    """The text with all additions, if it says just that."""
    expected = _expected(place.root.plain(), additions)
    # Blank lines behind a block scalar may be its own.
    for behind_blank_lines in (False, True):
        result = _Splice(place, behind_blank_lines=behind_blank_lines).text(additions)
        found = documents(Source(place.source.path, result))
        if not found.problems and [node.plain() for node in found.nodes[:1]] == [expected]:
            return result
    return None


# what is added ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Addition:
    """Items for a list at a path of keys.

    `text` gives them as lines of block style at a column. `before` is the item of the list that they stand
    before; None for its end.
    """

    path: tuple[str, ...]
    text: Callable[[int], str]
    before: int | None = None

    @property
    def items(self) -> object:
        """The values that are added; None if there are none."""
        text = self.text(0)
        return documents(Source("", text)).nodes[0].plain() if text else None


def _additions(base: Configuration, whole: Configuration) -> Iterator[_Addition]:
    templates = whole.templates[len(base.templates) :]
    yield _Addition(("templates",), lambda indent: written.strings(templates, indent))
    kept = set(map(id, base.route.routes))
    routes = [route for route in whole.route.routes if id(route) not in kept]
    at = next((i for i, route in enumerate(whole.route.routes) if id(route) not in kept), 0)
    before = at if at < len(base.route.routes) else None
    yield _Addition(("route", "routes"), lambda indent: written.routes(routes, indent), before)
    rules = whole.inhibitions[len(base.inhibitions) :]
    yield _Addition(("inhibit_rules",), lambda indent: written.inhibitions(rules, indent))
    times = whole.times[len(base.times) :]
    yield _Addition(("time_intervals",), lambda indent: written.time_intervals(times, indent))
    receivers = whole.receivers[len(base.receivers) :]
    yield _Addition(("receivers",), lambda indent: written.receivers(receivers, indent))


def _expected(plain: object, additions: Sequence[_Addition]) -> object:
    """The values of the base with what is added."""
    for addition in additions:
        plain = _added(plain, addition.path, addition.items, addition.before)
    return plain


def _added(plain: object, path: Sequence[str], items: object, before: int | None) -> object:
    if path:
        parts = dict(plain) if isinstance(plain, dict) else {}
        return {**parts, path[0]: _added(parts.get(path[0]), path[1:], items, before)}
    assert isinstance(items, list)
    there = plain if isinstance(plain, list) else []
    at = len(there) if before is None else before
    return [*there[:at], *items, *there[at:]]


# where it is added ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """The text of the base by itself, and its document."""

    source: Source
    root: Node
    where: Span

    def outer(self, at: Span) -> Span:
        """A place of this text in the file that it was read from."""
        return at if self.source is self.where.source else self.where


def _place_of(where: Span) -> _Place:
    """Where a configuration is written: in a file, or in a text within one, as in a ConfigMap."""
    found = documents(where.source).nodes
    node = next((node for node in found if node.span.start <= where.start <= node.span.end), None)
    if node is not None and node.get("route") is None:
        node = _text_around(node, where)
        source = Source(where.source.path, node.value if node and isinstance(node.value, str) else "")
        found = documents(source).nodes
        node = next(iter(found), None)
        return _checked(source, node, found, where)
    return _checked(where.source, node, found, where)


def _checked(source: Source, node: Node | None, found: Sequence[Node], where: Span) -> _Place:
    if node is None or not node.is_mapping or node is not found[0]:
        raise SplicingError(
            "Alertmanager reads only the first document of a file",
            where,
            "give the configuration a file of its own",
        )
    return _Place(source, node, where)


def _text_around(node: Node, where: Span) -> Node | None:
    """The text within a document that holds a place."""
    if isinstance(node.value, str):
        return node if node.span.start <= where.start <= node.span.end else None
    children: Sequence[Node] = ()
    if isinstance(node.value, dict):
        children = tuple(node.value.values())
    elif isinstance(node.value, list):
        children = node.value
    return next((found for child in children if (found := _text_around(child, where)) is not None), None)


@dataclass(frozen=True, slots=True)
class _Splice:
    """Adds to one text."""

    place: _Place
    behind_blank_lines: bool

    def text(self, additions: Sequence[_Addition]) -> str:
        """The text with all additions. Where several stand at one place, the inner ones come first."""
        edits = [(*self._edit(addition), -self._depth(addition), i) for i, addition in enumerate(additions)]
        text = self.place.source.text
        if text[-1:] not in ("\n", "\r") and any(offset == len(text) for offset, *_ in edits):
            # The last line has no end yet.
            edits.append((len(text), self._break, -_DEEPEST, 0))
        for offset, added, *_ in sorted(edits, key=lambda edit: (edit[0], *edit[2:]), reverse=True):
            text = text[:offset] + added + text[offset:]
        return text

    def _depth(self, addition: _Addition) -> int:
        return len(addition.path) - (self._root.get(*addition.path) is None)

    def _edit(self, addition: _Addition) -> tuple[int, str]:
        """The offset at which an addition stands, and its text there."""
        path = addition.path
        node, parent = self._root.get(*path), self._root.get(*path[:-1])
        if node is None:
            assert parent is not None
            return self._new_key(addition, parent)
        if node.value is None:
            return self._below_key(addition, node)
        if _is_flow(node):
            return self._in_flow(addition, node)
        column = self._column(node.span.start)
        if addition.before is not None:
            return self._line_of_item(node, addition.before), self._lines(addition.text(column))
        return self._behind(node.span.end, addition.text(column))

    def _new_key(self, addition: _Addition, parent: Node) -> tuple[int, str]:
        key = addition.path[-1]
        if _is_flow(parent):
            last = list(parent.value.values())[-1:] if isinstance(parent.value, dict) else []
            entry = f"{json.dumps(key)}: {_flow(addition.items)}"
            return (last[0].span.end, f", {entry}") if last else (parent.span.start + 1, entry)
        column = self._column(parent.span.start)
        blank = "\n" if parent is self._root else ""
        lines = f"{blank}{' ' * column}{key}:\n{addition.text(column + 2)}"
        return self._behind(parent.span.end, lines)

    def _below_key(self, addition: _Addition, node: Node) -> tuple[int, str]:
        path = addition.path
        at = self._root.key_at(*path)
        parent = self._root.get(*path[:-1])
        if node.span.start != node.span.end:
            raise SplicingError(
                f"nothing can be added to `{path[-1]}`, which is `{node.span.text}`",
                self.place.outer(at),
                f"write only `{path[-1]}:`, or leave it out",
            )
        if parent is not None and _is_flow(parent):
            return node.span.end, f" {_flow(addition.items)}"
        return self._behind(at.end, addition.text(self._column(at.start) + 2))

    def _in_flow(self, addition: _Addition, node: Node) -> tuple[int, str]:
        shown = _flow(addition.items)[1:-1]
        children = node.value
        assert isinstance(children, list)
        if not children:
            is_inner = _is_flow(self._root.get(*addition.path[:-1]) or node)
            return node.span.start + 1, shown if is_inner else self._listed(addition, node)
        if addition.before is not None:
            return children[addition.before].span.start, f"{shown}, "
        return children[-1].span.end, f", {shown}"

    def _listed(self, addition: _Addition, node: Node) -> str:
        """What stands between brackets that were empty: a line for each item."""
        pad = " " * self._column(self._root.key_at(*addition.path).start)
        items = addition.items
        assert isinstance(items, list)
        return self._lines("\n" + "".join(f"{pad}  {_flow(item)},\n" for item in items) + pad)

    def _line_of_item(self, node: Node, number: int) -> int:
        """Where the line of an item of a list begins, or the comments right above it."""
        column = self._column(node.span.start)
        dashes = [
            start
            for start, line in self._lines_between(node.span.start, node.span.end)
            if not line[:column].strip()
            and line[column : column + 1] == "-"
            and not line[column + 1 :][:1].strip()
        ]
        return self._above_comments(dashes[number] if number < len(dashes) else node.span.start)

    def _lines_between(self, offset: int, end: int) -> Iterator[tuple[int, str]]:
        start = self._line_start(offset)
        while start < end:
            stop = self._line_end(start)
            yield start, self.place.source.text[start:stop]
            start = stop

    def _above_comments(self, start: int) -> int:
        text = self.place.source.text
        while start > 0:
            before = self._line_start(start - 1)
            if not text[before:start].lstrip().startswith("#"):
                break
            start = before
        return start

    def _behind(self, offset: int, lines: str) -> tuple[int, str]:
        """Lines behind the one that holds an offset."""
        text, end = self.place.source.text, self._line_end(offset)
        while self.behind_blank_lines and end < len(text) and not text[end : self._line_end(end)].strip():
            end = self._line_end(end)
        return end, self._lines(lines)

    def _lines(self, lines: str) -> str:
        return lines.replace("\n", self._break)

    @property
    def _root(self) -> Node:
        return self.place.root

    @property
    def _break(self) -> str:
        return "\r\n" if "\r\n" in self.place.source.text else "\n"

    def _column(self, offset: int) -> int:
        return offset - self._line_start(offset)

    def _line_start(self, offset: int) -> int:
        _, column = self.place.source.line_and_column(offset)
        return offset - column + 1

    def _line_end(self, offset: int) -> int:
        """Behind the line break of the line that holds an offset."""
        found = _LINE_BREAK.search(self.place.source.text, offset)
        return found.end() if found else len(self.place.source.text)


def _is_flow(node: Node) -> bool:
    return node.span.text[:1] in ("[", "{")


def _flow(value: object) -> str:
    """A value on one line, as JSON has it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False)
