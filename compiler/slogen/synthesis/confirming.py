"""Whether series do to the queries of an indicator what they are meant to do, by evaluating the queries."""

from __future__ import annotations

import math
import re

from slogen.ir import Grouping
from slogen.promql.evaluation import Element, Failed, Storage, Unknown, evaluate
from slogen.synthetic import Synthetic

_MINUTE = 60_000
_AT = 10 * _MINUTE
_TIMES = range(0, _AT + 1, 30_000)
_EVENTS = 64
"""Events between two samples."""
_CLOSE = 1e-6
_SHARES = (0.0, 0.25, 1.0)
_STAND_IN = re.compile(r"\bor\s+(?:on\s*\(\s*\)\s*)?vector\s*\(\s*0\s*\)", re.IGNORECASE)
_ODD = re.compile(
    r"\b(?:and|or|unless|on|ignoring|group_left|group_right|label_replace|label_join|vector|scalar)\b|[<>]",
    re.IGNORECASE,
)


def is_plain(text: str) -> bool:
    """Whether a query of counters is made of sums and quotients only, which need no confirmation."""
    return _ODD.search(_STAND_IN.sub("", text)) is None


def contradicts(
    synthetic: Synthetic, grouping: Grouping, total: str, part: str, *, part_is_good: bool
) -> bool:
    """Whether the error ratio of two queries over 5 minutes is not what the series say.

    Without a `total` the `part` is the error ratio. It may be the other way round, where successes are called
    errors. Queries beyond the evaluator are not contradicted.
    """
    shares = _SHARES if synthetic.mixes else (0.0, 1.0)
    try:
        found = [_ratio(synthetic, grouping, total, part, part_is_good, share) for share in shares]
    except Unknown:
        return False
    except Failed:
        return True
    if any(ratio is None for ratio in found):
        return True
    known = [ratio for ratio in found if ratio is not None]
    as_meant = all(abs(ratio - share) < _CLOSE for ratio, share in zip(known, shares, strict=True))
    reversed_ = all(abs(1 - ratio - share) < _CLOSE for ratio, share in zip(known, shares, strict=True))
    return not (as_meant or (reversed_ and bool(synthetic.counters)))


def _ratio(
    synthetic: Synthetic, grouping: Grouping, total: str, part: str, part_is_good: bool, share: float
) -> float | None:
    storage = Storage(synthetic.sampled(share, _TIMES, _EVENTS))
    chosen = _values(evaluate(part, storage, _AT, left_open=False), synthetic, grouping)
    if not total:
        return chosen[0] if len(chosen) == 1 and not math.isnan(chosen[0]) else None
    everything = sum(_values(evaluate(total, storage, _AT, left_open=False), synthetic, grouping))
    if not everything > 0:
        return None
    ratio = sum(chosen) / everything
    return 1 - ratio if part_is_good else ratio


def _values(found: dict[Element, float] | float, synthetic: Synthetic, grouping: Grouping) -> list[float]:
    """The values that belong to the budget."""
    if not isinstance(found, dict):
        return [found]
    return [
        value
        for element, value in found.items()
        if all(dict(element).get(label) == synthetic.labels.get(label) for label in grouping.labels)
    ]
