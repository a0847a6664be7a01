"""Two judges, one for either meaning of ranges: what both say of a series of events is certain."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from slogen.ir import Labels, Millis
from slogen.promql import Kind, Token, quote, tokens
from slogen.proofs import AlertCheck, Fired, ValueCheck
from slogen.prove.alerts.book import Book, Entry
from slogen.prove.alerts.judging import (
    ALERT,
    Alarm,
    Judge,
    Key,
    Play,
    State,
    Unjudgeable,
)
from slogen.synthetic import Series

_INEXACT = frozenset(("/", "%", "^", "atan2"))
# A text that stays the same when its values change by this share does not depend on rounding.
_DUST = 1e-7
# What gives the same value in all versions, to the last bit.
_EXACT = frozenset(
    (
        *("sum", "min", "max", "count", "group", "topk", "bottomk", "by", "without", "on", "ignoring"),
        *("group_left", "group_right", "and", "or", "unless", "bool", "offset", "absent", "vector", "scalar"),
        *("absent_over_time", "max_over_time", "min_over_time", "last_over_time", "count_over_time"),
        *("present_over_time", "changes", "resets", "label_replace", "label_join", "clamp_min", "clamp_max"),
        *("time", "timestamp"),
    )
)


class Seen(NamedTuple):
    """An alert that is active, as either judge sees it."""

    entry: Entry
    key: Key
    state: State
    alarms: tuple[Alarm, Alarm]


class Bench:
    """An alert, and all others of its name in the file: promtool asks for names."""

    def __init__(self, book: Book, entry: Entry, on: Play) -> None:
        """Raises Unjudgeable."""
        self.book = book
        self.entry = entry
        self.play = on
        self.namesakes = book.alerts[entry.rule.alert]
        self.judges = tuple(Judge(book, on, self.namesakes, left_open=side) for side in (True, False))

    # what is certain -----------------------------------------------------------------------------------

    def active(self, at: Millis) -> tuple[Seen, ...] | None:
        """The alerts of the name that wait or fire after an evaluation; None where the judges differ."""
        seen: list[Seen] = []
        for entry in self.namesakes:
            one, other = (judge.states(entry, at) for judge in self.judges)
            if {key: state for key, (_, state) in one.items()} != {
                key: state for key, (_, state) in other.items()
            }:
                return None
            seen += (Seen(entry, key, state, (alarm, other[key][0])) for key, (alarm, state) in one.items())
        return tuple(seen)

    def own(self, at: Millis) -> set[State] | None:
        """In which states the alert is after an evaluation, none if empty; None where the judges differ."""
        states = [{state for _, state in judge.states(self.entry, at).values()} for judge in self.judges]
        return states[0] if states[0] == states[1] else None

    def result(self, at: Millis) -> bool | None:
        """Whether the alert's expression has a result; None where the judges differ."""
        found = {bool(judge.alarms(self.entry, at)) for judge in self.judges}
        return found.pop() if len(found) == 1 else None

    def since(self, fired: Millis) -> Millis:
        """Since when the expression has had a result without interruption, if it has one now."""
        at = fired
        while at > 0 and self.result(Millis(at - self.play.pace.step)):
            at = Millis(at - self.play.pace.step)
        return at

    def last_quiet(self, after: Millis, before: Millis) -> Millis | None:
        """The last evaluation between these at which the alert surely does not fire yet."""
        for at in range(before - self.play.pace.step, after, -self.play.pace.step):
            own = self.own(Millis(at))
            if own is not None and "firing" not in own and self.active(Millis(at)) is not None:
                return Millis(at)
        return None

    # checks --------------------------------------------------------------------------------------------

    def check(self, at: Millis, why: str) -> AlertCheck | None:
        """Which alerts of the name fire."""
        active = self.active(at)
        if active is None:
            return None
        fired = tuple(self._fired(seen, at) for seen in active if seen.state == "firing")
        return AlertCheck(at, self.entry.rule.alert, fired, why)

    def still_firing(self, at: Millis, why: str) -> list[AlertCheck]:
        """Which alerts of the name fire, if this one surely does; nothing where that is not certain."""
        check = self.check(at, why) if self.own(at) == {"firing"} else None
        return [check] if check else []

    def waiting(self, at: Millis, why: str) -> list[ValueCheck]:
        """Which alerts of the name wait; nothing where that is not certain."""
        active = self.active(at)
        if active is None or any(entry.delay for entry in self.namesakes):
            return []
        name = self.entry.rule.alert
        expected = tuple(
            (Series("ALERTS", {ALERT: name, "alertstate": "pending", **seen.alarms[0].labels}), 1.0)
            for seen in active
            if seen.state == "pending"
        )
        query = f'ALERTS{{alertname={quote(name)},alertstate="pending"}}'
        return [ValueCheck(at, query, expected, why)]

    def _fired(self, seen: Seen, at: Millis) -> Fired:
        return Fired(seen.alarms[0].labels, self._annotations(seen, at))

    def _annotations(self, seen: Seen, at: Millis) -> Labels | None:
        """The texts that every version of Prometheus gives; None if one of them cannot be foretold."""
        texts: dict[str, str] = {}
        try:
            for name, template in seen.entry.rule.annotations.items():
                variants = set(self._variants(template, seen, at))
                if len(variants) != 1:
                    return None
                texts[name] = variants.pop()
        except Unjudgeable:
            return None
        return texts

    def _is_exact(self, seen: Seen) -> bool:
        """Whether all versions of Prometheus find this value, to the last bit."""
        if seen.alarms[0].value != seen.alarms[1].value or self.book.reads(seen.entry.rule.expr):
            return False
        return _is_simple(seen.entry.rule.expr, of_integers=self.play.is_of_integers)

    def _variants(self, template: str, seen: Seen, at: Millis) -> Iterator[str]:
        """The text for every value that some version may find."""
        if "{{" not in template:
            yield template
            return
        dusts = (1.0,) if self._is_exact(seen) else (1.0, 1 - _DUST, 1 + _DUST)
        asks = "query" in template
        for judge, alarm in zip(self.judges, seen.alarms, strict=True):
            labels = dict(sorted(alarm.element))
            for dust in (1.0, 1 - _DUST, 1 + _DUST) if asks else dusts:
                yield judge.text(template, labels, alarm.value, Millis(at - seen.entry.delay), dust)


@lru_cache(maxsize=4096)
def _is_simple(expr: str, *, of_integers: bool) -> bool:
    """Whether an expression passes values of series on, or counts, or calculates exactly with integers."""
    scanned = tokens(expr)
    if any(token.text in _INEXACT for token in scanned):
        return False
    called = {
        token.word for token, then in pairwise(scanned) if then.text == "(" and token.word.isidentifier()
    }
    if not called <= _EXACT:
        return False
    adds_up = any(token.text in ("+", "-", "*") for token in scanned) or "sum" in called
    return not adds_up or (of_integers and all(_is_integer(token) for token in scanned))


def _is_integer(token: Token) -> bool:
    return token.kind is not Kind.NUMBER or token.text.isdigit()
