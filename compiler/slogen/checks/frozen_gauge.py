"""A gauge that stands still when there is nothing to measure

## Why
This gauge keeps its last value once the things that it measures are gone, as the catalog says. When the last
replica of a pool dies, the mean load of the pool stays where it was: the alert that should say so stays
silent, or never ends. Another metric tells whether there is anything to measure.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: picker}
spec:
  metrics:
    picker_average_queue:
      type: gauge
      labels: [pool]
      cautions:
        - {trait: frozen_when_empty, metrics: [picker_ready], text: It stands still without replicas.}
    picker_ready: {type: gauge, labels: [pool]}
# rules/picker.yaml
groups:
  - name: picker
    rules:
      - alert: QueueTooLong
        expr: max by (pool) (picker_average_queue) > 50
#                            ^^^^^^^^^^^^^^^^^^^^
        for: 5m
        labels: {severity: warning}
        annotations: {summary: Requests wait}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: picker}
spec:
  metrics:
    picker_average_queue:
      type: gauge
      labels: [pool]
      cautions:
        - {trait: frozen_when_empty, metrics: [picker_ready], text: It stands still without replicas.}
    picker_ready: {type: gauge, labels: [pool]}
# rules/picker.yaml
groups:
  - name: picker
    rules:
      - alert: QueueTooLong
        expr: max by (pool) (picker_average_queue) > 50 and on (pool) max by (pool) (picker_ready) > 0
        for: 5m
        labels: {severity: warning}
        annotations: {summary: Requests wait, runbook_url: https://runbooks.example.com/QueueTooLong}
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.functions import RATES

CODE = Code("SLO432", "warning", __doc__)
_OF_MOTION = frozenset((*RATES, "changes", "delta", "idelta", "deriv"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of gauges that freeze, in conditions that do not look whether there is anything to measure."""
    if not expression.project.catalogs or (expression.slo is None and not expression.is_alert):
        return
    read = {part.name for part in expression.selectors}
    for part in expression.selectors:
        sample = catalogued.in_use(part)
        for caution in sample.metric.cautions if sample is not None else ():
            if caution.trait != "frozen_when_empty" or not read.isdisjoint(caution.metrics):
                continue
            if not catalogued.concerns(caution, part, catalogued.groupings(expression)):
                continue
            outside = [outer for outer, _ in catalogued.around(expression, part)]
            if catalogued.is_optional(expression, part) or any(one.name in _OF_MOTION for one in outside):
                continue
            guards = " and ".join(f"`{name}`" for name in caution.metrics)
            report.report(
                CODE,
                expression.at(part.name_at),
                f"`{part.name}` may stand still: {catalogued.sentence(caution)}",
                also=catalogued.declared(caution.where, "the catalog says so"),
                help=f"ask whether there is anything to measure, by `and on (...)` and {guards}"
                if guards
                else "ask whether there is anything to measure, by `and on (...)`",
            )
