"""The metrics of an indicator: plain selectors with a name in front, as Pyrra takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from slogen import codes, expressions, promql
from slogen.diagnostics import Label, Report
from slogen.ir import Query
from slogen.source import Node, Span

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_OFFSET = re.compile(r"offset\s*[-+]?\s*([0-9]+(ms|[smhdwy]))+\s*", re.IGNORECASE)
_INFINITE = re.compile(r"\+?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metric:
    """A selector: the query, its parts (with offsets in the author's text), and where that text stands."""

    query: Query
    selector: promql.Selector
    at: Span

    @property
    def name(self) -> str:
        """The name of the metric."""
        return self.selector.name

    def place(self, place: promql.Place) -> Span:
        """Where a part of the selector was written."""
        return self.at.slice(*place)

    def selects_the_same(self, other: Metric) -> bool:
        """Whether both select the same series, however they are spelled."""
        return self.name == other.name and self.matchers_but() == other.matchers_but()

    def matchers_but(self, *labels: str) -> frozenset[tuple[str, str, str]]:
        """What the matchers say, whatever their order, without those of some labels."""
        return frozenset((m.name, m.op, m.value) for m in self.selector.matchers if m.name not in labels)


def metric(node: Node | None, report: Report) -> Metric | None:
    """The metric that a node selects; None after findings, such as that of its shape that it is no text."""
    if node is None or not isinstance(node.value, str):
        return None
    node = _without_offset(node, report)
    query = expressions.selector(node, report)
    if query is None:
        return None
    selector = promql.parse_selector(str(node.value))
    assert isinstance(selector, promql.Selector), "it was read before"
    found = Metric(query, selector, node.span)
    return found if _is_named_in_front(found, report) else None


def _without_offset(node: Node, report: Report) -> Node:
    """The selector without an `offset` behind it, of which Pyrra's rules have nothing either."""
    text = node.value if isinstance(node.value, str) else ""
    if "offset" not in text.casefold():
        return node
    found = next((token for token in promql.tokens(text) if token.word == "offset"), None)
    if found is None or not _OFFSET.fullmatch(text[found.start :]):
        return node
    report.report(
        codes.NO_EFFECT,
        node.span.slice(found.start, len(text.rstrip())),
        "`offset` has no effect: Pyrra leaves it out of all rules, so an SLO never had it",
        help="delete it",
    )
    return Node(text[: found.start], node.span)


def _is_named_in_front(found: Metric, report: Report) -> bool:
    if found.selector.name_at is not None:
        return True
    naming = next((m for m in found.selector.matchers if m.name == "__name__"), None)
    if naming is None:
        report.report(
            codes.BAD_VALUE,
            found.place((found.selector.start, found.selector.end)),
            "this names no metric",
            help="write the metric's name in front of the braces",
        )
        return False
    plain = naming.op == "=" and promql.is_metric_name(naming.value)
    report.report(
        codes.BAD_VALUE,
        found.place(naming.at),
        "the metric is named within the braces, of which Pyrra makes no rules at all",
        help=f"write `{naming.value}{{...}}`" if plain else "write the name of one metric before the braces",
    )
    return False


def differ(part: str, chosen: Metric, total: Metric, report: Report) -> bool:
    """Whether a part of the events is selected by other means than all of them; reports when it is not."""
    if not chosen.selects_the_same(total):
        return True
    report.report(
        codes.SAME_QUERY,
        chosen.at,
        f"`{part}` selects the same events as `total`",
        also=(Label(total.at, "all events"),),
        help=f'narrow `{part}` down with a matcher, such as `{{code=~"5.."}}`',
    )
    return False


# buckets ----------------------------------------------------------------------------------------------


def bound(success: Metric, report: Report) -> Decimal | None:
    """The bound of the bucket that holds the good events, in the unit of its histogram."""
    matchers = [m for m in success.selector.matchers if m.name == "le"]
    if len(matchers) != 1:
        _report_no_bucket(success, matchers, report)
        return None
    matcher = matchers[0]
    if matcher.op.startswith("!"):
        report.report(
            codes.BAD_VALUE,
            success.place(matcher.at),
            f"`{_text(success, matcher.at)}` selects every bucket but one",
            help='select the bucket of the good events, such as `le="0.5"`',
        )
        return None
    found = _bound_of(matcher)
    if found is not None:
        return found
    value = success.place(matcher.value_at)
    if _INFINITE.fullmatch(matcher.value):
        message = f"`le={_text(success, matcher.value_at)}` is the bucket of all events: none would be slow"
        report.report(codes.BAD_VALUE, value, message, help='write the bound of a bucket, such as `"0.5"`')
        return None
    report.report(
        codes.BAD_VALUE,
        value,
        f"`{_text(success, matcher.value_at)}` is not the bound of one bucket",
        help='write one number, such as `le="0.5"`',
    )
    return None


def _report_no_bucket(success: Metric, matchers: list[promql.Matcher], report: Report) -> None:
    if matchers:
        report.report(
            codes.BAD_VALUE,
            success.place(matchers[1].at),
            "`le` is matched twice, and no bucket has two bounds",
            also=(Label(success.place(matchers[0].at), "the first one"),),
            help="keep one of them",
        )
        return
    assert success.selector.name_at is not None, "a metric is named in front"
    report.report(
        codes.BAD_VALUE,
        success.place(success.selector.name_at),
        "`success` selects no bucket: there is no matcher of `le`",
        help='add the bound of the good events, such as `le="0.5"`',
    )


def _bound_of(matcher: promql.Matcher) -> Decimal | None:
    """The number that a matcher of `le` means, also one that takes both of its spellings."""
    if matcher.op == "=":
        return _number(matcher.value)
    words = re.sub(r"\\(.)", r"\1", matcher.value.replace(r"(\.0)?", "")).split("|")
    numbers = {_number(word) for word in words}
    return numbers.pop() if len(numbers) == 1 else None


def _number(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text) or len(text) > 40:
        return None
    found = Decimal(text)
    return found if abs(found.adjusted()) <= 300 else None


def portable(found: Metric) -> Query:
    """The query with whole bounds of buckets matched as Prometheus 2 (`1`) and 3 (`1.0`) spell them."""
    text = found.query.text
    selector = promql.parse_selector(text)
    assert isinstance(selector, promql.Selector), "it was read before"
    changes = [(m.at, promql.le_matcher(number)) for m, number in _whole_bounds(selector.matchers)]
    if not changes:
        return found.query
    for (start, end), matcher in reversed(changes):
        text = f"{text[:start]}{matcher}{text[end:]}"
    whole = Span(found.at.source, found.at.start, found.at.end, "nodes")
    return Query(text, whole)


def _whole_bounds(matchers: Iterable[promql.Matcher]) -> Iterable[tuple[promql.Matcher, Decimal]]:
    for matcher in matchers:
        number = _bound_of(matcher) if matcher.name == "le" and matcher.op in {"=", "=~"} else None
        if number is not None and number == number.to_integral_value():
            yield matcher, number


def _text(found: Metric, place: promql.Place) -> str:
    return str(found.at.value)[slice(*place)]
