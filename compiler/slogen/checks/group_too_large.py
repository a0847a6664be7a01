"""A group is larger than an object may be

## Why
The Prometheus Operator refuses an object whose rules take more than half a mebibyte: none of its alerts
exists. slogen splits what is larger into several objects, between groups. A single group above it cannot be
split, because its rules may read each other in the same evaluation.

## Wrong
A group with more than 524288 bytes, such as one with thousands of alerts that are alike but for a name.

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: shop_open == 0
        for: 5m
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program, RuleGroup, RulerKind, RuleSet
from slogen.rulers import MOST_BYTES_OF_AN_OBJECT
from slogen.ruletext import group_texts

CODE = Code("SLO807", "error", __doc__)
_OF_THE_OPERATOR = (RulerKind.PROMETHEUS, RulerKind.THANOS)
# A rule without its texts.
_FEWEST_BYTES = 24
_MANY_BYTES = MOST_BYTES_OF_AN_OBJECT // 4


def check_program(program: Program, report: Report) -> None:
    """Report the groups that no object takes."""
    if program.settings.ruler.kind not in _OF_THE_OPERATOR:
        return
    for rules in program.rule_sets:
        if rules.slos:
            continue
        for i, group in enumerate(rules.groups):
            if _roughly(group) > _MANY_BYTES:
                _check(rules, i, report)


def _roughly(group: RuleGroup) -> int:
    """A lower bound of the size, at little cost."""
    return sum(
        len(rule.expr) + sum(map(len, rule.annotations.values())) + _FEWEST_BYTES for rule in group.rules
    )


def _check(rules: RuleSet, number: int, report: Report) -> None:
    group = rules.groups[number]
    size = len(group_texts(rules)[number].encode())
    if size > MOST_BYTES_OF_AN_OBJECT:
        report.report(
            CODE,
            (group.where or rules.where).whole,
            f"the group `{group.name}` takes {size} bytes, and an object at most {MOST_BYTES_OF_AN_OBJECT}",
            help="split it into several groups: what reads each other stays together",
        )
