"""Series of counted events: which counters an event of each class increments.

Each cell counts for the total and for the bad events by a factor. A good event is the cell, or the few cells,
whose factors add up to a total without errors; of a bad event both are equal. There are several kinds of
either where one leaves a selector or a matcher of the queries without work; they share the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from slogen.promql.metric_names import is_gauge
from slogen.synthesis.cells import Cell, Family, Layout, NoneError, conflicts, union
from slogen.synthesis.conventions import meaning
from slogen.synthetic import Counter, Series, Synthetic

Event = tuple[Cell, ...]
_Duty = tuple[int, int]
"""A selector and one of its conditions, by their places; the place -1 stands for the selector as a whole."""

_MOST_TO_COMBINE = 40
_FEW = 6
_LARGEST_EVENT = 3
_MOST_KINDS = 4
_MOST_CANDIDATES = 256
_EPSILON = 1e-9
# Fractions of two add up without rounding.
_SHARES = {1: (1.0,), 2: (0.5, 0.5), 3: (0.5, 0.25, 0.25), 4: (0.25, 0.25, 0.25, 0.25)}


def of_layout(layout: Layout) -> Synthetic:
    """The series of events. Raises NoneError."""
    cells = [cell for family in layout.families.values() for cell in layout.cells(family)]
    live = [cell for cell in cells if cell.total or cell.bad]
    goods, bads = _classes(layout, live)
    good, bad = _pair(layout, goods, bads)
    work = _Work(layout, good, bad)
    if not layout.alike:
        work.share_out(goods, bads)
        work.employ(live)
    work.ignore()
    return _emitted(layout, work, cells)


# classes of events ------------------------------------------------------------------------------------


def _classes(layout: Layout, cells: Sequence[Cell]) -> tuple[list[Event], list[Event]]:
    goods = _candidates(layout, cells, _is_good, -1)
    bads = _candidates(layout, cells, _is_bad, 1)
    if not goods and not bads:
        raise NoneError("counts no event in the total")
    if not goods:
        raise NoneError("counts every event as bad")
    if not bads:
        raise NoneError("counts no event both among all and as a bad one")
    return goods, bads


def _candidates(
    layout: Layout, cells: Sequence[Cell], wanted: Callable[[Event], bool], sign: int
) -> list[Event]:
    """Events of a class, from the smallest number of cells on that makes one, the best first."""
    for size in range(1, _LARGEST_EVENT + 1):
        chosen = cells if size == 1 else _fewer(cells, sign, _MOST_TO_COMBINE // (size - 1))
        found = [
            event
            for event in combinations(chosen, size)
            if wanted(event) and not (layout.alike and conflicts(event)) and not _contradicts(event)
        ]
        if found:
            return sorted(found, key=lambda event: _cost(event, sign))[:_MOST_CANDIDATES]
    return []


def _is_good(event: Event) -> bool:
    return _total(event) > _EPSILON and abs(sum(cell.bad for cell in event)) < _EPSILON


def _is_bad(event: Event) -> bool:
    total = _total(event)
    return total > _EPSILON and abs(total - sum(cell.bad for cell in event)) < _EPSILON


def _contradicts(event: Event) -> bool:
    """Whether an event would go well and not go well: one outcome is all that it has."""
    outcomes: dict[str, set[str]] = {}
    for label, value in (pair for cell in event for pair in cell.labels):
        outcomes.setdefault(label, set()).add(value)
    return any(
        len(values) > 1 and any(meaning(label, value) for value in values)
        for label, values in outcomes.items()
    )


def _total(event: Event) -> float:
    return sum(cell.total for cell in event)


def _meaning(event: Event) -> int:
    return sum(cell.meaning for cell in event)


def _cost(event: Event, sign: int) -> tuple[int, int, int]:
    return (conflicts(event), sign * _meaning(event), sum(cell.rank + cell.slower for cell in event))


def _fewer(cells: Sequence[Cell], sign: int, most: int) -> list[Cell]:
    """The best cells of each kind that counts differently."""
    kinds: dict[tuple[str, float, float], list[Cell]] = {}
    for cell in sorted(cells, key=lambda cell: _cost((cell,), sign)):
        kinds.setdefault((cell.family, cell.total, cell.bad), []).append(cell)
    share = max(1, most // max(1, len(kinds)))
    return [cell for found in kinds.values() for cell in found[:share]]


def _pair(layout: Layout, goods: list[Event], bads: list[Event]) -> tuple[Event, Event]:
    """The best good and bad event; the other way round where conventions say so.

    What a success is called is known, whatever the query does with it: the proof then fails, and rightly.
    """
    if layout.grouping.each:
        pairs = ((good, bad) for good in goods for bad in bads if not conflicts((*good, *bad)))
        good, bad = next(pairs, ((), ()))
        if not good:
            raise NoneError("counts good and bad events in series of different labels, which are kept apart")
        return good, bad
    good, bad = goods[0], bads[0]
    if _meaning(good) < 0 < _meaning(bad):
        return bad, good
    return good, bad


# what each selector and matcher is there for ----------------------------------------------------------


class _Work:
    """The kinds of events that are chosen, and which selectors and conditions they put to work."""

    def __init__(self, layout: Layout, good: Event, bad: Event) -> None:
        self.layout = layout
        self.goods, self.bads, self.ignored = [good], [bad], list[Cell]()
        self.done: set[_Duty] = set()
        for cell in (*good, *bad):
            self.done |= self._duties(cell)

    def _duties(self, cell: Cell) -> set[_Duty]:
        """Selectors that take a cell, and the conditions that alone keep one from taking it."""
        family = self.layout.families[cell.family]
        given = dict(cell.labels)
        found: set[_Duty] = set()
        for place in family.places:
            if cell.taken[place]:
                found.add((place, -1))
                continue
            failed = self.layout.failed(self.layout.weighed[place].term.choice, family, given)
            if len(failed) == 1 and self.layout.counted(place, family, cell.slower):
                found.add((place, failed[0]))
        return found

    def share_out(self, goods: list[Event], bads: list[Event]) -> None:
        """Adds kinds of events for what has nothing to do yet."""
        for kinds, candidates in ((self.bads, bads), (self.goods, goods)):
            if kinds[0] not in candidates:
                continue
            for event in candidates:
                if len(kinds) == _MOST_KINDS:
                    break
                duties = {duty for cell in event for duty in self._duties(cell)}
                if event != kinds[0] and not duties <= self.done:
                    kinds.append(event)
                    self.done |= duties

    def employ(self, cells: Sequence[Cell]) -> None:
        """Adds larger events for selectors that have taken nothing yet."""
        for place in range(len(self.layout.weighed)):
            if (place, -1) in self.done:
                continue
            for kinds, wanted, sign in ((self.bads, _is_bad, 1), (self.goods, _is_good, -1)):
                event = self._larger(place, cells, wanted, sign)
                if event and len(kinds) < _MOST_KINDS and wanted(kinds[0]):
                    kinds.append(event)
                    self.done |= {duty for cell in event for duty in self._duties(cell)}
                    break

    def _larger(
        self, place: int, cells: Sequence[Cell], wanted: Callable[[Event], bool], sign: int
    ) -> Event | None:
        unit = _total(self.goods[0])
        own = _fewer([cell for cell in cells if cell.taken[place]], sign, _FEW)
        others = _fewer(cells, sign, _MOST_TO_COMBINE // 2)
        for size in range(2, _LARGEST_EVENT + 1):
            events = [
                (*rest, cell)
                for rest in combinations(others, size - 1)
                for cell in own
                if cell not in rest and wanted((*rest, cell)) and _total((*rest, cell)) == unit
                if not _contradicts((*rest, cell))
            ]
            if events:
                return min(events, key=lambda event: _cost(event, sign))
        return None

    def ignore(self) -> None:
        """Adds cells that count for nothing since one matcher does not take them."""
        for cell in [cell for event in (*self.bads, *self.goods) for cell in event]:
            for other in self._variants(cell):
                duties = self._duties(other)
                if other.total or other.bad or duties <= self.done:
                    continue
                self.ignored.append(other)
                self.done |= duties

    def _variants(self, cell: Cell) -> Iterator[Cell]:
        """Cells that differ in one label."""
        layout = self.layout
        family = layout.families[cell.family]
        given = dict(cell.labels)
        for label in (*family.labels, *self._matched_identities(family)):
            for value in layout.values(label):
                if value != given.get(label, layout.identities.get(label)):
                    yield layout.cell(family, tuple({**given, label: value}.items()), cell.slower)

    def _matched_identities(self, family: Family) -> Iterator[str]:
        """Of other budgets these series would be, too: they are made for the first one only."""
        if self.layout.number or self.layout.grouping.each:
            return
        choices = [self.layout.weighed[place].term.choice for place in family.places]
        asked = dict.fromkeys(label for choice in choices for label, _ in choice.conditions)
        yield from (label for label in asked if label in self.layout.identities)


# series -----------------------------------------------------------------------------------------------


def _emitted(layout: Layout, work: _Work, cells: Sequence[Cell]) -> Synthetic:
    extra = union((*work.goods[0], *work.bads[0])) if layout.alike else {}
    shares: dict[Series, list[float]] = {}
    unit = _total(work.goods[0])
    for place, kinds in ((0, work.goods), (1, work.bads)):
        for share, event in zip(_SHARES[len(kinds)], kinds, strict=True):
            for cell in event:
                _count(layout, cell, extra, shares, place, share * unit / _total(event))
    for cell in work.ignored:
        _count(layout, cell, {}, shares, 2, 1)
    # An operator gives nothing where one of its sides has nothing.
    for place in range(len(layout.weighed)):
        idle = [cell for cell in cells if cell.taken[place]] if (place, -1) not in work.done else []
        for cell in idle[:1]:
            _count(layout, cell, extra, shares, 2, 0)
    layout.judge_absent(shares)
    labels = layout.result_labels(extra)
    partners = layout.partners([cell for event in (*work.goods, *work.bads) for cell in event])
    counters = tuple(Counter(series, *_increments(series, one)) for series, one in shares.items())
    return Synthetic(labels, counters, partners)


def _increments(series: Series, shares: Sequence[float]) -> Iterator[float]:
    """What is a gauge by its name does not count, whatever the query does with it: the proof then fails."""
    return (0 if is_gauge(series.name) else _plain(share) for share in shares)


def _count(
    layout: Layout,
    cell: Cell,
    extra: dict[str, str],
    shares: dict[Series, list[float]],
    place: int,
    share: float,
) -> None:
    for series in layout.series(cell, extra, hit=False):
        shares.setdefault(series, [0, 0, 0])
    for series in layout.series(cell, extra, hit=True):
        shares[series][place] += share


def _plain(number: float) -> float:
    return int(number) if float(number).is_integer() else number
