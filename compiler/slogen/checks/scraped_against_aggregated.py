"""A series is compared with a sum that lacks its labels

## Why
Without `on` or `ignoring`, all labels have to be equal. Prometheus gives a `job` and an `instance` to each
series that it scrapes, and a sum without them has neither: the two never match. The alert never fires, the
recorded series has no samples, and `unless` takes nothing away. It is no error, since series that came
another way may have none of these labels.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopBusy
        expr: shop_orders_open / sum(shop_orders_open) > 0.5
#                              ^
        annotations: {summary: One shop has most of the orders}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopBusy
        expr: shop_orders_open / on () group_left () sum(shop_orders_open) > 0.5
        annotations: {summary: One shop has most of the orders}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

CODE = Code("SLO637", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of operators in hand-written rules between scraped series and aggregated ones."""
    if expression.rule is None or not expression.aggregations:
        return
    from slogen.promql.meaning import (  # noqa: PLC0415 - it loads promql_parser
        is_aggregated,
        is_scraped,
        matching_of,
        unmatched,
    )

    for operation in expression.operations:
        if operation.name == "or" or matching_of(operation) != (False, (), None):
            continue
        for i, side in enumerate(operation.parts):
            other = operation.parts[1 - i]
            if is_scraped(side) and is_aggregated(other) and unmatched(operation) is None:
                report.report(
                    CODE,
                    expression.at(operation.name_at),
                    f"the two sides of `{operation.name}` never match: one has `job` and `instance`",
                    also=(
                        Label(expression.at(side.at), "as it is scraped"),
                        Label(expression.at(other.at), "has neither of the two"),
                    ),
                    help="match by what both have, such as `on () group_left ()` for a sum of everything",
                )
