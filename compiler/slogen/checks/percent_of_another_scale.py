"""A text shows a share as if it were a percentage, or the other way round

## Why
`humanizePercentage` multiplies by 100 and adds the sign, so it wants a ratio between 0 and 1: of a query that
multiplies by 100 itself it makes 500 % out of 5 %. And a `%` behind a ratio shows 0.05 % where 5 % of the
orders fail. Who reads it in the night either panics or goes back to sleep.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05
        for: 5m
        annotations: {summary: '{{ $value }}% of the orders fail'}
#                               ^^^^^^^^^^^^
      - alert: ShopErrorsInPercent
        expr: 100 * sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 5
        for: 5m
        annotations: {summary: '{{ $value | humanizePercentage }} of the orders fail'}
#                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05
        for: 5m
        annotations: {summary: '{{ $value | humanizePercentage }} of the orders fail'}
      - alert: ShopErrorsInPercent
        expr: 100 * sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 5
        for: 5m
        annotations: {summary: '{{ $value | printf "%.2f" }}% of the orders fail'}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.gotemplates.reads import Print
from slogen.handwritten.shares import whole_of
from slogen.handwritten.texts import AlertText, texts_of

CODE = Code("SLO633", "warning", __doc__)
_PERCENTAGE = "humanizePercentage"
_USUAL = frozenset(("", "humanize", "printf", "print"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of printed values whose scale is not that of the text around them."""
    rule = expression.rule
    if rule is None or not rule.alert:
        return
    texts = [
        text
        for text in texts_of(rule)
        if "{{" in text.text and ("%" in text.text or _PERCENTAGE in text.text)
    ]
    whole = whole_of(expression.meaning) if texts else None
    if whole is None:
        return
    for text in texts:
        for printed in text.contents.prints:
            _check(printed, whole, text, report)


def _check(printed: Print, whole: float, text: AlertText, report: Report) -> None:
    names = [form.split(" ")[0] for form in printed.functions]
    if _PERCENTAGE in names:
        if whole == 100:
            report.report(
                CODE,
                text.place(printed.place),
                "the value is a percentage already, and this multiplies it by 100 once more",
                help="write `{{ $value | humanize }}%`, or compare the ratio itself",
            )
    elif whole == 1 and _shows_percent(printed, text) and set(names) <= _USUAL:
        report.report(
            CODE,
            text.place(printed.place),
            "the value is a ratio, where 1 is all, and the text says that it is a percentage",
            help="write `{{ $value | humanizePercentage }}`, without a `%`",
        )


def _shows_percent(printed: Print, text: AlertText) -> bool:
    following = text.text[printed.place[1] :].lstrip(" ")
    return following.startswith("%") or any("%%" in form for form in printed.functions)
