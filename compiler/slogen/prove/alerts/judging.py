"""What Prometheus makes of series: which alerts of a file wait or fire at an evaluation, what is recorded."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from slogen.gotemplates.alert_text import Unrenderable, rendered
from slogen.ir import Labels, Millis
from slogen.promql import selectors, tokens
from slogen.promql.evaluation import Element, Failed, Sample, Storage, Unknown, evaluate
from slogen.prove.alerts.book import Book, Entry, length, spans
from slogen.prove.alerts.pace import Pace
from slogen.prove.alerts.phases import Moving, Phase, moving
from slogen.synthetic import Series

METRIC_NAME = "__name__"
ALERT = "alertname"
# Functions whose value changes while no series does.
_CLOCKS = frozenset(
    (
        *("time", "timestamp", "minute", "hour", "month", "year", "days_in_month"),
        *("day_of_week", "day_of_month", "day_of_year"),
    )
)


class Unjudgeable(Exception):  # noqa: N818 - said of series, not of a program
    """Why it cannot be said what the rules make of these series, in words."""


class Refused(Unjudgeable):
    """Prometheus itself refuses to evaluate a rule on these series."""


# Functions of ranges to which it matters how great a counter is.
_OF_VALUES = frozenset(("deriv", "predict_linear", "delta", "holt_winters", "double_exponential_smoothing"))


@dataclass(frozen=True)
class Play:
    """Series from time 0 to `end`, and the pace at which the rules are evaluated on them.

    `begins` are the times at which something changes. `drifts` says that gauges do not stand still, so that
    the value of an expression never settles.
    """

    series: tuple[Moving, ...]
    begins: tuple[Millis, ...]
    end: Millis
    pace: Pace
    drifts: bool = False

    @cached_property
    def samples(self) -> tuple[tuple[Mapping[str, str], Sequence[Sample]], ...]:
        """The samples of each series, with its labels."""
        return tuple((_labels(one.series), one.samples(self.pace.spacing)) for one in self.series)

    @cached_property
    def storage(self) -> Storage:
        """The samples, to be queried."""
        return Storage(self.samples)

    @cached_property
    def growing(self) -> frozenset[str]:
        """The names of the series that change all the time."""
        return frozenset(one.series.name for one in self.series if any(run.each for run in one.runs))

    @cached_property
    def is_of_integers(self) -> bool:
        """Whether all samples are whole numbers."""
        return all(
            run.value is None or (run.value.is_integer() and run.each.is_integer())
            for one in self.series
            for run in one.runs
        )

    @property
    def steps(self) -> range:
        """The times of all evaluations."""
        return range(0, self.end + 1, self.pace.step)

    def settled(self, at: Millis, reach: Millis) -> Millis:
        """The evaluation that, for what looks back so far, gives what the one at this time gives."""
        if self.drifts:
            return at
        begin = max(begin for begin in self.begins if begin <= at)
        return min(at, Millis(self.pace.up(begin + reach) + self.pace.step))


def play(phases: Sequence[Phase], pace: Pace) -> Play:
    """The phases one after another, at this pace."""
    begins = tuple(itertools.accumulate((phase.lasts for phase in phases), initial=0))
    drifts = any(
        motion.per_second and motion.kind != "counter"
        for phase in phases
        for motion in phase.motions.values()
    )
    return Play(
        moving(phases, pace.spacing),
        tuple(map(Millis, begins[:-1])),
        Millis(begins[-1]),
        pace,
        drifts,
    )


def _labels(series: Series) -> Labels:
    return {METRIC_NAME: series.name, **series.labels}


class Alarm(NamedTuple):
    """An element of an alert's result, which waits or fires: its final labels, and what it stems from."""

    labels: Labels
    element: Element
    value: float


Key = frozenset[tuple[str, str]]
"""The labels of an alert, which are its identity."""

State = Literal["pending", "firing"]


class Judge:
    """The rules of a file in one version of Prometheus (`left_open`: see `evaluate`), on given series."""

    def __init__(self, book: Book, on: Play, readers: Sequence[Entry], *, left_open: bool) -> None:
        """`readers` are the alerts that will be asked for. Raises Unjudgeable."""
        self.play = on
        self.book = book
        self.left_open = left_open
        self._found: dict[tuple[Entry, int], dict[Key, Alarm]] = {}
        self._kept: dict[Entry, list[dict[Key, tuple[Alarm, State]]]] = {}
        self._reaches: dict[Entry, Millis] = {}
        self._steady: dict[Entry, bool] = {}
        self.storage = on.storage
        self._record(readers)

    # recording -----------------------------------------------------------------------------------------

    def _record(self, readers: Sequence[Entry]) -> None:
        """Add what is recorded for the readers to the storage.

        What is recorded behind its reader is seen at the next evaluation: it is stored a millisecond later.
        """
        given = {frozenset(labels.items()) for labels, _ in self.play.samples}
        recorded: list[tuple[Mapping[str, str], Sequence[Sample]]] = []
        rules = self.book.recorded_for(readers)
        for entry in rules:
            late = any(
                entry.rule.record in self.book.reads(reader.rule.expr) and self.book.is_late(entry, reader)
                for reader in (*readers, *rules)
            )
            for labels, samples in self._recordings(entry, int(late)):
                if labels in given:
                    raise Refused(f"`{entry.rule.record}` is both given and recorded")
                given.add(labels)
                recorded.append((dict(sorted(labels)), samples))
            self.storage = Storage([*self.play.samples, *recorded])

    def _recordings(self, entry: Entry, delay: int) -> Iterator[tuple[Element, list[Sample]]]:
        found: dict[Element, list[Sample]] = {}
        last: dict[Element, float] = {}
        for at in self.play.steps:
            values = self.recorded(entry, Millis(at))
            stamp = at - entry.delay + delay
            for labels, value in values.items():
                found.setdefault(labels, []).append((stamp, value))
            for labels in last.keys() - values.keys():
                found[labels].append((stamp, None))
            last = values
        yield from found.items()

    def recorded(self, entry: Entry, at: Millis) -> dict[Element, float]:
        """What a recording rule records at an evaluation, by the labels with the name."""
        own = {**entry.labels, METRIC_NAME: entry.rule.record}
        found: dict[Element, float] = {}
        for element, value in self.evaluated(entry, self._settled(entry, at)).items():
            key = _key({**dict(element), **own})
            if key in found:
                raise Refused(f"`{entry.rule.record}` would have two series with the same labels")
            found[key] = value
        return found

    def _reach(self, entry: Entry) -> Millis:
        """How far back what a rule reads may depend on the past, through recordings as well."""
        found = self._reaches.get(entry)
        if found is None:
            self._reaches[entry] = Millis(0)
            below = [
                self._reach(one) + self.play.pace.step
                for name in sorted(self.book.reads(entry.rule.expr))
                for one in self.book.recordings[name]
            ]
            found = Millis(reach(entry.rule.expr) + entry.delay + max(below, default=0))
            self._reaches[entry] = found
        return found

    def _settled(self, entry: Entry, at: Millis) -> Millis:
        """An earlier evaluation of the rule with the same result, or this one."""
        steady = self._steady.get(entry)
        if steady is None:
            steady = self._steady[entry] = all(
                self._is_steady(one) for one in (entry, *self.book.recorded_for([entry]))
            )
        return self.play.settled(at, self._reach(entry)) if steady else at

    def _is_steady(self, entry: Entry) -> bool:
        """Whether the rule's result stays the same while counters grow evenly and gauges stand still."""
        if any("{{" in text for text in entry.labels.values()):
            return False
        return is_steady(entry.rule.expr, self.play.growing)

    # evaluation ----------------------------------------------------------------------------------------

    def evaluated(self, entry: Entry, at: Millis) -> dict[Element, float]:
        """The result of a rule's expression at an evaluation. Raises Unjudgeable."""
        result = self._query(entry.rule.expr, Millis(at - entry.delay))
        limit = entry.group.limit
        if limit and len(result) > limit:
            raise Refused(f"`{entry.rule.name}` has more results than its group's limit of {limit}")
        return result

    def _query(self, text: str, at: Millis) -> dict[Element, float]:
        try:
            result = evaluate(
                text, self.storage, at, left_open=self.left_open, subquery_step=self.play.pace.step
            )
        except Failed as error:
            raise Refused(str(error)) from None
        except Unknown as error:
            raise Unjudgeable(str(error)) from None
        return result if isinstance(result, dict) else {frozenset(): result}

    def answer(self, text: str, at: Millis) -> list[tuple[Labels, float]]:
        """The answer to a query within a template."""
        return [(dict(sorted(element)), value) for element, value in self._query(text, at).items()]

    def alarms(self, entry: Entry, at: Millis) -> dict[Key, Alarm]:
        """The elements of an alert's result at an evaluation."""
        at = self._settled(entry, at)
        found = self._found.get((entry, at))
        if found is None:
            found = self._found[entry, at] = self._alarms(entry, at)
        return found

    def _alarms(self, entry: Entry, at: Millis) -> dict[Key, Alarm]:
        found: dict[Key, Alarm] = {}
        for element, value in self.evaluated(entry, at).items():
            labels = self._final_labels(entry, element, value, at)
            key = frozenset(labels.items())
            if key in found:
                raise Refused("two alerts would have the same labels")
            found[key] = Alarm(labels, element, value)
        return found

    def _final_labels(self, entry: Entry, element: Element, value: float, at: Millis) -> Labels:
        given = dict(sorted(element))
        added = {
            name: self.text(text, given, value, Millis(at - entry.delay))
            for name, text in entry.labels.items()
        }
        final = {**given, **added}
        return {
            name: text for name, text in sorted(final.items()) if text and name not in (METRIC_NAME, ALERT)
        }

    def text(self, template: str, labels: Labels, value: float, at: Millis, dust: float = 1.0) -> str:
        """A template's text. `dust` is a factor for every value in it. Raises Unjudgeable."""
        if "{{" not in template:
            return template
        try:
            return rendered(
                template,
                labels,
                value * dust,
                lambda query: [(found, one * dust) for found, one in self.answer(query, at)],
            )
        except Unrenderable as error:
            raise Unjudgeable(f"the template {error}") from None

    # states --------------------------------------------------------------------------------------------

    def states(self, entry: Entry, at: Millis) -> dict[Key, tuple[Alarm, State]]:
        """The alerts of a rule that wait or fire after an evaluation."""
        if entry.rule.keep_firing_for:
            return self._states_kept(entry, at)
        for_ = length(entry.rule.for_)
        return {
            key: (alarm, "firing" if self._has_held(entry, key, at, for_) else "pending")
            for key, alarm in self.alarms(entry, at).items()
        }

    def _has_held(self, entry: Entry, key: Key, at: Millis, for_: Millis) -> bool:
        step = self.play.pace.step
        first = (at - for_) // step * step
        return first >= 0 and all(
            key in self.alarms(entry, Millis(earlier)) for earlier in range(at - step, first - 1, -step)
        )

    def _states_kept(self, entry: Entry, at: Millis) -> dict[Key, tuple[Alarm, State]]:
        """The same, for an alert that goes on firing for a while when its result is gone."""
        states = self._kept.get(entry)
        if states is None:
            states = self._kept[entry] = list(self._all_states(entry))
        return states[at // self.play.pace.step]

    def _all_states(self, entry: Entry) -> Iterator[dict[Key, tuple[Alarm, State]]]:
        for_, keep = length(entry.rule.for_), length(entry.rule.keep_firing_for)
        active: dict[Key, _Active] = {}
        for at in self.play.steps:
            now = self.alarms(entry, Millis(at))
            active = {key: one for key, one in active.items() if key in now or one.stays(Millis(at), keep)}
            for key, alarm in now.items():
                one = active.setdefault(key, _Active(alarm, at))
                one.alarm, one.gone = alarm, None
                one.fires = one.fires or at - one.since >= for_
            yield {key: (one.alarm, "firing" if one.fires else "pending") for key, one in active.items()}


@dataclass(slots=True)
class _Active:
    """An alert in the course of time: active since when, and gone from the result since when."""

    alarm: Alarm
    since: int
    fires: bool = False
    gone: int | None = None

    def stays(self, at: Millis, keep: Millis) -> bool:
        """Whether the alert goes on firing although its result is gone."""
        self.gone = at if self.gone is None else self.gone
        return self.fires and at - self.gone < keep


@lru_cache(maxsize=4096)
def reach(expr: str) -> Millis:
    """At most how far an expression looks back: all its durations together."""
    return Millis(sum(span for place, span in spans(expr) if place != "step"))


@lru_cache(maxsize=4096)
def is_steady(expr: str, growing: frozenset[str]) -> bool:
    """Whether an expression has the same result while nothing changes but counters, which grow evenly.

    `growing` are their names: they must be read by functions that see only how fast they grow.
    """
    words = {token.word for token in tokens(expr)}
    if words & _CLOCKS:
        return False
    names = {used.selector.name for used in selectors(expr)}
    if not growing & names and "" not in names:
        return True
    if any(word.endswith("_over_time") or word in _OF_VALUES for word in words):
        return False
    return not any(used.range_at is None and used.selector.name in growing | {""} for used in selectors(expr))


def _key(labels: Labels) -> Key:
    return frozenset((name, value) for name, value in labels.items() if value)
