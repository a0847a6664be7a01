"""From the queries of an indicator to its series."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from slogen import promql
from slogen.ir import Grouping, Query
from slogen.promql.metric_names import is_gauge
from slogen.promql.sums import Beyond, Choice, Flow, Form, Sum, Term, choice_of, read_form
from slogen.source import Span
from slogen.synthesis import counters, gauges
from slogen.synthesis.cells import Layout, NoneError
from slogen.synthesis.confirming import contradicts, is_plain
from slogen.synthetic import Gap, Synthetic

_WINDOW, _LONG = "5m", "3d"
_Part = tuple[Choice, ...]


def of_selectors(
    total: Sequence[Query], part: Sequence[Query], part_is_good: bool, grouping: Grouping, number: int
) -> Synthetic | Gap:
    """Series for counters, by selector, whose events are added up."""
    at = part[0].at
    chosen = [_choices(queries) for queries in (total, part)]
    return _found(_of_choices(chosen[0], chosen[1], part_is_good, grouping, number), at)


def of_buckets(count: str, bucket: str, grouping: Grouping, number: int, at: Span) -> Synthetic | Gap:
    """Series for a classic histogram: selectors of its counts and of the bucket of good events."""
    chosen = [_choices((Query(text, at),)) for text in (count, bucket)]
    return _found(_of_choices(chosen[0], chosen[1], True, grouping, number), at)


def of_queries(
    total: Query, part: Query, part_is_good: bool, grouping: Grouping, number: int
) -> Synthetic | Gap:
    """Series for the queries of all events and of the good, or the bad, ones."""
    forms: list[Form] = []
    for query in (total, part):
        form = _form(query)
        if isinstance(form, Gap):
            return form
        if form.below is not None:
            return Gap("is a quotient, not a number of events", _place(query, "/"))
        forms.append(form)
    found = _of_forms(forms[0], forms[1], part_is_good, grouping, number)
    texts = (total.over(_WINDOW), part.over(_WINDOW))
    return _found(_confirmed(found, grouping, *texts, part_is_good), part.at)


def of_ratio(error: Query, grouping: Grouping, number: int) -> Synthetic | Gap:
    """Series for the query of an error ratio."""
    form = _form(error)
    if isinstance(form, Gap):
        return form
    found = _of_quotient(form, grouping, number)
    return _found(_confirmed(found, grouping, "", error.over(_WINDOW), False), error.at)


def _form(query: Query) -> Form | Gap:
    if query.opaque:
        return Gap("is in a dialect that slogen does not know", query.at)
    form = read_form(query.over(_WINDOW))
    if isinstance(form, Beyond) and not promql.selectors(query.over(_WINDOW)):
        return Gap("reads no series", query.at)
    if isinstance(form, Beyond):
        return Gap(form.reason, _place(query, form.part))
    if query.template is not None:
        longer = read_form(query.over(_LONG))
        if isinstance(longer, Beyond) or longer.choices != form.choices:
            return Gap("is another one for other windows", query.at)
        return form
    for fixed in promql.fixed_ranges(query.text, query.holes):
        if fixed.place in ("range", "subquery"):
            reason = f"has a range of its own, `[{fixed.text}]`, instead of the window"
            return Gap(reason, query.at.slice(fixed.start, fixed.end))
    return form


def _confirmed(
    found: Synthetic | str, grouping: Grouping, total: str, part: str, part_is_good: bool
) -> Synthetic | str:
    if isinstance(found, str) or (not found.gauges and is_plain(total) and is_plain(part)):
        return found
    if any(is_gauge(counter.series.name) for counter in found.counters):
        # Such a counter stands still, and the query is to blame.
        return found
    if contradicts(found, grouping, total, part, part_is_good=part_is_good):
        return "has no value where all is good, or another one than its sums and quotients suggest"
    return found


def _found(found: Synthetic | str, at: Span) -> Synthetic | Gap:
    return Gap(found, at) if isinstance(found, str) else found


@lru_cache(maxsize=4096)
def _of_forms(
    total: Form, part: Form, part_is_good: bool, grouping: Grouping, number: int
) -> Synthetic | str:
    bad = total.above.plus(part.above.times(-1)) if part_is_good else part.above
    return of_sums(total.above, bad, grouping, number)


@lru_cache(maxsize=4096)
def _of_quotient(form: Form, grouping: Grouping, number: int) -> Synthetic | str:
    below = form.below if form.below is not None else Sum(number=1)
    return of_sums(below, form.above, grouping, number)


@lru_cache(maxsize=4096)
def _of_choices(
    total: _Part, part: _Part, part_is_good: bool, grouping: Grouping, number: int
) -> Synthetic | str:
    flow = Flow() if grouping.each else Flow().by(grouping.labels)
    sums = [Sum(tuple(Term(1, "counter", choice, flow) for choice in found)) for found in (total, part)]
    bad = sums[0].plus(sums[1].times(-1)) if part_is_good else sums[1]
    return of_sums(sums[0], bad, grouping, number)


def of_sums(total: Sum, bad: Sum, grouping: Grouping, number: int) -> Synthetic | str:
    """Series of the budget of a number, from the sums of all events and of the bad ones.

    A text says why there are none: the end of a sentence that begins with "this query".
    """
    try:
        layout = Layout(total, bad, grouping, number)
        if total.number or bad.number or any(one.term.kind != "counter" for one in layout.weighed):
            return gauges.of_layout(layout, total, bad)
        if len({one.term.per_sample for one in layout.weighed}) > 1:
            return "mixes what samples say with how many there are"
        return counters.of_layout(layout)
    except NoneError as error:
        return str(error)


def _choices(queries: Sequence[Query]) -> _Part:
    found = (promql.parse_selector(query.text) for query in queries)
    return tuple(choice_of(selector) for selector in found if isinstance(selector, promql.Selector))


def _place(query: Query, part: str) -> Span:
    """Where a word of a query is written; the whole of it, if nowhere."""
    if not part or query.template is not None:
        return query.at
    token = next((one for one in promql.tokens(query.text) if one.text == part), None)
    return query.at.slice(token.start, token.end) if token else query.at
