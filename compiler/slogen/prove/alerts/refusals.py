"""Rules that Prometheus would refuse to evaluate on series that were made for another rule of their file.

promtool evaluates all rules of a file, and fails when one of them fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from slogen.ir import Millis
from slogen.promql import tokens
from slogen.prove.alerts.book import Book, Entry, metric_names
from slogen.prove.alerts.judging import Judge, Play, Refused, Unjudgeable

# What matches series with each other, or makes labels: where series may turn out to be the same.
_MATCHING = frozenset(("on", "ignoring", "group_left", "group_right", "label_replace", "label_join", "info"))
_OPERATORS = frozenset(("+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<="))


def refused_at(judges: Iterable[Judge], entries: Iterable[Entry], on: Play) -> Millis | None:
    """The first evaluation at which Prometheus would refuse one of these rules; None if there is none."""
    risky = [entry for entry in entries if _has_matching(entry.rule.expr)]
    for at in on.steps if risky else ():
        if any(_is_refused(judge, entry, Millis(at)) for judge in judges for entry in risky):
            return Millis(at)
    return None


def refuses(book: Book, on: Play, besides: Iterable[Entry]) -> bool:
    """Whether Prometheus would refuse some rule, besides these, at one of the evaluations."""
    judged = frozenset(besides)
    names = frozenset(one.series.name for one in on.series)
    risky = [entry for entry in book.entries if entry not in judged and _is_risky(book, entry, names)]
    if not risky:
        return False
    try:
        judge = Judge(book, on, risky, left_open=False)
    except Refused:
        return True
    except Unjudgeable:
        return False
    return any(_is_refused(judge, entry, Millis(at)) for entry in risky for at in on.steps)


def _is_risky(book: Book, entry: Entry, names: frozenset[str]) -> bool:
    if not (entry.group.limit or _has_matching(entry.rule.expr)):
        return False
    read = {name for one in (entry, *book.recorded_for([entry])) for name in _names(one.rule.expr)}
    return bool(read & names) or "" in read


def _is_refused(judge: Judge, entry: Entry, at: Millis) -> bool:
    try:
        if entry.rule.record:
            judge.recorded(entry, at)
        else:
            judge.alarms(entry, at)
    except Refused:
        return True
    except Unjudgeable:
        return False
    return False


def _names(expr: str) -> tuple[str, ...]:
    """The names that an expression reads; one is empty if it may read others."""
    names, others = metric_names(expr)
    return (*names, "") if others else names


@lru_cache(maxsize=4096)
def _has_matching(expr: str) -> bool:
    """Whether an expression matches series with each other, or makes labels."""
    words = {token.word for token in tokens(expr)}
    return bool(words & _MATCHING) or (bool(words & _OPERATORS) and len(metric_names(expr)[0]) > 1)
