"""A fixed range beside the window

## Why
The query is evaluated over each burn-rate window, from minutes to days, and `{{.window}}` stands for it. A
range of its own next to that, such as `[5m]`, stays the same: over the window of three days one side of the
division tells of three days, and the other of the last five minutes. The ratio then compares two different
times, and the budget is that of neither.

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
        ratio:
          error: sum(rate(errors_total[{{.window}}])) / sum(rate(requests_total[5m]))
#                                                                               ^^
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
        ratio:
          error: sum(rate(errors_total[{{.window}}])) / sum(rate(requests_total[{{.window}}]))
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.sampling import range_place

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO466", "warning", __doc__)
_CONDITIONS = frozenset(("and", "unless"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of ranges that stay the same where others follow the window."""
    if expression.slo is None or not any(part.follows_window for part in expression.parts):
        return
    for part in _looking_back(expression.meaning):
        if part.range is not None and not part.follows_window:
            report.report(
                CODE,
                expression.at(range_place(part, expression)),
                "this range is the same for every burn-rate window, unlike the others of the query",
                help="write `{{.window}}`",
            )


def _looking_back(part: Meaning) -> Iterator[Meaning]:
    """The ranges whose values are the result: none within a subquery, and none of a mere condition."""
    if part.is_subquery or part.is_selector:
        yield part
        return
    parts = part.parts[:1] if part.is_operation and part.name in _CONDITIONS else part.parts
    for inner in parts:
        yield from _looking_back(inner)
