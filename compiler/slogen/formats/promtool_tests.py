"""The users' own tests of rules, in the format of `promtool test rules`.

They are read as strictly as promtool reads them, since it would say no more than a line, and only when the
tests are run. What it takes without a word, such as an alert that does not exist, is the business of checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

from slogen import codes, expressions, promql, shapes
from slogen.diagnostics import Label, Report, nearest
from slogen.ir import Extensions
from slogen.ownproofs import AlertTest, OwnTests, RulePattern
from slogen.resemblance import Resemblance
from slogen.source import Node, Span

NAME = "promtool tests"
_HEADS = frozenset(("rule_files", "evaluation_interval", "group_eval_order", "fuzzy_compare"))
_PARTS = frozenset(("input_series", "alert_rule_test", "promql_expr_test"))


def _written(value: object) -> object:
    # Where promtool wants a text it takes a number or a truth value as it is written.
    return str(value) if value is None or isinstance(value, (int, Decimal)) else value


Written = Annotated[str, BeforeValidator(_written)]


class SeriesShape(shapes.Shape):
    """A series and its samples."""

    series: Written
    values: Written | None = None


class AlertShape(shapes.Shape):
    """An alert that is expected to fire."""

    exp_labels: dict[str, Written] | None = None
    exp_annotations: dict[str, Written] | None = None


class AlertTestShape(shapes.Shape):
    """A check of the alerts of a name."""

    eval_time: Any = None
    alertname: Written
    exp_alerts: list[AlertShape] | None = None


class SampleShape(shapes.Shape):
    """A sample that an expression is expected to give."""

    labels: Written | None = None
    value: Any = None
    histogram: Written | None = None


class ExpressionTestShape(shapes.Shape):
    """A check of an expression."""

    expr: Written
    eval_time: Any = None
    exp_samples: list[SampleShape] | None = None


class TestShape(shapes.Shape):
    """Series, and what holds for them."""

    interval: Any = None
    input_series: list[SeriesShape] | None = None
    name: Written | None = None
    alert_rule_test: list[AlertTestShape] | None = None
    promql_expr_test: list[ExpressionTestShape] | None = None
    external_labels: dict[str, Written] | None = None
    external_url: Written | None = None
    start_timestamp: Written | None = None


class FileShape(shapes.Shape):
    """A file of tests."""

    rule_files: list[Written] | None = None
    evaluation_interval: Any = None
    group_eval_order: list[Written] | None = None
    fuzzy_compare: bool | None = None
    tests: list[TestShape] | None = None


def recognises(node: Node) -> bool:
    """Whether a document has tests of rules."""
    if (
        not isinstance(node.value, dict)
        or "tests" not in node.keys
        or {"kind", "apiVersion"} & node.keys.keys()
    ):
        return False
    return bool(_HEADS & node.keys.keys()) or any(_PARTS & test.keys.keys() for test in _items(node, "tests"))


def resembles(node: Node) -> Resemblance | None:
    """Tests below a key that is not quite `tests`."""
    if not isinstance(node.value, dict) or not _HEADS & node.keys.keys():
        return None
    meant = nearest("tests", node.keys)
    if meant is None:
        return None
    return Resemblance(
        0.9, node.keys[meant], f"tests of rules stand below `{meant}`", "write `tests:` instead"
    )


def is_certain(_: Node) -> bool:
    """Whether a document within a ConfigMap is for promtool, which reads files: never."""
    return False


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[OwnTests]:
    """The tests of a document."""
    written = shapes.read(node, FileShape, report, "the file of tests")
    _check_duration(node.get("evaluation_interval"), report)
    _check_order(_items(node, "group_eval_order"), report)
    tests = _items(node, "tests")
    for test in tests:
        _check_test(test, report)
    if written is None:
        return
    patterns = (RulePattern(_text(item), item.span) for item in _items(node, "rule_files"))
    checks = (check for test in tests for check in _items(test, "alert_rule_test"))
    yield OwnTests(
        node.span.source.path,
        tuple(patterns),
        tuple(AlertTest(_text(c.get("alertname")), _fires(c), c.span_at("alertname")) for c in checks),
        _head(node),
    )


def gather(tests: Sequence[OwnTests], report: Report) -> Iterator[OwnTests]:
    """The tests of one file, which are those of its first document."""
    for other in tests[1:]:
        report.report(
            codes.BAD_VALUE,
            other.at,
            "promtool reads the first document of a file and drops these tests without a word",
            also=(Label(tests[0].at, "the first ones"),),
            help="move them to a file of their own",
        )
    yield from tests[:1]


def _head(node: Node) -> Span:
    """The first key of a document."""
    return next(iter(node.keys.values()), node.span)


def _items(node: Node, key: str) -> list[Node]:
    found = node.get(key)
    return found.value if found is not None and isinstance(found.value, list) else []


def _text(node: Node | None) -> str:
    """A scalar as text, as it was written."""
    if node is None or node.value is None:
        return ""
    return node.value if isinstance(node.value, str) else node.span.text.strip()


def _fires(check: Node) -> bool:
    return bool(_items(check, "exp_alerts"))


# parts ------------------------------------------------------------------------------------------------


def _check_duration(node: Node | None, report: Report) -> None:
    if node is not None and not (type(node.value) is int and node.value == 0) and node.value is not None:
        shapes.duration(node, report)


def _check_order(groups: Sequence[Node], report: Report) -> None:
    first: dict[str, Node] = {}
    for group in groups:
        other = first.setdefault(_text(group), group)
        if other is not group:
            report.report(
                codes.BAD_VALUE,
                group.span,
                f"the group `{_text(group)}` is there twice, which promtool refuses",
                also=(Label(other.span, "the first one"),),
                help="delete one of them",
            )


def _check_test(test: Node, report: Report) -> None:
    _check_duration(test.get("interval"), report)
    series = _items(test, "input_series")
    for item in series:
        if _is_in_one_line(item.get("series"), report):
            _check_series(item.get("series"), report)
        _check_values(item.get("values"), report, is_last=item is series[-1])
    for check in _items(test, "alert_rule_test"):
        _check_duration(check.get("eval_time"), report)
        name = check.get("alertname")
        if name is not None and not _text(name):
            report.report(codes.BAD_VALUE, name.span, "the alert has no name", help="write the alert's name")
    for check in _items(test, "promql_expr_test"):
        _check_duration(check.get("eval_time"), report)
        _check_expression(check.get("expr"), report)
        for sample in _items(check, "exp_samples"):
            _check_sample(sample, report)


def _check_expression(node: Node | None, report: Report) -> None:
    if node is not None and isinstance(node.value, (str, int, Decimal)):
        expressions.is_evaluable(Node(_text(node), node.span), report)


def _check_sample(sample: Node, report: Report) -> None:
    labels, value = sample.get("labels"), sample.get("value")
    if labels is not None and _text(labels).strip():
        _check_series(labels, report)
    if value is not None and not _is_number(value.value):
        report.report(codes.WRONG_TYPE, value.span, "this is no number", help="write a number, or `.inf`")


_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return _SPECIAL.fullmatch(value) is not None
    return value is None or (isinstance(value, (int, Decimal)) and not isinstance(value, bool))


_IN_ONE_LINE = "promtool reads a series from one line, and takes the next one for something else"


def _is_in_one_line(node: Node | None, report: Report) -> bool:
    is_broken = node is not None and "\n" in _text(node)
    if node is not None and is_broken:
        report.report(codes.BAD_VALUE, node.span, _IN_ONE_LINE, help="write it in one line, or below `>-`")
    return not is_broken


def _check_series(node: Node | None, report: Report) -> None:
    """A series is a selector whose matchers say what its labels are."""
    if node is None or not isinstance(node.value, str):
        return
    text = node.value
    if not text.strip():
        report.report(codes.BAD_VALUE, node.span, "this is no series", help='write one, as `up{job="a"}`')
        return
    found = promql.parse_selector(text)
    if not isinstance(found, promql.Selector):
        if not re.fullmatch(r"\s*\{\s*\}\s*", text):
            report.report(codes.NOT_PROMQL, node.span.slice(*found.place), found.message, help=found.help)
        return
    for matcher in found.matchers:
        if matcher.op != "=":
            at = node.span.slice(*matcher.at)
            message = f"`{at.text}` selects series, but this is one: its labels have values"
            report.report(codes.BAD_VALUE, at, message, help=f'write `{matcher.name}="..."`')


# The notation of promtool: promql/parser/generated_parser.y, series_item. The count of `axN` needs no blank.
_DIGITS = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_WORD = r"(?:[iI][nN][fF]|[nN][aA][nN])"
_HISTOGRAM = r"\{\{[^{}]*\}\}"
_ITEM = re.compile(
    rf"(?:_(?:x[0-9]+)?|stale|[-+]?{_DIGITS}(?:(?:[-+]{_DIGITS})?x[0-9]+)?"
    rf"|[-+]?{_WORD}(?:[-+]{_DIGITS}x[0-9]+)?"
    rf"|{_HISTOGRAM}(?:(?:[-+]{_HISTOGRAM})?x[0-9]+)?)(?=\s|\Z)"
)
_NO_ITEM = re.compile(r"\S+")
_NOTATION = "write numbers, `_` for none, `stale`, `1x9` for ten times 1, or `0+5x9` for 0, 5 up to 45"


def _check_values(node: Node | None, report: Report, *, is_last: bool) -> None:
    if node is None or node.value is None or isinstance(node.value, (list, dict)):
        return
    text = _text(node)
    if "\n" in (text.rstrip("\n") if is_last else text):
        report.report(codes.BAD_VALUE, node.span, _IN_ONE_LINE, help="write it in one line, or below `>-`")
        return
    at = 0
    while match := _NO_ITEM.search(text, at):
        item = _ITEM.match(text, match.start())
        if item is None:
            where = node.span.slice(*match.span()) if isinstance(node.value, str) else node.span
            report.report(codes.BAD_VALUE, where, f"`{match[0]}` is no value of a series", help=_NOTATION)
            return
        at = item.end()
