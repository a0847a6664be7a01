"""Whether two expressions are the same but for blanks and comments."""

from __future__ import annotations

from slogen.promql import Kind, tokens


def is_same(one: str, other: str) -> bool:
    """Whether both consist of the same tokens."""
    return one == other or _tokens(one) == _tokens(other)


def _tokens(text: str) -> list[str]:
    return [token.text for token in tokens(text) if token.kind is not Kind.COMMENT]
