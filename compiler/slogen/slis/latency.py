"""Latency: the share of the events of a histogram that took longer than a threshold.

For a classic histogram the threshold must be one of its bucket bounds. Prometheus 2 stores the bound 1 as
`le="1"`, Prometheus 3 as `le="1.0"`; the matcher takes both. A histogram without that bucket counts every
event as slow, which is noticed, unlike an empty result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from slogen import codes, durations, expressions, promql, shapes
from slogen.compose import by_without, complement, rates, spelt, zero_filled
from slogen.diagnostics import Report
from slogen.ir import HOLE, Excerpt, Grouping, Measured, Millis, Over, Plain, Query
from slogen.source import Node
from slogen.synthesis.indicators import of_buckets
from slogen.synthetic import Gap, Synthetic

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

    @property
    def measured(self) -> tuple[Measured, ...]:
        where: tuple[str | Excerpt, ...] = ()
        if self.where is not None:
            found = promql.parse_matchers(self.where.text)
            assert isinstance(found, promql.Matchers), "it was read before"
            where = (Excerpt(self.where, found.start, found.end),)
        name = Excerpt(self.name)
        if self.native:
            return (Measured("total", ("histogram_count(rate(", name, "{", *where, f"}}[{HOLE}]))")),)
        bound = f"{', ' if where else ''}{promql.le_matcher(self.bound)}"
        return (
            Measured("total", ("rate(", name, "_count{", *where, f"}}[{HOLE}])")),
            Measured("good", ("rate(", name, "_bucket{", *where, f"{bound}}}[{HOLE}])")),
        )

    def samples(self, grouping: Grouping) -> str:
        return ""

    def error_samples(self, grouping: Grouping, samples: str) -> str:
        return ""

    def total(self, over: Over, grouping: Grouping, samples: str) -> str:
        if self.native:
            return f"histogram_count({self._histogram(over, grouping)})"
        return self._sum("_count", self.matchers, over, grouping.by)

    def errors(self, over: Over, grouping: Grouping, total: str, error_samples: str) -> str:
        if self.native:
            slow = f"{total} * {grouping.on} (1 - {self._fast_share(over, grouping)}) >= 0"
            return zero_filled(slow, grouping, total)
        return complement(self._fast(over, grouping), grouping, total)

    def plain(self, window: str, grouping: Grouping) -> Plain:
        total = spelt(lambda w: self.total(rates(w), grouping, ""), window)
        if self.native:
            return Plain(total, bad=spelt(lambda w: self._slow(rates(w), grouping), window))
        return Plain(total, good=spelt(lambda w: self._fast(rates(w), grouping), window))

    def spec(self) -> Mapping[str, object]:
        unit = self._unit
        written: dict[str, object] = {
            "histogram": self.histogram,
            "threshold": durations.render(self.threshold),
        }
        if unit != _unit_of(self.histogram):
            written["unit"] = unit
        if self.where or self.matchers:
            written["where"] = self.where.text if self.where else self.matchers
        if self.native:
            written["native"] = True
        return {"latency": written}

    def synthetic(self, grouping: Grouping, number: int) -> Synthetic | Gap:
        if self.native:
            return Gap(
                "reads a native histogram, which the tests of older promtools cannot feed", self.name.at
            )
        count = f"{self.histogram}_count{{{self.matchers}}}"
        return of_buckets(count, self._bucket, grouping, number, self.name.at)

    @property
    def bound_text(self) -> str:
        """The bound as PromQL writes it."""
        return format(self.bound.normalize(), "f")

    @property
    def _unit(self) -> str:
        per_second = self.bound * 1000 / self.threshold
        return next(unit for unit, count in PER_SECOND.items() if count == per_second)

    @property
    def _bucket(self) -> str:
        """The selector of the bucket of good events."""
        matchers = ", ".join(part for part in (self.matchers, promql.le_matcher(self.bound)) if part)
        return f"{self.histogram}_bucket{{{matchers}}}"

    def _fast(self, over: Over, grouping: Grouping) -> str:
        bucket = ", ".join(part for part in (self.matchers, promql.le_matcher(self.bound)) if part)
        return self._sum("_bucket", bucket, over, by_without("le", grouping))

    def _slow(self, over: Over, grouping: Grouping) -> str:
        # Without traffic the share is no number, and nothing is better than that.
        return f"{self.total(over, grouping, '')} * (1 - {self._fast_share(over, grouping)}) >= 0"

    def _fast_share(self, over: Over, grouping: Grouping) -> str:
        return f"histogram_fraction(0, {self.bound_text}, {self._histogram(over, grouping)})"

    def _histogram(self, over: Over, grouping: Grouping) -> str:
        return self._sum("", self.matchers, over, grouping.by)

    def _sum(self, suffix: str, matchers: str, over: Over, by: str) -> str:
        braces = f"{{{matchers}}}" if matchers else ""
        return f"sum{by}({over.function}({self.histogram}{suffix}{braces}[{over.window}]))"


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
