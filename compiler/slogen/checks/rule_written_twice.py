"""The same rule is there twice

## Why
A copy of a rule costs a second evaluation and gives nothing: the series, or the alert, is the same. Whoever
changes one of the two later has two that contradict each other.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
      - alert: ShopErrors
#              ^^^^^^^^^^
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.handwritten.spelling import is_same
from slogen.ir import Rule, RuleGroup, RuleSet

CODE = Code("SLO635", "warning", __doc__)
_Key = tuple[str, str, tuple[tuple[str, str], ...]]


def check_rules(rules: RuleSet, report: Report) -> None:
    """Warn of hand-written rules of one file with the same name, expression and labels."""
    if rules.slos:
        return
    seen: dict[_Key, list[Rule]] = {}
    # A group that is there twice is an error by itself.
    groups = {group.name: group for group in reversed(rules.groups)}
    for group in rules.groups:
        for rule in group.rules if groups[group.name] is group else ():
            others = seen.setdefault(_key(rule, group), [])
            other = next((one for one in others if is_same(one.expr, rule.expr)), None)
            others.append(rule)
            if other is None or rule.where is None or other.where is None:
                continue
            report.report(
                CODE,
                rule.where.whole,
                f"`{rule.name}` is there twice, with the same expression and labels",
                also=(Label(other.where.whole, "the first one"),),
                help="delete one of the two",
            )


def _key(rule: Rule, group: RuleGroup) -> _Key:
    return (rule.record, rule.alert, tuple(sorted({**group.labels, **rule.labels}.items())))
