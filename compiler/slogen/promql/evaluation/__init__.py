"""What PromQL expressions are worth over given samples, as Prometheus 2.42 to 3.x evaluates them.

The expressions must be valid. Not known: native histograms, experimental functions that depend on more than
samples, and what the parser of this package does not read.

Sources: https://prometheus.io/docs/prometheus/latest/querying/basics/ and its neighbours; where they leave it
open, what promtool answers.
"""

from __future__ import annotations

from slogen.promql.evaluation.refusals import Failed, Unknown
from slogen.promql.evaluation.samples import Element, Sample, Storage

__all__ = ["Element", "Failed", "Sample", "Storage", "Unknown", "evaluate"]


def evaluate(
    text: str, storage: Storage, at: int, *, left_open: bool = True, subquery_step: int = 60_000
) -> dict[Element, float] | float:
    """The value of a query at the instant `at`, in milliseconds: of each element, or of a scalar.

    `left_open`: as Prometheus 3 does it, where ranges and the lookback of 5 minutes exclude their start; else
    as Prometheus 2.42 does it, where they include it. `subquery_step` (milliseconds) is the step of
    subqueries without one: the interval of rule evaluation, in promtool the `evaluation_interval`.

    The order of the elements follows from the order of the series; `sort` and `topk` decide it as they do in
    Prometheus. Raises Unknown for what is beyond this evaluator, and Failed where Prometheus refuses.
    """
    from slogen.promql.evaluation.planning import plan  # noqa: PLC0415 - it loads promql_parser

    query = plan(text)
    if isinstance(query, str):
        raise Unknown(query)
    return query(storage, at, left_open, subquery_step)
