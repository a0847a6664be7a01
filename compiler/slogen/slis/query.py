"""Events counted by the author's own PromQL, with `{{.window}}` where the window goes, as in Sloth.

For what the selector forms cannot say. The text is used as it stands; slogen adds what keeps it safe: errors
that do not exist are zero, and both sides are reduced to the labels of the grouping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import ClassVar, Literal

from pydantic import Field

from slogen import codes, expressions, promql, shapes
from slogen.compose import complement, enclosed, is_one_call, zero_filled
from slogen.diagnostics import Label, Report
from slogen.ir import Excerpt, Grouping, Measured, Over, Plain, Query
from slogen.source import Node
from slogen.synthesis.indicators import of_queries
from slogen.synthetic import Gap, Synthetic

Family = Literal["rate", "increase"]


class Shape(shapes.Shape):
    """PromQL of the events over a window, written as `{{.window}}`."""

    total: shapes.Text = Field(description="All events over `{{.window}}`.")
    bad: shapes.Text | None = Field(None, description="The events that spend the error budget.")
    good: shapes.Text | None = Field(None, description="The events that do not; instead of `bad`.")


@dataclass(frozen=True, slots=True)
class Queries:
    """The author's queries of all events and of the bad ones, or (`good_given`) of the good ones.

    `family` is set where both are sums of rates, or both of increases.
    """

    total_query: Query
    part_query: Query
    good_given: bool
    family: Family | None = field(init=False)

    kind: ClassVar[str] = "query"
    unit: ClassVar[str] = "events"

    def __post_init__(self) -> None:
        families = {_family(query) for query in self.queries}
        object.__setattr__(self, "family", families.pop() if len(families) == 1 else None)

    @property
    def queries(self) -> tuple[Query, ...]:
        return (self.total_query, self.part_query)

    @property
    def measured(self) -> tuple[Measured, ...]:
        return (
            Measured("total", (Excerpt(self.total_query),)),
            Measured("good" if self.good_given else "bad", (Excerpt(self.part_query),)),
        )

    @property
    def additive(self) -> bool:
        return self.family is not None

    def samples(self, grouping: Grouping) -> str:
        return ""

    def error_samples(self, grouping: Grouping, samples: str) -> str:
        return ""

    def total(self, over: Over, grouping: Grouping, samples: str) -> str:
        return self._measured(self.total_query, over, grouping)

    def errors(self, over: Over, grouping: Grouping, total: str, error_samples: str) -> str:
        part = self._measured(self.part_query, over, grouping)
        return (complement if self.good_given else zero_filled)(part, grouping, total)

    def plain(self, window: str, grouping: Grouping) -> Plain:
        total, part = self.total_query.over(window), self.part_query.over(window)
        return Plain(total, good=part) if self.good_given else Plain(total, bad=part)

    def spec(self) -> Mapping[str, object]:
        part = "good" if self.good_given else "bad"
        return {"query": {"total": self.total_query.text, part: self.part_query.text}}

    def synthetic(self, grouping: Grouping, number: int) -> Synthetic | Gap:
        return of_queries(self.total_query, self.part_query, self.good_given, grouping, number)

    def _measured(self, query: Query, over: Over, grouping: Grouping) -> str:
        if over.function == (self.family or "rate"):
            return _reduced(query, query.over(over.window), grouping)
        converted = _converted(query, over.function) if self.family else None
        if converted is not None:
            return _reduced(query, converted.over(over.window), grouping)
        measured = _reduced(query, query.over(over.window), grouping)
        if over.function == "increase":
            return f"{over.seconds} * {measured}"
        return f"{measured} / {over.seconds}"


@lru_cache(maxsize=2048)
def _converted(query: Query, family: Family) -> Query | None:
    """The query in terms of the other function; None where that takes a factor."""
    text = promql.as_family(query.text, family)
    return replace(query, text=text, holes=promql.read_template(text).holes) if text else None


def _reduced(query: Query, text: str, grouping: Grouping) -> str:
    """The text of a query over a window, fit to be an operand, with exactly the labels of the grouping."""
    # What holds for one window and function holds for all of them, unless the text is a program.
    sample = query.over("5m") if query.template is None else text
    if not _is_grouped(query, sample, grouping):
        return f"sum{grouping.by}{enclosed(text)}"
    return text.strip() if is_one_call(sample) else enclosed(text)


def _is_grouped(query: Query, text: str, grouping: Grouping) -> bool:
    if query.opaque:
        return False
    if grouping.each:
        # Only the name of the metric is to go, which neither aggregations nor rates have.
        return promql.result_labels(text) is not None or _family(query) is not None
    return promql.aggregates_to(text, grouping.labels)


def _family(query: Query) -> Family | None:
    if query.template is not None or query.opaque:
        return None
    return promql.family(query.text, query.holes)


def mean(node: Node, shape: Shape, report: Report) -> Queries | None:
    """The indicator that was written; None after findings."""
    part = shapes.exactly_one(node, ("bad", "good"), "a `query` indicator", report)
    total = expressions.windowed(node.get("total"), report)
    chosen = expressions.windowed(node.get(part), report) if part else None
    if part is None or total is None or chosen is None:
        return None
    if total.text.strip() == chosen.text.strip():
        report.report(
            codes.SAME_QUERY,
            chosen.at,
            f"`{part}` is the same query as `total`",
            also=(Label(total.at, "all events"),),
            help=f'narrow `{part}` down with a matcher, such as `{{code=~"5.."}}`',
        )
        return None
    return Queries(total, chosen, good_given=part == "good")
