"""Texts in which the place of a finding is marked, so that tests can be read."""

from __future__ import annotations

from typing import NamedTuple

from slogen.promql import SyntaxProblem


class Marked(NamedTuple):
    """A text without its marks, and the range that stood between them."""

    text: str
    start: int
    end: int


def marked(text: str) -> Marked:
    """Reads a text such as `rate(⟦x⟧)`."""
    before, inner = text.split("⟦")
    inside, after = inner.split("⟧")
    return Marked(before + inside + after, len(before), len(before) + len(inside))


def mark(text: str, place: tuple[int, int]) -> str:
    """The text with its range `place` between marks."""
    start, end = place
    return f"{text[:start]}⟦{text[start:end]}⟧{text[end:]}"


def mark_problem(text: str, problem: SyntaxProblem) -> str:
    """The text with the place of a problem between marks."""
    return mark(text, (problem.start, problem.end))
