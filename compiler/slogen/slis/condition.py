"""A condition on a gauge: the share of samples that meet it.

The samples are taken at each evaluation and counted, because a gauge has no past to look back on as a counter
has. A sample that is not a number is not good. A target that vanishes has no samples: that is missing data,
not an error, and has its own alert.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from slogen import codes, expressions, shapes
from slogen.compose import enclosed, is_one_line, looked_back, over_time, spelt
from slogen.diagnostics import Report
from slogen.ir import Excerpt, Grouping, Measured, Over, Plain, Query
from slogen.source import Node
from slogen.synthetic import Gap, Synthetic

COMPARISON = re.compile(
    r"\s*(==|!=|<=|>=|<|>)\s*([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*"
)


class Shape(shapes.Shape):
    """A gauge and the condition that good samples meet."""

    metric: shapes.Text = Field(
        description="A gauge selector, or an instant vector such as `max by (x) (m)`."
    )
    good_when: shapes.Text = Field(
        description="A comparison with a number.", examples=["<= 50", "== 1", "> 0"]
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """An instant vector and the comparison that its good samples meet."""

    metric: Query
    comparison: str
    bare: bool

    kind: ClassVar[str] = "condition"
    unit: ClassVar[str] = "samples"
    additive: ClassVar[bool] = False

    @property
    def queries(self) -> tuple[Query, ...]:
        return (self.metric,)

    @property
    def measured(self) -> tuple[Measured, ...]:
        return (Measured("value", (Excerpt(self.metric),)),)

    def samples(self, grouping: Grouping) -> str:
        return f"count{grouping.by}{enclosed(self.metric.text)}"

    def error_samples(self, grouping: Grouping, samples: str) -> str:
        good = f"{self._good(grouping)} or {grouping.on} 0 * {samples}"
        return f"{samples} - {grouping.on} ({good})"

    def total(self, over: Over, grouping: Grouping, samples: str) -> str:
        return over_time(samples, over)

    def errors(self, over: Over, grouping: Grouping, total: str, error_samples: str) -> str:
        return over_time(error_samples, over)

    def total_at(self, steps: str, grouping: Grouping) -> str:
        """The samples at the steps of a subquery, such as `1h:1m`, in place of recorded ones."""
        return looked_back(self.samples(grouping), steps)

    def errors_at(self, steps: str, grouping: Grouping) -> str:
        """The samples that are not good at the steps of a subquery."""
        samples = self.samples(grouping)
        return looked_back(f"{samples} - ({self._good(grouping)} or 0 * {samples})", steps)

    def plain(self, window: str, grouping: Grouping) -> Plain:
        return Plain(
            total=spelt(lambda w: self.total_at(f"{w}:", grouping), window),
            bad=spelt(lambda w: self.errors_at(f"{w}:", grouping), window),
        )

    def spec(self) -> Mapping[str, object]:
        return {"condition": {"metric": self.metric.text, "good_when": self.comparison}}

    def synthetic(self, grouping: Grouping, number: int) -> Synthetic | Gap:
        # Imported late: few indicators are conditions, and it takes the evaluator.
        from slogen.synthesis.conditions import of_condition  # noqa: PLC0415

        if self.metric.opaque:
            return Gap("is in a dialect that slogen does not know", self.metric.at)
        return of_condition(self.metric.text, self.comparison, grouping, number, self.metric.at)

    def _good(self, grouping: Grouping) -> str:
        metric = self.metric.text if self.bare else enclosed(self.metric.text)
        # What is not a number is unequal to every number, and good to no other comparison.
        is_number = " <= Inf" if self.comparison.startswith("!=") else ""
        return f"count{grouping.by}({metric} {self.comparison}{is_number})"


def mean(node: Node, shape: Shape, report: Report) -> Condition | None:
    """The indicator that was written; None after findings."""
    metric_node = node.get("metric")
    metric = expressions.vector(metric_node, report) if metric_node else None
    match = COMPARISON.fullmatch(shape.good_when)
    if match is None:
        report.report(
            codes.BAD_VALUE,
            node.span_at("good_when"),
            f"`{shape.good_when}` is no comparison with a number",
            help="write an operator and a number, such as `<= 50` or `== 1`",
        )
    if metric is None or match is None:
        return None
    bare = is_one_line(metric.text) and expressions.is_selector(metric.text)
    return Condition(metric, f"{match[1]} {match[2]}", bare)
