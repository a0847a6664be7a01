"""An alert has no condition

## Why
An alert fires for every element of its result, whatever the value is: 0 fires as well as 1. A comparison
without `bool` drops the elements for which it does not hold. Without one, or with `bool`, the alert fires for
as long as there is data. (A lone `vector(1)`, which is meant to fire at all times, is fine.)

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > bool 1
#                                         ^
        annotations: {summary: Orders fail}
      - alert: ShopQueueFull
        expr: max_over_time(shop_queue_length[5m]) / 100
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        annotations: {summary: The queue is full}
      - alert: ShopsAway
        expr: sum(rate(errors_total[5m])) >= 0
#                                         ^^
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
      - alert: ShopQueueFull
        expr: max_over_time(shop_queue_length[5m]) / 100 > 0.9
        annotations: {summary: The queue is full}
      - alert: Watchdog
        expr: vector(1)
        annotations: {summary: 'Alerts are delivered: this one always fires'}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined, Project
from slogen.handwritten.branches import branches
from slogen.promql.comparisons import Compared, is_comparison, is_filter, returns_bool, with_number

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO601", "warning", __doc__)
_EXIST_ONLY_WHILE_TRUE = ("ALERTS", "ALERTS_FOR_STATE")


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of the first branch that has a result for as long as there is data, not because of a condition."""
    if not expression.is_alert or not expression.selectors:
        return
    for branch in branches(expression.meaning):
        always = _always_holds(branch)
        if always is not None:
            report.report(
                CODE,
                expression.at(branch.name_at),
                "this always holds, so the alert fires for as long as there is data: "
                f"{always.side.bounds.reason}",
                help="compare with a number that not every value passes",
            )
            return
        if branch.is_condition or branch.always or _asks_for_presence(branch):
            continue
        if any(_is_condition(selector, expression.project) for selector in branch.selectors):
            continue
        if is_comparison(branch) and returns_bool(branch):
            report.report(
                CODE,
                expression.at(branch.name_at),
                f"the alert fires for 0 as well as for 1, and `{branch.name} bool` gives one of the two",
                help="delete `bool`",
            )
            return
        report.report(
            CODE,
            expression.at(branch.at),
            "the alert fires for as long as there is data, whatever the value is",
            help=f"compare the value, such as by `{_suggested(branch)}`",
        )
        return


def _always_holds(branch: Meaning) -> Compared | None:
    """The comparison that a branch is, if all values pass it. (NaN does not, and may be what is meant.)"""
    compared = with_number(branch) if is_filter(branch) else None
    if compared is None or branch.always:
        return None
    side = compared.side
    if _asks_for_presence(side) or side.nan is not None or side.is_condition:
        return None
    return compared if side.bounds.always_is(compared.operator, compared.number) else None


def _asks_for_presence(meaning: Meaning) -> bool:
    """Whether all values are the same, as of `ALERTS` or `group()`: the condition is that there are any."""
    return meaning.type == "vector" and meaning.bounds.number is not None


def _is_condition(selector: Meaning, project: Project) -> bool:
    """Whether series are only there while something is wrong; so may those be that an unread file records."""
    if selector.name in _EXIST_ONLY_WHILE_TRUE or project.is_recorded_elsewhere(selector.name):
        return True
    recorded = selector.recorded
    return recorded is not None and any(one.is_condition for one in recorded.meanings)


def _suggested(branch: Meaning) -> str:
    return "== 1" if branch.nature == "boolean" else "> 0"
