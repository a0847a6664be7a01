"""A group is evaluated too rarely for those who read its series

## Why
An instant selector sees a sample for five minutes. A series that is recorded less often has gaps: rules that
read it find nothing in between, alerts on it resolve and start their `for` again.

## Wrong
```yaml
groups:
  - name: slow
    interval: 10m
#   ^^^^^^^^
    rules:
      - record: shop:errors:rate1d
        expr: sum(rate(errors_total[1d]))
  - name: shop
    rules:
      - alert: ShopErrors
        expr: shop:errors:rate1d > 1
        annotations: {summary: Orders fail}
```

## Right
```yaml
groups:
  - name: slow
    interval: 10m
    rules:
      - record: shop:errors:rate1d
        expr: sum(rate(errors_total[1d]))
  - name: shop
    rules:
      - alert: ShopErrors
        expr: last_over_time(shop:errors:rate1d[15m]) > 1
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

from slogen import durations
from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.ir import Millis, Rule, RuleGroup

CODE = Code("SLO612", "warning", __doc__)
_LOOKBACK = Millis(300_000)
"""How long a sample is seen; the default of `--query.lookback-delta`, and of all rulers."""


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of groups above the look-back whose series a rule of another group reads at an instant."""
    rule, group = expression.rule, expression.group
    if rule is None or group is None:
        return
    for selector in expression.selectors:
        if selector.range is not None or ":" not in selector.name:
            continue
        recordings = expression.project.recordings.get(selector.name, ())
        others = [one for _, one, _ in recordings]
        if not others or not all(_is_slow(one) for one in others) or _covers(rule, others[0]):
            continue
        if any(one.where is group.where for one in others) or others[0].where is None:
            continue
        other = others[0]
        assert other.where is not None
        report.report(
            CODE,
            other.where["interval"],
            f"`{selector.name}` has a sample every {other.interval}, and is seen for 5m: in between, "
            f"`{rule.name}` finds nothing",
            also=(Label(expression.at(selector.name_at), "reads it"),),
            help=f"evaluate the group every 5m or more often, or read `last_over_time({selector.name}[...])`",
        )


def _is_slow(group: RuleGroup) -> bool:
    return _length(group.interval) > _LOOKBACK


def _covers(rule: Rule, group: RuleGroup) -> bool:
    """Whether an alert keeps firing across the gaps."""
    return _length(rule.keep_firing_for) >= _length(group.interval)


def _length(text: str) -> Millis:
    """The length of a duration that was read before; nothing if there is none."""
    try:
        return durations.parse(text) if text else Millis(0)
    except ValueError:
        return Millis(0)
