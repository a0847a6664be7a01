"""A PrometheusRule has another label than the one its operator selects

## Why
The operator loads those PrometheusRule objects whose labels fit the `ruleSelector` of its Prometheus, and
ignores all others without a word. The labels that all generated objects get, `manifest.labels` in Settings,
say what it selects: an object with another value is not loaded, and none of its alerts can ever fire.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  manifest: {labels: {release: prometheus}}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: shop
#       ^^^^
  labels: {release: kube-prometheus}
spec:
  groups:
    - name: shop
      rules:
        - alert: ShopErrors
          expr: sum(rate(errors_total[5m])) > 1
          annotations: {summary: Orders fail}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  manifest: {labels: {release: prometheus}}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: shop
  labels: {release: prometheus}
spec:
  groups:
    - name: shop
      rules:
        - alert: ShopErrors
          expr: sum(rate(errors_total[5m])) > 1
          annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO634", "warning", __doc__)
_SELECTED_BY = ("release", "prometheus", "role")
"""The labels that the usual operators select rules by."""


def check_program(program: Program, report: Report) -> None:
    """Warn of hand-written objects whose labels differ from those that Settings give to all others."""
    asked = program.settings.manifest_labels
    for rules in program.rule_sets if asked else ():
        if rules.slos or "manifest" not in rules.where:
            continue
        for name in _SELECTED_BY:
            written, selected = rules.manifest.labels.get(name), asked.get(name)
            if selected is not None and written is not None and written != selected:
                report.report(
                    CODE,
                    rules.where["manifest"],
                    f"the object has `{name}: {written}`, and the operator selects `{name}: {selected}`",
                    help="delete the label: Settings give it to every object",
                )
