"""What function calls mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from promql_parser import Call, StringLiteral

from slogen.catalog import Sample
from slogen.promql.functions import FUNCTIONS
from slogen.promql.labelling import ABSENT, DROPS_BUCKETS, KEEPS_LABELS, SETS_A_LABEL
from slogen.promql.matchers import METRIC_NAME
from slogen.promql.meaning.bounds import ANY, POSITIVE, UNIT, Bounds
from slogen.promql.meaning.labels import NO_LABELS, UNKNOWN, LabelFact, LabelSet, Presence
from slogen.promql.meaning.meaning import Meaning
from slogen.promql.meaning.natures import Nature
from slogen.promql.meaning.units import EVENTS, SECONDS, SHARE, Unit
from slogen.promql.placed import Part

_SAME_VALUES = frozenset(
    (
        *("abs", "ceil", "floor", "round", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc"),
        *("label_replace", "label_join", "vector", "scalar", "clamp", "clamp_min", "clamp_max"),
        *("avg_over_time", "min_over_time", "max_over_time", "last_over_time", "first_over_time"),
        "quantile_over_time",
    )
)
_OF_TWO_SAMPLES = frozenset(("rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"))
_TIMES = frozenset(
    ("time", "timestamp", "ts_of_max_over_time", "ts_of_min_over_time", "ts_of_last_over_time")
)


@dataclass(frozen=True, slots=True)
class _Values:
    nature: Nature = Nature.UNKNOWN
    is_sure: bool = False
    unit: Unit | None = None
    bounds: Bounds = ANY
    power: int | None = None


_CONSTANT = {
    **dict.fromkeys(_TIMES, _Values(Nature.TIMESTAMP, True, SECONDS, POSITIVE, 0)),
    **dict.fromkeys(ABSENT, _Values(Nature.BOOLEAN, True, SHARE, Bounds(1, 1), 0)),
    "histogram_fraction": _Values(Nature.RATIO, True, SHARE, UNIT, 0),
    "sqrt": _Values(bounds=POSITIVE),
    "exp": _Values(bounds=POSITIVE),
}


def of_call(part: Part, parts: tuple[Meaning, ...]) -> Meaning:
    """The model of a call of a function with the arguments `parts`."""
    tree = part.tree
    assert isinstance(tree, Call)
    name = str(tree.func.name)
    inner = next((one for one in parts if one.type in ("vector", "matrix")), None)
    values = _values(name, inner, parts)
    is_absence = name in ABSENT
    return Meaning(
        tree,
        part.at,
        part.name_at,
        parts,
        FUNCTIONS[name].result if name in FUNCTIONS else "vector",
        _labels(name, part, parts, inner),
        values.nature,
        values.is_sure,
        values.unit,
        values.bounds,
        values.power,
        _always(name, inner, parts),
        is_absence or (inner is not None and inner.is_condition),
        None if is_absence else next((one.nan for one in parts if one.nan is not None), None),
        name=name,
    )


def _always(name: str, inner: Meaning | None, parts: tuple[Meaning, ...]) -> bool:
    if name in ABSENT:
        return False
    if inner is None or name in ("scalar", "vector"):
        return True
    if name.startswith("histogram_"):
        # They pass over what is no histogram.
        return False
    if name in _OF_TWO_SAMPLES:
        return False
    if name == "clamp" and parts[1].bounds.highest > parts[2].bounds.lowest:
        return False
    return inner.always


# labels -----------------------------------------------------------------------------------------------


def _labels(name: str, part: Part, parts: tuple[Meaning, ...], inner: Meaning | None) -> LabelSet:
    if inner is None or name == "scalar":
        return NO_LABELS
    if name in ABSENT:
        return _of_absence(inner, name, part)
    if name in DROPS_BUCKETS:
        return inner.labels.without(("le",), f"`{name}` uses up the buckets", part.name_at)
    if name in SETS_A_LABEL:
        return _with_label(name, part, parts, inner)
    return inner.labels if name in KEEPS_LABELS else LabelSet(rest=UNKNOWN)


def _with_label(name: str, part: Part, parts: tuple[Meaning, ...], inner: Meaning) -> LabelSet:
    target = parts[1].tree
    if not isinstance(target, StringLiteral):
        return LabelSet(rest=UNKNOWN)
    # What it is made of may be empty, and then it is not there.
    fact = LabelFact(Presence.EXPECTED, f"`{name}` sets it", part.name_at, is_mixed=True)
    return inner.labels.setting(target.val, fact)


def _of_absence(inner: Meaning, name: str, part: Part) -> LabelSet:
    """Where nothing is found, the labels are those that the selector asks for by equality.

    A label drops out where anything else is asked of it after that.
    Source: createLabelsForAbsentFunction in https://github.com/prometheus/prometheus/blob/main/promql/functions.go.
    """
    found: dict[str, LabelFact] = {}
    equalled: set[str] = set()
    for one in inner.bare.matchers if inner.bare.is_selector else ():
        is_first = one.op == "=" and one.name != METRIC_NAME and one.name not in equalled
        found.pop(one.name, None)
        if is_first:
            equalled.add(one.name)
        if is_first and one.value:
            found[one.name] = LabelFact(Presence.CERTAIN, "the selector asks for it", one.at, one.value)
    why = f"`{name}` only has the labels that its selector asks for by `=`"
    return LabelSet(found, LabelFact(Presence.NEVER, why, part.name_at))


# values -----------------------------------------------------------------------------------------------


def _values(name: str, inner: Meaning | None, parts: tuple[Meaning, ...]) -> _Values:
    if name in _CONSTANT:
        return _CONSTANT[name]
    if name in _SAME_VALUES:
        return _of_same_values(name, inner, parts)
    if inner is None:
        return _Values()
    if name in ("rate", "irate", "increase"):
        return _of_growth(name, inner)
    if name in ("delta", "idelta", "deriv", "predict_linear"):
        return _of_motion(name, inner)
    if name in ("sum_over_time", "count_over_time", "present_over_time", "changes", "resets"):
        return _of_samples(name, inner)
    if name == "histogram_quantile":
        return _of_quantile(parts[0], inner)
    if name == "histogram_count":
        return _Values(inner.nature, inner.is_sure, EVENTS, POSITIVE, inner.power)
    return _Values()


def _power(inner: Meaning, own: int) -> int | None:
    """The power of the window after a function of a range that adds `own`; 0 over a fixed range."""
    if not inner.follows_window:
        return 0 if inner.power == 0 else None
    return inner.power + own if inner.power is not None else None


def _of_motion(name: str, inner: Meaning) -> _Values:
    unit = inner.unit.per(SECONDS) if name == "deriv" and inner.unit is not None else inner.unit
    return _Values(Nature.GAUGE, inner.is_sure, unit, ANY, _power(inner, 1 if name == "delta" else 0))


def _of_growth(name: str, inner: Meaning) -> _Values:
    is_increase = name == "increase"
    is_counter = inner.nature.is_raw_counter or inner.nature is Nature.HISTOGRAM
    if inner.nature is Nature.HISTOGRAM:
        nature = Nature.HISTOGRAM
    elif inner.nature is Nature.GAUGE or not (is_counter or inner.nature is Nature.UNKNOWN):
        nature = Nature.UNKNOWN
    else:
        nature = Nature.INCREASE if is_increase else Nature.RATE
    unit = inner.unit
    if unit is not None and not is_increase:
        unit = unit.per(SECONDS)
    # A metric of which nothing is known is taken for a counter; what falls below 0 does not restart.
    of = inner.parts[0].bare if inner.is_subquery else inner
    is_taken = of.is_selector and of.recorded is None and nature is not Nature.UNKNOWN
    bounds = POSITIVE if is_taken or inner.bounds.lowest >= 0 else ANY
    return _Values(nature, True, unit, bounds, _power(inner, 1 if is_increase else 0))


def _of_same_values(name: str, inner: Meaning | None, parts: tuple[Meaning, ...]) -> _Values:
    of = inner if inner is not None else parts[0]
    bounds = of.bounds
    if name == "abs":
        bounds = bounds if bounds.lowest >= 0 else POSITIVE
    elif name in ("ceil", "floor", "round"):
        bounds = Bounds(0) if bounds.lowest >= 0 else ANY
    elif name == "quantile_over_time" and not parts[0].bounds.is_within(UNIT):
        bounds = ANY
    bounds = _clamped(name, bounds, parts)
    # The mean of what is true or false is a share of the time.
    nature = Nature.RATIO if of.nature is Nature.BOOLEAN and name == "avg_over_time" else of.nature
    return _Values(nature, of.is_sure, of.unit, bounds, _power(of, 0) if of.range else of.power)


def _clamped(name: str, bounds: Bounds, parts: tuple[Meaning, ...]) -> Bounds:
    """The bounds that `clamp` and its kin leave, where the limits are numbers or vary themselves."""
    if name in ("clamp", "clamp_max"):
        bounds = bounds.at_most(parts[-1].bounds)
    return bounds.at_least(parts[1].bounds) if name in ("clamp", "clamp_min") else bounds


def _of_quantile(share: Meaning, inner: Meaning) -> _Values:
    """A quantile is never above the highest finite bound of the buckets, unless it is one above 1, and never
    below 0 unless there are bounds of 0 or less.

    Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile.
    """
    sources = [one.sample for one in inner.selectors]
    tops = [one.metric.buckets[-1] if one and one.metric.buckets else None for one in sources]
    unit = next((Unit(((one.metric.unit, 1),)) for one in sources if one and one.metric.unit), None)
    known = [float(top) for top in tops if top is not None]
    bounds = ANY
    if known and len(known) == len(tops) and share.bounds.highest <= 1:
        top = max(known)
        lowest = 0 if share.bounds.lowest >= 0 and _are_positive(sources) else -math.inf
        bounds = Bounds(lowest, top, why=f"{top:g} is the highest bound of its buckets")
    return _Values(Nature.QUANTILE, True, unit, bounds, 0)


def _are_positive(sources: Sequence[Sample | None]) -> bool:
    return all(one is not None and one.metric.buckets and one.metric.buckets[0] > 0 for one in sources)


def _of_samples(name: str, inner: Meaning) -> _Values:
    if name == "sum_over_time":
        bounds = POSITIVE if inner.bounds.lowest >= 0 else ANY
        return _Values(Nature.UNKNOWN, inner.is_sure, None, bounds, _power(inner, 1))
    if name == "present_over_time":
        return _Values(Nature.BOOLEAN, True, SHARE, Bounds(1, 1), 0)
    lowest = 1 if name == "count_over_time" else 0
    return _Values(Nature.PRESENCE, True, EVENTS, Bounds(lowest), 1 if inner.follows_window else 0)
