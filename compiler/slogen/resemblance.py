"""How near a document is to a format that it is not in."""

from __future__ import annotations

from dataclasses import dataclass

from slogen.source import Span


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How near a document is to a format, from 0 to 1, and what keeps it from being in that format.

    The nearest one is told to the user: `message` says what is wrong `at` a place, `help` what to write.
    """

    nearness: float
    at: Span
    message: str
    help: str
