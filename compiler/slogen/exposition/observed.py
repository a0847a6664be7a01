"""What was seen of the series of a component: bounded, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MAX_VALUES = 50
"""A label with more values than these is taken for one that nobody can list."""

MAX_BOUNDS = 1_000
MAX_NAMES = 50_000
"""No component has more metrics: then names are made of data."""

MADE_OF_DATA = "names are made of data"
"""What is wrong where there are too many of them."""

MAX_LABELS = 1_000
"""No metric has more names of labels, even those that copy the labels of all objects of a cluster."""


@dataclass(slots=True)
class SeenLabel:
    """How many series have a label, and its values; None if there are too many."""

    series: int = 0
    values: set[str] | None = field(default_factory=set)


@dataclass(slots=True)
class Seen:
    """The series of one name: how many there are, their labels, and how often each bound of a bucket."""

    series: int = 0
    labels: dict[str, SeenLabel] = field(default_factory=dict)
    bounds: dict[str, int] = field(default_factory=dict)

    def add(self, labels: Iterable[tuple[str, str]]) -> None:
        """Count a series. A label without a value is the same as none."""
        self.series += 1
        own = self.labels
        for name, value in labels:
            if not value:
                continue
            if name == "le":
                self._add_bound(value)
                continue
            label = own.get(name)
            if label is None:
                if len(own) > MAX_LABELS:
                    continue
                label = own[name] = SeenLabel()
            label.series += 1
            values = label.values
            if values is not None and value not in values:
                values.add(value)
                if len(values) > MAX_VALUES:
                    label.values = None

    @property
    def has_too_many_labels(self) -> bool:
        """Whether not all of its labels were kept: their names are made of data."""
        return len(self.labels) > MAX_LABELS

    def _add_bound(self, value: str) -> None:
        if value in self.bounds or len(self.bounds) < MAX_BOUNDS:
            self.bounds[value] = self.bounds.get(value, 0) + 1


@dataclass(slots=True)
class Declared:
    """What is said of a metric by the name of its family; the type may be `gaugehistogram`."""

    type: str = ""
    help: str = ""
    unit: str = ""


@dataclass(slots=True)
class Observed:
    """All that was seen of a component.

    `is_openmetrics` says that names are those of that format. `is_of_server` says that a Prometheus gave the
    series: they have the labels of their targets, and their bounds are spelled as the server does.
    `unended` are the inputs whose last line has no end, as if the rest were missing.
    """

    declared: dict[str, Declared] = field(default_factory=dict)
    series: dict[str, Seen] = field(default_factory=dict)
    is_openmetrics: bool = False
    is_of_server: bool = False
    unended: list[str] = field(default_factory=list)

    def metric(self, name: str) -> Declared:
        """What is said of a metric, to be completed."""
        found = self.declared.get(name)
        if found is None:
            found = self.declared[name] = Declared()
        return found

    def named(self, name: str) -> Seen:
        """The series of a name, to be completed."""
        found = self.series.get(name)
        if found is None:
            found = self.series[name] = Seen()
        return found

    @property
    def is_empty(self) -> bool:
        """Whether nothing was seen."""
        return not self.declared and not self.series

    @property
    def has_types(self) -> bool:
        """Whether the type of any metric is known."""
        return any(declared.type not in ("", "unknown") for declared in self.declared.values())
