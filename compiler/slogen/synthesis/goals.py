"""What is wanted of an expression, and what has been found for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from slogen.synthesis.drafts import NOW, Draft
from slogen.synthesis.leaves import Level
from slogen.synthesis.nodes import Eras, Node, Select
from slogen.synthesis.thresholds import Mode
from slogen.units import Labels


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted of a vector: an element with these labels and this value, or any where it is None.

    A label with an empty value must be missing. `anchor` is the threshold that the value is about. `apart`
    says that labels beyond these do not matter, because something above drops them.
    """

    level: Level | None = None
    labels: Labels = field(default_factory=dict)
    anchor: float | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """An element that there is now: its value and its labels."""

    draft: Draft
    level: Level
    labels: Labels


@dataclass(frozen=True, slots=True)
class Way:
    """How to search.

    `bursts`: a selector that looks back much farther than another one like it sees what was before.
    `backward`: the right side of an `and` is made first. `flaps`: a range sees what was before where it must
    have another value than another range of the same series.
    """

    bursts: bool = False
    backward: bool = False
    flaps: bool = False


USUAL = Way()


class Search(Protocol):
    """A search for series of one expression: `root`, under a plan of what becomes of its conditions.

    `guards` are comparisons that are not what it is about; `sampled` is the distance of samples in seconds.
    """

    root: Node
    plan: Mapping[Node, Mode]
    way: Way
    eras: Eras
    guards: frozenset[Node]
    sampled: float

    def exists(self, node: Node, goal: Goal, draft: Draft, era: int = NOW) -> Iterator[Found]:
        """Drafts in which the vector has an element as wanted. BeyondError ends the iteration."""
        ...

    def era_of(self, select: Select, era: int) -> int:
        """When a selector is looking, within an expression that looks at an era."""
        ...
