"""PromQL that the declared Prometheus has only behind a feature flag

## Why
Prometheus keeps new functions and spellings behind `--enable-feature`. Without the flag it refuses the
whole rule file, and promtool refuses it unless it is given the same flag. The feature may also change or go
with any release.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '3.1'}
---
groups:
  - name: shop
    rules:
      - record: shop:requests:smoothed
        expr: double_exponential_smoothing(shop_requests_waiting[10m], 0.1, 0.1)
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '3.1'}
---
groups:
  - name: shop
    rules:
      - record: shop:requests:smoothed
        expr: avg_over_time(shop_requests_waiting[10m])
```
"""

from __future__ import annotations

from slogen import rulers
from slogen.checks.unknown_to_version import needs, version_of_promql
from slogen.diagnostics import Code, Report
from slogen.ir import Program
from slogen.promql.editions import Edition

CODE = Code("SLO811", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report what the declared version has only if it was started with a flag."""
    version = version_of_promql(program.settings)
    if not version:
        return
    for needed in needs(program, version):
        if _is_flagged(needed.edition, version):
            report.report(
                CODE,
                needed.at,
                f"Prometheus {version} takes {needed.name} only with a feature flag",
                help=f"start Prometheus with `--enable-feature={needed.edition.flag}`, or write it without",
            )


def _is_flagged(edition: Edition, version: str) -> bool:
    if rulers.is_older(version, edition.first) or edition.gone:
        return False
    return not edition.stable or rulers.is_older(version, edition.stable)
