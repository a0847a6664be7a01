"""What an expression does not say itself: what its metrics are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from slogen.catalog import Sample
from slogen.units import Labels

if TYPE_CHECKING:
    from slogen.promql.meaning.meaning import Meaning


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A series that recording rules make: what they compute, each with the labels that its rule adds.

    `groups` names the group of each.
    """

    meanings: tuple[Meaning, ...]
    labels: tuple[Labels, ...]
    groups: tuple[str, ...]


class Knowledge(Protocol):
    """What is known of series by their names."""

    @property
    def added_labels(self) -> Collection[str]:
        """Labels that series may have besides those of their metric and TARGET_LABELS."""
        ...

    def sample(self, name: str) -> Sample | None:
        """What a catalog says of a series; None if none has it."""
        ...

    def recorded(self, name: str) -> Recorded | None:
        """The recording rules that make a series; None if none does, or while they are looked at."""
        ...


class _Nothing:
    added_labels: Collection[str] = ()

    def sample(self, name: str) -> Sample | None:
        return None

    def recorded(self, name: str) -> Recorded | None:
        return None


NOTHING: Knowledge = _Nothing()
"""Without catalogs and rules."""
