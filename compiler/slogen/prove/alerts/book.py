"""The rules of one file, and which of them read what others record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from slogen import durations, promql
from slogen.ir import Labels, Millis, Rule, RuleGroup, RuleSet
from slogen.promql.witnesses import satisfies


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A rule, its group, and its place in there, from 0. Compared by identity."""

    group: RuleGroup
    index: int
    rule: Rule

    @property
    def labels(self) -> Labels:
        """The labels that the rule and its group add; those of the rule win."""
        return {**self.group.labels, **self.rule.labels} if self.group.labels else self.rule.labels

    @property
    def delay(self) -> Millis:
        """How long before an evaluation the rule's query looks."""
        return length(self.group.query_offset)


class Book:
    """The rules of one file, in order."""

    def __init__(self, rules: RuleSet) -> None:
        self.groups = rules.groups
        self.entries = tuple(
            Entry(group, i, rule) for group in rules.groups for i, rule in enumerate(group.rules)
        )

    @cached_property
    def recordings(self) -> dict[str, tuple[Entry, ...]]:
        """The recording rules by the name of their series."""
        return _grouped((entry.rule.record, entry) for entry in self.entries if entry.rule.record)

    @cached_property
    def alerts(self) -> dict[str, tuple[Entry, ...]]:
        """The alerting rules by their name."""
        return _grouped((entry.rule.alert, entry) for entry in self.entries if entry.rule.alert)

    def reads(self, expr: str) -> frozenset[str]:
        """The names of the series recorded in this file that an expression reads."""
        recorded = frozenset(self.recordings)
        return _recorded_names(expr, recorded) if recorded else recorded

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All groups, each behind those that it reads; as they are written where they read each other."""
        left = {group.name: self._needed_by(group) for group in self.groups}
        found: list[str] = []
        while left:
            free = (name for name, needed in left.items() if not needed & left.keys() - {name})
            chosen = next(free, next(iter(left)))
            found.append(chosen)
            del left[chosen]
        return tuple(found)

    def _needed_by(self, group: RuleGroup) -> frozenset[str]:
        names = {name for rule in group.rules for name in self.reads(rule.expr)}
        return frozenset(entry.group.name for name in names for entry in self.recordings[name])

    @cached_property
    def _rank(self) -> dict[Entry, tuple[int, int]]:
        place = {name: i for i, name in enumerate(self.order)}
        return {entry: (place[entry.group.name], entry.index) for entry in self.entries}

    def is_late(self, recording: Entry, reader: Entry) -> bool:
        """Whether a rule sees what was recorded at the evaluation before, because it is evaluated first."""
        return self._rank[recording] > self._rank[reader]

    def reads_late(self, entry: Entry) -> bool:
        """Whether an alert sees, in the end, something that was recorded at the evaluation before."""
        rules = (entry, *self.recorded_for([entry]))
        return any(
            self.is_late(recording, rule)
            for rule in rules
            for name in self.reads(rule.rule.expr)
            for recording in self.recordings[name]
        )

    def recorded_for(self, readers: Iterable[Entry]) -> tuple[Entry, ...]:
        """The recording rules that rules read, or that those read, in the order of evaluation."""
        found: set[Entry] = set()
        open_ = list(readers)
        while open_:
            for name in self.reads(open_.pop().rule.expr):
                fresh = [entry for entry in self.recordings[name] if entry not in found]
                found.update(fresh)
                open_ += fresh
        return tuple(sorted(found, key=self._rank.__getitem__))

    def groups_of(self, entries: Iterable[Entry]) -> tuple[str, ...]:
        """The groups of rules, and of what they read, each behind those that it reads."""
        entries = tuple(entries)
        needed = {entry.group.name for entry in (*entries, *self.recorded_for(entries))}
        return tuple(name for name in self.order if name in needed)


def _grouped(pairs: Iterable[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, tuple[Entry, ...]] = {}
    for name, entry in pairs:
        found[name] = (*found.get(name, ()), entry)
    return found


@lru_cache(maxsize=4096)
def metric_names(expr: str) -> tuple[tuple[str, ...], tuple[promql.Matcher, ...]]:
    """The names of the metrics that an expression reads, and the matchers of names that it has besides."""
    names: dict[str, None] = {}
    others: list[promql.Matcher] = []
    for used in promql.selectors(expr):
        if used.selector.name:
            names[used.selector.name] = None
        else:
            others += [matcher for matcher in used.selector.matchers if matcher.name == "__name__"]
    return tuple(names), tuple(others)


@lru_cache(maxsize=4096)
def _recorded_names(expr: str, recorded: frozenset[str]) -> frozenset[str]:
    names, matchers = metric_names(expr)
    found = {name for name in names if name in recorded}
    return frozenset(found | {name for name in recorded for one in matchers if satisfies(one, name)})


def length(text: str) -> Millis:
    """A duration of a rule in milliseconds; 0 where there is none, or none that can be read."""
    try:
        return durations.parse(text) if text else Millis(0)
    except durations.DurationError:
        return Millis(0)


@lru_cache(maxsize=4096)
def spans(expr: str) -> tuple[tuple[str, Millis], ...]:
    """The durations of an expression with the place where each stands: range, subquery, step or offset."""
    return tuple(_spans(expr))


def _spans(expr: str) -> Iterator[tuple[str, Millis]]:
    for one in promql.fixed_ranges(expr, ()):
        yield one.place, length(one.text.lstrip("+- "))
