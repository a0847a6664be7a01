"""A range holds only two or three samples

## Why
`rate()`, `increase()` and their kin need two samples. A range of less than four scrape intervals has none to
spare: one scrape that fails or comes late leaves a gap in the result, and the `for` of an alert starts anew;
and what happens between two samples is stretched to the whole range. Four intervals or more are the usual
rule. (A range that does not hold two samples at all times is SLO454.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {scrape_interval: 30s}
---
groups:
  - name: gateway
    rules:
      - record: job:requests:rate1m
        expr: sum by (job) (rate(requests_total[1m]))
#                                               ^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {scrape_interval: 30s}
---
groups:
  - name: gateway
    rules:
      - record: job:requests:rate2m
        expr: sum by (job) (rate(requests_total[2m]))
```
"""

from __future__ import annotations

from slogen import durations
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.sampling import Sparse, range_at, sparse_ranges, sparse_window

CODE = Code("SLO465", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of ranges that hold two samples, but less than four."""
    for found in sparse_ranges(expression, too_few=False):
        _report(found, expression, report)


def check_indicator(expressions: tuple[Examined, ...], report: Report) -> None:
    """The same of the shortest window, once for each SLO."""
    found = sparse_window(expressions, too_few=False)
    if found is not None:
        _report(*found, report)


def _report(found: Sparse, expression: Examined, report: Report) -> None:
    length = durations.render(found.range)
    subject = f"the shortest window, `{length}`," if found.is_window else f"`{length}`"
    report.report(
        CODE,
        range_at(found, expression),
        f"{subject} holds less than four samples, so one lost scrape leaves a gap: {found.why}",
        help=f"use {found.enough} or more",
    )
