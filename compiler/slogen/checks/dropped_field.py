"""A field that is dropped without a word

## Why
The Prometheus Operator drops what an older Prometheus or Thanos Ruler does not know, and Mimir does not
keep every field of a group. The rules are loaded, and do something else than they say: an alert resolves at
once although it has a `keep_firing_for`, or all alerts lack the labels of their group, so that no route
takes them. `partial_response_strategy` means something to Thanos Ruler only.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '2.40'}
  ruler: {loader: operator}
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: shop_open == 0
        for: 5m
        keep_firing_for: 10m
#       ^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '2.40'}
  ruler: {loader: operator}
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: shop_open == 0
        for: 5m
```
"""

from __future__ import annotations

from slogen.checks.refused_field import called, remedy, stated_version, unheeded
from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO810", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the fields that have no effect with this ruler."""
    for field, at, fate in unheeded(program):
        if not fate.refused:
            report.report(
                CODE,
                at,
                f"{called(field)} {fate.reason}, so it has no effect",
                also=stated_version(program.settings) if fate.newest else (),
                help=remedy(fate),
            )
