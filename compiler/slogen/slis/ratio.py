"""An error ratio that is computed elsewhere, 0..1, with `{{.window}}` where the window goes.

There are no events to count, so time stands in for them: an hour with few events weighs as much as an hour
with many. Prefer any other kind where the events are known. A window without a number (0/0) has no weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from slogen import expressions, shapes
from slogen.compose import enclosed, zero_filled
from slogen.diagnostics import Report
from slogen.ir import Excerpt, Grouping, Measured, Over, Plain, Query
from slogen.source import Node
from slogen.synthesis.indicators import of_ratio
from slogen.synthetic import Gap, Synthetic


class Shape(shapes.Shape):
    """A query that gives the share of bad events over a window."""

    error: shapes.Text = Field(description="The error ratio, 0..1, over `{{.window}}`.")


@dataclass(frozen=True, slots=True)
class Ratio:
    """The author's query of the error ratio."""

    error: Query

    kind: ClassVar[str] = "ratio"
    unit: ClassVar[str] = "samples"
    additive: ClassVar[bool] = False

    @property
    def queries(self) -> tuple[Query, ...]:
        return (self.error,)

    @property
    def measured(self) -> tuple[Measured, ...]:
        return (Measured("error", (Excerpt(self.error),)),)

    def samples(self, grouping: Grouping) -> str:
        return ""

    def error_samples(self, grouping: Grouping, samples: str) -> str:
        return ""

    def total(self, over: Over, grouping: Grouping, samples: str) -> str:
        body = enclosed(self.error.over(over.window))
        known = f"count{grouping.by}({body} >= 0)\nor {grouping.on}\n0 * count{grouping.by}({body})"
        return _weighted(known, over)

    def errors(self, over: Over, grouping: Grouping, total: str, error_samples: str) -> str:
        known = f"sum{grouping.by}({enclosed(self.error.over(over.window))} >= 0)"
        return zero_filled(_weighted(known, over), grouping, total)

    def plain(self, window: str, grouping: Grouping) -> Plain:
        return Plain(ratio=self.error.over(window))

    def spec(self) -> Mapping[str, object]:
        return {"ratio": {"error": self.error.text}}

    def synthetic(self, grouping: Grouping, number: int) -> Synthetic | Gap:
        return of_ratio(self.error, grouping, number)


def _weighted(expr: str, over: Over) -> str:
    if over.function == "rate":
        return expr
    return f"{over.seconds} * ({expr})" if "\n" not in expr else f"{over.seconds} * (\n{expr}\n)"


def mean(node: Node, shape: Shape, report: Report) -> Ratio | None:
    """The indicator that was written; None after findings."""
    error = expressions.windowed(node.get("error"), report)
    return Ratio(error) if error else None
