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

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO411", "error", __doc__)
_PER_SECOND = frozenset(("rate", "irate", "deriv", "idelta"))
_OVER_WINDOW = frozenset(
    (
        *_PER_SECOND,
        *("avg_over_time", "increase", "delta", "changes", "resets", "sum_over_time", "count_over_time"),
    )
)
_KEEP_VALUES = frozenset(("abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max"))
_OF_VALUES = frozenset(("sum", "avg", "min", "max"))


def check_indicator(expressions: tuple[Examined, ...], report: Report) -> None:
    """Report errors that grow with the window where the total does not, or the other way round."""
    first = expressions[0]
    # A program may write one function for one window, and another for others.
    if first.slo is None or first.slo.sli.kind == "events" or any(one.is_template for one in expressions):
        return
    total = next((one for one in expressions if one.role == "total"), None)
    part = next((one for one in expressions if one.role in ("bad", "good")), None)
    if total is not None and part is not None:
        _compare(part, part.meaning, total, total.meaning, report)
    elif first.role == "error":
        quotient = _quotient(first.meaning)
        if quotient is not None:
            _compare(first, quotient.parts[0], first, quotient.parts[1], report)


def _compare(part: Examined, above: Meaning, total: Examined, below: Meaning, report: Report) -> None:
    if above.power is None or below.power is None or above.power == below.power:
        return
    mine, theirs = _measuring(above), _measuring(below)
    if mine is None or theirs is None:
        return
    report.report(
        CODE,
        part.at(mine.name_at),
        f"`{mine.name}()` {_said(above, mine)} and `{theirs.name}()` of the total {_said(below, theirs)}: "
        "the error ratio depends on the length of the window",
        also=(Label(total.at(theirs.name_at), "the total is measured in another way"),),
        help=f"measure both in the same way, by `{theirs.name}()`",
    )


def _said(side: Meaning, function: Meaning) -> str:
    if side.power is not None and side.power > 0:
        return "grows with the window"
    return "is per second" if function.name in _PER_SECOND else "does not"


def _measuring(meaning: Meaning) -> Meaning | None:
    """The function over the window that decides how a value grows; None where a factor may make up for it."""
    parts = list(meaning.walk())
    if any(part.is_operation and part.name in ("*", "/") and _has_factor(part) for part in parts):
        return None
    calls = (part for part in parts if part.is_call and part.name in _OVER_WINDOW)
    return next((call for call in calls if call.parts[0].bare.follows_window), None)


def _has_factor(operation: Meaning) -> bool:
    """Whether a side is a number other than zero."""
    numbers = (side.bounds.number for side in operation.parts if side.type == "scalar")
    return any(number != 0 for number in numbers)


def _quotient(meaning: Meaning) -> Meaning | None:
    """The division that an error ratio is, whatever is around it."""
    inner = meaning.bare
    if inner.is_operation and inner.name == "/":
        return inner if all(side.type == "vector" for side in inner.parts) else None
    if inner.is_operation and inner.name in ("+", "-"):
        sides = [side for side in inner.parts if side.bounds.number is None]
        return _quotient(sides[0]) if len(sides) == 1 else None
    if inner.is_operation:
        return _quotient(inner.parts[0]) if inner.name == "or" else None
    if (inner.is_aggregation and inner.name in _OF_VALUES) or (inner.is_call and inner.name in _KEEP_VALUES):
        return _quotient(inner.operand)
    return None
