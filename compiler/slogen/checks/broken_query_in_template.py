"""A query in a template cannot be read, or lacks the label that is read

## Why
`query` in a template asks Prometheus when the alert is sent. If the query is no PromQL, or its result has no
such label, the person on call reads an error or nothing in place of what would have helped. No other check
ever runs it.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job) (rate(errors_total[5m])) > 1
        annotations:
          summary: '{{ with query "sum(up" }}{{ . | first | value }}{{ end }} shops are up'
#                                 ^^^^^^^^
          description: 'First: {{ query "topk(1, sum by (shop) (up))" | first | label "instance" }}'
#                                                                                     ^^^^^^^^^^
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum by (job) (rate(errors_total[5m])) > 1
        annotations:
          summary: '{{ with query "sum(up)" }}{{ . | first | value }}{{ end }} shops are up'
          description: 'First: {{ query "topk(1, sum by (shop) (up))" | first | label "shop" }}'
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.gotemplates.reads import Read
from slogen.handwritten.texts import AlertText, texts_of

CODE = Code("SLO636", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report queries that are written out in the texts of an alert."""
    if expression.rule is None or not expression.rule.alert:
        return
    for text in texts_of(expression.rule):
        if "query" in text.text and "{{" in text.text:
            _check(text, expression, report)


def _check(text: AlertText, expression: Examined, report: Report) -> None:
    from slogen.promql import check  # noqa: PLC0415 - hardly any alert has queries

    contents = text.contents
    for query in contents.queries:
        for problem in check(query.text)[:1]:
            message = f"the query in {text} is no PromQL: {problem.message}"
            report.report(CODE, text.place(query.place), message, help=problem.help)
    for read in contents.reads:
        if read.kind == "label" and read.query is not None and not read.guarded:
            _check_label(read, text, expression, report)


def _check_label(read: Read, text: AlertText, expression: Examined, report: Report) -> None:
    from slogen.promql.meaning import meaning_of  # noqa: PLC0415

    assert read.query is not None
    meaning = meaning_of(read.query.text, expression.project.knowing(expression.subject), places=False)
    if meaning is None or not meaning.labels.lacks(read.name):
        return
    report.report(
        CODE,
        text.place(read.place),
        f"the result of the query has no label `{read.name}`, so {text} shows nothing there",
        also=(Label(text.place(read.query.place), meaning.labels[read.name].why),),
        help="keep the label in the query, or read one that is there",
    )
