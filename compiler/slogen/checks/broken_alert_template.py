"""A template of an alert cannot be read

## Why
Labels and annotations of alerts are templates: `{{` starts an action and `}}` ends it. Prometheus refuses a
whole rule file, with all its rules, for one action that is not closed, that names a function or variable that
does not exist, or that opens a block without an end.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: shop_open == 0
        annotations: {summary: 'closed: {{ $label.instance }}'}
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: shop_open == 0
        annotations: {summary: 'closed: {{ $labels.instance }}'}
```
"""

from __future__ import annotations

from slogen.adjustments import USUAL, BudgetAlert
from slogen.diagnostics import Code, Report
from slogen.ir import Labels, RuleSet, Slo, Where
from slogen.source import Span

CODE = Code("SLO501", "error", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Report what the author adds to the alerts of an SLO."""
    for alert in (*slo.alerts, *((slo.absence,) if slo.absence else ())):
        where = Where(slo.where["alerting"], _inherited(alert.labels, slo))
        _check("labels", alert.labels, where, report)
        _check("annotations", alert.annotations, where, report)
    if slo.adjustments is not USUAL:
        for i, adjustment in enumerate(slo.adjustments):
            if isinstance(adjustment, BudgetAlert):
                part = f"adjustments.{i}"
                at = slo.where[part if part in slo.where else "adjustments"]
                where = Where(at, _inherited(adjustment.labels, slo))
                _check("labels", adjustment.labels, where, report)
                _check("annotations", adjustment.annotations, where, report)
    _check("links", {"runbook": slo.runbook or "", "dashboard": slo.dashboard or ""}, slo.where, report)


def _inherited(labels: Labels, slo: Slo) -> dict[str, Span]:
    """The places of the templates that an alert has from the labels of its SLO."""
    return {
        f"labels.{name}": slo.where.of_label(name)
        for name, text in slo.labels.items()
        if "{{" in text and labels.get(name) == text
    }


def check_rules(rules: RuleSet, report: Report) -> None:
    """Report hand-written alerts."""
    if rules.slos:
        return
    for group in rules.groups:
        for rule in group.rules:
            if rule.alert and rule.where is not None:
                _check("labels", rule.labels, rule.where, report)
                _check("annotations", rule.annotations, rule.where, report)


def _check(kind: str, texts: Labels, where: Where, report: Report) -> None:
    templates = {name: text for name, text in texts.items() if "{{" in text}
    if not templates:
        return
    from slogen import gotemplates  # noqa: PLC0415 - many alerts of SLOs hold none

    for name, text in templates.items():
        found = gotemplates.problem(text)
        if found is not None:
            message = f"the template in the {kind.removesuffix('s')} `{name}` cannot be read: {found.message}"
            report.report(CODE, where[f"{kind}.{name}"], message, help=found.help)
