"""A quantile is no share of events

## Why
An SLO has a budget of bad events, so its indicator is a share of events between 0 and 1. A quantile, such as
the 95th percentile of a duration, is a value in the unit of the histogram: 0.3 seconds would be 30 % of
errors, and 2 seconds 200 %. Quantiles cannot be averaged over windows or instances either. Ask instead which
share of the events took longer than your limit: `latency:` does.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: latency
      objective: 95
      sli:
        ratio:
          error: histogram_quantile(0.95, sum by (le) (rate(request_duration_seconds_bucket[{{.window}}])))
#                ^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: latency
      objective: 95
      sli:
        latency: {histogram: request_duration_seconds, threshold: 500ms}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO458", "error", __doc__)
_KEEP_VALUES = frozenset(("sum", "avg", "min", "max", "topk", "bottomk"))


def check_expression(expression: Examined, report: Report) -> None:
    """Report quantiles of histograms that stand for events or for a share of them."""
    if expression.slo is None or expression.role in (None, "value"):
        return
    found = _quantile(expression.meaning)
    # The buckets of a histogram of ratios are shares.
    if found is None or any("_ratio" in one.name for one in found.selectors):
        return
    what = "an error ratio" if expression.role == "error" else f"a number of {expression.role} events"
    report.report(
        CODE,
        expression.at(found.name_at),
        f"a quantile is a value in the unit of the histogram, not {what}",
        help="count the events below a limit, by `latency:` or a bucket `le`, instead of a quantile",
    )


def _quantile(meaning: Meaning) -> Meaning | None:
    """The quantile that is the value of an expression, whatever is aggregated of it."""
    inner = meaning.bare
    if inner.is_call and inner.name == "histogram_quantile":
        return inner
    if inner.is_aggregation and inner.name in _KEEP_VALUES:
        return _quantile(inner.parts[-1])
    return _quantile(inner.parts[0]) if inner.is_operation and inner.name == "or" else None
