"""Worlds while they are made: series placed so far, and what must not change any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from slogen.synthesis.flow import selected
from slogen.synthesis.motions import Motion
from slogen.synthesis.nodes import Node, Select
from slogen.synthetic import Series
from slogen.units import Labels

NOW, BEFORE = 0, 1
Closed = tuple[int, Select, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Draft:
    """Series of the world (era NOW) and of what preceded it (BEFORE).

    `closed` are selectors, without range and offset, whose values have been used, among series with certain
    labels: no further series should match them. `notes` are the conditions on the way, and what has become of
    them, in words.
    """

    motions: Mapping[tuple[int, Series], Motion] = field(default_factory=dict)
    closed: frozenset[Closed] = frozenset()
    notes: tuple[tuple[Node, str], ...] = ()

    def placed(self, era: int, series: Series, motion: Motion) -> Draft:
        """With a series more, or moving otherwise."""
        return replace(self, motions={**self.motions, (era, series): motion})

    def close(self, era: int, select: Select, labels: Labels) -> Draft:
        """With a selector whose value is used, among series with these labels."""
        return replace(self, closed=self.closed | {(era, select, tuple(sorted(labels.items())))})

    def noted(self, node: Node, words: str) -> Draft:
        """With a condition that was met, or missed."""
        return replace(self, notes=(*self.notes, (node, words)))

    def matching(self, era: int, select: Select, labels: Labels) -> Iterator[tuple[Series, Motion]]:
        """The series that a selector selects and that have these labels."""
        for (then, series), motion in self.motions.items():
            if then == era and fits(series.labels, labels) and selected(select, series):
                yield series, motion

    def closing(self, era: int, series: Series) -> frozenset[Closed]:
        """The closed selectors that select a series."""
        return frozenset(
            each
            for each in self.closed
            if each[0] == era and fits(series.labels, dict(each[2])) and selected(each[1], series)
        )


def fits(own: Labels, wanted: Labels) -> bool:
    """Whether labels are as wanted, where anything is wanted of them."""
    return all(own.get(label, "") == value for label, value in wanted.items())
