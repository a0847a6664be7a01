"""Everything that succeeds counts as an error

## Why
By convention an HTTP status of 2xx or 3xx, a gRPC code of `OK`, a result of `success` or a bucket `le` of a
histogram of durations is what went well. Here exactly these events are the bad ones, and those that failed
count as good: the alerts fire while all is well, and fall silent in an outage. Values may mean something else
in your system, so this is a warning; the proof of the SLO fails, since its series follow the conventions.

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
          bad: sum(rate(requests_total{code=~"2..|3.."}[{{.window}}]))
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
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
          good: sum(rate(requests_total{code=~"2..|3.."}[{{.window}}]))
```
"""

from __future__ import annotations

from collections.abc import Sequence

from slogen import promql
from slogen.diagnostics import Code, Report
from slogen.expressions import ANY_WINDOW
from slogen.ir import Query, Slo
from slogen.promql.sums import Choice, choice_of
from slogen.slis.events import Events
from slogen.slis.query import Queries
from slogen.slis.ratio import Ratio
from slogen.slis.timeslice import Timeslice
from slogen.synthesis import inversion

CODE = Code("SLO414", "warning", __doc__)

_HELP = {
    "events": "write `good:` instead of `bad:`, or select the events that failed",
    "query": "select the events that failed, or count what succeeds as good",
    "ratio": "write `1 - ...`, or select the events that failed",
}


def check_slo(slo: Slo, report: Report) -> None:
    """Warn of indicators whose bad events are, by convention, what succeeds."""
    sli = slo.sli.of if isinstance(slo.sli, Timeslice) else slo.sli
    if isinstance(sli, Events):
        parts, counts_bad = sli.part_selectors, not sli.good_given
    elif isinstance(sli, Queries):
        parts, counts_bad = (sli.part_query,), not sli.good_given
    elif isinstance(sli, Ratio):
        parts, counts_bad = (sli.error,), True
    else:
        return
    if any(query.opaque for query in sli.queries):
        return
    if not any(inversion.may_be_inverted(query.text, counts_bad) for query in parts) or not _inverted(sli):
        return
    what = "counts all that succeeds as an error" if counts_bad else "counts all that fails as good"
    report.report(
        CODE,
        parts[0].at,
        f"the indicator is inverted: this {what}, by the usual meaning of its labels",
        help=_HELP[sli.kind] if counts_bad else "write `bad:` instead of `good:`",
    )


def _inverted(sli: Events | Queries | Ratio) -> bool:
    if isinstance(sli, Ratio):
        return inversion.ratio_is_inverted(sli.error.over(ANY_WINDOW))
    if isinstance(sli, Queries):
        total, part = (query.over(ANY_WINDOW) for query in sli.queries)
        return inversion.queries_are_inverted(total, part, sli.good_given)
    return inversion.counters_are_inverted(
        _choices(sli.total_selectors), _choices(sli.part_selectors), sli.good_given
    )


def _choices(queries: Sequence[Query]) -> tuple[Choice, ...]:
    found = (promql.parse_selector(query.text) for query in queries)
    return tuple(choice_of(selector) for selector in found if isinstance(selector, promql.Selector))
