"""What is wrong with a template, and where."""

from __future__ import annotations

from typing import Final, NamedTuple

Place = tuple[int, int]
"""A range of characters of a template: start and end, the end excluded."""

AS_TEXT: Final = 'to write two braces as text, write `{{ "{{" }}`'


class Problem(NamedTuple):
    """Why a text is no template, what to write instead, and the characters that it is about."""

    message: str
    help: str
    place: Place


class Broken(Exception):  # noqa: N818 - it never leaves this package
    """Ends the reading, or the running, of a template at its first problem."""

    def __init__(self, message: str, help_: str, place: Place) -> None:
        super().__init__(message)
        self.problem = Problem(message, help_, place)


def quoted(text: str) -> str:
    """`text` as a message quotes it: in backticks and not too long."""
    return f"`{text}`" if len(text) <= 40 else f"`{text[:39]}…`"
