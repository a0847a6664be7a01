"""An aggregation keeps or drops a label against the conventions

## Why
Some labels must survive every aggregation, because alerts are routed by them, and some must not, because they
multiply series. A team settles which ones in the conventions of its Settings.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {keep: [cluster], strip: [pod]}
---
groups:
  - name: shop
    rules:
      - record: shop:errors:rate5m
        expr: sum by (job, pod) (rate(errors_total[5m]))
#             ^^^
#                          ^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  conventions: {keep: [cluster], strip: [pod]}
---
groups:
  - name: shop
    rules:
      - record: shop:errors:rate5m
        expr: sum by (cluster, job) (rate(errors_total[5m]))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.handwritten.conventions import agreed

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO614", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of hand-written rules whose result lacks a label that is to be kept, or has one that is not."""
    conventions = expression.project.settings.conventions
    if expression.rule is None or not (conventions.keep or conventions.strip):
        return
    also = agreed(conventions)
    for label in conventions.keep:
        dropping = _dropping(label, expression)
        if dropping is not None:
            report.report(
                CODE,
                expression.at(dropping.name_at),
                f"`{dropping.name}` drops the label `{label}`, which is to be kept",
                also=also,
                help=f"aggregate by `{label}`, too",
            )
    for label in conventions.strip:
        _check_strip(label, expression, also, report)


def _dropping(label: str, expression: Examined) -> Meaning | None:
    """The outermost aggregation that drops a label, if the result lacks it and no selector asks for it."""
    rule, group = expression.rule, expression.group
    if not expression.meaning.labels.lacks(label):
        return None
    if rule is not None and (label in rule.labels or (group is not None and label in group.labels)):
        return None
    found = (one for one in expression.aggregations if one.labels.lacks(label))
    return next((one for one in found if not one.operand.labels.lacks(label)), None)


def _check_strip(label: str, expression: Examined, also: tuple[Label, ...], report: Report) -> None:
    if expression.is_alert or not expression.meaning.labels.has(label):
        return
    for aggregation in expression.aggregations:
        for listed, at in aggregation.labels_at:
            if aggregation.is_by and listed == label and aggregation.labels.has(label):
                report.report(
                    CODE,
                    expression.at(at),
                    f"the series keeps the label `{label}`, which is to be dropped",
                    also=also,
                    help=f"delete `{label}` here",
                )
                return
