"""Series of a small service, and random expressions that look at them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from slogen.catalog import Catalog, Catalogs, KnownLabel, Metric, Sample
from slogen.promql.evaluation import Storage
from slogen.promql.evaluation.samples import Sample as Value
from slogen.promql.meaning import Recorded

MINUTE = 60_000
MINUTES = 121
LABELS = ("job", "instance", "code", "le", "zone", "none")

CATALOGS = Catalogs(
    (
        Catalog(
            "shop",
            metrics=(
                Metric(
                    "a_total", "counter", labels=(KnownLabel("code"), KnownLabel("zone", is_optional=True))
                ),
                Metric(
                    "b_total", "counter", labels=(KnownLabel("code"), KnownLabel("zone", is_optional=True))
                ),
                Metric("h_seconds", "histogram", unit="seconds"),
                Metric("q_ratio", "gauge", unit="ratio"),
                Metric("temp_celsius", "gauge", unit="celsius"),
            ),
        ),
    )
)


class Catalogued:
    """What the catalog says, and what recording rules make."""

    added_labels: tuple[str, ...] = ()

    def __init__(self, recorded: dict[str, Recorded] | None = None) -> None:
        self._recorded = recorded or {}

    def sample(self, name: str) -> Sample | None:
        return CATALOGS.sample(name)

    def recorded(self, name: str) -> Recorded | None:
        return self._recorded.get(name)


def _minutes(values: list[float]) -> list[Value]:
    return [(minute * MINUTE, value) for minute, value in enumerate(values)]


def _line(start: float, step: float) -> list[Value]:
    return _minutes([start + step * minute for minute in range(MINUTES)])


def _series(random: Random, *, steady: bool) -> Iterator[tuple[dict[str, str], list[Value]]]:
    def gauge(values: tuple[float, ...]) -> list[Value]:
        constant = random.choice(values)
        return _minutes([constant if steady else random.choice(values) for _ in range(MINUTES)])

    for name, job, code in product(("a_total", "b_total"), "xy", ("200", "500")):
        if (name, job, code) == ("b_total", "y", "200"):
            continue
        zone = {"zone": "z1"} if name == "a_total" or job == "x" else {}
        labels = {"__name__": name, "job": job, "instance": f"i{job}", "code": code, **zone}
        yield labels, _line(random.choice((0, 1)), random.choice((1, 3.5) if steady else (0, 1, 3.5)))
    for job in "xy":
        target = {"job": job, "instance": f"i{job}"}
        busy = 1 if steady else random.choice((0, 1))
        for le, share in (("0.1", 1), ("1", 2), ("+Inf", 4)):
            yield {"__name__": "h_seconds_bucket", "le": le, **target}, _line(0, share * busy)
        yield {"__name__": "h_seconds_count", **target}, _line(0, 4 * busy)
        yield {"__name__": "h_seconds_sum", **target}, _line(0, 2.5 * busy)
        yield {"__name__": "up", **target}, gauge((0, 1))
        yield {"__name__": "q_ratio", **target}, gauge((0, 0.25, 1, 0.5))
        yield {"__name__": "temp_celsius", **target}, gauge((-3, 0, 2, 150.5))


def world(seed: int, *, steady: bool = False) -> Storage:
    """The series over two hours, a sample a minute; all worlds have the same series with other values.

    In a steady one counters grow evenly and gauges stay what they are.
    """
    return Storage(_series(Random(seed), steady=steady))


_METRICS = (
    *("a_total", "b_total", "h_seconds_bucket", "h_seconds_count", "h_seconds_sum"),
    *("up", "q_ratio", "temp_celsius"),
)
_MATCHED = ("", "x", "200", "x|y", "5..", ".*", ".+", "z1", "1", ".*|x")
_RANGES = ("5m", "13m", "1h", "1m")
_OF_RANGES = (
    *("rate", "increase", "delta", "irate", "idelta", "deriv", "changes", "resets", "avg_over_time"),
    *("sum_over_time", "min_over_time", "max_over_time", "count_over_time", "last_over_time"),
    *("present_over_time", "stdvar_over_time", "stddev_over_time", "absent_over_time"),
)
_OF_VECTORS = (
    *("abs", "ceil", "floor", "sgn", "round", "timestamp", "absent", "sqrt", "-", "+", "exp", "ln", "sort"),
    *("hour", "year", "month", "minute", "day_of_week", "vector(scalar", "scalar"),
)
_NUMBERS = ("0", "1", "-1", "2.5", "100", "1e-3", "0.5", "(1 - 0.5)", "scalar(up)", "time()", "(1 > bool 2)")
_AGGREGATIONS = ("sum", "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")
_ARITHMETIC = ("+", "-", "*", "/", "/", "%", "^", "atan2")
_COMPARISONS = ("==", "!=", ">", "<", ">=", "<=")


class Expressions:
    """Makes random expressions."""

    def __init__(self, random: Random, metrics: tuple[str, ...] = _METRICS) -> None:
        self._random = random
        self._metrics = metrics

    def vector(self, depth: int) -> str:
        """An instant vector of at most so many levels."""
        pick = self._random.choice
        if depth <= 0:
            return self._selector() + pick(("", "", "", " offset 7m"))
        kinds = (self._of_range, self._of_range, self._call, self._aggregation, self._operation)
        return pick(kinds)(depth - 1)

    def _selector(self) -> str:
        pick = self._random.choice
        matchers = [
            f'{pick(LABELS)}{pick(("=", "!=", "=~", "!~"))}"{pick(_MATCHED)}"'
            for _ in range(pick((0, 0, 1, 1, 2)))
        ]
        return pick(self._metrics) + ("{" + ",".join(matchers) + "}" if matchers else "")

    def _labels(self) -> str:
        return ", ".join(self._random.sample(LABELS, self._random.choice((0, 1, 1, 2))))

    def _range(self, depth: int) -> str:
        pick = self._random.choice
        if self._random.random() < 0.7:
            return f"{self._selector()}[{pick(_RANGES)}]"
        return f"({self.vector(depth)})[{pick(_RANGES[:3])}:{pick(('1m', '2m', '5m'))}]"

    def _of_range(self, depth: int) -> str:
        pick, over = self._random.choice, self._range(depth)
        if self._random.random() < 0.8:
            return f"{pick(_OF_RANGES)}({over})"
        forms = (f"quantile_over_time({pick(_NUMBERS)}, {over})", f"predict_linear({over}, {pick(_NUMBERS)})")
        return pick(forms)

    def _call(self, depth: int) -> str:
        pick, of = self._random.choice, self.vector(depth)
        number, other = pick(_NUMBERS), pick(_NUMBERS)
        function = pick(_OF_VECTORS)
        replaced = (
            f'"{pick(LABELS)}", "{pick(("x$1", "", "$1", "c"))}", "{pick(LABELS)}", "{pick(("(.)", ".*"))}"'
        )
        forms = (
            f"{function}({of}{')' * function.count('(')})",
            f"clamp_{pick(('min', 'max'))}({of}, {number})",
            f"clamp({of}, {number}, {other})",
            f"histogram_quantile({number}, {of})",
            f"label_replace({of}, {replaced})",
            f'label_join({of}, "{pick(LABELS)}", "-", "{pick(LABELS)}")',
            f"round({of}, {pick(('0.5', '5', '0.3'))})",
            f"vector({number})",
        )
        made = pick(forms[:1] * 3 + forms)
        return f"vector({made})" if made.startswith("scalar(") else made

    def _aggregation(self, depth: int) -> str:
        pick, of = self._random.choice, self.vector(depth)
        kind = pick((" by", " without", ""))
        by = f"{kind} ({self._labels()})" if kind else ""
        forms = (
            *(f"{pick(_AGGREGATIONS)}{by} ({of})" for _ in range(5)),
            f"{pick(('topk', 'bottomk'))}{by} ({pick(_NUMBERS)}, {of})",
            f"quantile{by} ({pick(_NUMBERS)}, {of})",
            f'count_values{by} ("{pick(("value", "code"))}", {of})',
        )
        return pick(forms)

    def _operation(self, depth: int) -> str:
        pick, left, right = self._random.choice, self.vector(depth), self.vector(depth)
        kind = pick(("set", "comparison", "arithmetic", "arithmetic"))
        if kind == "set":
            return f"({left}) {pick(('and', 'or', 'unless'))}{self._matching()} ({right})"
        operator = pick(_ARITHMETIC) if kind == "arithmetic" else pick(_COMPARISONS) + pick(("", "", " bool"))
        if self._random.random() < 0.45:
            number = pick(_NUMBERS)
            left, right = pick(((left, number), (number, right)))
            return f"({left}) {operator} ({right})"
        matching = self._matching()
        if matching and self._random.random() < 0.5:
            included = pick([label for label in ("zone", "code", "") if not label or label not in matching])
            matching += f" {pick(('group_left', 'group_right'))} ({included})"
        return f"({left}) {operator}{matching} ({right})"

    def _matching(self) -> str:
        pick = self._random.choice
        return f" {pick(('on', 'ignoring'))} ({self._labels()})" if pick((True, False)) else ""
