"""Series of samples, and what of them a selector sees."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from slogen.promql.matchers import METRIC_NAME

Sample = tuple[int, float | None]
"""The time in milliseconds and the value; None is a staleness marker: from here on the series is absent."""

Element = frozenset[tuple[str, str]]
"""The labels of a series or of a result; the metric's name is the label `__name__`."""

Points = tuple[list[int], list[float]]
"""Times in milliseconds, ascending, and the values at these times."""


class Series:
    """The samples of one combination of labels."""

    __slots__ = ("_stale", "_times", "_values", "element", "labels")

    def __init__(self, labels: Mapping[str, str], samples: Sequence[Sample]) -> None:
        """Labels with empty values count as missing. Raises ValueError unless times ascend."""
        self.labels = {name: value for name, value in labels.items() if value}
        self.element: Element = frozenset(self.labels.items())
        self._times = [time for time, _ in samples]
        self._values = [0.0 if value is None else value for _, value in samples]
        self._stale = frozenset(time for time, value in samples if value is None)
        if any(time >= then for time, then in pairwise(self._times)):
            raise ValueError("the samples of a series must stand in the order of time")

    def last(self, after: int, until: int) -> tuple[int, float] | None:
        """The youngest sample later than `after` and not later than `until`; None if stale or missing."""
        at = bisect_right(self._times, until) - 1
        if at < 0 or self._times[at] <= after or self._times[at] in self._stale:
            return None
        return self._times[at], self._values[at]

    def between(self, after: int, until: int) -> Points:
        """The samples later than `after` and not later than `until`, without staleness markers."""
        times = self._times
        first, end = bisect_right(times, after), bisect_right(times, until)
        if not self._stale:
            return times[first:end], self._values[first:end]
        kept = [at for at in range(first, end) if times[at] not in self._stale]
        return [times[at] for at in kept], [self._values[at] for at in kept]


Test = tuple[str, Callable[[str], bool]]
"""A matcher: the label, and whether it takes a value."""


class Storage:
    """Series, to be queried again and again: remembers which series a selector selects."""

    def __init__(self, series: Iterable[tuple[Mapping[str, str], Sequence[Sample]]]) -> None:
        """Labels include `__name__`; samples stand in the order of time, in milliseconds.

        Raises ValueError when they do not.
        """
        self._series = [Series(labels, samples) for labels, samples in series]
        self._by_name: dict[str, list[Series]] = {}
        for one in self._series:
            self._by_name.setdefault(one.labels.get(METRIC_NAME, ""), []).append(one)
        self._selected: dict[object, list[Series]] = {}

    def select(self, name: str | None, tests: tuple[Test, ...], key: object) -> list[Series]:
        """The series of a metric (None: of any) that pass all tests, in the order in which they were given.

        `key` tells selections apart: equal keys select the same.
        """
        found = self._selected.get(key)
        if found is None:
            found = self._selected[key] = list(self._passing(name, tests))
        return found

    def _passing(self, name: str | None, tests: tuple[Test, ...]) -> Iterator[Series]:
        candidates = self._series if name is None else self._by_name.get(name, [])
        for one in candidates:
            if all(test(one.labels.get(label, "")) for label, test in tests):
                yield one
