"""The first event is lost

## Why
The series of this counter appears with its first event, so it starts at one, as the catalog says. There is no
zero before it: `increase()` and `rate()` of a series that is new are zero, and an alert on `> 0` misses the
very event it waits for. Often there never is a second one.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_load_failures_total:
      type: counter
      cautions: [{trait: starts_at_one, text: The series appears with the first failure.}]
# rules/engine.yaml
groups:
  - name: engine
    rules:
      - alert: LoadFailure
        expr: increase(engine_load_failures_total[5m]) > 0
#                                                      ^
        labels: {severity: warning}
        annotations: {summary: A model failed to load}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_load_failures_total:
      type: counter
      cautions: [{trait: starts_at_one, text: The series appears with the first failure.}]
# rules/engine.yaml
groups:
  - name: engine
    rules:
      - alert: LoadFailure
        expr: |-
          increase(engine_load_failures_total[5m]) > 0
          or (engine_load_failures_total unless engine_load_failures_total offset 5m) > 0
        labels: {severity: warning}
        annotations: {summary: A model failed to load, runbook_url: https://runbooks.example.com/LoadFailure}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen import catalogued, durations
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.functions import RATES

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO434", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of `increase() > 0` on counters without a zero to start from."""
    if not expression.project.catalogs or (expression.slo is None and not expression.is_alert):
        return
    for comparison in expression.operations:
        left, right = comparison.parts
        if comparison.name not in (">", "!=") or right.bounds.number != 0:
            continue
        part = _increased(left)
        sample = catalogued.in_use(part) if part is not None else None
        if part is None or sample is None or _looks_at_new_series(part, expression):
            continue
        if _takes_many(part, expression):
            continue
        # A divisor that is above zero is a guard, no alert.
        if any(outer.name == "/" for outer, _ in catalogued.around(expression, comparison)):
            continue
        for caution in sample.metric.cautions:
            if caution.trait == "starts_at_one" and catalogued.concerns(caution, part):
                report.report(
                    CODE,
                    expression.at(comparison.name_at),
                    f"the first event of `{part.name}` is lost: {catalogued.sentence(caution)}",
                    also=catalogued.declared(caution.where, "the catalog says so"),
                    help="add `or (METRIC unless METRIC offset 5m) > 0`, which finds series that are new",
                )


def _increased(part: Meaning) -> Meaning | None:
    """The selector of which an expression is the rate, however it is added up."""
    part = part.bare
    while part.is_aggregation or (part.is_operation and part.name == "or"):
        part = (part.operand if part.is_aggregation else part.parts[0]).bare
    if not part.is_call or part.name not in RATES:
        return None
    selector = part.operand.bare
    return selector if selector.is_selector else None


def _takes_many(part: Meaning, expression: Examined) -> bool:
    """Whether one event does not make the alert fire: it is over before the alert has been pending."""
    pending = expression.rule.for_ if expression.rule is not None else ""
    return bool(pending) and durations.parse(pending) >= (part.range or 0) * 1000


def _looks_at_new_series(part: Meaning, expression: Examined) -> bool:
    """Whether the expression reads the counter itself, too, to find series that are new."""
    return any(one.name == part.name and one.range is None for one in expression.selectors)
