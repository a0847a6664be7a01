"""An error ratio that is missing until the first error

## Why
Series with an error in their labels, such as those with `code="500"`, mostly appear with the first error.
Until then the sum of them is empty, not zero, and so is everything that it is divided by: the ratio has no
value while all is well. The SLO looks like one without data, and its budget is unknown. slogen puts zeros in
where it knows errors and total apart; of a ratio that you compute yourself it cannot.

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
          error: sum(rate(requests_total{code=~"5.."}[{{.window}}])) / sum(rate(requests_total[{{.window}}]))
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^
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

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.indicated import sides_of, without_bounds
from slogen.promql import Matcher

CODE = Code("SLO452", "warning", __doc__)


def check_indicator(expressions: tuple[Examined, ...], report: Report) -> None:
    """Warn of quotients whose errors are a part of the series of the total, with nothing in their place."""
    first = expressions[0]
    # Another tool's rules are what they are.
    if first.role != "error" or first.slo is None or first.slo.compat is not None:
        return
    sides = sides_of(expressions)
    if sides is None or sides.role != "bad" or any(one.name == "or" for one in first.operations):
        return
    # Without an aggregation series are divided by themselves, and mean something else.
    if not all(side.labels.is_closed for side in first.meaning.bare.parts):
        return
    for selector, _ in sides.part:
        whole = [one for one, _ in sides.total if one.name == selector.name]
        asked = [{(one.name, one.op, one.value) for one in without_bounds(each)} for each in whole]
        own = {(one.name, one.op, one.value) for one in without_bounds(selector)}
        if not whole or not all(known < own for known in asked) or "_bucket" in selector.name:
            return
        if not any(one.op in ("=", "=~") for one in selector.matchers if _is_own(one, asked)):
            return
    selector, expression = sides.part[0]
    start, end = selector.at
    report.report(
        CODE,
        expression.at((start, max(start, end - _width_of_range(expression.text[start:end])))),
        "without such a series, as before the first error, the error ratio has no value, not zero",
        help="write the bad events and the total apart, as in `query:`, or add `or 0 * (...)` of the total",
    )


def _is_own(matcher: Matcher, asked: list[set[tuple[str, str, str]]]) -> bool:
    return all((matcher.name, matcher.op, matcher.value) not in known for known in asked)


def _width_of_range(text: str) -> int:
    """How many characters the range behind a selector takes, with its brackets."""
    opened = text.rfind("[")
    return len(text) - opened if opened >= 0 and text.endswith("]") else 0
