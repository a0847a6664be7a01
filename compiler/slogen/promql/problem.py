"""What is wrong with a query, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace

Place = tuple[int, int]
"""A range of characters of a text: start and end, the end excluded."""


_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """One mistake in a query: what it is, the characters `start` to `end` that it is about, what to type.

    The range holds at least one character unless the text is empty.
    """

    message: str
    start: int
    end: int
    help: str = ""

    @property
    def place(self) -> Place:
        """The range of characters."""
        return (self.start, self.end)

    def moved(self, place: Place) -> SyntaxProblem:
        """The same problem at another place."""
        return replace(self, start=place[0], end=place[1])


def shown(text: str) -> str:
    """`text` as a message quotes it: in backticks, on one line and not too long."""
    flat = " ".join(text.split())
    return f"`{flat}`" if len(flat) <= _LONGEST_QUOTE else f"`{flat[: _LONGEST_QUOTE - 3]}...`"


class Refused(Exception):  # noqa: N818 - carries a finding from deep within a reader to its entry point
    """Ends the reading of a text at its first problem; never leaves this package."""

    def __init__(self, problem: SyntaxProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def refuse(message: str, place: Place, help_: str = "") -> Refused:
    """The exception to raise for a problem at `place`."""
    return Refused(SyntaxProblem(message, place[0], place[1], help_))
