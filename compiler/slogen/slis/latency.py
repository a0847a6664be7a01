"""Latency: the share of the events of a histogram that took longer than a threshold.

For a classic histogram the threshold must be one of its bucket bounds. Prometheus 2 stores the bound 1 as
`le="1"`, Prometheus 3 as `le="1.0"`; the matcher takes both. A histogram without that bucket counts every
event as slow, which is noticed, unlike an empty result.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from slogen import codes, expressions, promql, shapes
from slogen.compose import complement, zero_filled
from slogen.diagnostics import Report
from slogen.ir import Grouping, Millis, Over, Query
from slogen.source import Node

Unit = Literal["seconds", "milliseconds", "microseconds", "nanoseconds"]
PER_SECOND: dict[str, int] = {
    "seconds": 1,
    "milliseconds": 10**3,
    "microseconds": 10**6,
    "nanoseconds": 10**9,
}


class Shape(shapes.Shape):
    """A histogram of durations and the time that an event may take."""

    histogram: shapes.Text = Field(description="The histogram's name, without `_bucket`.")
    threshold: shapes.PositiveDuration = Field(
        description="The longest good duration; a bucket bound of a classic histogram."
    )
    unit: Unit | None = Field(None, description="The histogram's unit, where its name does not say it.")
    where: shapes.Text | None = Field(None, description='Matchers, such as `code=~"2.."`.')
    native: bool = Field(False, description="Whether it is a native histogram.")


@dataclass(frozen=True, slots=True)
class Latency:
    """A histogram by name, its matchers without braces, and the bound of good events in its own unit."""

    histogram: str
    matchers: str
    bound: Decimal
    threshold: Millis
    native: bool
    name: Query
    where: Query | None

    kind: ClassVar[str] = "latency"
    unit: ClassVar[str] = "events"
    additive: ClassVar[bool] = True

    @property
    def queries(self) -> tuple[Query, ...]:
        return (self.name, self.where) if self.where else (self.name,)

    def samples(self, grouping: Grouping) -> str:
        return ""

    def error_samples(self, grouping: Grouping, samples: str) -> str:
        return ""

    def total(self, over: Over, grouping: Grouping, samples: str) -> str:
        if self.native:
            return f"histogram_count({self._sum('', '', over, grouping)})"
        return self._sum("_count", "", over, grouping)

    def errors(self, over: Over, grouping: Grouping, total: str, error_samples: str) -> str:
        if self.native:
            fast = f"histogram_fraction(0, {self.bound_text}, {self._sum('', '', over, grouping)})"
            return zero_filled(f"{total} * {grouping.on} (1 - {fast}) >= 0", grouping, total)
        fast = self._sum("_bucket", promql.le_matcher(self.bound), over, grouping)
        return complement(fast, grouping, total)

    @property
    def bound_text(self) -> str:
        """The bound as PromQL writes it."""
        return format(self.bound.normalize(), "f")

    def _sum(self, suffix: str, extra: str, over: Over, grouping: Grouping) -> str:
        matchers = ", ".join(part for part in (self.matchers, extra) if part)
        braces = f"{{{matchers}}}" if matchers else ""
        return f"sum{grouping.by}({over.function}({self.histogram}{suffix}{braces}[{over.window}]))"


def mean(node: Node, shape: Shape, report: Report) -> Latency | None:
    """The indicator that was written; None after findings."""
    name = _histogram(node, shape, report)
    unit = shape.unit or _unit_of(shape.histogram)
    if unit is None:
        report.report(
            codes.MISSING_KEY,
            node.span_at("histogram"),
            f"the unit of `{shape.histogram}` is not known",
            help="add `unit: seconds` or `unit: milliseconds`; names that end in `_seconds` need none",
        )
    where_node = node.get("where")
    matchers = expressions.matchers(where_node, report) if where_node else ""
    if name is None or unit is None or matchers is None:
        return None
    return Latency(
        histogram=shape.histogram,
        matchers=matchers,
        bound=Decimal(shape.threshold) / 1000 * PER_SECOND[unit],
        threshold=shape.threshold,
        native=shape.native,
        name=name,
        where=Query(shape.where, where_node.span) if where_node and shape.where else None,
    )


def _histogram(node: Node, shape: Shape, report: Report) -> Query | None:
    at = node.span_at("histogram")
    name = shape.histogram
    if not promql.is_metric_name(name):
        report.report(
            codes.BAD_VALUE,
            at,
            f"`{name}` is no metric name",
            help="write the histogram's name only; matchers go into `where`",
        )
        return None
    for suffix in ("_bucket", "_count", "_sum"):
        if name.endswith(suffix):
            report.report(
                codes.BAD_VALUE,
                at.slice(len(name) - len(suffix), len(name)),
                f"`{name}` is one of the series of a histogram, not the histogram",
                help=f"write `{name.removesuffix(suffix)}`",
            )
            return None
    return Query(name, at)


def _unit_of(metric: str) -> str | None:
    return next((unit for unit in PER_SECOND if metric.endswith(f"_{unit}")), None)
