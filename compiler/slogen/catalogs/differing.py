"""What two descriptions of a component's metrics differ in.

Each is a catalog, which says what it means, or was observed: then it only says what there was to be seen.
What an observation cannot tell is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from slogen.catalog import Catalog, Catalogs, KnownLabel, Metric
from slogen.catalogs import text as catalogtext

Value: TypeAlias = "str | list[str] | None"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two descriptions. `unseen` are metrics that were observed without any of their series."""

    catalog: Catalog
    is_observed: bool = False
    unseen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What is said of a metric on both sides: `type`, `labels`, or of a label, as in `values of code`."""

    metric: str
    what: str
    first: Value
    second: Value


@dataclass(frozen=True, slots=True)
class Difference:
    """The metrics that only one side has, and what both say differently; `others` counts the metrics that
    were observed and that the catalog on the other side does not claim to know of."""

    only_first: tuple[Metric, ...] = ()
    only_second: tuple[Metric, ...] = ()
    changes: tuple[Change, ...] = field(default=())
    others: int = 0

    def __bool__(self) -> bool:
        return bool(self.only_first or self.only_second or self.changes)


def difference(first: Side, second: Side) -> Difference:
    """What the sides differ in, by the names of metrics."""
    ours, theirs = _metrics(first), _metrics(second)
    both = sorted(ours.keys() & theirs.keys())
    only_ours = [ours[name] for name in sorted(ours.keys() - theirs.keys())]
    only_theirs = [theirs[name] for name in sorted(theirs.keys() - ours.keys())]
    known_ours = _of_component(only_ours, first, second)
    known_theirs = _of_component(only_theirs, second, first)
    changes = [change for name in both for change in _changes(ours[name], theirs[name], first, second)]
    return Difference(
        tuple(known_ours),
        tuple(known_theirs),
        tuple(changes),
        len(only_ours) + len(only_theirs) - len(known_ours) - len(known_theirs),
    )


def _metrics(side: Side) -> dict[str, Metric]:
    return {metric.name: metric for metric in side.catalog.metrics}


def _of_component(only: Sequence[Metric], side: Side, other: Side) -> list[Metric]:
    """Without those that are no difference: of a removed metric there is nothing to be seen, and a catalog
    that owns names has nothing to say of others."""
    if side.is_observed and not other.is_observed and other.catalog.owns:
        owner = Catalogs((other.catalog,))
        return [metric for metric in only if owner.owners(metric.name)]
    if other.is_observed:
        return [metric for metric in only if metric.status != "removed"]
    return list(only)


def _changes(first: Metric, second: Metric, one: Side, other: Side) -> Iterator[Change]:
    observed = one.is_observed or other.is_observed
    if first.type != second.type and not (observed and "unknown" in (first.type, second.type)):
        yield Change(first.name, "type", first.type, second.type)
    if first.unit != second.unit and not (observed and "" in (first.unit, second.unit)):
        yield Change(first.name, "unit", first.unit or None, second.unit or None)
    unseen = first.name in one.unseen | other.unseen
    if not unseen:
        yield from _label_changes(first, second, observed)
    if first.buckets != second.buckets and not (observed and None in (first.buckets, second.buckets)):
        yield Change(first.name, "buckets", _bounds(first.buckets), _bounds(second.buckets))
    yield from _status_changes(first, second, one, other)


def _status_changes(first: Metric, second: Metric, one: Side, other: Side) -> Iterator[Change]:
    seen_first = "there" if one.is_observed else first.status
    seen_second = "there" if other.is_observed else second.status
    if seen_first == seen_second or ("there" in (seen_first, seen_second) and not _rules_out(first, second)):
        return
    yield Change(first.name, "status", seen_first, seen_second)


def _rules_out(first: Metric, second: Metric) -> bool:
    return "removed" in (first.status, second.status)


def _label_changes(first: Metric, second: Metric, observed: bool) -> Iterator[Change]:
    names = {label.name for label in (*first.labels, *second.labels)}
    missing = [name for name in names if (first.label(name) is None) != (second.label(name) is None)]
    if not all(observed and _may_be_missing(name, first, second) for name in missing):
        yield Change(
            first.name,
            "labels",
            sorted(label.name for label in first.labels),
            sorted(label.name for label in second.labels),
        )
    for name in sorted(names):
        ours, theirs = first.label(name), second.label(name)
        if ours is not None and theirs is not None:
            yield from _value_changes(first.name, ours, theirs, observed)


def _may_be_missing(name: str, first: Metric, second: Metric) -> bool:
    """Whether a label that only one side has is no news: not all series have it, or not all are listed."""
    label = first.label(name) or second.label(name)
    return first.has_more_labels or second.has_more_labels or (label is not None and label.is_optional)


def _value_changes(metric: str, ours: KnownLabel, theirs: KnownLabel, observed: bool) -> Iterator[Change]:
    if not observed:
        if sorted(ours.values) != sorted(theirs.values):
            yield Change(metric, f"values of {ours.name}", sorted(ours.values), sorted(theirs.values))
        for what, one, other in (
            ("closed", ours.is_closed, theirs.is_closed),
            ("optional", ours.is_optional, theirs.is_optional),
            ("bounded", not ours.unbounded, not theirs.unbounded),
        ):
            if one != other:
                yield Change(metric, f"{what} {ours.name}", _word(one), _word(other))
        return
    # Values that were not seen may come; only those that a catalog rules out are a difference.
    extra = [
        value
        for known, seen in ((ours, theirs), (theirs, ours))
        for value in seen.values
        if known.is_closed and value not in known.values
    ]
    if extra:
        yield Change(metric, f"values of {ours.name}", sorted(ours.values), sorted(theirs.values))


def _word(is_set: bool) -> str:
    return "yes" if is_set else "no"


def _bounds(buckets: Sequence[Decimal] | None) -> list[str] | None:
    return None if buckets is None else [catalogtext.plain(bound) for bound in buckets]


# as text ----------------------------------------------------------------------------------------------


def text(found: Difference) -> Iterator[str]:
    """Lines: `-` what only the first side has, `+` the second, `~` what both say differently."""
    for sign, metrics in (("-", found.only_first), ("+", found.only_second)):
        for metric in metrics:
            yield f"{sign} {metric.name} ({metric.type.replace('_', ' ')})"
    before = ""
    for change in found.changes:
        if change.metric != before:
            yield f"~ {change.metric}"
        before = change.metric
        yield f"    {change.what}: {_told(change)}"


def _told(change: Change) -> str:
    first, second = change.first, change.second
    if isinstance(first, list) and isinstance(second, list):
        gone = [f"-{item}" for item in first if item not in second]
        come = [f"+{item}" for item in second if item not in first]
        return " ".join([*gone, *come])
    return f"{_said(first)} -> {_said(second)}"


def _said(value: Value) -> str:
    if value is None:
        return "unknown"
    return value if isinstance(value, str) else f"[{', '.join(value)}]"


def as_json(found: Difference) -> dict[str, object]:
    """The same as a mapping for JSON."""
    return {
        "only_in_first": [metric.name for metric in found.only_first],
        "only_in_second": [metric.name for metric in found.only_second],
        "changed": [
            {"metric": change.metric, "what": change.what, "first": change.first, "second": change.second}
            for change in found.changes
        ],
    }
