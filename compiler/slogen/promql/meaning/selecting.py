"""What a selector means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from promql_parser import MatchOp, MatrixSelector, VectorSelector

from slogen.catalog import TARGET_LABELS, Sample
from slogen.promql.library import matches_empty
from slogen.promql.matchers import METRIC_NAME, Matcher
from slogen.promql.meaning.bounds import ANY, POSITIVE, UNIT, Bounds
from slogen.promql.meaning.knowledge import Knowledge, Recorded
from slogen.promql.meaning.labels import NOWHERE, UNKNOWN, LabelFact, LabelSet, Presence
from slogen.promql.meaning.meaning import Meaning
from slogen.promql.meaning.natures import Nature, nature_by_name
from slogen.promql.meaning.units import Unit, unit_by_name, unit_named
from slogen.promql.placed import Part

_OPERATORS = (
    (MatchOp.Equal, "="),
    (MatchOp.NotEqual, "!="),
    (MatchOp.Re, "=~"),
    (MatchOp.NotRe, "!~"),
)
_BY_TYPE = {
    "counter": Nature.COUNTER,
    "gauge": Nature.GAUGE,
    "native_histogram": Nature.HISTOGRAM,
    "info": Nature.GAUGE,
    "stateset": Nature.BOOLEAN,
}


def of_selector(part: Part, knowledge: Knowledge, window: float | None) -> Meaning:
    """The model of a selector, with its range if it has one."""
    tree = part.tree
    vector = tree.vector_selector if isinstance(tree, MatrixSelector) else tree
    assert isinstance(vector, VectorSelector)
    matchers = part.selector.matchers if part.selector is not None else _matchers(vector)
    name = _name(vector, matchers)
    name_at = part.selector.name_at if part.selector is not None and part.selector.name_at else part.at
    seconds = tree.range.total_seconds() if isinstance(tree, MatrixSelector) else None
    sample = knowledge.sample(name) if name else None
    recorded = knowledge.recorded(name) if name and sample is None else None
    if recorded is not None:
        recorded = _selected(recorded, tuple((one.name, one.value) for one in matchers if one.op == "="))
    nature, is_sure, unit, bounds = _values(name, sample, recorded)
    return Meaning(
        tree,
        part.at,
        name_at,
        (),
        "vector" if seconds is None else "matrix",
        _labels(matchers, sample, recorded, knowledge),
        nature,
        is_sure,
        unit,
        bounds,
        0,
        name=name,
        matchers=matchers,
        sample=sample,
        recorded=recorded,
        range=seconds,
        offset=vector.offset.total_seconds() if vector.offset is not None else 0,
        follows_window=window is not None and seconds == window,
    )


def _matchers(vector: VectorSelector) -> tuple[Matcher, ...]:
    """The matchers, without places. Matchers with `or` count as none."""
    listed = vector.matchers.matchers if not vector.matchers.or_matchers else []
    return tuple(
        Matcher(
            one.name,
            next(sign for op, sign in _OPERATORS if op == one.op),
            one.value,
            NOWHERE,
            NOWHERE,
            NOWHERE,
        )
        for one in listed
    )


def _name(vector: VectorSelector, matchers: tuple[Matcher, ...]) -> str:
    if vector.name:
        return str(vector.name)
    named = (one.value for one in matchers if one.name == METRIC_NAME and one.op == "=")
    return next(named, "")


# labels -----------------------------------------------------------------------------------------------


def _labels(
    matchers: tuple[Matcher, ...], sample: Sample | None, recorded: Recorded | None, knowledge: Knowledge
) -> LabelSet:
    if sample is not None:
        known = _of_sample(sample, tuple(knowledge.added_labels))
    elif recorded is not None:
        known = _of_recorded(recorded)
    else:
        known = LabelSet()
    asked = {one.name: _fact(one, known[one.name]) for one in matchers if one.name != METRIC_NAME}
    return LabelSet({**known.named, **asked}, known.rest) if asked else known


def _fact(matcher: Matcher, before: LabelFact) -> LabelFact:
    """What a matcher says of its label: it narrows down what is known before."""
    if matcher.op == "=" and not matcher.value:
        return LabelFact(Presence.NEVER, "the selector takes series without it", matcher.at)
    if before.presence <= Presence.UNLIKELY:
        value = matcher.value if matcher.op == "=" else None
        return LabelFact(before.presence, "the metric has no such label", matcher.at, value)
    if matcher.op == "=":
        return LabelFact(Presence.CERTAIN, "the selector asks for it", matcher.at, matcher.value)
    if not _takes_empty(matcher):
        return LabelFact(Presence.CERTAIN, "the selector asks for it", matcher.at)
    return replace(before, why="", at=matcher.at)


def _takes_empty(matcher: Matcher) -> bool:
    if matcher.op in ("=", "!="):
        return (matcher.value == "") == (matcher.op == "=")
    return matches_empty(matcher.value) == (matcher.op == "=~")


@lru_cache(maxsize=1024)
def _of_sample(sample: Sample, added: tuple[str, ...]) -> LabelSet:
    """The labels that a catalog declares, those of the target, and no others."""
    why = f"`{sample.name}` has no such label"
    named: dict[str, LabelFact] = {}
    for label in sorted(TARGET_LABELS):
        usual = label in ("job", "instance")
        named[label] = LabelFact(Presence.EXPECTED if usual else Presence.POSSIBLE, "the target has it")
    for label in (*added, *(label for scrape in sample.scrapes for label in scrape.target_labels)):
        named[label] = LabelFact(Presence.POSSIBLE, "the target has it")
    for label, fact in named.items():
        given = {scrape.gives(label) for scrape in sample.scrapes if scrape.is_prometheus}
        if {True, False} <= given:
            named[label] = replace(fact, is_mixed=True)
    for known in sample.metric.labels:
        presence = Presence.POSSIBLE if known.is_optional else Presence.CERTAIN
        fact = LabelFact(presence, f"`{sample.name}` has it", is_mixed=known.is_optional)
        if known.name in named:
            _collide(named, known.name, fact, sample)
        else:
            named[known.name] = fact
    if sample.label("le") is not None:
        named["le"] = LabelFact(Presence.CERTAIN, "buckets have it")
    if sample.label("quantile") is not None:
        named["quantile"] = LabelFact(Presence.CERTAIN, "summaries have it")
    if sample.metric.has_more_labels:
        return LabelSet(named, UNKNOWN)
    return LabelSet(named, LabelFact(Presence.NEVER if sample.knows_scrapes else Presence.UNLIKELY, why))


def _collide(named: dict[str, LabelFact], label: str, fact: LabelFact, sample: Sample) -> None:
    """A label that the target has as well: one of the two is renamed, on most ways of scraping."""
    renamed = f"exported_{label}"
    is_renamed = sample.renames(label)
    if is_renamed is False:
        named[label] = fact
    elif is_renamed:
        named[renamed] = fact
    else:
        doubt = LabelFact(Presence.POSSIBLE, "it depends on how the target is scraped")
        named |= {label: doubt, renamed: doubt}


@lru_cache(maxsize=4096)
def _selected(recorded: Recorded, asked: tuple[tuple[str, str], ...]) -> Recorded:
    """Those rules whose own labels have the values that are asked for; all of them if none has."""
    chosen = [
        index
        for index, labels in enumerate(recorded.labels)
        if all(labels.get(name, value) == value for name, value in asked)
    ]
    if not chosen or len(chosen) == len(recorded.labels):
        return recorded
    return Recorded(
        tuple(recorded.meanings[index] for index in chosen),
        tuple(recorded.labels[index] for index in chosen),
        tuple(recorded.groups[index] for index in chosen),
    )


@lru_cache(maxsize=4096)
def _of_recorded(recorded: Recorded) -> LabelSet:
    """The labels of what is recorded, and those that the rules add."""
    found: LabelSet | None = None
    for meaning, labels in zip(recorded.meanings, recorded.labels, strict=True):
        one = meaning.labels
        for name, value in labels.items():
            fact = LabelFact(Presence.CERTAIN, "the recording rule sets it", value=value)
            one = one.setting(name, fact)
        one = LabelSet(
            {label: replace(known, at=NOWHERE) for label, known in one.named.items()},
            LabelFact(one.rest.presence, "the recording rule drops it" if one.is_closed else ""),
        )
        found = one if found is None else found.or_else(one)
    return found if found is not None else LabelSet(rest=UNKNOWN)


# values -----------------------------------------------------------------------------------------------


def _values(
    name: str, sample: Sample | None, recorded: Recorded | None
) -> tuple[Nature, bool, Unit | None, Bounds]:
    if sample is not None:
        nature = Nature.BUCKETS if sample.suffix == "_bucket" else _BY_TYPE.get(sample.type, Nature.UNKNOWN)
        if sample.unit == "timestamp":
            nature = Nature.TIMESTAMP
        return nature, nature is not Nature.UNKNOWN, unit_named(sample.unit), _bounds(sample)
    if recorded is not None:
        first, *others = recorded.meanings
        nature = first.nature if all(one.nature is first.nature for one in others) else Nature.UNKNOWN
        unit = first.unit if all(one.unit == first.unit for one in others) else None
        bounds = first.bounds
        for one in others:
            bounds = bounds.or_else(one.bounds)
        return nature, all(one.is_sure for one in recorded.meanings), unit, bounds
    if name in ("up", "ALERTS", "scrape_duration_seconds"):
        return _OF_PROMETHEUS[name]
    nature = nature_by_name(name)
    # What is counted is not negative; a sum may be, and so may a total that is no counter.
    counts = name.endswith(("_bucket", "_count"))
    return nature, False, unit_by_name(name), POSITIVE if counts else ANY


_OF_PROMETHEUS: Mapping[str, tuple[Nature, bool, Unit | None, Bounds]] = {
    "up": (Nature.BOOLEAN, True, Unit(), Bounds(0, 1, why="`up` is 0 or 1")),
    "ALERTS": (Nature.BOOLEAN, True, Unit(), Bounds(1, 1, why="`ALERTS` is 1 wherever it exists")),
    "scrape_duration_seconds": (Nature.GAUGE, True, unit_named("seconds"), POSITIVE),
}


def _bounds(sample: Sample) -> Bounds:
    metric = sample.metric
    if sample.type in ("counter", "stateset", "info") and sample.suffix != "_sum":
        return UNIT if sample.type == "stateset" else POSITIVE
    if sample.suffix:
        return ANY
    low = float(metric.lowest) if metric.lowest is not None else -math.inf
    high = float(metric.highest) if metric.highest is not None else math.inf
    # The unit alone bounds nothing: a ratio of fragmentation is above 1, and eight cores are 800 percent.
    shown = f"{low:g} to {high:g}" if math.isfinite(low + high) else "within known bounds"
    return Bounds(
        low, high, why=f"`{sample.name}` is {shown}" if (low, high) != (-math.inf, math.inf) else ""
    )
