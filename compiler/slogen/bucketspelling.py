"""Whole bounds of buckets that are asked for in one of their two spellings, `1` and `1.0`.

Go's text format writes `le="1"`; OpenMetrics and Python's client write `le="1.0"`. Prometheus 2 keeps what it
is given, and Prometheus 3 stores `1.0`. Source: https://prometheus.io/docs/prometheus/3.0/migration/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from slogen import promql, versions
from slogen.diagnostics import Fix, rewritten
from slogen.examined import Examined, once
from slogen.ir import RulerKind
from slogen.promql import Matcher

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

_WHOLE = re.compile(r"([0-9]+)(\.0)?")
_LISTED = re.compile(r"[0-9.]+(?:\|[0-9.]+)*")
_THREE = "3.0.0-beta"
Spelling = Literal["short", "long", "any"]


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A matcher of `le` that takes a whole bound in one spelling only, as `written`; `other` is the other.

    `is_certain` says that it is in vain. `replacement` is the matcher that should stand there.
    """

    matcher: Matcher
    written: str
    other: str
    is_certain: bool
    why: str
    replacement: str


@once
def misspelt(expression: Examined) -> Iterator[Misspelt]:
    """The matchers of an expression whose spelling may be, or certainly is, in vain."""
    for selector in expression.selectors:
        for matcher in selector.matchers:
            if matcher.name == "le" and matcher.op in ("=", "=~"):
                found = _judged(matcher, selector, expression)
                if found is not None:
                    yield found


def fixes(found: Misspelt, expression: Examined) -> tuple[Fix, ...]:
    """The change of the source, where the matcher is written in one piece."""
    place = found.matcher.at
    written = expression.text[slice(*place)]
    # Behind other quotes a backslash may mean something else.
    is_known = place != (0, 0) and '"' in written
    return rewritten(expression.at(place), written, found.replacement) if is_known else ()


def _judged(matcher: Matcher, selector: Meaning, expression: Examined) -> Misspelt | None:
    values = matcher.value.replace("\\.", ".").split("|") if _is_list(matcher) else []
    alone = [value for value in values if _WHOLE.fullmatch(value) and _other(value) not in values]
    if not alone or not _may_be_bounds(alone, selector):
        return None
    spelling, why = _in_use(selector, expression)
    wrong = [value for value in alone if spelling != ("long" if value.endswith(".0") else "short")]
    if not wrong:
        return None
    other = f'le="{_other(wrong[0])}"'
    is_certain = spelling != "any" and len(wrong) == len(values)
    written = f'le{matcher.op}"{matcher.value}"'
    return Misspelt(
        matcher, written, other, is_certain, why, _replacement(values, spelling if is_certain else "any")
    )


def _may_be_bounds(values: list[str], selector: Meaning) -> bool:
    """Whether one of them is a bound; of what is none, the spelling does not matter."""
    buckets = selector.sample.metric.buckets if selector.sample is not None else None
    return not buckets or any(float(value) in map(float, buckets) for value in values)


def _is_list(matcher: Matcher) -> bool:
    return matcher.op == "=" or _LISTED.fullmatch(matcher.value.replace("\\.", ".")) is not None


def _other(value: str) -> str:
    return value.removesuffix(".0") if value.endswith(".0") else f"{value}.0"


def _replacement(values: list[str], spelling: Spelling) -> str:
    if len(values) == 1 and spelling != "any":
        return f'le="{_other(values[0])}"'
    both = [
        spelt
        for value in values
        for spelt in ((value.removesuffix(".0"), _long(value)) if _WHOLE.fullmatch(value) else (value,))
    ]
    pattern = "|".join(re.escape(value) for value in dict.fromkeys(both))
    return f"le=~{promql.quote(pattern)}"


def _long(value: str) -> str:
    return value if value.endswith(".0") else f"{value}.0"


def _in_use(selector: Meaning, expression: Examined) -> tuple[Spelling, str]:
    """How whole bounds are spelled where the series is stored, and how that is known."""
    settings = expression.project.settings
    keeps = settings.ruler.kind is RulerKind.VICTORIAMETRICS
    version = settings.prometheus.version
    if version and not keeps and versions.is_at_least(version, _THREE):
        return "long", f"Prometheus {version} stores whole bounds as `1.0`"
    expositions = {one.exposition for one in selector.sample.catalogs} if selector.sample else set()
    if expositions == {"openmetrics"}:
        return "long", "it is exposed as OpenMetrics, with `1.0`"
    is_old = keeps or bool(version and versions.is_before(version, _THREE))
    if expositions == {"go"} and is_old:
        where = "VictoriaMetrics" if keeps else f"Prometheus {version}"
        return "short", f"Go programs write whole bounds as `1`, and {where} keeps that"
    return "any", "Go and Prometheus 2 write `1`, OpenMetrics and Prometheus 3 `1.0`"
