"""Two sources write the same object

## Why
A PrometheusRule object has one namespace and name. Of two with the same, Kubernetes keeps what was applied
last, and the rules of the other are gone without a word. SLOs that share an object must agree on its labels
and annotations.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: checkout}
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: checkout
#       ^^^^^^^^
spec:
  groups:
    - name: checkout
      rules:
        - alert: CheckoutDown
          expr: shop_open == 0
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: checkout}
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: checkout-alerts
spec:
  groups:
    - name: checkout
      rules:
        - alert: CheckoutDown
          expr: shop_open == 0
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program, RuleSet

CODE = Code("SLO206", "error", __doc__, firm=True)


def check_program(program: Program, report: Report) -> None:
    """Report rule sets and SLOs that want the same object with different content."""
    first: dict[tuple[str | None, str], RuleSet] = {}
    for rules in program.rule_sets:
        _check_members(rules, report)
        key = (rules.manifest.namespace, rules.manifest.name)
        other = first.setdefault(key, rules)
        if other is rules:
            continue
        later, earlier = (other, rules) if rules.slos else (rules, other)
        report.report(
            CODE,
            later.where["manifest"],
            f"the object `{rules.manifest.name}` is written twice",
            also=(Label(earlier.where["manifest"], "also written from here"),),
            help=_way_out(later),
        )


def _way_out(rules: RuleSet) -> str:
    if rules.slos or "manifest" in rules.where:
        return "give one of the two another `metadata.name`"
    return "rename one of the two: the object of a plain rule file has the name of the file"


def _check_members(rules: RuleSet, report: Report) -> None:
    for slo in rules.slos:
        first = rules.slos[0].manifest
        if (slo.manifest.labels, slo.manifest.annotations) != (first.labels, first.annotations):
            report.report(
                CODE,
                slo.where["manifest"],
                f"the object `{rules.manifest.name}` has other labels or annotations elsewhere",
                also=(Label(rules.slos[0].where["manifest"], "first written here"),),
                help="give both the same metadata, or one of them another `metadata.name`",
            )
