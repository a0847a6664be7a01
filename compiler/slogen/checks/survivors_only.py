"""A latency of those that came through

## Why
This histogram leaves out events that failed, or takes failures for fast answers, as the catalog says. A
failure is often the fastest answer of all: in an outage such a latency SLO looks better than ever. Select the
events that went well by the label that tells them apart, and count the failures in an SLO of their own. Where
no label does, only that other SLO notices an outage: allow the finding, and name it.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: router}
spec:
  metrics:
    router_duration_seconds:
      type: histogram
      labels: [status_code]
      buckets: [0.1, 0.5, 1]
      cautions:
        - {trait: survivors, unless: [status_code], text: Failed requests are in here and can be fast.}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: router
  slos:
    - name: latency
      objective: 99
      sli:
        latency: {histogram: router_duration_seconds, threshold: 500ms}
#                            ^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: router}
spec:
  metrics:
    router_duration_seconds:
      type: histogram
      labels: [status_code]
      buckets: [0.1, 0.5, 1]
      cautions:
        - {trait: survivors, unless: [status_code], text: Failed requests are in here and can be fast.}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: router
  slos:
    - name: latency
      objective: 99
      sli:
        latency: {histogram: router_duration_seconds, threshold: 500ms, where: 'status_code=~"2.."'}
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.catalog import Caution
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO435", "warning", __doc__)
_HISTOGRAMS = ("histogram", "native_histogram", "summary")


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of latencies that do not tell successes from failures, where a label would."""
    if not expression.project.catalogs or (expression.slo is None and not expression.is_alert):
        return
    for part in expression.selectors:
        sample = catalogued.in_use(part)
        if sample is None or sample.metric.type not in _HISTOGRAMS or sample.suffix in ("_count", "_sum"):
            continue
        # A misspelt label is what is wrong then.
        if any(part.labels.probably_lacks(matcher.name) for matcher in part.matchers):
            continue
        for caution in sample.metric.cautions:
            if caution.trait != "survivors":
                continue
            if expression.slo is None and not (caution.unless or caution.matchers):
                continue
            if catalogued.concerns(caution, part, catalogued.groupings(expression)):
                report.report(
                    CODE,
                    expression.at(part.name_at),
                    f"`{sample.metric.name}` does not show failures: {catalogued.sentence(caution)}",
                    also=catalogued.declared(caution.where, "the catalog says so"),
                    help=_help(caution),
                )


def _help(caution: Caution) -> str:
    labels = " or ".join(f"`{label}`" for label in (*caution.unless, *caution.matchers))
    if labels:
        return f"select those that went well by {labels}"
    return "let another SLO count the failures, and allow this finding with the name of that SLO"
