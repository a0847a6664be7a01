"""From what was observed to metrics: series are put together into families, and told what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import cast

from slogen.catalog import TARGET_LABELS, Exposition, KnownLabel, Metric, MetricType
from slogen.exposition.observed import MAX_BOUNDS, MAX_VALUES, Declared, Observed, Seen, SeenLabel

TOO_MANY = f"more than {MAX_VALUES} values seen"

_EXPORTED = "exported_"
_PARTS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}
_NOTHING = Seen()


@dataclass(frozen=True, slots=True)
class Facts:
    """The metrics by name, how bounds are spelled, and of which metrics there was no series to be seen."""

    metrics: tuple[Metric, ...]
    exposition: Exposition
    unseen: frozenset[str]


def facts(observed: Observed) -> Facts:
    """What was observed as metrics of a catalog."""
    families = _Families(observed)
    found = sorted(families.all(), key=lambda metric: metric.name)
    unseen = frozenset(
        metric.name for metric in found if not any(name in observed.series for name, _ in metric.series)
    )
    return Facts(tuple(found), _exposition(observed), unseen)


class _Families:
    """Gives each series to one metric: those that have several series first."""

    def __init__(self, observed: Observed) -> None:
        self.observed = observed
        self.series = observed.series
        self.claimed: set[str] = set()
        self.typeless = not observed.has_types

    def all(self) -> Iterator[Metric]:
        declared = self.observed.declared
        for kind in ("histogram", "summary"):
            for name, said in declared.items():
                if said.type == kind:
                    yield self._of_parts(name, kind, said)
        if self.typeless:
            yield from self._untold()
        for name, said in declared.items():
            if said.type not in _PARTS:
                yield from self._single(name, said)
        for name in self.series:
            if name not in self.claimed:
                yield self._metric(name, self._type_by_name(name), Declared(), [name])

    def _of_parts(self, name: str, kind: str, said: Declared) -> Metric:
        """A histogram or summary; one of which only the name itself is there, is a native histogram."""
        parts = [name + suffix for suffix in _PARTS[kind]]
        if kind == "histogram" and name in self.series and not any(part in self.series for part in parts):
            return self._metric(name, "native_histogram", said, [name])
        return self._metric(name, kind, said, [part for part in parts if part not in self.claimed])

    def _untold(self) -> Iterator[Metric]:
        """Histograms and summaries that nobody calls so, by the labels that only they have."""
        for name, seen in list(self.series.items()):
            base = name.removesuffix("_bucket")
            if name != base and seen.bounds and f"{base}_count" in self.series and base not in self.series:
                yield self._of_parts(base, "histogram", self.observed.declared.get(base, Declared()))
            elif (
                "quantile" in seen.labels and f"{name}_count" in self.series and f"{name}_sum" in self.series
            ):
                yield self._of_parts(name, "summary", self.observed.declared.get(name, Declared()))

    def _single(self, name: str, said: Declared) -> Iterator[Metric]:
        if name in self.claimed:
            return
        kind = said.type
        if kind == "gaugehistogram":
            # Catalogs have no such type; their series are told one by one.
            return
        own = self._series_name(name, kind)
        if own not in self.claimed:
            known = self._type_by_name(own) if self.typeless else (kind or "unknown")
            yield self._metric(own, known, said, [own])

    def _series_name(self, name: str, kind: str) -> str:
        """The name of the only series of a metric; in OpenMetrics that of the family is without its end."""
        suffix = {"counter": "_total", "info": "_info"}.get(kind, "")
        full = name.removesuffix(suffix) + suffix
        if name in self.series or (full not in self.series and not self.observed.is_openmetrics):
            return name
        return full

    def _type_by_name(self, name: str) -> str:
        """What a name says by convention, where nobody says more."""
        if self.typeless and name.endswith("_total"):
            return "counter"
        return "gauge" if self.observed.is_openmetrics and name.endswith("_created") else "unknown"

    def _metric(self, name: str, kind: str, said: Declared, parts: Sequence[str]) -> Metric:
        self.claimed.update(parts, [name])
        seen = [self.series[part] for part in parts if part in self.series]
        return Metric(
            name=name,
            type=cast(MetricType, kind),
            unit=_unit(name, kind, said.unit),
            labels=tuple(self._labels(seen, kind)),
            buckets=_buckets(self.series.get(f"{name}_bucket", _NOTHING)) if kind == "histogram" else None,
            help=said.help,
        )

    def _labels(self, seen: Sequence[Seen], kind: str) -> Iterator[KnownLabel]:
        names = {name for one in seen for name in one.labels}
        if kind == "summary":
            names.discard("quantile")
        for name in sorted(names):
            own = self._own_name(name, names)
            if own:
                yield _label(own, name, seen)

    def _own_name(self, name: str, names: Iterable[str]) -> str:
        """The name that the component gives a label; empty for one of the target."""
        if not self.observed.is_of_server:
            return name
        if name.startswith(_EXPORTED):
            return name.removeprefix(_EXPORTED)
        return "" if name in TARGET_LABELS else name


def _label(own: str, name: str, seen: Sequence[Seen]) -> KnownLabel:
    found = [one.labels.get(name, SeenLabel()) for one in seen]
    values: set[str] | None = set()
    for label in found:
        values = None if values is None or label.values is None else values | label.values
    is_optional = any(label.series < one.series for label, one in zip(found, seen, strict=True))
    if values is None or len(values) > MAX_VALUES:
        return KnownLabel(own, unbounded=TOO_MANY, is_optional=is_optional)
    return KnownLabel(own, tuple(sorted(values)), is_optional=is_optional)


def _buckets(seen: Seen) -> tuple[Decimal, ...] | None:
    """The finite bounds, if all series have the same ones."""
    counts: dict[Decimal, int] = {}
    for text, count in seen.bounds.items():
        bound = _bound(text)
        if bound is None:
            return None
        counts[bound] = counts.get(bound, 0) + count
    finite = sorted(bound for bound in counts if bound.is_finite())
    if not finite or len(set(counts.values())) > 1 or len(seen.bounds) >= MAX_BOUNDS:
        return None
    # Without the last one, not all of them were seen.
    return tuple(finite) if Decimal("Infinity") in counts else None


def _bound(text: str) -> Decimal | None:
    try:
        bound = Decimal(text)
    except InvalidOperation:
        return None
    return None if bound.is_nan() or abs(bound.adjusted()) > 300 else bound


_WHOLE = re.compile(r"[-+]?[0-9]+")
_WITH_POINT = re.compile(r"[-+]?[0-9]+\.0")


def _exposition(observed: Observed) -> Exposition:
    """How whole bounds are spelled: Go writes `1`, OpenMetrics and the clients that follow it `1.0`."""
    if observed.is_of_server:
        return "unknown"
    bounds = [bound for seen in observed.series.values() for bound in seen.bounds]
    for seen in observed.series.values():
        quantile = seen.labels.get("quantile")
        bounds += sorted(quantile.values or ()) if quantile else ()
    go = any(_WHOLE.fullmatch(bound) for bound in bounds)
    pointed = any(_WITH_POINT.fullmatch(bound) for bound in bounds)
    if go != pointed:
        return "go" if go else "openmetrics"
    return "openmetrics" if observed.is_openmetrics and not go else "unknown"


_UNITS = {
    **{unit: unit for unit in ("seconds", "milliseconds", "microseconds", "nanoseconds", "bytes", "celsius")},
    **{unit: unit for unit in ("meters", "volts", "amperes", "joules", "grams", "watts", "hertz", "percent")},
    "ratio": "ratio",
    "ratios": "ratio",
    "percents": "percent",
    "percentage": "percent",
    "ms": "milliseconds",
    "timestamp": "timestamp",
}
_MOMENTS = ("_timestamp_seconds", "_start_time_seconds", "_created", "_timestamp")


def _unit(name: str, kind: str, said: str) -> str:
    """The unit that is said, else that of the name, if it is one that names are used for."""
    if kind == "gauge" and name.endswith(_MOMENTS):
        return "timestamp"
    if said:
        return _UNITS.get(said, said)
    words = name.removesuffix("_total").rsplit("_", 2)
    # `_time_seconds` is a moment to some and a length to others.
    if len(words) < 2 or (kind == "gauge" and words[-2:] == ["time", "seconds"]):
        return ""
    return _UNITS.get(words[-1], "")
