"""An alert takes a quantile of each series by itself

## Why
Without a sum by `le`, `histogram_quantile` gives one value for each combination of labels: one alert for each
pod, model and status code, each over a handful of requests, where a single slow one decides. Only a catalog
tells that the metric has such labels.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_request_duration_seconds:
      type: histogram
      labels: {page: {}, code: {}}
---
groups:
  - name: shop
    rules:
      - alert: ShopSlow
        expr: histogram_quantile(0.99, rate(shop_request_duration_seconds_bucket[5m])) > 1
#             ^^^^^^^^^^^^^^^^^^
        for: 5m
        annotations: {summary: The shop is slow}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_request_duration_seconds:
      type: histogram
      labels: {page: {}, code: {}}
---
groups:
  - name: shop
    rules:
      - alert: ShopSlow
        expr: histogram_quantile(0.99, sum by (le, page) (rate(shop_request_duration_seconds_bucket[5m]))) > 1
        for: 5m
        annotations: {summary: 'The page {{ $labels.page }} is slow'}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO630", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of quantiles in alerts over buckets that nothing adds up, of metrics with labels of their own."""
    if not expression.is_alert or "histogram_quantile" not in expression.text:
        return
    for call in expression.calls:
        if call.name != "histogram_quantile" or len(call.parts) != 2:
            continue
        growth = call.parts[1].bare
        if not growth.is_call or not growth.parts or not growth.parts[0].bare.is_selector:
            continue
        others = _labels(growth.parts[0].bare)
        if others:
            _report(call, others, expression, report)


def _labels(selector: Meaning) -> tuple[str, ...]:
    """The labels of the metric that the selector leaves open."""
    sample = selector.sample
    if sample is None:
        return ()
    fixed = {one.name for one in selector.matchers if one.op == "="}
    return tuple(label.name for label in sample.metric.labels if label.name not in fixed)


def _report(call: Meaning, labels: tuple[str, ...], expression: Examined, report: Report) -> None:
    listed = ", ".join(f"`{label}`" for label in labels)
    report.report(
        CODE,
        expression.at(call.name_at),
        f"this is one quantile, and one alert, for each target and each combination of {listed}",
        help="add the buckets up first: `histogram_quantile(0.99, sum by (le) (rate(...)))`",
    )
