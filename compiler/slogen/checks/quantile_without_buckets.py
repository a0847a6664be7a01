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

from slogen.checks.rules_of_another_tool import CODE as OF_ANOTHER_TOOL
from slogen.diagnostics import Code, Label, Report
from slogen.expressions import ANY_WINDOW, written_at
from slogen.ir import Query, Slo
from slogen.promql.pairing import Bucketless, bucketless

CODE = Code("SLO412", "error", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Report the aggregations that take away the label `le` from what a quantile is computed of."""
    for query in slo.sli.queries:
        if query.opaque or "histogram_" not in query.text:
            continue
        for found in bucketless(query.over(ANY_WINDOW)):
            _report(found, query, CODE if slo.compat is None else OF_ANOTHER_TOOL, report)


def _report(found: Bucketless, query: Query, code: Code, report: Report) -> None:
    at = written_at(query, found.aggregation)
    function = query.over(ANY_WINDOW)[slice(*found.function)]
    aggregation = query.over(ANY_WINDOW)[slice(*found.aggregation)]
    kept = ", ".join(("le", *found.labels))
    report.report(
        code,
        at,
        f"this `{aggregation}` drops the label `le`, without which `{function}()` has never a result",
        also=()
        if query.template
        else (Label(written_at(query, found.function), "tells buckets apart by `le`"),),
        help=f"write `{aggregation} by ({kept}) (...)`, or measure the share of slow events by `latency:`",
    )
