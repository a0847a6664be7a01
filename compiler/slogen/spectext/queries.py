"""An indicator as queries that stand by themselves, for formats that know nothing but queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slogen.compose import enclosed, operand, spelt
from slogen.expressions import result_labels
from slogen.ir import HOLE, Grouping, Plain, Query, Sli
from slogen.slis.condition import Condition
from slogen.slis.events import Events
from slogen.slis.latency import Latency
from slogen.slis.query import Queries
from slogen.slis.ratio import Ratio
from slogen.slis.timeslice import Timeslice


@dataclass(frozen=True, slots=True)
class Spelling:
    """Queries of an indicator over `HOLE`; `losses` say how they are not to the letter what it measures."""

    plain: Plain
    losses: tuple[str, ...] = ()


def spelling(sli: Sli, grouping: Grouping, constant: Iterable[str] = ()) -> Spelling:
    """An indicator as queries whose series have the labels of the grouping, and perhaps `constant` ones."""
    plain = sli.plain(HOLE, grouping)
    if isinstance(sli, Events):
        return _of_events(sli, plain, grouping)
    if isinstance(sli, Queries):
        return _of_queries(sli, grouping, frozenset(constant))
    if isinstance(sli, Ratio):
        error = _fitted(sli.error, "avg", grouping, frozenset(constant))
        return Spelling(Plain(ratio=error.text), error.losses)
    if isinstance(sli, Condition):
        return Spelling(plain, ("the samples of a condition are counted by subqueries, which cost more",))
    if isinstance(sli, Timeslice):
        return Spelling(plain, ("slices of time are counted by subqueries, which cost more",))
    if isinstance(sli, Latency) and sli.native:
        return Spelling(plain, ("the share of slow events is computed anew for each window",))
    return Spelling(plain)


def bad_of_good(plain: Plain, grouping: Grouping) -> str:
    """The bad events as the total without the good ones; all are bad where no good one has a series.

    Only sums, differences and multiples: whoever sees that events add up over time sees it of this, too.
    """
    total, good = operand(plain.total), operand(plain.good).replace("\n", "\n  ")
    zero = operand(plain.total).replace("\n", "\n  ")
    return f"{total}\n- {grouping.on}\n(\n  {good}\n  or {grouping.on}\n  0 * {zero}\n)"


# events -----------------------------------------------------------------------------------------------


def _of_events(sli: Events, plain: Plain, grouping: Grouping) -> Spelling:
    total, part = plain.total, plain.good if sli.good_given else plain.bad
    several = len(sli.total_selectors) > 1 or len(sli.part_selectors) > 1
    if len(sli.total_selectors) > 1:
        total = _added(sli.total_selectors, grouping)
    if len(sli.part_selectors) > 1:
        part = _added(sli.part_selectors, grouping)
    plain = Plain(total, good=part) if sli.good_given else Plain(total, bad=part)
    return Spelling(plain, ("a list of counters becomes one query that adds them up",) if several else ())


def _added(selectors: Sequence[Query], grouping: Grouping) -> str:
    """The events of all counters; present where at least one of the counters is."""
    sums = [_rate(selector, grouping) for selector in selectors]
    terms = []
    for i, one in enumerate(sums):
        others = [f"0 * {other}" for j, other in enumerate(sums) if j != i]
        terms.append("(\n  " + "\n  or\n  ".join([one, *others]) + "\n)")
    return "\n+\n".join(terms)


def _rate(selector: Query, grouping: Grouping) -> str:
    return spelt(lambda window: f"sum{grouping.by}(rate({selector.text}[{window}]))", HOLE)


# queries ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fitted:
    text: str
    losses: tuple[str, ...] = ()


def _of_queries(sli: Queries, grouping: Grouping, constant: frozenset[str]) -> Spelling:
    # Where one of the two decides the labels, readers add the other up likewise.
    decided = any(result_labels(query) is not None for query in sli.queries)
    total, part = (
        _Fitted(query.text)
        if decided and not grouping.each and result_labels(query) is None
        else _fitted(query, "sum", grouping, constant)
        for query in (sli.total_query, sli.part_query)
    )
    plain = Plain(total.text, good=part.text) if sli.good_given else Plain(total.text, bad=part.text)
    return Spelling(plain, tuple(dict.fromkeys((*total.losses, *part.losses))))


def _fitted(query: Query, aggregation: str, grouping: Grouping, constant: frozenset[str]) -> _Fitted:
    """The author's query, aggregated where the labels of its series are others than those of the grouping."""
    labels = result_labels(query)
    if grouping.each:
        if labels is None:
            return _Fitted(query.text)
        kept = ", ".join(f"`{label}`" for label in sorted(labels)) or "no label"
        return _Fitted(query.text, (f"series are kept apart by {kept}, as the query has them",))
    if labels is not None and labels - constant == set(grouping.labels):
        return _Fitted(query.text)
    loss = ("what is measured is the mean of the ratios of all series",) if aggregation == "avg" else ()
    return _Fitted(f"{aggregation}{grouping.by}{enclosed(query.text)}", loss)
