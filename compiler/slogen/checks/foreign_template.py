"""A text holds markers of a template that Prometheus does not know

## Why
Prometheus replaces what stands between `{{` and `}}`, nothing else. What Jinja, Helm or a shell would have
replaced reaches the person on call as it is: `{% raw %}`, or `$labels.instance` instead of its name.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: min by (instance) (shop_healthy) == 0
        for: 5m
        annotations:
          summary: The shop on {% raw %}{{ $labels.instance }}{% endraw %} is down
#                              ^^^^^^^^^
#                                                             ^^^^^^^^^^^^
          description: It runs on $labels.instance
#                                 ^^^^^^^^^^^^^^^^
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: min by (instance) (shop_healthy) == 0
        for: 5m
        annotations:
          summary: The shop on {{ $labels.instance }} is down
          description: It runs on {{ $labels.instance }}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.handwritten.texts import AlertText, texts_of
from slogen.promql.problem import Place

CODE = Code("SLO606", "error", __doc__)
_RENDER = "render the file first: Prometheus prints this as it is"
_MARKERS = (
    (re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}"), "delete it: Prometheus prints it as it is"),
    (re.compile(r"\{%[-+]?\s*\w[^%{}\n]*%\}"), _RENDER),
    (re.compile(r"\[\[\s*[$.]?(?:labels|Labels|value|Value)\b[^\[\]\n]*\]\]"), ""),
    (re.compile(r"\$\{\s*(?:labels\.\w+|value)\s*\}"), ""),
    (re.compile(r"\$(?:labels\.\w+|value\b)"), ""),
)
_QUICK = re.compile(r"\{%|\[\[|\$\{|\$labels|\$value")
_INNER = re.compile(r"[$.]?(labels|value)(\.\w+)?", re.IGNORECASE)
_OF_ALERTS = re.compile(
    r"\$(?:labels|value|externalLabels|externalURL)\b|\.(?:Labels|Value|Values|Release)\b"
)
"""What is about the alert, and not about a command of which the text tells, such as `docker ps`."""


def check_expression(expression: Examined, report: Report) -> None:
    """Report markers in what a template leaves as it is."""
    if expression.rule is None or not expression.rule.alert:
        return
    for text in texts_of(expression.rule):
        if not _QUICK.search(text.text) and "{{" not in text.text:
            continue
        for place, help_ in _found(text):
            shown = text.text[slice(*place)]
            report.report(CODE, text.place(place), f"{text} says `{shown}` as it is", help=help_)


def _found(text: AlertText) -> Iterator[tuple[Place, str]]:
    contents = text.contents
    for start, end in contents.plain:
        taken = start
        for place, help_ in sorted(_markers(text.text[start:end])):
            at = (start + place[0], start + place[1])
            if at[0] >= taken:
                taken = at[1]
                yield at, help_
    for printed, place in contents.literals:
        if "{{" in printed and _OF_ALERTS.search(printed):
            yield place, f"write `{printed.strip()}`: this is what a template of Helm is to leave behind"


def _markers(plain: str) -> Iterator[tuple[Place, str]]:
    for pattern, help_ in _MARKERS:
        for match in pattern.finditer(plain):
            yield match.span(), help_ or f"write `{{{{ {_meant(match[0])} }}}}`"


def _meant(marker: str) -> str:
    found = _INNER.search(marker)
    assert found is not None
    return f"${found[1].lower()}{found[2] or ''}"
