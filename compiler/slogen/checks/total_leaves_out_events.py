"""A total that leaves out events

## Why
The counter that stands for all events does not count those that another one does, as the catalog says: those
that are refused at the door, for one. Under overload nearly all events are of that kind. The error ratio is
then far too high, or it shows no errors at all: the refused events are missing from both sides.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: sidecar}
spec:
  metrics:
    sidecar_requests_total:
      type: counter
      labels: [code]
      cautions:
        - {trait: excludes, metrics: [sidecar_rejected_total], text: Rejected requests are not in here.}
    sidecar_rejected_total: {type: counter}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: sidecar
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: sidecar_requests_total
#                ^^^^^^^^^^^^^^^^^^^^^^
          bad: 'sidecar_requests_total{code="5xx"}'
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: sidecar}
spec:
  metrics:
    sidecar_requests_total:
      type: counter
      labels: [code]
      cautions:
        - {trait: excludes, metrics: [sidecar_rejected_total], text: Rejected requests are not in here.}
    sidecar_rejected_total: {type: counter}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: sidecar
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: [sidecar_requests_total, sidecar_rejected_total]
          bad: ['sidecar_requests_total{code="5xx"}', sidecar_rejected_total]
```
"""

from __future__ import annotations

import re

from slogen import catalogued
from slogen.catalog import Caution
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO431", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of totals that read a metric and not what it excludes."""
    if not expression.project.catalogs:
        return
    for divisor in catalogued.divisors(expression):
        read = {part.name for part in divisor.selectors}
        for part in divisor.selectors:
            sample = catalogued.in_use(part)
            # What a histogram of the events counts is no less than they are.
            for caution in sample.metric.cautions if sample is not None and sample.suffix == "" else ():
                if caution.trait != "excludes" or not catalogued.concerns(caution, part):
                    continue
                if read.isdisjoint(_series(caution)) and not _is_elsewhere(caution, expression):
                    names = " and ".join(f"`{name}`" for name in caution.metrics)
                    report.report(
                        CODE,
                        expression.at(part.name_at),
                        f"this total leaves out events: {catalogued.sentence(caution)}",
                        also=catalogued.declared(caution.where, "the catalog says so"),
                        help=f"add {names} to the total" if names else "count what is missing, too",
                    )


def _series(caution: Caution) -> set[str]:
    return {name + suffix for name in caution.metrics for suffix in ("", "_count", "_total")}


def _is_elsewhere(caution: Caution, expression: Examined) -> bool:
    """Whether another query of the total reads what is missing here."""
    slo = expression.slo
    if slo is None or expression.role != "total" or not caution.metrics:
        return False
    names = "|".join(map(re.escape, sorted(_series(caution))))
    pattern = re.compile(rf"(?<![\w:])(?:{names})(?![\w:])")
    return any(pattern.search(text) for text in catalogued.texts_of(slo, "total"))
