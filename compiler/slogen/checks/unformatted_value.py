"""A text shows a rate or a ratio with all its digits

## Why
Rates, ratios and quantiles are hardly ever round: `{{ $value }}` prints `0.06378205128205128`. A number that
nobody can read aloud is skipped by those who are woken up by it. It is reported once for each file.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: '{{ $value }} orders fail each second'}
#                               ^^^^^^^^^^^^
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total[5m])) > 1
        annotations: {summary: '{{ $value | humanize }} orders fail each second'}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.handwritten.texts import texts_of
from slogen.ir import Rule, RuleSet
from slogen.source import Span

CODE = Code("SLO605", "warning", __doc__)
_FRACTIONS = frozenset(("rate", "ratio", "quantile"))


def check_rules(rules: RuleSet, report: Report) -> None:
    """Warn of the first annotation of a file that prints a fraction as it is."""
    if rules.slos:
        return
    for group in rules.groups:
        for rule in group.rules:
            at = _printed(rule)
            if at is not None and _is_fraction(rule.expr):
                report.report(
                    CODE,
                    at,
                    f"`{rule.name}` is about a fraction, and this prints all of its digits",
                    help="write `{{ $value | humanize }}`, `humanizePercentage` or `humanizeDuration`",
                )
                return


def _printed(rule: Rule) -> Span | None:
    """Where an annotation prints the value without any format."""
    for text in texts_of(rule):
        if text.kind == "annotation" and text.is_own and ("$value" in text.text or ".Value" in text.text):
            for printed in text.contents.prints:
                if not printed.functions:
                    return text.place(printed.place)
    return None


def _is_fraction(expr: str) -> bool:
    from slogen.promql.meaning import meaning_of  # noqa: PLC0415 - it loads promql_parser

    meaning = meaning_of(expr, places=False)
    return meaning is not None and meaning.nature in _FRACTIONS and meaning.bounds.number is None
