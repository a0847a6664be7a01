"""The error ratio can never be above zero

## Why
The bad events are a difference, and everything that is counted on its left is subtracted on its right: what
remains is zero or less, even while every request fails. The alerts of such an SLO never fire and its budget
is never spent. Most often it is `good - total` where `total - good` was meant, or bad events from which all
events are subtracted. (Queries that are the same to the letter are SLO405.)

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
          bad: sum(rate(requests_total{code=~"2.."}[{{.window}}])) - sum(rate(requests_total[{{.window}}]))
#                                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
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
          bad: sum(rate(requests_total[{{.window}}])) - sum(rate(requests_total{code=~"2.."}[{{.window}}]))
```
"""

from __future__ import annotations

import re

from slogen import promql
from slogen.checks.rules_of_another_tool import CODE as OF_ANOTHER_TOOL
from slogen.diagnostics import Code, Report
from slogen.expressions import ANY_WINDOW, written_at
from slogen.ir import Query, Slo
from slogen.slis.query import Queries
from slogen.slis.ratio import Ratio
from slogen.slis.timeslice import Timeslice
from slogen.source import Span
from slogen.synthesis import signs

CODE = Code("SLO409", "error", __doc__)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'|`[^`]*`""")
_SUSPECT = re.compile(r"-|\b0(?:\.0*)?\s*\*|\*\s*0|[=<]\s*0|^\s*vector")
_HELP = "subtract the good events from all events, as in `total - good`"
_HELP_FOR_GOOD = "narrow `good` down to the events that went well"


def check_slo(slo: Slo, report: Report) -> None:
    """Report the queries of bad events that are zero or less whatever happens."""
    sli = slo.sli.of if isinstance(slo.sli, Timeslice) else slo.sli
    if not isinstance(sli, (Queries, Ratio)) or not _may_be_negative(sli):
        return
    if not all(_follows_the_window(query) for query in sli.queries):
        return
    texts = [query.over(ANY_WINDOW) for query in sli.queries]
    never = (
        signs.ratio_is_never_positive(texts[0])
        if isinstance(sli, Ratio)
        else signs.errors_are_never_positive(texts[0], texts[1], sli.good_given)
    )
    if not never:
        return
    last = sli.queries[-1]
    subtracted = _subtracted(last)
    report.report(
        CODE if slo.compat is None else OF_ANOTHER_TOOL,
        subtracted or last.at,
        f"the error ratio can never be above zero: {_reason(sli, subtracted)}",
        label="this holds all that it is subtracted from" if subtracted else "",
        help=_HELP if subtracted or not _gives_good(sli) else _HELP_FOR_GOOD,
    )


def _reason(sli: Queries | Ratio, subtracted: Span | None) -> str:
    if subtracted is not None:
        return "everything that is counted is subtracted again"
    if _gives_good(sli):
        return "every event of the total counts as good"
    return "no event counts as more than nothing"


def _gives_good(sli: Queries | Ratio) -> bool:
    return isinstance(sli, Queries) and sli.good_given


def _may_be_negative(sli: Queries | Ratio) -> bool:
    """A quick look, since most queries are alike."""
    text = sli.queries[-1].over(ANY_WINDOW)
    if isinstance(sli, Queries) and sli.good_given:
        return signs.may_cancel(sli.total_query.over(ANY_WINDOW), text)
    return _SUSPECT.search(_QUOTED.sub("", text)) is not None and signs.differs_in_vain(text)


def _follows_the_window(query: Query) -> bool:
    """Whether nothing but the window is looked at: series of other times are other series."""
    if query.opaque or query.template is not None:
        return False
    fixed = promql.fixed_ranges(query.text, query.holes)
    return all(found.place == "step" for found in fixed)


def _subtracted(query: Query) -> Span | None:
    """What a query subtracts, if it does so once."""
    from slogen.promql.placed import subtrahends  # noqa: PLC0415 - it loads promql_parser

    places = subtrahends(query.over(ANY_WINDOW))
    return written_at(query, places[0]) if len(places) == 1 else None
