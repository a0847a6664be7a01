"""The functions of PromQL, from Prometheus 2.42 to 3.16, experimental ones included: what they take and give.

Source: https://prometheus.io/docs/prometheus/latest/querying/functions/ and the signatures that the servers
of both ends enforce.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

ValueType = Literal["vector", "scalar", "matrix", "string"]
V: ValueType = "vector"
S: ValueType = "scalar"
M: ValueType = "matrix"
T: ValueType = "string"

RATES = frozenset(("rate", "irate", "increase"))
"""The functions that see restarts of counters: they work on nothing else."""


class Signature(NamedTuple):
    """The types of the arguments and of the result.

    `spare` says how far the number of arguments may vary: the last one may be missing, or be there up to
    `spare` times; None means as often as one likes.
    """

    arguments: tuple[ValueType, ...]
    result: ValueType = V
    spare: int | None = 0

    @property
    def fewest(self) -> int:
        """The least number of arguments."""
        return len(self.arguments) - (self.spare != 0)

    @property
    def most(self) -> int | None:
        """The greatest number of arguments; None without limit."""
        return None if self.spare is None else self.fewest + self.spare if self.spare else len(self.arguments)

    def type_of(self, index: int) -> ValueType:
        """The type of the argument at `index`, counted from 0."""
        return self.arguments[min(index, len(self.arguments) - 1)]


_OF_A_RANGE = """
absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate
last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time
stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time
ts_of_min_over_time
"""
_OF_A_VECTOR = """
abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count
histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt
start_timestamp tan tanh timestamp
"""
_OF_A_VECTOR_OR_NOW = "day_of_month day_of_week day_of_year days_in_month hour minute month year"
_OF_NOTHING = "end pi range start step time"

FUNCTIONS: dict[str, Signature] = {
    **dict.fromkeys(_OF_A_RANGE.split(), Signature((M,))),
    **dict.fromkeys(_OF_A_VECTOR.split(), Signature((V,))),
    **dict.fromkeys(_OF_A_VECTOR_OR_NOW.split(), Signature((V,), spare=1)),
    **dict.fromkeys(_OF_NOTHING.split(), Signature((), S)),
    "clamp": Signature((V, S, S)),
    "clamp_max": Signature((V, S)),
    "clamp_min": Signature((V, S)),
    "double_exponential_smoothing": Signature((M, S, S)),
    "histogram_fraction": Signature((S, S, V)),
    "histogram_quantile": Signature((S, V)),
    "histogram_quantiles": Signature((V, T, S, S), spare=9),
    "holt_winters": Signature((M, S, S)),
    "info": Signature((V, V), spare=1),
    "integral": Signature((M, S), spare=1),
    "label_join": Signature((V, T, T, T), spare=None),
    "label_replace": Signature((V, T, T, T, T)),
    "max_of": Signature((S, S), S),
    "min_of": Signature((S, S), S),
    "predict_linear": Signature((M, S)),
    "quantile_over_time": Signature((S, M)),
    "round": Signature((V, S), spare=1),
    "scalar": Signature((V,), S),
    "sort_by_label": Signature((V, T), spare=None),
    "sort_by_label_desc": Signature((V, T), spare=None),
    "vector": Signature((S,)),
}

PARAMETER_OF_AGGREGATION: dict[str, ValueType] = {
    "topk": S,
    "bottomk": S,
    "quantile": S,
    "limitk": S,
    "limit_ratio": S,
    "count_values": T,
}
"""The type of the first argument of the aggregations that take two."""
