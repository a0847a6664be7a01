"""A template reads a label that the alert does not have

## Why
The labels of a template are those of the result of the expression, nothing else: `sum by (job)` leaves `job`
and drops the others, and what the rule itself adds below `labels` is not there yet. Prometheus writes nothing
in place of a label that is missing, so the person on call reads "requests to  fail" and does not learn where.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job) (rate(errors_total[5m])) > 1
        labels: {severity: warning}
        annotations: {summary: 'Errors in {{ $labels.job }} at {{ $labels.instance }}'}
#                                                                 ^^^^^^^^^^^^^^^^
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job, instance) (rate(errors_total[5m])) > 1
        labels: {severity: warning}
        annotations: {summary: 'Errors in {{ $labels.job }} at {{ $labels.instance }}'}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report, nearest
from slogen.examined import Examined
from slogen.handwritten.texts import AlertText, labels_read
from slogen.ir import Labels
from slogen.promql.problem import Place

CODE = Code("SLO603", "error", __doc__)
_OF_SERVERS = ("cluster", "prometheus", "prometheus_replica", "replica")
"""The usual external labels."""


def check_expression(expression: Examined, report: Report) -> None:
    """Report labels that no alert of the expression can have."""
    rule = expression.rule
    if rule is None or not rule.alert or rule.where is None:
        return
    for text, read in labels_read(rule):
        if _lacks(read.name, expression):
            _report(read.name, read.place, text, expression, report)


def _lacks(label: str, expression: Examined) -> bool:
    """Whether no alert has the label. What one server records, another may see with external labels."""
    if not expression.meaning.labels.lacks(label):
        return False
    external = (*_OF_SERVERS, *expression.project.settings.prometheus.external_labels)
    return label not in external or all(one.recorded is None for one in expression.selectors)


def _report(label: str, place: Place, text: AlertText, expression: Examined, report: Report) -> None:
    labels = expression.meaning.labels
    fact = labels[label]
    others = labels.names if labels.is_closed else ()
    also = (Label(expression.at(fact.at), fact.why),) if fact.at != (0, 0) else ()
    report.report(
        CODE,
        text.place(place),
        f"the alert has no label `{label}`, so {text} shows nothing there",
        label=fact.why if not also else "",
        also=also,
        help=_help(label, others, _added(expression)),
    )


def _added(expression: Examined) -> Labels:
    rule, group = expression.rule, expression.group
    return {**(group.labels if group else {}), **(rule.labels if rule else {})}


def _help(label: str, others: tuple[str, ...], added: Labels) -> str:
    if label == "alertname":
        return "write the name of the alert as text: templates only see the labels of the expression"
    if label in added:
        return f"write `{added[label]}` as text: templates do not see the labels that the rule adds"
    meant = nearest(label, others)
    if meant is not None:
        return f"did you mean `{meant}`?"
    if not others:
        return "keep the label in the expression, or leave it out of the text"
    listed = ", ".join(f"`{other}`" for other in others)
    return f"keep the label in the expression, or use one that is there: {listed}"
