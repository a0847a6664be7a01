"""A template of an alert is not closed

## Why
Labels and annotations of alerts are templates: `{{` starts an action and `}}` ends it. Prometheus refuses a
whole rule file, with all its rules, for one action that is not closed or empty.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopClosed
#              ^^^^^^^^^^
        expr: up == 0
        annotations: {summary: 'closed: {{ $labels.instance }'}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: up == 0
        annotations: {summary: 'closed: {{ $labels.instance }}'}
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from slogen.diagnostics import Code, Report
from slogen.ir import Labels, RuleSet, Slo
from slogen.source import Span

CODE = Code("SLO501", "error", __doc__)

# An action: text, and literals that may hold braces.
ACTION = re.compile(r'\{\{(?:"(?:\\.|[^"\\\n])*+"|`[^`]*+`|(?!\}\})[^"`])++\}\}', re.DOTALL)
COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)


def check_slo(slo: Slo, report: Report) -> None:
    """Report what the author adds to the alerts of an SLO."""
    links = {"runbook": slo.runbook or "", "dashboard": slo.dashboard or ""}
    for alert in (*slo.alerts, *((slo.absence,) if slo.absence else ())):
        _check({"label": alert.labels, "annotation": alert.annotations}, slo.where["alerting"], report)
    _check({"link": links}, slo.where.whole, report)


def check_rules(rules: RuleSet, report: Report) -> None:
    """Report hand-written alerts."""
    if rules.slos:
        return
    for group in rules.groups:
        for rule in group.rules:
            if rule.alert and rule.where is not None:
                texts = {"label": rule.labels, "annotation": rule.annotations}
                _check(texts, rule.where.whole, report)


def _check(texts: Mapping[str, Labels], at: Span, report: Report) -> None:
    for what, named in texts.items():
        for name, text in named.items():
            if "{{" in text and not _is_closed(text):
                report.report(
                    CODE,
                    at,
                    f"the template in the {what} `{name}` has an action that is empty or not closed",
                    help='end it with `}}`; to write two braces as text, use `{{ "{{" }}`',
                )


def _is_closed(text: str) -> bool:
    rest = ACTION.sub(_kept_if_empty, COMMENT.sub("", text))
    return "{{" not in rest


def _kept_if_empty(action: re.Match[str]) -> str:
    """Nothing for an action that does something, the action itself for one that is empty."""
    return "" if action[0][2:-2].strip(" \t\r\n-") else action[0]
