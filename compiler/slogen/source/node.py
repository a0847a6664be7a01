"""A value and where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from slogen.source.scalars import Scalar
from slogen.source.span import Span

_NO_KEYS: Final[Mapping[str, Span]] = {}


class Node:
    """A value and where it was written; `keys` holds the places of the keys of a mapping.

    A value that came by an alias or a merge key has the place of its anchor.
    """

    __slots__ = ("keys", "span", "value")

    def __init__(
        self,
        value: dict[str, Node] | list[Node] | Scalar,
        span: Span,
        keys: Mapping[str, Span] = _NO_KEYS,
    ) -> None:
        self.value: Final = value
        self.span: Final = span
        self.keys: Final = keys

    @property
    def is_mapping(self) -> bool:
        """Whether the value is a mapping."""
        return isinstance(self.value, dict)

    @property
    def is_sequence(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self.value, list)

    def get(self, *path: str | int) -> Node | None:
        """The node at the end of a path of keys and list positions, or None when there is none."""
        node: Node | None = self
        for part in path:
            node = _child(node, part)
            if node is None:
                return None
        return node

    def span_at(self, *path: str | int) -> Span:
        """The place of the deepest node that exists on the path."""
        node = self
        for part in path:
            child = _child(node, part)
            if child is None:
                break
            node = child
        return node.span

    def key_at(self, *path: str | int) -> Span:
        """The place of the key that the last part of the path names, else the same as `span_at`."""
        parent = self.get(*path[:-1])
        if parent is not None and path and path[-1] in parent.keys:
            return parent.keys[str(path[-1])]
        return self.span_at(*path)

    def plain(self) -> object:
        """The value made of dicts, lists and scalars, without places."""
        value = self.value
        if isinstance(value, dict):
            return {key: child.plain() for key, child in value.items()}
        if isinstance(value, list):
            return [child.plain() for child in value]
        return value

    def __repr__(self) -> str:
        return f"Node({self.plain()!r} at {self.span})"


def _child(node: Node | None, part: str | int) -> Node | None:
    value = None if node is None else node.value
    if isinstance(value, dict) and isinstance(part, str):
        return value.get(part)
    if isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
        return value[part]
    return None
