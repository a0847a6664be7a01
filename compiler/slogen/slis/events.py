"""Counted events: the share of the events of `total` that are `bad` (or not `good`).

Each side is a counter selector, or a list of selectors whose events are added up. slogen writes the query, so
a counter that does not exist yet counts as zero and a restart of a process is no error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from slogen import codes, expressions, shapes
from slogen.compose import complement, counted, rates, spelt, zero_filled
from slogen.diagnostics import Label, Report
from slogen.ir import HOLE, Excerpt, Grouping, Measured, Over, Plain, Query, Role
from slogen.source import Node
from slogen.synthesis.indicators import of_selectors
from slogen.synthetic import Gap, Synthetic

Selectors = shapes.Text | list[shapes.Text]


class Shape(shapes.Shape):
    """Counters of events, by selector; slogen adds rate(), sum() and the window."""

    total: Selectors = Field(description="All events: a counter selector, or a list of them to add up.")
    bad: Selectors | None = Field(None, description="The events that spend the error budget.")
    good: Selectors | None = Field(None, description="The events that do not; instead of `bad`.")


@dataclass(frozen=True, slots=True)
class Events:
    """Selectors of all events and of the bad ones, or (`good_given`) of the good ones."""

    total_selectors: tuple[Query, ...]
    part_selectors: tuple[Query, ...]
    good_given: bool

    kind: ClassVar[str] = "events"
    unit: ClassVar[str] = "events"
    additive: ClassVar[bool] = True

    @property
    def queries(self) -> tuple[Query, ...]:
        return self.total_selectors + self.part_selectors

    @property
    def measured(self) -> tuple[Measured, ...]:
        part: Role = "good" if self.good_given else "bad"
        return (
            *(_measured("total", query) for query in self.total_selectors),
            *(_measured(part, query) for query in self.part_selectors),
        )

    def samples(self, grouping: Grouping) -> str:
        return ""

    def error_samples(self, grouping: Grouping, samples: str) -> str:
        return ""

    def total(self, over: Over, grouping: Grouping, samples: str) -> str:
        return counted(self.total_selectors, over, grouping)

    def errors(self, over: Over, grouping: Grouping, total: str, error_samples: str) -> str:
        part = counted(self.part_selectors, over, grouping)
        return (complement if self.good_given else zero_filled)(part, grouping, total)

    def plain(self, window: str, grouping: Grouping) -> Plain:
        total = spelt(lambda w: counted(self.total_selectors, rates(w), grouping), window)
        part = spelt(lambda w: counted(self.part_selectors, rates(w), grouping), window)
        return Plain(total, good=part) if self.good_given else Plain(total, bad=part)

    def spec(self) -> Mapping[str, object]:
        part = "good" if self.good_given else "bad"
        return {
            "events": {"total": _written(self.total_selectors), part: _written(self.part_selectors)},
        }

    def synthetic(self, grouping: Grouping, number: int) -> Synthetic | Gap:
        return of_selectors(self.total_selectors, self.part_selectors, self.good_given, grouping, number)


def _measured(role: Role, selector: Query) -> Measured:
    return Measured(role, ("rate(", Excerpt(selector), f"[{HOLE}])"))


def _written(selectors: tuple[Query, ...]) -> object:
    texts = [query.text for query in selectors]
    return texts[0] if len(texts) == 1 else texts


def mean(node: Node, shape: Shape, report: Report) -> Events | None:
    """The indicator that was written; None after findings."""
    part = shapes.exactly_one(node, ("bad", "good"), "an `events` indicator", report)
    total = _selectors(node.get("total"), report)
    chosen = _selectors(node.get(part), report) if part else None
    if not total or not chosen or part is None:
        return None
    if [query.text for query in total] == [query.text for query in chosen]:
        report.report(
            codes.SAME_QUERY,
            node.span_at(part),
            f"`{part}` selects the same events as `total`",
            also=(Label(node.span_at("total"), "all events"),),
            help=f'narrow `{part}` down with a matcher, such as `{{code=~"5.."}}`',
        )
        return None
    return Events(total, chosen, good_given=part == "good")


def _selectors(node: Node | None, report: Report) -> tuple[Query, ...] | None:
    if node is None:
        return None
    items = node.value if isinstance(node.value, list) else [node]
    if not items:
        report.report(codes.BAD_VALUE, node.span, "this list has no selector", help="add at least one")
        return None
    found = [expressions.selector(item, report) for item in items]
    return tuple(query for query in found if query) if all(found) else None
