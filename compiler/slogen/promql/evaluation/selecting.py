"""Plans of selectors and subqueries: instant vectors and ranges. Imports promql_parser: import it late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from promql_parser import AtModifierType, MatchOp

from slogen.promql.evaluation.moments import Moment, Vector, VectorOf, Window, Windows, WindowsOf
from slogen.promql.evaluation.patterns import takes
from slogen.promql.evaluation.refusals import Failed, Unknown
from slogen.promql.evaluation.samples import Element, Series, Test
from slogen.promql.matchers import METRIC_NAME

if TYPE_CHECKING:
    from promql_parser import AtModifier, MatrixSelector, SubqueryExpr, VectorSelector

_LOOKBACK = 300_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MOST_STEPS = 100_000

Shift = Callable[[Moment], int]
"""The time that a selector looks at, in milliseconds."""

# The enumerations of the parser cannot be hashed.
_OPERATORS = ((MatchOp.Equal, "="), (MatchOp.NotEqual, "!="), (MatchOp.Re, "=~"), (MatchOp.NotRe, "!~"))


class Selection:
    """The series that a selector selects, as `(series, sample)` at the time that it looks at."""

    def __init__(self, selector: VectorSelector) -> None:
        if selector.matchers.or_matchers:
            raise Unknown("combines matchers by `or`")
        self.written = tuple(
            (matcher.name, _operator(matcher.op), matcher.value) for matcher in selector.matchers.matchers
        )
        if selector.name:
            self.written = ((METRIC_NAME, "=", selector.name), *self.written)
        self._names = [value for name, op, value in self.written if (name, op) == (METRIC_NAME, "=")]
        self._tests = {
            dotall: tuple((name, _test(op, value, dotall)) for name, op, value in self.written)
            for dotall in (False, True)
        }
        self.time = time_of(selector.offset, selector.at)

    def series(self, moment: Moment) -> list[Series]:
        """The series that all matchers take."""
        tests: tuple[Test, ...] = self._tests[moment.left_open]
        name = self._names[0] if self._names else None
        return moment.storage.select(name, tests, (self.written, moment.left_open))

    def samples(self, moment: Moment) -> list[tuple[Element, int, float]]:
        """Labels, time and value of the series that are there."""
        until = self.time(moment)
        after = moment.after(until - _LOOKBACK)
        seen = ((one.element, one.last(after, until)) for one in self.series(moment))
        return [(element, *sample) for element, sample in seen if sample is not None]

    def vector(self, moment: Moment) -> Vector:
        """The values of the series that are there."""
        found = self.samples(moment)
        return _distinct({element: value for element, _, value in found}, len(found))


def _operator(op: MatchOp) -> str:
    return next(text for one, text in _OPERATORS if one == op)


def _distinct(vector: Vector, size: int) -> Vector:
    if len(vector) != size:
        raise Failed("two series have the same labels")
    return vector


def _test(op: str, value: str, dotall: bool) -> Callable[[str], bool]:
    if op == "=":
        return lambda text: text == value
    if op == "!=":
        return lambda text: text != value
    matches = takes(value, dotall)
    return matches if op == "=~" else lambda text: not matches(text)


def time_of(offset: timedelta | None, at: AtModifier | None) -> Shift:
    """The time that `offset` and `@` make a selector look at."""
    back = _millis(offset)
    if at is None:
        return lambda moment: moment.at - back
    if at.type == AtModifierType.At:
        if at.at is None:
            raise Unknown("has a time behind `@` that is out of bounds")
        fixed = _millis(at.at - _EPOCH) - back
        return lambda moment: fixed
    return lambda moment: moment.top - back


def _millis(length: timedelta | None) -> int:
    return 0 if length is None else length // _MILLISECOND


def range_of(matrix: MatrixSelector) -> tuple[Selection, WindowsOf]:
    """The plan of a range such as `x[5m]`."""
    selection = Selection(matrix.vector_selector)
    length = _millis(matrix.range)

    def windows(moment: Moment) -> Windows:
        end = selection.time(moment)
        after = moment.after(end - length)
        seen = ((one.element, *one.between(after, end)) for one in selection.series(moment))
        return Windows(end - length, end, [Window(*window) for window in seen if window[1]])

    return selection, windows


def subquery_of(subquery: SubqueryExpr, inner: VectorOf) -> WindowsOf:
    """The plan of a subquery such as `x[5m:1m]`: evaluations at multiples of its step."""
    length, time, own_step = (
        _millis(subquery.range),
        time_of(subquery.offset, subquery.at),
        _millis(subquery.step),
    )

    def windows(moment: Moment) -> Windows:
        end = time(moment)
        step = own_step or moment.subquery_step
        first = (moment.after(end - length) // step + 1) * step
        if (end - first) // step > _MOST_STEPS:
            raise Unknown("has a subquery of very many steps")
        samples: dict[Element, tuple[list[int], list[float]]] = {}
        for at in range(first, end + 1, step):
            for element, value in inner(moment.moved(at)).items():
                times, values = samples.setdefault(element, ([], []))
                times.append(at)
                values.append(value)
        found = [Window(element, *points) for element, points in samples.items()]
        return Windows(end - length, end, found)

    return windows
