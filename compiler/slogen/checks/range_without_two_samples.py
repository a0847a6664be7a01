"""A range is too short for two samples

## Why
`rate()`, `increase()` and their kin compare the samples of a range, so there must be two at least. A range
that is no longer than the time between two scrapes never holds two, and the result is empty, always; one
below two intervals holds two only at some times, and the result comes and goes. Alerts on it do not fire, or
not for as long as they should. By the scrape interval in the settings, or in the catalog, this range is too
short. (A range of less than four intervals is SLO465.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {scrape_interval: 60s}
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
  prometheus: {scrape_interval: 60s}
---
groups:
  - name: gateway
    rules:
      - record: job:requests:rate5m
        expr: sum by (job) (rate(requests_total[5m]))
```
"""

from __future__ import annotations

from slogen import durations
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.sampling import Sparse, range_at, sparse_ranges, sparse_window

CODE = Code("SLO454", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report the ranges that never hold two samples, or not at all times."""
    for found in sparse_ranges(expression, too_few=True):
        _report(found, expression, report)


def check_indicator(expressions: tuple[Examined, ...], report: Report) -> None:
    """The same of the shortest window, once for each SLO."""
    found = sparse_window(expressions, too_few=True)
    if found is not None:
        _report(*found, report)


def _report(found: Sparse, expression: Examined, report: Report) -> None:
    length = durations.render(found.range)
    subject = f"the shortest window, `{length}`," if found.is_window else f"`{length}`"
    how = "never holds two samples" if found.never else "holds two samples at some times only"
    result = "is always empty" if found.never else "comes and goes"
    report.report(
        CODE,
        range_at(found, expression),
        f"{subject} {how}, so `{found.call.name}()` {result}: {found.why}",
        help=f"use {found.enough} or more, four times the interval",
    )
