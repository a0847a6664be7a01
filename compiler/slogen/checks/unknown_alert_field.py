"""A template reads what alerts do not have

## Why
Templates of Prometheus know `.Labels`, `.Value`, `.ExternalLabels` and `.ExternalURL`, with a capital letter.
Any other field, be it one of Helm or one that only templates of Alertmanager have, makes Prometheus give up
on the text: the alert fires with `<error expanding template ...>` in its place.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: min by (instance) (shop_healthy) == 0
        for: 5m
        annotations: {summary: 'The shop is down: {{ .labels.instance }}'}
#                                                    ^^^^^^^^^^^^^^^^
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: min by (instance) (shop_healthy) == 0
        for: 5m
        annotations: {summary: 'The shop is down: {{ .Labels.instance }}'}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.handwritten.texts import texts_of

CODE = Code("SLO632", "error", __doc__)
_OF_HELM = frozenset(("Values", "Release", "Chart", "Capabilities", "Files", "Template"))
_MEANT = {
    "labels": "Labels",
    "label": "Labels",
    "Label": "Labels",
    "CommonLabels": "Labels",
    "GroupLabels": "Labels",
    "value": "Value",
    "Values": "Value",
    "externalLabels": "ExternalLabels",
    "externalURL": "ExternalURL",
}


def check_expression(expression: Examined, report: Report) -> None:
    """Report fields that the data of an alert does not have."""
    if expression.rule is None or not expression.rule.alert:
        return
    for text in texts_of(expression.rule):
        if "{{" not in text.text:
            continue
        for read in text.contents.reads:
            if read.kind == "field":
                report.report(
                    CODE,
                    text.place(read.place),
                    f"alerts have no field `.{read.name}`: {text} will hold an error instead",
                    help=_help(read.name),
                )


def _help(name: str) -> str:
    if name in _OF_HELM:
        return "this is a template of Helm: render the file before, or write the value here"
    meant = _MEANT.get(name)
    if meant is not None:
        return f"write `.{meant}`"
    return "there are `.Labels`, `.Value`, `.ExternalLabels` and `.ExternalURL`"
