"""Cells: the series that the matchers of queries can tell apart.

A query is a sum of what selectors count. The values by which their matchers differ divide the series of a
metric into cells. All series of a histogram that one event increments are one cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

from slogen.ir import Grouping
from slogen.promql.patterns import replaced
from slogen.promql.sums import Choice, Flow, Partner, Sum, Term
from slogen.promql.witnesses import Condition, meets, witnesses_of
from slogen.synthesis.conventions import meaning, measures_time
from slogen.synthesis.identities import identity
from slogen.synthetic import Gauge, Series

_METRIC = "__name__"
_BUCKET, _LE, _LAST_BUCKET = "_bucket", "le", "+Inf"
_MOST_CELLS = 2048
_FEW_VALUES = 3
_ANY_METRIC = "any_metric"


class NoneError(Exception):
    """There are no series: the reason is the end of a sentence that begins with "this query"."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A selector, and how much what it counts adds to the total and to the bad events."""

    term: Term
    total: float
    bad: float


@dataclass(frozen=True, slots=True)
class Cell:
    """Series that belong together: one, or the buckets, the count and the sum of a histogram.

    `family` is the metric, or the histogram. `slower` is how many finite bounds the event's duration exceeds.
    `taken` is how many of the series that an event increments each selector takes. `rank` is small for
    natural values, `meaning` positive for those that say success.
    """

    family: str
    labels: tuple[tuple[str, str], ...]
    slower: int
    taken: tuple[int, ...]
    total: float
    bad: float
    rank: int
    meaning: int


@dataclass(slots=True)
class Family:
    """A metric, or the metrics of a histogram, and the selectors of it, by their places.

    `buckets` is the metric of a histogram's buckets, empty for others, `bounds` are their finite ones and
    ascend, `labels` are those that tell cells apart.
    """

    name: str
    members: dict[str, None] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    buckets: str = ""
    bounds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class Layout:
    """The cells of two sums, for the budget of a number. Raises NoneError."""

    def __init__(self, total: Sum, bad: Sum, grouping: Grouping, number: int) -> None:
        self.grouping, self.number = grouping, number
        self.absent = total.absent + bad.absent
        self.alike = grouping.each or total.alike or bad.alike
        self.weighed = _weighed(total, bad)
        if not self.weighed:
            raise NoneError("counts nothing")
        self.conditions = conditions_of(one.term.choice for one in self.weighed)
        self._values: dict[str, dict[str, int]] = {}
        self._counts: dict[tuple[int, str, int], int] = {}
        self.identities = self._identities()
        self.families = self._families()
        self._own = {name: self._own_identities(family) for name, family in self.families.items()}

    # labels -------------------------------------------------------------------------------------------

    def _identities(self) -> dict[str, str]:
        """The labels that have one value in all series of the budget."""
        found: dict[str, str] = {}
        flows = [flow for one in self.weighed for flow in _flows(one.term)]
        sources = {source for flow in flows for source in _sources(flow)}
        asked = sorted({label for flow in flows for label in flow.asked} | sources)
        for label in (*self.grouping.labels, *asked):
            if label in found or label in (_LE, _METRIC) or self._is_derived(label):
                continue
            kept_apart = label in self.grouping.labels
            if not kept_apart and not self._is_asked_alike(label):
                continue
            conditions = dict.fromkeys(
                (*self.conditions.get(label, ()), *self._of_partners(label), *self._of_sources(label))
            )
            value = identity(label, tuple(conditions), self.number)
            if value is not None:
                found[label] = value
            elif kept_apart:
                raise NoneError(_no_identity(label, self.number))
        return found

    def _is_asked_alike(self, label: str) -> bool:
        """Whether all selectors ask the same of a label."""
        asked = {tuple(c for name, c in one.term.choice.conditions if name == label) for one in self.weighed}
        return len(asked) == 1

    def _of_partners(self, label: str) -> Iterator[Condition]:
        for one in self.weighed:
            for partner in one.term.partners:
                yield from (condition for name, condition in partner.choice.conditions if name == label)

    def _of_sources(self, label: str) -> Iterator[Condition]:
        for one in self.weighed:
            for flow in _flows(one.term):
                yield from (("=~", derived.pattern) for derived in flow.derived if derived.source == label)

    def _is_derived(self, label: str) -> bool:
        return all(any(d.label == label for d in one.term.flow.derived) for one in self.weighed)

    def _own_identities(self, family: Family) -> dict[str, str]:
        if self.alike:
            return self.identities
        terms = [self.weighed[place].term for place in family.places]
        wanted = {label for term in terms for label in (*term.flow.asked, *_sources(term.flow))}
        wanted |= {label for label in self.grouping.labels for term in terms if term.flow.shows(label)}
        wanted |= {name for term in terms for name, _ in term.choice.conditions}
        return {label: value for label, value in self.identities.items() if label in wanted}

    # families -----------------------------------------------------------------------------------------

    def _families(self) -> dict[str, Family]:
        names = [_names(one.term.choice) for one in self.weighed]
        histograms = {
            name.removesuffix(_BUCKET) for found in names for name in found if name.endswith(_BUCKET)
        }
        flat = {name: None for found in names for name in found}
        if any(name.removesuffix("_sum") + "_count" in flat for name in flat if name.endswith("_sum")):
            raise NoneError("adds up what was measured, not events")
        families: dict[str, Family] = {}
        for place, found in enumerate(names):
            for name in found:
                base = family_of(name, histograms)
                family = families.setdefault(base, Family(base))
                family.members[name] = None
                if place not in family.places:
                    family.places.append(place)
        for family in families.values():
            if family.name + _BUCKET in family.members:
                family.buckets = family.name + _BUCKET
                family.bounds = _bounds(self.conditions.get(_LE, ()))
            own = {_METRIC, *((_LE,) if family.buckets else ())}
            asked = dict.fromkeys(
                label for place in family.places for label, _ in self.weighed[place].term.choice.conditions
            )
            family.labels = tuple(label for label in asked if label not in own | self.identities.keys())
        return families

    # cells --------------------------------------------------------------------------------------------

    def cells(self, family: Family) -> list[Cell]:
        """The cells of a family, without those that no selector takes because of one label alone."""
        values = [
            [value for value in self.values(label) if self._is_taken(family, label, value)]
            for label in family.labels
        ]
        if _size(values) > _MOST_CELLS:
            values = [found[:_FEW_VALUES] for found in values]
        if _size(values) > _MOST_CELLS:
            raise NoneError("tells too many labels apart")
        return [
            self.cell(family, tuple(zip(family.labels, chosen, strict=True)), slower)
            for chosen in product(*values)
            for slower in range(len(family.bounds) + 1)
        ]

    def values(self, label: str) -> Mapping[str, int]:
        """The values of a label that matchers can tell apart, and how natural they are, from 0."""
        found = self._values.get(label)
        if found is None:
            found = {value: rank for rank, value in enumerate(witnesses_of(label, self.conditions[label]))}
            self._values[label] = found
        return found

    def _is_taken(self, family: Family, label: str, value: str) -> bool:
        return any(_takes(self.weighed[place].term.choice, label, value) for place in family.places)

    def cell(self, family: Family, labels: tuple[tuple[str, str], ...], slower: int) -> Cell:
        """The cell with these labels, which override the identities."""
        given = dict(labels)
        taken = [0] * len(self.weighed)
        total = bad = 0.0
        for place in family.places:
            one = self.weighed[place]
            if not self.failed(one.term.choice, family, given):
                times = taken[place] = self.counted(place, family, slower)
                total += one.total * times
                bad += one.bad * times
        rank = sum(self.values(label).get(value, 0) for label, value in labels if label in self.conditions)
        said = sum(meaning(label, value) for label, value in labels)
        if family.bounds and measures_time(family.name):
            said += 1 if slower == 0 else -1
        return Cell(family.name, labels, slower, tuple(taken), round(total, 9), round(bad, 9), rank, said)

    def failed(self, choice: Choice, family: Family, given: Mapping[str, str]) -> list[int]:
        """The places of the conditions that labels do not meet, apart from those on buckets and names."""
        failed: list[int] = []
        for place, (label, condition) in enumerate(choice.conditions):
            if label == _METRIC or (label == _LE and family.buckets):
                continue
            value = given.get(label)
            if not meets(condition, self.identities.get(label, "") if value is None else value):
                failed.append(place)
        return failed

    def counted(self, place: int, family: Family, slower: int) -> int:
        """How many of the series that an event increments a selector takes, as far as names and `le` go."""
        key = (place, family.name, slower)
        found = self._counts.get(key)
        if found is None:
            choice = self.weighed[place].term.choice
            found = self._counts[key] = sum(
                self._counted(choice, name, family, slower) for name in _names(choice)
            )
        return found

    def _counted(self, choice: Choice, name: str, family: Family, slower: int) -> int:
        if name not in family.members:
            return 0
        if name == family.buckets:
            return sum(_takes(choice, _LE, bound) for bound in (*family.bounds[slower:], _LAST_BUCKET))
        if family.buckets and name == f"{family.name}_sum":
            raise NoneError("adds up what was measured, not events")
        return int(_takes(choice, _LE, "")) if family.buckets else 1

    # series -------------------------------------------------------------------------------------------

    def series(self, cell: Cell, extra: Mapping[str, str], *, hit: bool) -> Iterator[Series]:
        """The series of a cell; with `hit` only those that an event increments."""
        family = self.families[cell.family]
        given = {**self._own[family.name], **extra, **dict(cell.labels)}
        labels = {label: value for label, value in given.items() if value}
        for name in family.members:
            if name != family.buckets:
                yield Series(name, labels)
                continue
            bounds = (*family.bounds[cell.slower if hit else 0 :], _LAST_BUCKET)
            yield from (Series(name, {**labels, _LE: bound}) for bound in bounds)

    def partners(self, cells: Iterable[Cell]) -> tuple[Gauge, ...]:
        """The series that must be there for cells to count."""
        gauges: dict[Series, Gauge] = {}
        for cell in cells:
            for place in self.families[cell.family].places:
                for partner in self.weighed[place].term.partners:
                    series = self._partner_series(partner, dict(cell.labels))
                    gauges[series] = Gauge(series, partner.value, partner.value)
        return tuple(gauges.values())

    def _partner_series(self, partner: Partner, given: Mapping[str, str]) -> Series:
        shown = [label for label in self.grouping.labels if partner.flow.shows(label)]
        wanted = (*shown, *sorted({*partner.flow.asked, *_sources(partner.flow)}))
        labels = {label: given.get(label, self.identities.get(label, "")) for label in wanted}
        for label, conditions in conditions_of((partner.choice,)).items():
            if labels.get(label) or label == _METRIC:
                continue
            values = witnesses_of(label, conditions)
            taken = next((v for v in values if all(meets(condition, v) for condition in conditions)), None)
            if taken is None:
                raise NoneError(f"has matchers of `{label}` that no value meets")
            labels[label] = taken
        return Series(_names(partner.choice)[0], {label: value for label, value in labels.items() if value})

    def judge_absent(self, made: Iterable[Series]) -> None:
        """Raises NoneError where a series is made that must not be there."""
        series = tuple(made)
        for choice in self.absent:
            for one in series:
                if one.name in _names(choice) and all(
                    meets(condition, one.labels.get(label, ""))
                    for label, condition in choice.conditions
                    if label != _METRIC
                ):
                    raise NoneError(f"counts `{one.name}` only where something else is not there")

    def result_labels(self, extra: Mapping[str, str]) -> dict[str, str]:
        """The labels of the budget."""
        if not self.grouping.each:
            return {label: self._shown(label) for label in self.grouping.labels}
        flows = [one.term.flow for one in self.weighed]
        return {
            label: value
            for label, value in {**self.identities, **extra}.items()
            if label != _LE and all(flow.shows(label) for flow in flows)
        }

    def _shown(self, label: str) -> str:
        values = {self._shown_by(one.term, label) for one in self.weighed}
        value = values.pop() if len(values) == 1 else None
        if value is None:
            raise NoneError(f"does not keep the label `{label}`, by which the SLO is kept apart")
        return value

    def _shown_by(self, term: Term, label: str) -> str | None:
        derived = next((d for d in term.flow.derived if d.label == label), None)
        if derived is not None:
            made = replaced(derived.pattern, derived.replacement, self.identities.get(derived.source, ""))
            if made is not None:
                return made or None
        of_partner = any(label in p.flow.asked and p.flow.shows(label) for p in term.partners)
        return self.identities.get(label) if of_partner or term.flow.shows(label) else None


# pieces -----------------------------------------------------------------------------------------------


def family_of(name: str, histograms: Iterable[str]) -> str:
    """The histogram that a metric belongs to, if its buckets are known; else the metric."""
    for suffix in (_BUCKET, "_count", "_sum"):
        if name.endswith(suffix) and name.removesuffix(suffix) in histograms:
            return name.removesuffix(suffix)
    return name


def conditions_of(choices: Iterable[Choice]) -> dict[str, tuple[Condition, ...]]:
    """What selectors ask of each label, each condition once."""
    found: dict[str, dict[Condition, None]] = {}
    for choice in choices:
        for label, condition in choice.conditions:
            found.setdefault(label, {})[condition] = None
    return {label: tuple(conditions) for label, conditions in found.items()}


def union(cells: Iterable[Cell]) -> dict[str, str]:
    """The labels of cells."""
    return {label: value for cell in cells for label, value in cell.labels}


def conflicts(cells: Iterable[Cell]) -> int:
    """How many labels have different values in cells that have them."""
    seen: dict[str, str] = {}
    return sum(seen.setdefault(label, value) != value for cell in cells for label, value in cell.labels)


def _no_identity(label: str, number: int) -> str:
    if number:
        return f"leaves no value of `{label}` for a budget of its own"
    return f"has no value of `{label}` that all of its matchers take"


def _weighed(total: Sum, bad: Sum) -> list[Weighed]:
    found: dict[object, Weighed] = {}
    for sums, is_total in ((total, True), (bad, False)):
        for term in sums.terms:
            if not term.weight:
                continue
            key = (term.kind, term.choice, term.flow, term.partners, term.per_sample, term.only)
            before = found.get(key, Weighed(term, 0, 0))
            share = (term.weight, 0.0) if is_total else (0.0, term.weight)
            found[key] = Weighed(before.term, before.total + share[0], before.bad + share[1])
    return list(found.values())


def _flows(term: Term) -> tuple[Flow, ...]:
    return (term.flow, *(partner.flow for partner in term.partners))


def _sources(flow: Flow) -> tuple[str, ...]:
    return tuple(derived.source for derived in flow.derived if derived.source)


@lru_cache(maxsize=4096)
def _names(choice: Choice) -> tuple[str, ...]:
    """The metrics that a selector is tried on: its own, or one that its matchers of the name take."""
    if choice.name:
        return (choice.name,)
    conditions = tuple(condition for label, condition in choice.conditions if label == _METRIC)
    if not conditions:
        return (_ANY_METRIC,)
    names = witnesses_of(_METRIC, conditions)
    return (next((n for n in names if all(meets(one, n) for one in conditions)), _ANY_METRIC),)


def _takes(choice: Choice, label: str, value: str) -> bool:
    return all(meets(condition, value) for name, condition in choice.conditions if name == label)


def _bounds(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """Finite bounds of buckets that conditions on `le` ask for, ascending."""
    bounds: dict[str, float] = {}
    for condition in conditions:
        given = (condition[1],) if condition[0] in ("=", "!=") else witnesses_of(_LE, (condition,))
        text = next((one for one in given if _finite(one) is not None), None)
        number = _finite(text) if text is not None else None
        if text is not None and number is not None:
            bounds[text] = number
    return tuple(sorted(bounds, key=lambda text: (bounds[text], text)))


def _finite(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _size(values: Sequence[Sequence[str]]) -> int:
    size = 1
    for found in values:
        size *= len(found)
    return size
