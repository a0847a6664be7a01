"""The name of a label that the ruler refuses

## Why
Before Prometheus 3.0 the name of a label has letters, digits and `_` only; a rule with any other makes
Prometheus refuse the whole file. Alloy still judges names that way, and brings no object at all to Mimir
while one of them has such a name.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '2.45'}
---
version: prometheus/v1
service: checkout
slos:
  - name: availability
#         ^^^^^^^^^^^^
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    plugins:
      chain:
        - {id: sloth.dev/contrib/info_labels/v1, config: {labels: {app.team: shop}}}
    alerting: {name: CheckoutBurns}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '2.45'}
---
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    plugins:
      chain:
        - {id: sloth.dev/contrib/info_labels/v1, config: {labels: {app_team: shop}}}
    alerting: {name: CheckoutBurns}
```
"""

from __future__ import annotations

from slogen import promql, rulers
from slogen.diagnostics import Code, Report
from slogen.ir import Program, RulerKind, Settings, Where
from slogen.source import Span

CODE = Code("SLO808", "error", __doc__)
# Behind a feature flag since 2.55.
_FIRST = "2.55"


def check_program(program: Program, report: Report) -> None:
    """Report the labels whose names only newer versions take."""
    who = _refusing(program.settings)
    if not who:
        return
    for rules in program.rule_sets:
        for group in rules.groups:
            for rule in group.rules:
                for label in rule.labels:
                    if not promql.is_label_name(label):
                        where = rule.where or rules.where
                        report.report(
                            CODE,
                            _of_label(where, label),
                            f"{who} takes no label of the name `{label}`",
                            help="use letters, digits and `_` only",
                        )


def _refusing(settings: Settings) -> str:
    """Who refuses such names for certain; nobody if it is not known."""
    if settings.ruler.loader == "alloy":
        return "Alloy"
    version = rulers.version(settings)
    is_prometheus = settings.ruler.kind is RulerKind.PROMETHEUS
    return f"Prometheus {version}" if is_prometheus and version and rulers.is_older(version, _FIRST) else ""


def _of_label(where: Where, label: str) -> Span:
    return where[f"labels.{label}" if f"labels.{label}" in where else "adjustments"]
