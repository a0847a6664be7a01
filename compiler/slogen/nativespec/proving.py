"""What `proof: series:` and documents of the kind Proof state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from slogen import burn, codes, promql, shapes
from slogen.diagnostics import Label, Report
from slogen.ir import StatedProof, Statement, Where
from slogen.nativespec import written
from slogen.source import Node, Span
from slogen.synthetic import ABSENT, Series

_RATE = re.compile(r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*/\s*(?:1\s*)?([a-z]+)\s*")
_SECONDS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
_HOW = "write `10/s` for a counter, a number for a gauge, or `absent`"
_ABSENT = "absent"
_MAX_EXPONENT = 300
_NO_SAMPLE = "no sample can hold this number"


def proof(node: Node, report: Report) -> Iterator[StatedProof]:
    """The proof of a document; nothing after findings."""
    document = shapes.read(node, written.Proof, report, "the document")
    spec = node.get("spec")
    found = statements(spec, report) if document and spec is not None else None
    if document is None or found is None:
        return
    yield StatedProof(document.spec.slo, found, Where(node.span_at("spec", "slo")))


def statements(node: Node | None, report: Report) -> tuple[Statement, ...] | None:
    """What the list `series` of a mapping states; empty where there is none, None after findings.

    The shape of the mapping is sound.
    """
    listed = node.get("series") if node is not None else None
    if listed is None or not isinstance(listed.value, list):
        return ()
    found = [_statement(item, report) for item in listed.value]
    sound = [statement for statement in found if statement is not None]
    return tuple(sound) if len(sound) == len(found) else None


def _statement(node: Node, report: Report) -> Statement | None:
    series = _series(node, report)
    good, bad = _level(node, "good", report), _level(node, "bad", report)
    if series is None or good is None or bad is None or not _are_one_kind(node, good, bad, report):
        return None
    is_counter = "counter" in (good.kind, bad.kind)
    # A counter that does not exist grows as little as one that stands still.
    missing = 0.0 if is_counter else ABSENT
    before, after = (missing if level.kind == _ABSENT else level.value for level in (good, bad))
    return Statement(series, is_counter, before, after, node.span_at("series"))


# series -----------------------------------------------------------------------------------------------


def _series(node: Node, report: Report) -> Series | None:
    written_series = node.get("series")
    assert written_series is not None
    text, at = str(written_series.value), written_series.span
    selector = promql.parse_selector(text)
    if isinstance(selector, promql.SyntaxProblem):
        report.report(
            codes.NOT_PROMQL, at.slice(selector.start, selector.end), selector.message, help=selector.help
        )
        return None
    sound = (_is_one_series(selector, at, report), _is_named(selector, at, report))
    if not all(sound) or not _is_unique(selector, at, report):
        return None
    labels = {each.name: each.value for each in selector.matchers if each.name != "__name__" and each.value}
    return Series(selector.name, labels)


def _is_one_series(selector: promql.Selector, at: Span, report: Report) -> bool:
    """Whether all matchers say what a label is."""
    others = [matcher for matcher in selector.matchers if matcher.op != "="]
    for matcher in others:
        report.report(
            codes.BAD_VALUE,
            at.slice(*matcher.at),
            f"`{matcher.name}{matcher.op}` selects series, but one series is needed here",
            help=f'write its label as it is: `{matcher.name}="..."`',
        )
    return not others


def _is_named(selector: promql.Selector, at: Span, report: Report) -> bool:
    if selector.name:
        return True
    report.report(
        codes.BAD_VALUE, at, "this series has no name", help="write the name of its metric before the labels"
    )
    return False


def _is_unique(selector: promql.Selector, at: Span, report: Report) -> bool:
    """Whether every label has one value."""
    first: dict[str, promql.Matcher] = {}
    unique = True
    for matcher in selector.matchers:
        earlier = first.setdefault(matcher.name, matcher)
        if earlier is not matcher:
            unique = False
            report.report(
                codes.BAD_VALUE,
                at.slice(*matcher.at),
                f"the label `{matcher.name}` is written twice",
                also=(Label(at.slice(*earlier.at), "first written here"),),
                help="a series has one value for each label: keep one of the two",
            )
    return unique


# levels -----------------------------------------------------------------------------------------------


class _Level(NamedTuple):
    """How a series moves in one state: `counter`, `gauge` or `absent`."""

    kind: str
    value: float = 0.0


def _level(node: Node, key: str, report: Report) -> _Level | None:
    """What is written at a key; None after findings."""
    inner = node.get(key)
    if inner is None or inner.value == _ABSENT:
        return _Level(_ABSENT)
    at, value = inner.span, inner.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _gauge(value, at, report)
    if not isinstance(value, str):
        said = f"`{_first_line(at)}` says nothing about a series"
        report.report(codes.WRONG_TYPE, at, f"`{key}` has no value" if value is None else said, help=_HOW)
        return None
    match = _RATE.fullmatch(value)
    if match is None:
        report.report(codes.BAD_VALUE, at, f"`{_first_line(at)}` is no rate", help=_meant(value))
        return None
    return _counter(Decimal(match[1]), match[2], at, report)


def _gauge(value: int | Decimal, at: Span, report: Report) -> _Level | None:
    number = _as_float(value)
    if number is not None:
        return _Level("gauge", number)
    report.report(codes.BAD_VALUE, at, _NO_SAMPLE, help=_HOW)
    return None


def _counter(rate: Decimal, unit: str, at: Span, report: Report) -> _Level | None:
    number = _as_float(rate)
    if number is None:
        report.report(codes.BAD_VALUE, at, _NO_SAMPLE, help=_HOW)
    elif number < 0:
        report.report(codes.BAD_VALUE, at, "a counter never falls", help="write a rate of zero or above")
    elif unit != "s":
        message = f"`{_first_line(at)}` is no rate per second"
        report.report(codes.BAD_VALUE, at, message, help=_per_second(rate, unit))
    else:
        return _Level("counter", abs(number))
    return None


def _per_second(rate: Decimal, unit: str) -> str:
    seconds = _SECONDS.get(unit.removesuffix("s") if len(unit) > 1 else unit)
    return f"write `{burn.decimal_text(Fraction(rate) / seconds)}/s`" if seconds else "write it as in `10/s`"


def _as_float(value: int | Decimal) -> float | None:
    """The sample of a number; None for one that no sample can hold, such as 1e999."""
    exact = Decimal(value)
    return float(exact) if abs(exact.adjusted()) <= _MAX_EXPONENT else None


def _meant(text: str) -> str:
    try:
        Decimal(text)
    except InvalidOperation:
        return _HOW
    return f"{_HOW}; a number stands without quotes"


def _first_line(at: Span) -> str:
    return at.text.strip().partition("\n")[0]


def _are_one_kind(node: Node, good: _Level, bad: _Level, report: Report) -> bool:
    kinds = {good.kind, bad.kind}
    if kinds == {_ABSENT}:
        report.report(
            codes.MISSING_KEY,
            node.span_at("series"),
            "`good` and `bad` are missing: this series never exists",
            help=_HOW,
        )
        return False
    if kinds != {"counter", "gauge"}:
        return True
    report.report(
        codes.BAD_VALUE,
        node.span_at("bad"),
        f"this is a {bad.kind}, but `good` is a {good.kind}",
        also=(Label(node.span_at("good"), f"a {good.kind}"),),
        help="write both with `/s` for a counter, or both without for a gauge",
    )
    return False
