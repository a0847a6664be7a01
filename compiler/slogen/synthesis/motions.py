"""Worlds, and how series move while they last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from slogen.synthetic import Series


@dataclass(frozen=True, slots=True)
class Motion:
    """The value of a series when its world begins, and its change per second of that.

    A `counter` goes on from where it was when the world before ended (its `value` counts only if it did not
    exist then). A `gauge` jumps to `value`; a `time` is a gauge that holds a Unix time: the time at which the
    world begins, in seconds (a promtool test begins at 0), is added to its value.
    """

    value: float = 0.0
    per_second: float = 0.0
    kind: Literal["gauge", "counter", "time"] = "gauge"

    def start(self, begin: float, last: float | None) -> float:
        """The value when the world begins, at `begin` seconds; `last` is that of a series that was there."""
        if self.kind == "counter" and last is not None:
            return last
        return self.value + begin if self.kind == "time" else self.value


Motions = Mapping[Series, Motion]


@dataclass(frozen=True, slots=True)
class World:
    """How series move; those that are missing are absent. `what` says it for people, without a full stop.

    `before` is how series moved until this world began, where the expression looks at the past (`offset`);
    None where the calm world precedes it.
    """

    what: str
    motions: Motions
    before: Motions | None = None

    @property
    def key(self) -> object:
        """Equal for worlds with the same series."""
        return (
            frozenset(self.motions.items()),
            None if self.before is None else frozenset(self.before.items()),
        )
