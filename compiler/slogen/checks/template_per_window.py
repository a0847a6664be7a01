"""A query template breaks for one of the windows

## Why
The templates of a query are run once for each window that the rules look back on: those of the alerts, an
hour, and the whole period. Where a branch of a template leaves something out, the query is fine for most
windows and no PromQL for one of them. Prometheus then refuses the whole rule file.

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
          bad: sum(rate(errors_total[{{if lt .window "6"}}{{.window}}{{end}}]))
#                                                                           ^
          total: sum(rate(requests_total[{{.window}}]))
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
          bad: sum(rate(errors_total[{{if lt .window "6"}}{{.window}}{{else}}6h{{end}}]))
          total: sum(rate(requests_total[{{.window}}]))
```
"""

from __future__ import annotations

from slogen import expressions, promql
from slogen.burn import HOUR
from slogen.diagnostics import Code, Report
from slogen.durations import render
from slogen.ir import Millis, Query, Slo

CODE = Code("SLO406", "error", __doc__, firm=True)


def check_slo(slo: Slo, report: Report) -> None:
    """Report the windows for which the template of a query gives no instant vector."""
    for query in slo.sli.queries:
        if query.template is not None:
            windows = dict.fromkeys(render(window) for window in (*slo.windows, Millis(HOUR), slo.window))
            _check(query, tuple(windows), report)


def _check(query: Query, windows: tuple[str, ...], report: Report) -> None:
    found: dict[promql.SyntaxProblem, list[str]] = {}
    for window in windows:
        problem = _problem(query, window)
        if problem:
            found.setdefault(problem, []).append(f"`{window}`")
    for problem, broken in found.items():
        report.report(
            CODE,
            query.at.slice(problem.start, problem.end),
            problem.message,
            label=f"where the window is {' or '.join(broken)}",
            help=problem.help,
        )


def _problem(query: Query, window: str) -> promql.SyntaxProblem | None:
    flaws = expressions.flaws(query, window)
    if flaws:
        return flaws[0].problem
    if query.opaque or promql.value_type(query.over(window)) == "vector":
        return None
    message = "this gives no instant vector"
    return promql.SyntaxProblem(message, 0, len(query.text), "let every branch aggregate a metric")
