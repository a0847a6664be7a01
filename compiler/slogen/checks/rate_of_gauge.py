"""A rate of what is no counter

## Why
`rate()`, `irate()` and `increase()` take every fall of a value for the restart of a counter, and add up what
comes after it. Of a gauge, which goes up and down by nature, such as the length of a queue, the result means
nothing: it grows with how much the gauge wavers, and it is zero while the queue is full and stays full. What
is a gauge is told by its name, so this is a warning; the proof of the SLO fails, since a gauge that stays
where it is has no rate.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: queue
      objective: 99
      sli:
        query:
          total: sum(rate(queue_capacity[{{.window}}]))
#                         ^^^^^^^^^^^^^^
          bad: sum(rate(queue_length[{{.window}}]))
#                       ^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: queue
      objective: 99
      sli:
        condition: {metric: queue_length, good_when: '<= 50'}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.functions import RATES
from slogen.promql.metric_names import is_gauge

CODE = Code("SLO413", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of metrics under `rate()` and its kin that are gauges by their names."""
    for call in expression.calls:
        metric = call.operand.bare
        if call.name not in RATES or not metric.is_selector or not is_gauge(metric.name):
            continue
        # What a catalog or a recording rule says is more than a name.
        if metric.sample is None and metric.recorded is None:
            report.report(
                CODE,
                expression.at(metric.name_at),
                f"`{metric.name}` is a gauge by its name, and `{call.name}()` works on counters only",
                help="compare the gauge with a threshold, by `condition:`"
                if expression.slo is not None
                else "compare the gauge itself, or its `delta()`",
            )
