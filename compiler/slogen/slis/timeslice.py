"""Slices of time, such as minutes, that are good or bad as a whole: the share of slices that are bad.

A slice is good when at least `target` percent of its events were good, by an indicator of any other kind, so
an outage weighs by how long it lasts and not by how many events it hits. At each evaluation the slice that
ends there is looked at. A slice without traffic is good; one without data is no slice at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field, create_model

from slogen import codes, durations, expressions, promql, shapes, slis
from slogen.compose import enclosed, looked_back, operand, over_time, spelt, zero_filled
from slogen.diagnostics import Code, Report
from slogen.ir import Grouping, Measured, Millis, Over, Plain, Query, Sli
from slogen.slis.condition import Condition
from slogen.source import Node
from slogen.synthetic import Gap, Synthetic

DEFAULT_SLICE = Millis(60_000)
LONGEST_SLICE = Millis(3_600_000)
# How many samples of a gauge a slice consists of at most, and how far they are apart in a long enough one.
SAMPLES_OF_A_SLICE = 60
SHORTEST_STEP = Millis(5_000)
# Where exactly `target` percent are good, or all, rates differ from that in the last of their digits.
ROUNDING = Decimal("1e-9")


class _OtherKinds:
    """What may stand in `of`, for the JSON Schema: it is read apart, as the indicator of an SLO is."""

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        kinds: Any = {
            name: (module.Shape | None, None) for name, module in slis.kinds().items() if name != "timeslice"
        }
        model: Any = create_model(
            "IndicatorOfASlice", __base__=shapes.Shape, __doc__="Exactly one kind.", **kinds
        )
        model.model_config["json_schema_extra"] = {"minProperties": 1, "maxProperties": 1}
        model.model_rebuild(force=True)
        found: dict[str, Any] = handler(model.__pydantic_core_schema__)
        return found


class Shape(shapes.Shape):
    """Slices of time of which a part must be good."""

    slice_: shapes.PositiveDuration = Field(
        DEFAULT_SLICE, alias="slice", description="How long a slice is: two scrapes or more, at most 1h."
    )
    target: shapes.Number = Field(description="Percent of the events of a good slice that must be good.")
    of: Annotated[Any, _OtherKinds()] = Field(
        description="An indicator of any other kind: what is measured in a slice."
    )


@dataclass(frozen=True, slots=True)
class Timeslice:
    """An indicator, and the percentage of good events that makes a slice of time a good one."""

    length: Millis
    target: Decimal
    of: Sli

    kind: ClassVar[str] = "timeslice"
    unit: ClassVar[str] = "time slices"
    additive: ClassVar[bool] = False

    @property
    def queries(self) -> tuple[Query, ...]:
        return self.of.queries

    @property
    def measured(self) -> tuple[Measured, ...]:
        return self.of.measured

    def samples(self, grouping: Grouping) -> str:
        return f"count{grouping.by}{enclosed(self._events(grouping))}"

    def error_samples(self, grouping: Grouping, samples: str) -> str:
        events = operand(self._events(grouping))
        errors = operand(self._errors(grouping, events))
        bad = f"count{grouping.by}{enclosed(f'{errors} > {self._tolerance} * {events}')}"
        return zero_filled(bad, grouping, samples)

    def total(self, over: Over, grouping: Grouping, samples: str) -> str:
        return over_time(samples, over)

    def errors(self, over: Over, grouping: Grouping, total: str, error_samples: str) -> str:
        return over_time(error_samples, over)

    def plain(self, window: str, grouping: Grouping) -> Plain:
        samples = self.samples(grouping)
        errors = self.error_samples(grouping, samples)
        step = durations.render(self.length)
        return Plain(
            total=spelt(lambda w: looked_back(samples, f"{w}:{step}"), window),
            bad=spelt(lambda w: looked_back(errors, f"{w}:{step}"), window),
        )

    def spec(self) -> Mapping[str, object]:
        return {
            "timeslice": {
                "slice": durations.render(self.length),
                "target": self.target,
                "of": self.of.spec(),
            }
        }

    def synthetic(self, grouping: Grouping, number: int) -> Synthetic | Gap:
        found = self.of.synthetic(grouping, number)
        if isinstance(found, Gap):
            return found
        # A slice is good or bad as a whole.
        return replace(found, mixes=False, looks_back=self.length)

    def _events(self, grouping: Grouping) -> str:
        if isinstance(self.of, Condition):
            return self.of.total_at(self._steps, grouping)
        return self.of.total(self._over, grouping, "")

    def _errors(self, grouping: Grouping, events: str) -> str:
        if isinstance(self.of, Condition):
            return self.of.errors_at(self._steps, grouping)
        return self.of.errors(self._over, grouping, events, "")

    @property
    def _over(self) -> Over:
        return Over(durations.render(self.length), _digits(Decimal(self.length) / 1000))

    @property
    def _steps(self) -> str:
        """The range and resolution of a subquery: a gauge has no events of its own to count."""
        step = max(Millis(self.length // SAMPLES_OF_A_SLICE), min(SHORTEST_STEP, self.length))
        return f"{durations.render(self.length)}:{durations.render(step)}"

    @property
    def _tolerance(self) -> str:
        """The share of bad events that a good slice may have."""
        return _digits((100 - self.target) / 100 + ROUNDING)


def _digits(number: Decimal) -> str:
    return format(number.normalize(), "f")


def mean(node: Node, shape: Shape, report: Report) -> Timeslice | None:
    """The indicator that was written; None after findings."""
    sound = _is_sound(node, shape, report)
    inner = node.get("of")
    nested = inner.get("timeslice") if inner is not None else None
    if inner is not None and nested is not None:
        report.report(
            codes.BAD_VALUE,
            inner.key_at("timeslice"),
            "a slice of time cannot be measured in slices of time",
            help="write another kind of indicator below `of:`, such as `events:`",
        )
        return None
    of = slis.indicator(inner, report, "of")
    if of is None or not sound or not holds_over(shape.slice_, of, report):
        return None
    return Timeslice(shape.slice_, shape.target, of)


def holds_over(length: Millis, of: Sli, report: Report) -> bool:
    """Whether templates of queries, which may differ from window to window, give vectors for a slice."""
    window = durations.render(length)
    sound = True
    for query in of.queries:
        for code, problem in _flaws(query, window) if query.template is not None else ():
            sound = False
            report.report(
                code,
                query.at.slice(problem.start, problem.end),
                problem.message,
                label=f"where the window is a slice, `{window}`",
                help=problem.help,
            )
    return sound


def _flaws(query: Query, window: str) -> Iterator[tuple[Code, promql.SyntaxProblem]]:
    found = expressions.flaws(query, window)
    yield from found
    if found or query.opaque or promql.value_type(query.over(window)) == "vector":
        return
    message, help_ = "this gives no instant vector", "let every branch aggregate a metric"
    yield codes.NOT_A_VECTOR, promql.SyntaxProblem(message, 0, len(query.text), help_)


def _is_sound(node: Node, shape: Shape, report: Report) -> bool:
    sound = True
    if shape.slice_ > LONGEST_SLICE:
        report.report(
            codes.BAD_VALUE,
            node.span_at("slice"),
            f"a slice of `{node.span_at('slice').text}` is too long to be looked at all the time",
            help="write at most `1h`",
        )
        sound = False
    if not 0 < shape.target <= 100:
        report.report(
            codes.BAD_VALUE,
            node.span_at("target"),
            f"`{node.span_at('target').text}` is no share of the events of a slice",
            help="write percent, above 0 and at most 100",
        )
        sound = False
    return sound
