"""A sum over replicas that all say the same

## Why
Every replica of the component exports this value, as the catalog says, and all export the same one. Their
sum is the value times the number of replicas: it is wrong from the second replica on, and jumps with each
rollout.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: picker}
spec:
  metrics:
    picker_ready:
      type: gauge
      labels: [pool]
      cautions: [{trait: duplicated, text: Every replica exports the same value.}]
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: picker
  slos:
    - name: ready
      objective: 99
      group_by: [pool]
      sli:
        condition:
          metric: sum by (pool) (picker_ready)
#                 ^^^
          good_when: '>= 3'
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: picker}
spec:
  metrics:
    picker_ready:
      type: gauge
      labels: [pool]
      cautions: [{trait: duplicated, text: Every replica exports the same value.}]
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: picker
  slos:
    - name: ready
      objective: 99
      group_by: [pool]
      sli:
        condition:
          metric: max by (pool) (picker_ready)
          good_when: '>= 3'
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO433", "warning", __doc__)
_OF_A_REPLICA = frozenset(("instance", "pod"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of sums of what every replica exports."""
    if not expression.project.catalogs:
        return
    for aggregation in expression.aggregations:
        if aggregation.name not in ("sum", "count") or _keeps_replicas(aggregation):
            continue
        part = _summed(aggregation.operand)
        sample = catalogued.in_use(part) if part is not None else None
        if part is None or sample is None or _is_of_one_replica(part):
            continue
        for caution in sample.metric.cautions:
            if caution.trait == "duplicated" and catalogued.concerns(caution, part):
                report.report(
                    CODE,
                    expression.at(aggregation.name_at),
                    f"this `{aggregation.name}` takes `{part.name}` once for each replica: "
                    f"{catalogued.sentence(caution)}",
                    also=catalogued.declared(caution.where, "the catalog says so"),
                    help=_help(aggregation),
                )


def _help(aggregation: Meaning) -> str:
    labels = ", ".join(label for label, _ in aggregation.labels_at)
    by = f" by ({labels})" if aggregation.is_by and labels else ""
    return f"write `max{by} (...)`; where it is to be added up after that, take the maximum first"


def _keeps_replicas(aggregation: Meaning) -> bool:
    """Whether there is one result for each replica."""
    listed = {label for label, _ in aggregation.labels_at}
    if aggregation.is_by:
        return not listed.isdisjoint(_OF_A_REPLICA)
    return bool(listed) and listed.isdisjoint(_OF_A_REPLICA)


def _is_of_one_replica(part: Meaning) -> bool:
    """Whether a selector names one replica."""
    return any(one.name in _OF_A_REPLICA and one.op == "=" for one in part.matchers)


def _summed(part: Meaning) -> Meaning | None:
    """The selector whose series an aggregation adds up; None where another aggregation made them one."""
    while not part.is_selector:
        if part.is_aggregation:
            return None
        if part.is_operation:
            left, right = part.parts
            # What `and` and `unless` compare with does not count.
            if part.name not in ("and", "unless") and not left.is_number and not right.is_number:
                return None
            part = right if left.is_number else left
        elif part.operand is part:
            return None
        else:
            part = part.operand
    return part
