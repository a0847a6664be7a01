"""Alerts do not say what has happened

## Why
The name of an alert and its labels are all that a person who is woken up sees of one without annotations. By
convention, and in most templates of receivers, `summary` says what has happened in a line, `description` (or
`message`) tells more, and `runbook_url` leads to what to do. Another name, such as `title`, shows nowhere.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
      - alert: ShopQueueFull
#              ^^^^^^^^^^^^^
        expr: shop_queue_length > 100
        annotations: {title: The queue is full}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
      - alert: ShopQueueFull
        expr: shop_queue_length > 100
        annotations: {summary: The queue is full}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Rule, RuleSet

CODE = Code("SLO631", "warning", __doc__)
_SHOWN = frozenset(("summary", "message", "runbook_url", "runbook"))
_MISNAMED = frozenset(("title", "subject", "headline", "msg", "text", "short_description", "desc"))
_MOST_NAMED = 3


def check_rules(rules: RuleSet, report: Report) -> None:
    """Warn once for each file of alerts that have a text, but under a name that nothing shows.

    An alert without any annotation is the choice of its author: the labels may say it all.
    """
    if rules.slos:
        return
    silent = [rule for group in rules.groups for rule in group.rules if _misnamed(rule)]
    if not silent or silent[0].where is None:
        return
    listed = ", ".join(f"`{rule.alert}`" for rule in silent[1 : _MOST_NAMED + 1])
    more = f" and {len(silent) - 1 - _MOST_NAMED} more" if len(silent) > _MOST_NAMED + 1 else ""
    others = f" (nor {'does' if len(silent) == 2 else 'do'} {listed}{more})" if listed else ""
    names = ", ".join(f"`{name}`" for name in _misnamed(silent[0]))
    report.report(
        CODE,
        silent[0].where.whole,
        f"`{silent[0].alert}` has no `summary`{others}: receivers do not look for {names}",
        help="write what has happened as `summary`, and add `runbook_url`",
    )


def _misnamed(rule: Rule) -> list[str]:
    """The annotations of an alert that were to be its summary."""
    if not rule.alert or any(name.lower() in _SHOWN for name in rule.annotations):
        return []
    return [name for name in rule.annotations if name.lower() in _MISNAMED]
