"""Operators whose sides never match, and quantiles of what has no buckets any more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from slogen.promql.problem import Place

# What stands between braces or brackets has no operators, and strings are mostly there.
_WITHIN = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")
_MODIFIER = re.compile(r"\b(?:by|without|on|ignoring)\b", re.IGNORECASE)
_OPERATOR = re.compile(r"[-+*/%^<>]|==|!=|\b(?:and|atan2)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An operator whose sides have no labels in common: where its sign and its sides are, and why.

    `left` and `right` are the value of `label`, None where it is not known; the side that is `lacking` (0 or
    1) has no such label, and with None both values are known and differ.
    """

    sign: Place
    sides: tuple[Place, Place]
    label: str
    left: str | None
    right: str | None
    lacking: int | None


@dataclass(frozen=True, slots=True)
class Bucketless:
    """A quantile of classic buckets without `le`: where the function and the aggregation are named."""

    function: Place
    aggregation: Place
    labels: tuple[str, ...]


@lru_cache(maxsize=4096)
def mismatch(text: str) -> Mismatch | None:
    """The operator that makes a valid query for a given window empty, whatever the series are.

    Labels that an aggregation keeps are taken for labels that its series have. None in doubt.
    """
    # Most queries are sums without labels, which match.
    if not _MODIFIER.search(text) and text.count("sum(") >= text.count("["):
        return None
    if not _OPERATOR.search(_WITHIN.sub("", text)):
        return None
    from slogen.promql.sides import empty_by  # noqa: PLC0415 - it loads promql_parser

    return empty_by(text)


@lru_cache(maxsize=4096)
def bucketless(text: str) -> tuple[Bucketless, ...]:
    """The quantiles and fractions of classic buckets, by their name, that have lost the label `le`."""
    if "histogram_" not in text or "_bucket" not in text:
        return ()
    from slogen.promql.sides import quantiles_without_buckets  # noqa: PLC0415 - it loads promql_parser

    return quantiles_without_buckets(text)
