"""Events counted by the author's own PromQL, with `{{.window}}` where the window goes, as in Sloth.

For what the selector forms cannot say. The text is used as it stands; slogen adds what keeps it safe: errors
that do not exist are zero, and both sides are reduced to the labels of the grouping.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from slogen import codes, expressions, promql, shapes
from slogen.compose import complement, enclosed, zero_filled
from slogen.diagnostics import Label, Report
from slogen.ir import Grouping, Over, Query
from slogen.source import Node

Family = Literal["rate", "increase"]


class Shape(shapes.Shape):
    """PromQL of the events over a window, written as `{{.window}}`."""

    total: shapes.Text = Field(description="All events over `{{.window}}`.")
    bad: shapes.Text | None = Field(None, description="The events that spend the error budget.")
    good: shapes.Text | None = Field(None, description="The events that do not; instead of `bad`.")


@dataclass(frozen=True, slots=True)
class Queries:
    """The author's queries; `family` is set where both are sums of rates, or both of increases."""

    total_query: Query
    part_query: Query
    good_given: bool
    family: Family | None

    kind: ClassVar[str] = "query"
    unit: ClassVar[str] = "events"

    @property
    def queries(self) -> tuple[Query, ...]:
        return (self.total_query, self.part_query)

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

    def _measured(self, query: Query, over: Over, grouping: Grouping) -> str:
        text = reduced(query, over, grouping)
        if over.function == "increase" and self.family != "increase":
            return f"{over.seconds} * {text}"
        if over.function == "rate" and self.family == "increase":
            return f"{text} / {over.seconds}"
        return text


def reduced(query: Query, over: Over, grouping: Grouping) -> str:
    """The query over a window, in parentheses, with exactly the labels of the grouping."""
    body = enclosed(query.over(over.window))
    if promql.aggregates_to(query.over("5m"), grouping.labels):
        return body
    return f"sum{grouping.by}{body}"


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
    families = {promql.family(query.text, query.holes) for query in (total, chosen)}
    return Queries(total, chosen, part == "good", families.pop() if len(families) == 1 else None)
