"""Series of gauges: the values at which an indicator is wholly good, and wholly bad."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product

from slogen.promql.sums import Sum, passes
from slogen.synthesis.cells import Cell, Layout, NoneError, conflicts, union
from slogen.synthetic import Gauge, Series, Synthetic

_MOST_CELLS = 3
_MOST_TO_COMBINE = 24
_MOST_TRIES = 5000
_EPSILON = 1e-9
Values = tuple[float, ...]


def of_layout(layout: Layout, total: Sum, bad: Sum) -> Synthetic:
    """The series of gauges, where the value of the query follows from theirs. Raises NoneError."""
    _judge(layout, total, bad)
    cells = [cell for family in layout.families.values() for cell in layout.cells(family)]
    chosen = next(_choices(layout, cells), None)
    if chosen is None:
        raise NoneError("has selectors of too many different series")
    world = _World(layout, chosen, total.number, bad.number)
    good, bad_values = world.values(0), world.values(1)
    if good is None:
        raise NoneError("is good at no value of its gauges that slogen can find")
    if bad_values is None:
        raise NoneError("is bad at no value of its gauges that slogen can find")
    extra = union(chosen) if layout.alike else {}
    gauges: dict[Series, Gauge] = {}
    for cell, well, badly in zip(chosen, good, bad_values, strict=True):
        for series in layout.series(cell, extra, hit=True):
            gauges[series] = Gauge(series, well, badly)
    layout.judge_absent(gauges)
    labels = layout.result_labels(extra)
    partners = layout.partners(chosen)
    return Synthetic(labels, (), (*gauges.values(), *partners), mixes=world.is_linear(good, bad_values))


def _judge(layout: Layout, total: Sum, bad: Sum) -> None:
    terms = [one.term for one in layout.weighed]
    if any(term.kind == "counter" for term in terms):
        raise NoneError("mixes counters and gauges")
    if len({term.per_sample for term in terms}) > 1 or (terms[0].per_sample and (total.number or bad.number)):
        raise NoneError("mixes what samples say with how many there are")
    for term in terms:
        if not term.over_time and (term.kind == "gauge" or term.only):
            raise NoneError(f"reads `{term.choice.name}` at an instant, not over its window")


def _choices(layout: Layout, cells: Sequence[Cell]) -> Iterator[tuple[Cell, ...]]:
    """A few cells that all selectors take something of, as few as possible, the most natural ones."""
    taken = [cell for cell in cells if any(cell.taken)]
    taken.sort(key=lambda cell: (-sum(map(bool, cell.taken)), cell.rank))
    everything = range(len(layout.weighed))
    for size in range(1, _MOST_CELLS + 1):
        for chosen in combinations(taken[:_MOST_TO_COMBINE], size):
            if layout.alike and conflicts(chosen):
                continue
            if all(any(cell.taken[place] for cell in chosen) for place in everything):
                yield chosen


class _World:
    """Cells, and the total and the errors that follow from their values."""

    def __init__(self, layout: Layout, cells: tuple[Cell, ...], total: float, bad: float) -> None:
        self.weighed, self.cells = layout.weighed, cells
        self.total, self.bad = total, bad

    def measured(self, values: Values) -> tuple[float, float]:
        """The total and the errors."""
        total, bad = self.total, self.bad
        for cell, value in zip(self.cells, values, strict=True):
            for one, taken in zip(self.weighed, cell.taken, strict=True):
                if not taken or not all(passes(value, comparison) for comparison in one.term.only):
                    continue
                counted = value if one.term.kind == "gauge" else 1
                total += one.total * counted
                bad += one.bad * counted
        return total, bad

    def values(self, ratio: float) -> Values | None:
        """Values at which the error ratio is as given, plain ones if possible."""
        candidates = [self._candidates(place, ratio) for place in range(len(self.cells))]
        for values in islice(product(*candidates), _MOST_TRIES):
            total, bad = self.measured(values)
            if total > _EPSILON and abs(bad - ratio * total) < _EPSILON:
                return values
        return None

    def _candidates(self, place: int, ratio: float) -> list[float]:
        numbers = [1.0, 0.0]
        for one in self.weighed:
            if self.cells[place].taken[self.weighed.index(one)]:
                numbers += [n for _, bound in one.term.only for n in (bound, bound + 1, bound - 1)]
        if len(self.cells) == 1:
            numbers += self._solution(ratio)
        return list(dict.fromkeys(numbers))

    def _solution(self, ratio: float) -> list[float]:
        """Where a line through two points has the ratio."""
        at_0, at_1 = self.measured((0.0,)), self.measured((1.0,))
        start = at_0[1] - ratio * at_0[0]
        slope = at_1[1] - ratio * at_1[0] - start
        return [round(-start / slope, 9)] if abs(slope) > _EPSILON else []

    def is_linear(self, good: Values, bad: Values) -> bool:
        """Whether values in between give the ratio in between."""
        for share in (0.125, 0.25, 0.5, 0.875):
            values = tuple(g + share * (b - g) for g, b in zip(good, bad, strict=True))
            total, errors = self.measured(values)
            if total <= _EPSILON or abs(errors - share * total) > _EPSILON:
                return False
        return True
