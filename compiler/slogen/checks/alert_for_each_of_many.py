"""An alert for each of countless values

## Why
An alert fires once for each group of labels. This one keeps a label whose values nobody can count, as the
catalog says: often clients choose them. One mistake of a client that sends ever new values is then a flood of
alerts, and a real outage is spread over groups with a few events each. A selector that names the values, as
in `model=~"a|b"`, bounds them.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: gateway}
spec:
  metrics:
    gateway_errors_total: {type: counter, labels: {model: {unbounded: it is what the client asks for}}}
# rules/gateway.yaml
groups:
  - name: gateway
    rules:
      - alert: GatewayErrors
        expr: sum by (model) (rate(gateway_errors_total[5m])) > 1
#                     ^^^^^
        for: 5m
        labels: {severity: warning}
        annotations: {summary: Errors for one model}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: gateway}
spec:
  metrics:
    gateway_errors_total: {type: counter, labels: {model: {unbounded: it is what the client asks for}}}
# rules/gateway.yaml
groups:
  - name: gateway
    rules:
      - alert: GatewayErrors
        expr: sum(rate(gateway_errors_total[5m])) > 1
        for: 5m
        labels: {severity: warning}
        annotations: {summary: Errors at the gateway, runbook_url: https://runbooks.example.com/GatewayErrors}
```
"""

from __future__ import annotations

from slogen import catalogued
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO442", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of alerts that are kept apart by labels without a limit."""
    if not expression.is_alert or not expression.project.catalogs:
        return
    seen: set[str] = set()
    for part in expression.aggregations:
        if not part.is_by:
            continue
        for name, place in part.labels_at:
            found = catalogued.countless(name, part.operand)
            if found is None or name in seen or not expression.meaning.labels.has(name):
                continue
            seen.add(name)
            report.report(
                CODE,
                expression.at(place),
                f"nobody can count the values of `{name}`, and each has an alert: {found.unbounded}",
                also=catalogued.declared(found.where, "without a limit"),
                help=f"leave `{name}` out, or select the values that matter",
            )
