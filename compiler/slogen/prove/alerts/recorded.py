"""What rules record, as checks of values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from slogen.ir import Millis
from slogen.proofs import Scenario, ValueCheck
from slogen.prove.alerts.bench import Bench
from slogen.prove.alerts.book import Book, Entry
from slogen.prove.alerts.expansion import expanded
from slogen.prove.alerts.judging import METRIC_NAME, Judge, Unjudgeable, play, reach
from slogen.prove.alerts.pace import coarse
from slogen.prove.alerts.phases import Phase, number
from slogen.prove.alerts.refusals import refuses
from slogen.synthesis.worlds import Motion, with_value
from slogen.synthetic import Series

# Versions of Prometheus differ by less, relatively; so far from a border of rounding a value must be.
_DUST = 1e-8
_DIGITS = 6
# What a rule is made to record; not every expression can give every value.
_VALUES = (0.25, 3.0, 1.0, 0.0)


def recorded_checks(bench: Bench, at: Millis) -> Iterator[ValueCheck]:
    """The series that are recorded for the alert at an evaluation, each with its value."""
    by_name: dict[str, list[Entry]] = {}
    for entry in bench.book.recorded_for([bench.entry]):
        by_name.setdefault(entry.rule.record, []).append(entry)
    for name, entries in by_name.items():
        if any(entry.delay for entry in entries):
            continue
        check = value_check(name, [_values(judge, entries, at) for judge in bench.judges], at)
        if check:
            yield check


def recording_scenario(book: Book, entries: Sequence[Entry]) -> tuple[Millis, Scenario] | None:
    """The step and the scenario of rules that record one series, which no alert reads.

    The series are made for the first of the rules, so that it records a certain value. None where there are
    none, or where versions of Prometheus differ.
    """
    first = entries[0]
    text = expanded(first.rule.expr, book).text
    for value in _VALUES:
        motions = with_value(text, value, {})
        if isinstance(motions, str):
            continue
        try:
            return _recording_scenario(book, entries, motions)
        except Unjudgeable:
            return None
    return None


def _recording_scenario(
    book: Book, entries: Sequence[Entry], motions: Mapping[Series, Motion]
) -> tuple[Millis, Scenario] | None:
    name, expr = entries[0].rule.record, entries[0].rule.expr
    back = Millis(max(reach(entry.rule.expr) for entry in (*entries, *book.recorded_for(entries))))
    own = coarse(expr, back, Millis(0), Millis(0))
    seen = play([Phase(motions, Millis(max(own.up(back), own.step)))], own)
    judges = [Judge(book, seen, entries, left_open=side) for side in (True, False)]
    check = value_check(name, [_values(judge, entries, seen.end) for judge in judges], seen.end)
    if check is None or any(entry.delay for entry in entries) or refuses(book, seen, entries):
        return None
    line = f"Series for which {name} is {number(check.expected[0][1])}."
    inputs = tuple(one.written for one in seen.series)
    return own.step, Scenario(f"{name} is recorded", (line,), own.spacing, inputs, (check,))


def _values(judge: Judge, entries: Sequence[Entry], at: Millis) -> dict[frozenset[tuple[str, str]], float]:
    return {labels: value for entry in entries for labels, value in judge.recorded(entry, at).items()}


def value_check(
    name: str, variants: list[dict[frozenset[tuple[str, str]], float]], at: Millis
) -> ValueCheck | None:
    """That a series has its value, rounded so that all versions give the same; None without such a value."""
    first, *others = variants
    if not first or any(other.keys() != first.keys() for other in others):
        return None
    digits = _digits(max(map(abs, first.values())))
    expected: list[tuple[Series, float]] = []
    for labels in sorted(first, key=sorted):
        values = {
            _rounded(variant[labels] * dust, digits)
            for variant in variants
            for dust in (1 - _DUST, 1 + _DUST)
        }
        if len(values) != 1 or not math.isfinite(value := values.pop()):
            return None
        own = {key: text for key, text in sorted(labels) if key != METRIC_NAME}
        expected.append((Series("", own), value))
    return ValueCheck(at, f"round({name}, {_unit(digits)})", tuple(expected), "recorded")


def _digits(greatest: float) -> int:
    """How many digits behind the point are kept."""
    if not math.isfinite(greatest) or not greatest:
        return 0
    wanted = min(max(_DIGITS - 1 - math.floor(math.log10(greatest)), 0), 15)
    return next((digits for digits in range(wanted, 16) if 1 / float(_unit(digits)) == 10**digits), wanted)


def _unit(digits: int) -> str:
    return "1" if not digits else f"0.{'0' * (digits - 1)}1"


def _rounded(value: float, digits: int) -> float:
    """As Prometheus rounds to a multiple of 0.1, 0.01 and so on."""
    if not math.isfinite(value):
        return value
    inverse = 1 / float(_unit(digits))
    return math.floor(value * inverse + 0.5) / inverse
