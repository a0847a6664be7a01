"""Mappings and lists whose end has not been read yet."""

from __future__ import annotations

from slogen.source.complaints import Complaints
from slogen.source.node import Node
from slogen.source.span import Span


class OpenSequence:
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
        """The list, now that its end is known."""
        return Node(self.items, span)


class OpenMapping:
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
        self, start: int, flow: bool, anchor: str | None, size_before: int, complaints: Complaints
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
        """The mapping, now that its end is known. Merged keys add to its own and replace none."""
        for merged in self._merged:
            self._add_missing(merged)
        return Node(self._values, span, self._keys)

    def _add_missing(self, merged: Node) -> None:
        assert isinstance(merged.value, dict)
        for key, node in merged.value.items():
            if key not in self._keys:
                self._values[key] = node
                self._keys[key] = merged.keys[key]
