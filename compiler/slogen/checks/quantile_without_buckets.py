"""A quantile of buckets that were added up

## Why
`histogram_quantile()` tells the buckets of a classic histogram apart by their label `le`. An aggregation that
does not keep `le` adds them all up; what is left has no bounds, and Prometheus drops it without a word. The
query never has a result, so the SLO looks like one without data. Native histograms have no `le`, and need
none: their names do not end in `_bucket`.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: latency
      objective: 99
      sli:
        ratio:
          error: histogram_quantile(0.99, sum(rate(request_duration_seconds_bucket[{{.window}}]))) > bool 0.5
#                                         ^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: latency
      objective: 99
      sli:
        latency: {histogram: request_duration_seconds, threshold: 500ms}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen import regrouping
from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO412", "error", __doc__)
_OF_BUCKETS = frozenset(("histogram_quantile", "histogram_fraction"))
_OF_VICTORIA = "vmrange"
"""The label that tells buckets apart in VictoriaMetrics, whose functions read it as others read `le`."""


def check_expression(expression: Examined, report: Report) -> None:
    """Report the aggregations that take away the label `le` from what a quantile is computed of."""
    for call in expression.calls:
        if call.name not in _OF_BUCKETS:
            continue
        buckets = call.parts[-1]
        names = [selector.name for selector in buckets.selectors]
        if not names or not all(name.endswith("_bucket") for name in names) or not buckets.labels.lacks("le"):
            continue
        if any(label == _OF_VICTORIA for part in buckets.walk() if part.is_by for label, _ in part.labels_at):
            continue
        culprit = next((part for part in buckets.walk() if _drops_bounds(part)), None)
        if culprit is not None:
            _report(call, culprit, expression, report)


def _drops_bounds(part: Meaning) -> bool:
    return part.is_aggregation and part.labels.lacks("le") and not part.parts[-1].labels.lacks("le")


def _report(call: Meaning, culprit: Meaning, expression: Examined, report: Report) -> None:
    kept = ", ".join(("le", *(label for label, _ in culprit.labels_at if not culprit.labels.lacks(label))))
    help_ = f"write `{culprit.name} by ({kept}) (...)`"
    if expression.slo is not None:
        help_ += ", or measure the share of slow events by `latency:`"
    report.report(
        CODE,
        expression.at(culprit.name_at),
        f"this `{culprit.name}` drops the label `le`, without which `{call.name}()` has never a result",
        also=()
        if expression.is_template
        else (Label(expression.at(call.name_at), "tells buckets apart by `le`"),),
        help=help_,
        fixes=() if expression.is_template else regrouping.keeping(expression.at(culprit.name_at), ("le",)),
    )
