"""A quantile that is not between 0 and 1

## Why
Quantiles are shares: the 99th percentile is `0.99`. For a number above 1 Prometheus answers with infinity,
and for one below 0 with minus infinity, whatever is measured. So every comparison comes out the same, and an
alert always fires or never does. Source:
https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopIsSlow
        expr: histogram_quantile(99, sum by (le) (rate(shop_seconds_bucket[5m]))) > 2
#                                ^^
        annotations: {summary: Orders take long}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopIsSlow
        expr: histogram_quantile(0.99, sum by (le) (rate(shop_seconds_bucket[5m]))) > 2
        annotations: {summary: Orders take long}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO448", "error", __doc__)
_QUANTILES = frozenset(("histogram_quantile", "quantile_over_time", "quantile"))


def check_expression(expression: Examined, report: Report) -> None:
    """Report quantiles that are infinite whatever is measured."""
    if "quantile" not in expression.text:
        return
    for part in (*expression.calls, *expression.aggregations):
        if part.name in _QUANTILES and part.parts[0].is_number:
            _check(part, part.parts[0], expression, report)


def _check(part: Meaning, share: Meaning, expression: Examined, report: Report) -> None:
    number = share.bounds.lowest
    if 0 <= number <= 1:
        return
    infinity = "infinity" if number > 1 else "minus infinity"
    is_percentage = 1 < number <= 100
    report.report(
        CODE,
        expression.at(share.at),
        f"a quantile is between 0 and 1: `{part.name}` of {number:g} is always {infinity}",
        help=f"write `{number / 100:g}`" if is_percentage else "write a number between 0 and 1",
    )
