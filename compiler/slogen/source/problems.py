"""What keeps a file from being read, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from slogen.source.span import Span


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that keeps it from being read, in the words that a diagnostic needs."""

    kind: Literal["encoding", "syntax", "duplicate-key", "alias", "key", "tag", "limit"]
    at: Span
    message: str
    label: str = ""
    also: tuple[tuple[Span, str], ...] = ()
    help: str = ""


def abridged(text: str) -> str:
    """Text short enough for a message, on one line."""
    line = " ".join(text[:200].split())
    return line if len(line) <= 60 and len(text) <= 200 else f"{line[:57]}..."
