"""A template reads an external label that no server has

## Why
Where Settings state the external labels of your Prometheus, they are all that `$externalLabels` has. Of any
other label Prometheus writes nothing, so the person on call reads "the shop is down in " and does not learn
where. If some of your servers do have the label, state it there.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus:
    external_labels: {region: eu-west-1}
---
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job) (rate(errors_total[5m])) > 1
        labels: {severity: warning}
        annotations: {summary: 'Errors in {{ $externalLabels.cluster }}'}
#                                            ^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus:
    external_labels: {region: eu-west-1}
---
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job) (rate(errors_total[5m])) > 1
        labels: {severity: warning}
        annotations: {summary: 'Errors in {{ $externalLabels.region }}'}
```
"""

from __future__ import annotations

from collections.abc import Iterable

from slogen.diagnostics import Code, Report, nearest
from slogen.examined import Examined
from slogen.handwritten.texts import texts_of

CODE = Code("SLO638", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of external labels that Settings do not state; where they state none, nothing is known."""
    stated = expression.project.settings.prometheus.external_labels
    if expression.rule is None or not expression.rule.alert or not stated:
        return
    for text in texts_of(expression.rule):
        if "xternalLabels" not in text.text:
            continue
        for read in text.contents.reads:
            if read.kind != "external" or read.guarded or read.name in stated:
                continue
            meant = nearest(read.name, stated)
            report.report(
                CODE,
                text.place(read.place),
                f"there is no external label `{read.name}`, so {text} shows nothing there",
                help=f"did you mean `{meant}`?" if meant else f"Settings state {_listed(stated)}",
            )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
