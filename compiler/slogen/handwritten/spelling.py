"""Whether two expressions are the same but for blanks and comments."""

from __future__ import annotations

from functools import lru_cache

from slogen.promql import Kind, tokens


def is_same(one: str, other: str) -> bool:
    """Whether both consist of the same tokens."""
    return one == other or _tokens(one) == _tokens(other)


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokens(text) if token.kind is not Kind.COMMENT)
