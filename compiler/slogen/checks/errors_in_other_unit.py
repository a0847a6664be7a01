"""Errors and total are measured in different units

## Why
`rate()` counts events per second and `increase()` all events of the window; `sum_over_time()` and
`count_over_time()` grow with the window as `increase()` does. Where the errors are measured in one way and
the total in the other, the error ratio is wrong by the length of the window, and by another factor for each
of the windows that an alert compares: a burn rate of 5 minutes is off by 300, that of an hour by 3600.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          total: sum(rate(requests_total[{{.window}}]))
          bad: sum(increase(requests_total{code=~"5.."}[{{.window}}]))
#                  ^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          total: sum(rate(requests_total[{{.window}}]))
          bad: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
```
"""

from __future__ import annotations

from slogen.checks.rules_of_another_tool import CODE as OF_ANOTHER_TOOL
from slogen.diagnostics import Code, Label, Report
from slogen.expressions import written_at
from slogen.ir import Query, Slo
from slogen.promql.measures import ODD_WINDOW, Measure, may_differ, measure, uneven_quotient
from slogen.slis.query import Queries
from slogen.slis.ratio import Ratio
from slogen.slis.timeslice import Timeslice

CODE = Code("SLO411", "error", __doc__)


def check_slo(slo: Slo, report: Report) -> None:
    """Report errors that grow with the window where the total does not, or the other way round."""
    sli = slo.sli.of if isinstance(slo.sli, Timeslice) else slo.sli
    if not isinstance(sli, (Queries, Ratio)) or not may_differ(*(query.text for query in sli.queries)):
        return
    # A program may write one function for one window, and another for others.
    if any(query.opaque or query.template is not None for query in sli.queries):
        return
    code = CODE if slo.compat is None else OF_ANOTHER_TOOL
    if isinstance(sli, Ratio):
        found = uneven_quotient(sli.error.over(ODD_WINDOW))
        if found:
            _report(found, (sli.error, sli.error), code, report)
        return
    measured = [measure(query.over(ODD_WINDOW)) for query in (sli.part_query, sli.total_query)]
    part, total = measured
    if part and total and part.power != total.power:
        _report((part, total), (sli.part_query, sli.total_query), code, report)


def _report(found: tuple[Measure, Measure], queries: tuple[Query, Query], code: Code, report: Report) -> None:
    above, below = found
    errors, total = (written_at(query, one.at, ODD_WINDOW) for query, one in zip(queries, found, strict=True))
    report.report(
        code,
        errors,
        f"`{above.function}()` {_said(above)} and `{below.function}()` of the total {_said(below)}: "
        "the error ratio depends on the length of the window",
        also=(Label(total, "the total is measured in another way"),),
        help=f"measure both in the same way, by `{below.function}()`",
    )


def _said(measure: Measure) -> str:
    if measure.power > 0:
        return "grows with the window"
    return "is per second" if measure.function in ("rate", "irate", "deriv") else "does not"
