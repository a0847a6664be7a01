"""What components export: metrics as facts that queries are judged by.

A catalog says of one component which metrics there are, what they count, which labels with which values they
have, and what to beware of. Where several catalogs describe one metric, only what all of them say counts.
Nothing here knows PromQL or YAML. Durations are milliseconds, bounds of buckets and values are in the unit of
the metric.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final, Literal

from slogen.source import Span
from slogen.units import Millis

MetricType = Literal[
    "counter", "gauge", "histogram", "native_histogram", "summary", "info", "stateset", "unknown"
]
Suffix = Literal["", "_total", "_bucket", "_sum", "_count", "_created"]
Status = Literal["current", "deprecated", "removed", "broken", "unverified"]
Exposition = Literal["go", "openmetrics", "unknown"]
Trait = Literal[
    "excludes",
    "frozen_when_empty",
    "duplicated",
    "starts_at_one",
    "whole_numbers",
    "survivors",
    "client_errors",
    "note",
]

TARGET_LABELS = frozenset(
    (
        *("job", "instance", "namespace", "pod", "container", "service", "endpoint", "node"),
        *("cluster", "prometheus", "prometheus_replica", "replica"),
    )
)
"""Labels that Prometheus, its operator and the usual scrape jobs give to every series of a target."""

METRIC_NAME: Final = re.compile(r"[^\W\d][\w.:/-]*|:[\w.:/-]*")
"""Prometheus 3 takes more than letters, digits and `_`: those of OpenTelemetry have dots, some slashes."""

LABEL_NAME: Final = re.compile(r"[^\W\d][\w./-]*")
"""Likewise."""


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """A label of a metric.

    `values` are those that are known; `is_closed` says that there are no others. `unbounded` says why nobody
    can count the values (empty where there is a limit), `is_optional` that some series lack the label.
    `success` are the values of events that went well.
    """

    name: str
    values: tuple[str, ...] = ()
    is_closed: bool = False
    unbounded: str = ""
    is_optional: bool = False
    success: tuple[str, ...] = ()
    where: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Caution:
    """What a user of a metric has to know, and in which case.

    `excludes`: a total that leaves out what `metrics` count. `frozen_when_empty`: a gauge that keeps its
    last value when there is nothing to measure; `metrics` tell when. `duplicated`: every replica exports the
    same value. `starts_at_one`: a series that is born with its first event. `whole_numbers`: fractions are
    cut off. `survivors`: failures are missing or look good. `client_errors`: counts faults of the users, too.
    `note`: anything else. With `matchers`, each a label and a value, it only concerns queries that select
    these values; with `unless`, labels, it does not concern queries that match or group by one of them.
    """

    trait: Trait
    text: str
    metrics: tuple[str, ...] = ()
    matchers: Mapping[str, str] = field(default_factory=dict, hash=False)
    unless: tuple[str, ...] = ()
    where: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by the name of its family, as its `# TYPE` line has it; that of a counter with its `_total`.

    `unit` is a base unit in the plural such as `seconds`, `bytes` or `requests`, or `ratio` (1 is the whole),
    `percent` (100 is the whole) or `timestamp` (seconds since 1970); empty if unknown. `has_more_labels` says
    that there are labels besides `labels`. `buckets` are the finite upper bounds of a histogram, ascending;
    None if unknown. `lowest` and `highest` bound its values, the unit does not: some ratios are above 1.
    `since` is the version that has it first, `until` the first version that has it no more, `replacements`
    what to use then.
    """

    name: str
    type: MetricType = "unknown"
    unit: str = ""
    labels: tuple[KnownLabel, ...] = ()
    has_more_labels: bool = False
    buckets: tuple[Decimal, ...] | None = None
    status: Status = "current"
    since: str = ""
    until: str = ""
    replacements: tuple[str, ...] = ()
    lowest: Decimal | None = None
    highest: Decimal | None = None
    help: str = ""
    cautions: tuple[Caution, ...] = ()
    where: Span | None = field(default=None, compare=False)

    def label(self, name: str) -> KnownLabel | None:
        """The label of a name; None if the metric has none of that name."""
        return next((label for label in self.labels if label.name == name), None)

    @property
    def series(self) -> tuple[tuple[str, Suffix], ...]:
        """The names of its series with the suffix that each has behind the name of the family."""
        if self.type == "histogram":
            return tuple((self.name + suffix, suffix) for suffix in ("_bucket", "_sum", "_count"))
        if self.type == "summary":
            return ((self.name, ""), (f"{self.name}_sum", "_sum"), (f"{self.name}_count", "_count"))
        return ((self.name, ""),)


@dataclass(frozen=True, slots=True)
class Scrape:
    """A way on which a component's metrics reach Prometheus.

    `kind` is free text such as `servicemonitor`, `podmonitor`, `annotations`, `static` or `datadog`.
    `honor_labels` keeps the labels of the metric where the target has labels of the same name: without it
    they become `exported_<name>`; None if unknown. `target_labels` are given by the target besides
    TARGET_LABELS. `keep` and `drop` are regular expressions of metric names, anchored as in Prometheus.
    With `has_all_labels`, `job`, `instance` and `target_labels` are all that targets have.
    `jobs` are the values of the label `job`; empty if unknown. `is_prometheus` is false where PromQL never
    sees the metrics. `drops_unready` says that a target that is not ready is not scraped: its `up` vanishes.
    """

    kind: str
    interval: Millis | None = None
    honor_labels: bool | None = None
    target_labels: tuple[str, ...] = ()
    keep: str = ""
    drop: str = ""
    jobs: tuple[str, ...] = ()
    is_prometheus: bool = True
    drops_unready: bool = False
    has_all_labels: bool = False
    where: Span | None = field(default=None, compare=False)

    def gives(self, label: str) -> bool | None:
        """Whether targets on this way have a label; None if unknown.

        Source: https://prometheus-operator.dev/docs/api-reference/api/, the labels that an endpoint gets.
        """
        if label in ("job", "instance") or label in self.target_labels:
            return True
        if self.has_all_labels:
            return False
        kind = re.sub(r"[^a-z]", "", self.kind.lower()).removesuffix("s")
        if kind in _LABELS_BY_KIND:
            return label in _LABELS_BY_KIND[kind]
        return None if label in TARGET_LABELS and label not in _OF_THE_SERVER else False

    def renames(self, label: str) -> bool | None:
        """Whether a metric's own label becomes `exported_<label>`; None if unknown."""
        given = self.gives(label)
        if given is False or self.honor_labels is True:
            return False
        return True if given and self.honor_labels is False else None


_OF_THE_SERVER = frozenset(("cluster", "prometheus", "prometheus_replica", "replica"))
"""Labels that come after the scrape, and rename nothing."""

_LABELS_BY_KIND = {
    "servicemonitor": frozenset(("namespace", "service", "pod", "container", "endpoint")),
    "podmonitor": frozenset(("namespace", "pod", "container", "endpoint")),
    "static": frozenset[str](),
    "staticconfig": frozenset[str](),
}


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """The metrics of one component at one version.

    `owns` are patterns of metric names (`*` for any characters) that no other component uses: a name that
    fits and is no metric here does not exist. `services` are the SLO services and `paths` the patterns of
    hand-written rules that are about this component: they are judged by this catalog before any other. Of
    the names in `shared`, patterns as well, which other components use with other labels, it only speaks to
    them.
    """

    component: str
    version: str = ""
    metrics: tuple[Metric, ...] = ()
    owns: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    scrapes: tuple[Scrape, ...] = ()
    exposition: Exposition = "unknown"
    where: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """A series by its name: the metric it belongs to, its place in the family, and whose catalogs say so."""

    name: str
    metric: Metric
    suffix: Suffix
    catalogs: tuple[Catalog, ...]

    @property
    def type(self) -> MetricType:
        """The type of the series by itself: the parts of a histogram are counters."""
        if self.suffix in ("_bucket", "_sum", "_count"):
            return "counter"
        return "gauge" if self.metric.type == "summary" else self.metric.type

    @property
    def unit(self) -> str:
        """The unit of the series by itself; what is counted of a histogram are events."""
        return "events" if self.suffix in ("_bucket", "_count") else self.metric.unit

    def label(self, name: str) -> KnownLabel | None:
        """A label of the series; of buckets also `le`, of the quantiles of a summary `quantile`."""
        if name == "le" and self.suffix == "_bucket":
            return KnownLabel("le", is_closed=False)
        if name == "quantile" and self.metric.type == "summary" and not self.suffix:
            return KnownLabel("quantile")
        return self.metric.label(name)

    @property
    def scrapes(self) -> tuple[Scrape, ...]:
        """The ways on which it reaches Prometheus; empty if unknown."""
        return tuple(scrape for catalog in self.catalogs for scrape in catalog.scrapes)

    @property
    def knows_scrapes(self) -> bool:
        """Whether all ways on which it reaches Prometheus are known."""
        return all(catalog.scrapes for catalog in self.catalogs)

    def renames(self, label: str) -> bool | None:
        """Whether its own label of a name becomes `exported_<name>`; None if that depends, or is unknown."""
        if label not in TARGET_LABELS and all(label not in scrape.target_labels for scrape in self.scrapes):
            return False
        ways = [scrape for scrape in self.scrapes if scrape.is_prometheus]
        found = {scrape.renames(label) for scrape in ways} if self.knows_scrapes else {None}
        return found.pop() if len(found) == 1 else None

    def own_label(self, name: str) -> KnownLabel | None:
        """The metric's own label that a query means by a name, for sure; None for that of a target."""
        if self.renames(name) is False:
            return self.label(name)
        own = name.removeprefix("exported_")
        return self.label(own) if own != name and self.renames(own) is not False else None


@dataclass(frozen=True, slots=True, eq=False)
class _Declared:
    metric: Metric
    suffix: Suffix
    catalog: Catalog


@dataclass(frozen=True)
class Catalogs:
    """All catalogs of a project."""

    all: tuple[Catalog, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all)

    def sample(self, name: str, subject: str = "") -> Sample | None:
        """What is known of a series by its name; None if no catalog has it.

        `subject` is the service of the SLO, or the path of the rule file, that reads it: its own catalogs are
        asked first.
        """
        declared = self._declared.get(name, ())
        own = self.of(subject) if declared and subject else ()
        chosen = [one for one in declared if one.catalog in own] or [
            one for one in declared if not any(_fits(name, pattern) for pattern in one.catalog.shared)
        ]
        if not chosen:
            return None
        first = chosen[0]
        catalogs = tuple(dict.fromkeys(one.catalog for one in chosen))
        metric = first.metric if len(chosen) == 1 else _common([one.metric for one in chosen])
        return Sample(name, metric, first.suffix, catalogs)

    def of(self, subject: str) -> tuple[Catalog, ...]:
        """The catalogs of a service, or of a rule file by its path."""
        return tuple(
            catalog
            for catalog in self.all
            if subject in catalog.services or any(_fits(subject, pattern) for pattern in catalog.paths)
        )

    def owners(self, name: str) -> tuple[Catalog, ...]:
        """The catalogs that own a name: if none of them has it, it does not exist."""
        return tuple(catalog for catalog in self.all if any(_fits(name, pattern) for pattern in catalog.owns))

    @property
    def names(self) -> Iterable[str]:
        """The names of all series."""
        return self._declared.keys()

    @cached_property
    def _declared(self) -> Mapping[str, Sequence[_Declared]]:
        found: dict[str, list[_Declared]] = {}
        for catalog in self.all:
            for metric in catalog.metrics:
                for name, suffix in metric.series:
                    found.setdefault(name, []).append(_Declared(metric, suffix, catalog))
        return found


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def _fits(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern in which `*` stands for any characters."""
    return re.fullmatch(".*".join(map(re.escape, re.split(r"\*+", pattern))), text) is not None


def _common(metrics: Sequence[Metric]) -> Metric:
    """What all declarations of a metric agree on; of what they differ in, what allows more."""
    first, *others = metrics
    return replace(
        first,
        type=first.type if all(one.type == first.type for one in others) else "unknown",
        unit=first.unit if all(one.unit == first.unit for one in others) else "",
        labels=tuple(_common_labels(metrics)),
        has_more_labels=any(one.has_more_labels for one in metrics),
        buckets=first.buckets if all(one.buckets == first.buckets for one in others) else None,
        status=min((one.status for one in metrics), key=_STATUS.index),
        since="",
        until="",
        lowest=first.lowest if all(one.lowest == first.lowest for one in others) else None,
        highest=first.highest if all(one.highest == first.highest for one in others) else None,
        cautions=tuple(caution for caution in first.cautions if all(caution in o.cautions for o in others)),
    )


_STATUS: tuple[Status, ...] = ("current", "unverified", "deprecated", "broken", "removed")


def _common_labels(metrics: Sequence[Metric]) -> Iterator[KnownLabel]:
    for name in dict.fromkeys(label.name for metric in metrics for label in metric.labels):
        found = [metric.label(name) for metric in metrics]
        there = [label for label in found if label is not None]
        values = tuple(dict.fromkeys(value for label in there for value in label.values))
        yield KnownLabel(
            name,
            values,
            is_closed=all(label.is_closed for label in there),
            unbounded=next((label.unbounded for label in there if label.unbounded), ""),
            is_optional=None in found or any(label.is_optional for label in there),
            success=tuple(dict.fromkeys(value for label in there for value in label.success)),
            where=there[0].where,
        )
