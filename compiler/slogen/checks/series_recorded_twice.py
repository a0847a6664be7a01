"""Two rules write different values into one series

## Why
A recorded series is its name and its labels. When two rules of a file give the same series different values,
Prometheus drops one of the two, or lets them alternate, as the groups happen to run: graphs jump between both
and alerts on them come and go.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - record: shop:errors:rate5m
        expr: sum(rate(errors_total{code="500"}[5m]))
      - record: shop:errors:rate5m
#               ^^^^^^^^^^^^^^^^^^
        expr: sum(rate(errors_total{code="503"}[5m]))
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - record: shop:errors:rate5m
        expr: sum(rate(errors_total{code="500"}[5m]))
        labels: {code: '500'}
      - record: shop:errors:rate5m
        expr: sum(rate(errors_total{code="503"}[5m]))
        labels: {code: '503'}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.handwritten.spelling import is_same
from slogen.ir import Labels, Rule, RuleGroup

if TYPE_CHECKING:
    from slogen.promql.meaning import LabelSet, Meaning

CODE = Code("SLO613", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report recordings whose series certainly is that of an earlier rule of the file."""
    rule, group = expression.rule, expression.group
    if rule is None or not rule.record or group is None or rule.where is None:
        return
    recordings = expression.project.recordings.get(rule.record, ())
    if len(recordings) < 2 or not _is_single(expression.meaning):
        return
    labels = _labels(rule, group)
    for other, its_group, rules in recordings:
        if other.where is rule.where:
            return
        if rules is not expression.rules or _labels(other, its_group) != labels or other.where is None:
            continue
        if not is_same(other.expr, rule.expr) and _is_one_series(expression, other):
            report.report(
                CODE,
                rule.where.whole,
                f"`{rule.record}` gets another value from another rule, under the same labels",
                also=(Label(other.where.whole, "the other rule"),),
                help="rename one of the two, or tell them apart by a label",
            )
            return


def _labels(rule: Rule, group: RuleGroup) -> Labels:
    return {**group.labels, **rule.labels}


def _is_one_series(expression: Examined, other: Rule) -> bool:
    """Whether the other rule, too, surely writes one single series, whatever there is to read.

    That is so without any labels of their own, unless one only has a result while the other has none.
    """
    from slogen.promql.meaning import meaning_of  # noqa: PLC0415 - it loads promql_parser

    knowledge = expression.project.knowing(expression.subject)
    its = meaning_of(other.expr, knowledge, places=False)
    return its is not None and _is_single(its)


def _is_single(meaning: Meaning) -> bool:
    labels: LabelSet = meaning.labels
    return labels.is_closed and not labels.names and not meaning.is_condition and meaning.type == "vector"
