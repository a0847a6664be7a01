"""What the queries of OpenSLO's indicators measure, as slogen's kinds of indicators.

See the package for the reading of each form. A derived query, such as the sum of a gauge over a window, has
the place of the whole text that it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from slogen import codes, durations, expressions, promql
from slogen.compose import enclosed, is_one_line, operand
from slogen.diagnostics import Label, Report
from slogen.ir import HOLE, Millis, Query, Sli
from slogen.openslo import counters
from slogen.slis.condition import Condition
from slogen.slis.events import Events
from slogen.slis.query import Queries
from slogen.slis.ratio import Ratio
from slogen.slis.timeslice import LONGEST_SLICE, Timeslice, holds_over
from slogen.source import Node, Span

OPERATORS = {"lte": "<=", "gte": ">=", "lt": "<", "gt": ">"}
_COUNTER_NAME = re.compile(r"[a-zA-Z0-9_:]+_(?:total|count|bucket|sum)(?![a-zA-Z0-9_:])")
PERCENT = Context(prec=1000)
"""Enough digits for any number of a document times a hundred."""


@dataclass(frozen=True, slots=True)
class Side:
    """A query of an indicator: its text, its role such as `good`, and whether it may be MetricsQL."""

    node: Node
    role: str
    metricsql: bool = False

    @property
    def text(self) -> str:
        """The query as its author wrote it."""
        return str(self.node.value)

    @property
    def is_template(self) -> bool:
        """Whether the author has marked the window, as in Sloth's specs."""
        return "{{" in self.text


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator, and the labels that tell its budgets apart."""

    sli: Sli
    group_by: tuple[str, ...] = ()
    each_series: bool = False


# ratios -----------------------------------------------------------------------------------------------


def of_ratio(total: Side, part: Side, counter: bool | None, at: Span, report: Report) -> Measured | None:
    """Good or bad events of all events; `at` is where `counter` belongs. None after findings."""
    if _is_same(total, part, report):
        return None
    if total.is_template or part.is_template:
        return _of_templates(total, part, report)
    whole, chosen = _over_window(total), _over_window(part)
    if whole and chosen and whole[1] == chosen[1]:
        return _of_templates(replace(total, node=whole[0]), replace(part, node=chosen[0]), report)
    if counter is None:
        counter = _are_named_as_counters(total, part)
    if counter is None:
        # What is no PromQL says nothing about counters: a dashboard's `$__interval`, for one.
        sound = [expressions.is_promql(side.node, report) for side in (part, total)]
        if all(sound):
            _report_counter(total, part, at, report)
        return None
    return (_of_counters if counter else _of_gauges)(total, part, report)


def _is_same(total: Side, part: Side, report: Report) -> bool:
    if not part.text.strip() or total.text.split() != part.text.split():
        return False
    report.report(
        codes.SAME_QUERY,
        part.node.span,
        f"`{part.role}` is the same query as `total`",
        also=(Label(total.node.span, "all events"),),
        help=f'narrow `{part.role}` down with a matcher, such as `{{code=~"5.."}}`',
    )
    return True


def _over_window(side: Side) -> tuple[Node, str] | None:
    """The query with the window in place of the range that its author fixed, and what it then measures.

    The rate over a window is the mean of the rates over `5m` in it, so a sum of rates keeps its meaning, and
    so does a sum of increases if the other side is one over the same range: the second value tells which
    queries go together. None for any other expression.
    """
    fixed = [found for found in promql.fixed_ranges(side.text, ()) if found.place == "range"]
    ranges = {durations.parse(found.text) for found in fixed if _is_duration(found.text)}
    if len(ranges) != 1:
        return None
    text = side.text
    for found in reversed(fixed):
        text = f"{text[: found.start]}{HOLE}{text[found.end :]}"
    family = promql.family(text, promql.read_template(text).holes)
    if family is None:
        return None
    span = side.node.span
    kind = family if family == "rate" else f"{family} {ranges.pop()}"
    return Node(text, Span(span.source, span.start, span.end, "nodes")), kind


def _is_duration(text: str) -> bool:
    try:
        return durations.parse(text) > 0
    except durations.DurationError:
        return False


def _are_named_as_counters(total: Side, part: Side) -> bool | None:
    """True where all metrics have the names of counters; None where nothing is known about them."""
    found = [counters.read(side.text) for side in (total, part)]
    names = [
        side.text[start:end]
        for side, read in zip((total, part), found, strict=True)
        if read is not None
        for start, end in read.places
    ]
    return True if all(found) and all(_COUNTER_NAME.match(name) for name in names) else None


def _report_counter(total: Side, part: Side, at: Span, report: Report) -> None:
    report.report(
        codes.MISSING_KEY,
        at,
        "`counter` is missing, so the queries may give counters or gauges",
        also=(Label(part.node.span, "here"), Label(total.node.span, "and here")),
        help=f"add `counter: true` for counters that only grow, or write the window as `{HOLE}`",
    )


def _of_templates(total: Side, part: Side, report: Report) -> Measured | None:
    whole, chosen = _windowed(total, report), _windowed(part, report)
    if whole is None or chosen is None:
        return None
    decided = map(expressions.result_labels, (whole, chosen))
    known = [labels for labels in decided if labels is not None]
    sli = Queries(whole, chosen, part.role == "good")
    return Measured(sli, _shared(known)) if known else Measured(sli, each_series=True)


def _windowed(side: Side, report: Report) -> Query | None:
    return expressions.windowed(side.node, report, metricsql=side.metricsql)


def _shared(known: Iterable[frozenset[str]]) -> tuple[str, ...]:
    kept = list(known)
    return tuple(sorted(frozenset.intersection(*kept))) if kept else ()


def _of_counters(total: Side, part: Side, report: Report) -> Measured | None:
    whole, chosen = _counters(total, report), _counters(part, report)
    if whole is None or chosen is None:
        return None
    kept = [by for _, by in (whole, chosen) if by is not None]
    return Measured(Events(whole[0], chosen[0], part.role == "good"), _shared(kept))


def _counters(side: Side, report: Report) -> tuple[tuple[Query, ...], frozenset[str] | None] | None:
    """The selectors of the counters that a query adds up, and the labels that it keeps."""
    found = counters.read(side.text)
    if found is None or (found.or_zero and (side.role == "total" or found.by)):
        _report_no_counter(side, report)
        return None
    span = side.node.span
    queries = [
        expressions.selector(Node(side.text[start:end], span.slice(start, end)), report)
        for start, end in found.places
    ]
    known = tuple(query for query in queries if query is not None)
    return (known, found.by) if len(known) == len(queries) else None


def _report_no_counter(side: Side, report: Report) -> None:
    if not expressions.is_promql(side.node, report):
        return
    rendered = promql.render(side.text, (), "5m")
    fixed = [found for found in promql.all_ranges(rendered) if found.place in ("range", "subquery")]
    for found in fixed:
        report.report(
            codes.NO_WINDOW,
            side.node.span.slice(found.start, found.end),
            f"`{found.text}` is the same for every burn-rate window",
            label="a fixed range",
            help=f"write `{HOLE}`; what has a range is no counter any more (`counter: true`)",
        )
    if not fixed:
        report.report(
            codes.NO_EQUIVALENT,
            side.node.span,
            f"`{side.role}` is no counter, and no sum of counters, that slogen could make rates of",
            help=f"write the events of a window, such as `sum(rate(requests_total[{HOLE}]))`",
        )


def _of_gauges(total: Side, part: Side, report: Report) -> Measured | None:
    sides = (total, part)
    found = [expressions.vector(side.node, report) for side in sides]
    if not all(found):
        return None
    known = [labels for labels in map(promql.result_labels, (s.text for s in sides)) if labels is not None]
    # At instants that both have in common, whatever the intervals are at which the metrics are scraped.
    added = [_derived(side, f"sum_over_time({operand(side.text)}[{HOLE}:])", report) for side in sides]
    whole, chosen = added
    if whole is None or chosen is None:
        return None
    return Measured(Queries(whole, chosen, part.role == "good"), _shared(known))


def _derived(side: Side, text: str, report: Report) -> Query | None:
    """A query that slogen makes of the author's."""
    span = side.node.span
    return expressions.windowed(Node(text, Span(span.source, span.start, span.end, "nodes")), report)


# ratios that are computed elsewhere -------------------------------------------------------------------


def of_raw(raw: Side, *, is_success: bool, report: Report) -> Measured | None:
    """A ratio of good (`is_success`) or of bad events; None after findings."""
    if raw.is_template:
        query = _windowed(raw, report)
        if query is not None and is_success:
            error = _derived(raw, f"1 - {operand(raw.text)}", report)
        else:
            error = query
        labels = expressions.result_labels(query) if query is not None else None
    else:
        vector = expressions.vector(raw.node, report)
        labels = promql.result_labels(raw.text) if vector is not None else None
        mean = f"avg_over_time(({enclosed(raw.text)} >= 0)[{HOLE}:])"
        error = _derived(raw, f"1 - {mean}" if is_success else mean, report) if vector is not None else None
    if error is None:
        return None
    return _grouped(Ratio(error), labels)


def _grouped(sli: Sli, labels: frozenset[str] | None) -> Measured:
    return Measured(sli, each_series=True) if labels is None else Measured(sli, tuple(sorted(labels)))


# thresholds -------------------------------------------------------------------------------------------


def of_threshold(query: Side, op: str, value: Decimal, report: Report) -> Measured | None:
    """A value that is good while it compares with another as it should; None after findings."""
    if query.is_template:
        start = query.text.index("{{")
        end = query.text.find("}}", start) + 2
        report.report(
            codes.NO_EQUIVALENT,
            query.node.span.slice(start, end if end > start else len(query.text)),
            "a threshold is compared at every instant, which has no window",
            help="write a range of its own, such as `[5m]`",
        )
        return None
    metric = expressions.vector(query.node, report)
    if metric is None:
        return None
    bare = is_one_line(metric.text) and expressions.is_selector(metric.text)
    sli = Condition(metric, f"{OPERATORS[op]} {format(value, 'f')}", bare)
    return _grouped(sli, promql.result_labels(metric.text))


# slices of time ---------------------------------------------------------------------------------------


def in_slices(
    measured: Measured, length: Millis, at: Span, target: Decimal, target_at: Span, report: Report
) -> Measured | None:
    """The share of slices of time in which `target` (a ratio) of what is measured was good."""
    sound = True
    if not 0 < target <= 1:
        sound = False
        report.report(
            codes.BAD_VALUE,
            target_at,
            f"`{target_at.text}` is no share of the events of a slice",
            help="write a number above 0 and at most 1, such as `0.95`",
        )
    if length > LONGEST_SLICE:
        sound = False
        report.report(
            codes.NO_EQUIVALENT,
            at,
            f"a slice of {durations.words(length)} is too long to be looked at all the time",
            help=f"write at most `{durations.render(LONGEST_SLICE)}`",
        )
    if not sound or not holds_over(length, measured.sli, report):
        return None
    return replace(measured, sli=Timeslice(length, target.scaleb(2, PERCENT), measured.sli))
