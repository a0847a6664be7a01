"""A regular expression of a matcher is not needed

## Why
Matchers are anchored: `^` and `$` say what is so anyway. An expression without any special character is a
plain text, for which `=` is faster and cannot be mistaken. `=~".*"` takes every series, with the label or
without, and `=~".+"` is `!=""`. What says less than it seems to is misread.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total{job=~"shop",code=~"^5..$",region=~".*"}[5m])) > 1
#                                   ^^^^^^^^^^^
#                                                     ^^^^^^^
#                                                             ^^^^^^^^^^^^
        annotations: {summary: Orders fail}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopErrors
        expr: sum(rate(errors_total{job="shop",code=~"5.."}[5m])) > 1
        annotations: {summary: Orders fail}
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Fix, Report, rewritten
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.matchers import Matcher
    from slogen.promql.meaning import Meaning

CODE = Code("SLO608", "warning", __doc__)
_LITERAL = re.compile(r"(?:[\w \-/:,=@%~\"'<>&;!#]|\\[.\-])+", re.ASCII)
_PLAIN_EQUALS = {"=~": "=", "!~": "!="}
_ALL = frozenset((".*", "(.*)", "^.*$", ".*?"))
_ANY = frozenset((".+", "(.+)", "^.+$"))


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of needless regular expressions in hand-written rules, each with its fix."""
    if expression.rule is None or "~" not in expression.text:
        return
    for selector in expression.selectors:
        for matcher in selector.matchers:
            if matcher.op in _PLAIN_EQUALS and matcher.name != "__name__":
                _check(matcher, selector, expression, report)


def _check(matcher: Matcher, selector: Meaning, expression: Examined, report: Report) -> None:
    written, name, value = matcher.value, matcher.name, matcher.value
    if value in _ALL:
        _check_all(matcher, selector, expression, report)
    elif value in _ANY:
        plain = f'{name}{"!=" if matcher.op == "=~" else "="}""'
        _report(matcher, f"`{written}` matches all but the empty text", plain, expression, report)
    elif _LITERAL.fullmatch(value):
        text = re.sub(r"\\(.)", r"\1", value)
        plain = f"{name}{_PLAIN_EQUALS[matcher.op]}{_quoted(text)}"
        _report(matcher, f"`{written}` is a text without any special character", plain, expression, report)
    elif _is_anchored(value):
        report.report(
            CODE,
            expression.at(matcher.value_at),
            "matchers match the whole value anyway: `^` and `$` say nothing",
            help=f"write `{_quoted(_unanchored(value))}`",
            fixes=_fix(expression, matcher.value_at, _quoted(_unanchored(value))),
        )


def _check_all(matcher: Matcher, selector: Meaning, expression: Examined, report: Report) -> None:
    """`=~".*"`; of `!~".*"`, which takes nothing at all, the model of values is to speak."""
    if matcher.op == "!~" or not selector.name:
        return
    report.report(
        CODE,
        expression.at(matcher.at),
        f"this takes every series, with the label `{matcher.name}` or without",
        help=f'delete it; to ask for the label, write `{matcher.name}!=""`',
    )


def _is_anchored(value: str) -> bool:
    return _unanchored(value) != value and not _LITERAL.fullmatch(value)


def _unanchored(value: str) -> str:
    """Without the anchors that say nothing: of alternatives, they belong to the first and the last only."""
    if _has_bare_alternatives(value):
        return value
    inner = value.removeprefix("^")
    if inner.endswith("$") and not inner.endswith("\\$"):
        inner = inner[:-1]
    return inner


def _has_bare_alternatives(value: str) -> bool:
    depth = 0
    for char in re.sub(r"\\.|\[[^\]]*\]", "", value):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and depth == 0:
            return True
    return False


def _quoted(text: str) -> str:
    from slogen.promql import quote  # noqa: PLC0415

    return quote(text)


def _report(matcher: Matcher, why: str, plain: str, expression: Examined, report: Report) -> None:
    report.report(
        CODE,
        expression.at(matcher.at),
        f"there is no need for a regular expression: {why}",
        help=f"write `{plain}`",
        fixes=_fix(expression, matcher.at, plain),
    )


def _fix(expression: Examined, place: tuple[int, int], text: str) -> tuple[Fix, ...]:
    """The replacement, where the characters of the expression stand in the file."""
    return rewritten(expression.at(place), expression.text[slice(*place)], text) if place != (0, 0) else ()
