"""Plans of function calls."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from slogen.promql.evaluation import numbers, relabelling
from slogen.promql.evaluation.elementwise import CALENDAR, ELEMENTWISE, clamped, moment_of, rounded
from slogen.promql.evaluation.histograms import histogram_quantile
from slogen.promql.evaluation.moments import Moment, Vector, collected, label, nameless
from slogen.promql.evaluation.plans import Instant, Plan, Range, Scalar, instant, ranged, scalar, text
from slogen.promql.evaluation.ranges import KEEP_NAME, REDUCTIONS, Reduction
from slogen.promql.evaluation.refusals import Unknown
from slogen.promql.evaluation.samples import Element
from slogen.promql.matchers import METRIC_NAME

if TYPE_CHECKING:
    from slogen.promql.evaluation.selecting import Selection

Arguments = Sequence[Plan]


def call(name: str, arguments: Arguments) -> Plan:
    """The plan of a function call. Raises Unknown for functions that are beyond this evaluator."""
    if name in REDUCTIONS:
        return Instant(_reduced(name, REDUCTIONS[name], arguments))
    if name in ELEMENTWISE:
        return Instant(_mapped(instant(arguments[0]), ELEMENTWISE[name]))
    if name in CALENDAR:
        return Instant(_dated(CALENDAR[name], arguments))
    if name in _OF_NOTHING:
        return Scalar(_OF_NOTHING[name])
    if name in _OF_FLOATS_NOTHING:
        return Instant(_nothing_of(instant(arguments[-1])))
    if name in _OTHERS:
        return _OTHERS[name](arguments)
    raise Unknown(f"calls `{name}`")


def _reduced(name: str, reduction: Reduction, arguments: Arguments) -> Callable[[Moment], Vector]:
    windows_of = next((ranged(plan).run for plan in arguments if isinstance(plan, Range)), None)
    if windows_of is None:
        raise Unknown(f"calls `{name}` without a range")
    scalars_of = [plan.run for plan in arguments if isinstance(plan, Scalar)]
    name_of = (lambda element: element) if name in KEEP_NAME else nameless

    def run(moment: Moment) -> Vector:
        bounds = windows_of(moment)
        scalars = [scalar_of(moment) for scalar_of in scalars_of]
        results = ((one, reduction(moment, bounds, one, scalars)) for one in bounds.windows)
        return collected((name_of(one.element), value) for one, value in results if value is not None)

    return run


def _mapped(
    vector_of: Callable[[Moment], Vector], function: Callable[[float], float]
) -> Callable[[Moment], Vector]:
    return lambda moment: collected(
        (nameless(element), function(value)) for element, value in vector_of(moment).items()
    )


def _dated(function: Callable[[datetime], int], arguments: Arguments) -> Callable[[Moment], Vector]:
    def dated(seconds: float) -> float:
        when = moment_of(seconds)
        if when is None:
            raise Unknown("asks for the date of a time that is far away")
        return float(function(when))

    if arguments:
        return _mapped(instant(arguments[0]), dated)
    return lambda moment: {frozenset(): dated(moment.at // 1000)}


def _nothing_of(vector_of: Callable[[Moment], Vector]) -> Callable[[Moment], Vector]:
    """Functions of native histograms give nothing for numbers."""

    def run(moment: Moment) -> Vector:
        vector_of(moment)
        return {}

    return run


def _absent(arguments: Arguments) -> Instant:
    plan = arguments[0]
    vector_of = instant(plan)
    element = _absent_labels(plan.selection if isinstance(plan, Instant) else None)
    return Instant(lambda moment: {} if vector_of(moment) else {element: 1.0})


def _absent_over_time(arguments: Arguments) -> Instant:
    plan = ranged(arguments[0])
    element = _absent_labels(plan.selection)
    return Instant(lambda moment: {} if plan.run(moment).windows else {element: 1.0})


def _absent_labels(selection: Selection | None) -> Element:
    """The labels that equality matchers give to what is absent; not those with more than one matcher."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for name, op, value in selection.written if selection else ():
        if name == METRIC_NAME:
            continue
        if op == "=" and name not in seen:
            found[name] = value
            seen.add(name)
        else:
            found.pop(name, None)
    return frozenset((name, value) for name, value in found.items() if value)


def _timestamp(arguments: Arguments) -> Instant:
    plan = arguments[0]
    selection = plan.selection if isinstance(plan, Instant) else None
    if selection is None:
        return Instant(_stamped(instant(plan)))
    return Instant(
        lambda moment: collected(
            (nameless(element), time / 1000) for element, time, _ in selection.samples(moment)
        )
    )


def _stamped(vector_of: Callable[[Moment], Vector]) -> Callable[[Moment], Vector]:
    """What is computed has the time at which it is."""
    return lambda moment: collected((nameless(element), moment.at / 1000) for element in vector_of(moment))


def _scalar(arguments: Arguments) -> Scalar:
    vector_of = instant(arguments[0])

    def run(moment: Moment) -> float:
        values = list(vector_of(moment).values())
        return values[0] if len(values) == 1 else math.nan

    return Scalar(run)


def _vector(arguments: Arguments) -> Instant:
    scalar_of = scalar(arguments[0])
    return Instant(lambda moment: {frozenset(): scalar_of(moment)})


def _round(arguments: Arguments) -> Instant:
    vector_of = instant(arguments[0])
    nearest_of = scalar(arguments[1]) if len(arguments) > 1 else lambda moment: 1.0

    def run(moment: Moment) -> Vector:
        nearest = nearest_of(moment)
        return _mapped(vector_of, lambda value: rounded(value, nearest))(moment)

    return Instant(run)


def _clamp(vector: Plan, least: Plan | None, greatest: Plan | None) -> Instant:
    vector_of = instant(vector)
    least_of = scalar(least) if least else lambda moment: -math.inf
    greatest_of = scalar(greatest) if greatest else lambda moment: math.inf

    def run(moment: Moment) -> Vector:
        low, high = least_of(moment), greatest_of(moment)
        if high < low:
            return {}
        return _mapped(vector_of, lambda value: clamped(value, low, high))(moment)

    return Instant(run)


def _histogram_quantile(arguments: Arguments) -> Instant:
    q_of, vector_of = scalar(arguments[0]), instant(arguments[1])
    return Instant(lambda moment: histogram_quantile(q_of(moment), vector_of(moment)))


def _label_replace(arguments: Arguments) -> Instant:
    vector_of = instant(arguments[0])
    target, replacement, source, pattern = map(text, arguments[1:])
    return Instant(
        lambda moment: relabelling.replaced(
            vector_of(moment), target, replacement, source, pattern, moment.left_open
        )
    )


def _label_join(arguments: Arguments) -> Instant:
    vector_of = instant(arguments[0])
    target, separator, *sources = map(text, arguments[1:])
    return Instant(lambda moment: relabelling.joined(vector_of(moment), target, separator, sources))


def _sorted(sign: int, arguments: Arguments) -> Instant:
    """By value, NaN last."""
    vector_of = instant(arguments[0])

    def rank(item: tuple[Element, float]) -> tuple[bool, float]:
        return (True, 0.0) if math.isnan(item[1]) else (False, sign * item[1])

    return Instant(lambda moment: dict(sorted(vector_of(moment).items(), key=rank)))


def _sorted_by_label(descending: bool, arguments: Arguments) -> Instant:
    """By labels in natural order, that is with numbers in them taken as numbers."""
    vector_of = instant(arguments[0])
    names = [text(plan) for plan in arguments[1:]]

    def rank(item: tuple[Element, float]) -> object:
        return ([_natural(label(item[0], name)) for name in names], sorted(item[0]))

    return Instant(
        lambda moment: dict(sorted(vector_of(moment).items(), key=rank, reverse=descending))  # type: ignore[arg-type]
    )


def _natural(value: str) -> list[tuple[bool, int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", value)
    return [(not part[0].isdigit(), int(part) if part[0].isdigit() else 0, part) for part in parts]


def _of_two(function: Callable[[float, float], float], arguments: Arguments) -> Scalar:
    first, second = map(scalar, arguments)
    return Scalar(lambda moment: function(first(moment), second(moment)))


_OF_NOTHING: dict[str, Callable[[Moment], float]] = {
    "end": lambda moment: moment.top / 1000,
    "pi": lambda moment: math.pi,
    "start": lambda moment: moment.top / 1000,
    "time": lambda moment: moment.at / 1000,
}
_OF_FLOATS_NOTHING = frozenset(
    ("histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum")
)
_OTHERS: dict[str, Callable[[Arguments], Plan]] = {
    "absent": _absent,
    "absent_over_time": _absent_over_time,
    "clamp": lambda arguments: _clamp(arguments[0], arguments[1], arguments[2]),
    "clamp_max": lambda arguments: _clamp(arguments[0], None, arguments[1]),
    "clamp_min": lambda arguments: _clamp(arguments[0], arguments[1], None),
    "histogram_quantile": _histogram_quantile,
    "label_join": _label_join,
    "label_replace": _label_replace,
    "max_of": partial(_of_two, numbers.greater_of),
    "min_of": partial(_of_two, numbers.less_of),
    "round": _round,
    "scalar": _scalar,
    "sort": partial(_sorted, 1),
    "sort_by_label": partial(_sorted_by_label, False),
    "sort_by_label_desc": partial(_sorted_by_label, True),
    "sort_desc": partial(_sorted, -1),
    "timestamp": _timestamp,
    "vector": _vector,
}
