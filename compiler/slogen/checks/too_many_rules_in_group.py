"""A group has more rules than the ruler takes

## Why
Mimir and Cortex bound the rules of a group, and refuse the whole group above it: none of its alerts exists.
In Mimir the limit is 20 unless `ruler.max-rules-per-rule-group` says otherwise. If yours differs, say so in
Settings, as `ruler: {max_rules_per_group: 50}`; 0 is no limit.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  ruler: {kind: mimir, max_rules_per_group: 2}
---
groups:
  - name: shop
#         ^^^^
    rules:
      - {record: 'shop:requests:rate5m', expr: 'sum(rate(requests_total[5m]))'}
      - {record: 'shop:requests:rate1h', expr: 'sum(rate(requests_total[1h]))'}
      - {record: 'shop:requests:rate6h', expr: 'sum(rate(requests_total[6h]))'}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  ruler: {kind: mimir, max_rules_per_group: 2}
---
groups:
  - name: shop
    rules:
      - {record: 'shop:requests:rate5m', expr: 'sum(rate(requests_total[5m]))'}
      - {record: 'shop:requests:rate1h', expr: 'sum(rate(requests_total[1h]))'}
  - name: shop-long
    rules:
      - {record: 'shop:requests:rate6h', expr: 'sum(rate(requests_total[6h]))'}
```
"""

from __future__ import annotations

from slogen import rulers
from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program, RuleGroup, RuleSet, Settings

CODE = Code("SLO801", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the groups above the limit of the ruler, the generated ones among them."""
    most = rulers.most_rules(program.settings.ruler)
    if most is None:
        return
    for rules in program.rule_sets:
        for group in rules.groups:
            if len(group.rules) > most:
                _report(group, rules, most, program.settings, report)


def _report(group: RuleGroup, rules: RuleSet, most: int, settings: Settings, report: Report) -> None:
    ruler = settings.ruler
    stated = ruler.where is not None and ruler.max_rules_per_group is not None
    also = [Label(ruler.where["max_rules_per_group"], "the limit")] if stated and ruler.where else []
    whose = "of this SLO " if rules.slos else ""
    fewer = (
        "name fewer alert windows" if rules.slos else "split the group: what reads each other stays together"
    )
    report.report(
        CODE,
        (group.where or rules.where).whole,
        f"the group `{group.name}` {whose}has {len(group.rules)} rules, and {rulers.NAMES[ruler.kind]} takes "
        f"{most}{'' if stated else ' unless it is configured otherwise'}",
        also=also,
        help=f"{fewer}; if your limit is another, state `max_rules_per_group` in Settings",
    )
