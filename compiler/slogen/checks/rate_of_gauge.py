"""A rate of what is no counter

## Why
`rate()`, `irate()` and `increase()` take every fall of a value for the restart of a counter, and add up what
comes after it. Of a gauge, which goes up and down by nature, such as the length of a queue, the result means
nothing: it grows with how much the gauge wavers, and it is zero while the queue is full and stays full. What
is a gauge is told by its name, so this is a warning; the proof of the SLO fails, since a gauge that stays
where it is has no rate.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: queue
      objective: 99
      sli:
        query:
          total: sum(rate(queue_capacity[{{.window}}]))
#                         ^^^^^^^^^^^^^^
          bad: sum(rate(queue_length[{{.window}}]))
#                       ^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: queue
      objective: 99
      sli:
        condition: {metric: queue_length, good_when: '<= 50'}
```
"""

from __future__ import annotations

from slogen import expressions, promql
from slogen.diagnostics import Code, Report
from slogen.expressions import ANY_WINDOW
from slogen.ir import Query, Slo
from slogen.source import Span
from slogen.synthesis.conventions import is_gauge, may_name_a_gauge

CODE = Code("SLO413", "warning", __doc__)
_RATES = frozenset(("rate", "irate", "increase"))


def check_slo(slo: Slo, report: Report) -> None:
    """Warn of metrics under `rate()` and its kin that are gauges by their names."""
    for query in slo.sli.queries:
        if query.opaque or not may_name_a_gauge(query.text):
            continue
        if slo.sli.kind == "events":
            _check_selector(query, report)
        elif slo.sli.kind != "latency":
            _check_calls(query, report)


def _check_selector(query: Query, report: Report) -> None:
    """slogen puts `rate()` around the selectors of events."""
    found = promql.parse_selector(query.text)
    if isinstance(found, promql.Selector) and is_gauge(found.name):
        _report(found.name, "rate", query.at, report)


def _check_calls(query: Query, report: Report) -> None:
    code = [token for token in promql.tokens(query.over(ANY_WINDOW)) if token.kind is not promql.Kind.COMMENT]
    for function, opener, metric in zip(code, code[1:], code[2:], strict=False):
        is_call = function.text in _RATES and function.kind is promql.Kind.NAME and opener.text == "("
        if is_call and metric.kind is promql.Kind.NAME and is_gauge(metric.text):
            at = expressions.written_at(query, metric.place)
            _report(metric.text, function.text, at, report)


def _report(metric: str, function: str, at: Span, report: Report) -> None:
    report.report(
        CODE,
        at,
        f"`{metric}` is a gauge by its name, and `{function}()` works on counters only",
        help="compare the gauge with a threshold, by `condition:`",
    )
