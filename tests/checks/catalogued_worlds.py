"""Series of components as their catalogs describe them, with everything that a catalog leaves open."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from random import Random

from slogen.catalog import TARGET_LABELS, Catalog, Catalogs, Metric, Sample, Scrape
from slogen.catalogued import gone
from slogen.promql.evaluation import Storage
from slogen.promql.evaluation.samples import Sample as Value

Labels = dict[str, str]
SPAN = 2 * 3600
"""How long the series last, in seconds."""
CATALOGS = """
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  version: 2.1.0
  services: [shop]
  owns: ['shop_*']
  exposition: go
  scrapes:
    - {kind: servicemonitor, interval: 30s, honor_labels: false, jobs: [api], target_labels: [team]}
    - {kind: podmonitor, interval: 60s, honor_labels: false}
  metrics:
    shop_requests_total:
      type: counter
      labels: {code: {values: ['200', '404', '500'], closed: true}, method: {}, page: {optional: true}}
    shop_seconds: {type: histogram, buckets: [0.1, 0.5, 1, 10], labels: [method, namespace]}
    shop_load: {type: gauge, range: [0, 1], labels: [queue]}
    shop_temp: {type: gauge, range: [-273, null], labels: [zone]}
    shop_lag_seconds: {type: summary, labels: [queue]}
    shop_old_total: {type: counter, until: 2.0.0}
    shop_new_total: {type: counter, since: 3.0.0}
---
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: web}
spec:
  exposition: openmetrics
  owns: ['web_*']
  metrics:
    web_requests_total: {type: counter, labels: {status: {values: ['ok', error], closed: true}, page: {}}}
    web_sessions: {type: gauge, more_labels: true, labels: [namespace]}
    shared_total: {type: counter, labels: {code: {values: [2xx, 5xx], closed: true}, method: {}}}
---
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: side}
spec:
  scrapes:
    - {kind: static, interval: 15s, honor_labels: true, keep: 'side_.*|shared_.*', drop: side_debug.*}
    - {kind: datadog, prometheus: false}
  metrics:
    shared_total: {type: counter, labels: {code: {values: ['200', '500'], closed: true}, zone: {}}}
    side_up: {type: gauge, range: [0, 1], labels: {job: {}, kind: {values: [a, b], closed: true}}}
    side_debug_total: {type: counter}
"""
OF_NOBODY = {
    "a_total": ("code", "method", "pod"),
    "b_total": ("code", "pod", "namespace"),
    "size_bytes": ("pod", "namespace", "node"),
    "pod_info": ("pod", "node", "version"),
    "h_seconds_bucket": ("le", "method"),
    "h_seconds_count": ("method",),
    "x_sum": ("pod",),
}
"""Metrics that no catalog has, with labels that their series may have."""
VALUES = {
    "code": ("200", "500", "5xx"),
    "method": ("GET", "POST"),
    "pod": ("p-0", "p-1"),
    "namespace": ("prod", "dev"),
    "job": ("api", "web"),
    "instance": ("i1:80", "i2:80"),
    "status": ("ok", "error"),
    "team": ("a",),
    "zone": ("z1",),
    "queue": ("q1", "q2"),
    "kind": ("a", "b"),
}


def world(catalogs: Catalogs, seed: int) -> Storage:
    """Series that the catalogs allow, and some of metrics that they do not have."""
    dice = Random(seed)
    found: dict[frozenset[tuple[str, str]], list[Value]] = {}
    for labels, values in (*_catalogued(catalogs, dice), *_others(dice)):
        found.setdefault(frozenset((name, value) for name, value in labels.items() if value), values)
    return Storage((dict(labels), values) for labels, values in found.items())


def _value(label: str, dice: Random) -> str:
    return dice.choice(VALUES.get(label, ("v1", "v2")))


def _samples(dice: Random, interval: int, values: tuple[float, ...] | None) -> list[Value]:
    """A counter, or a gauge of some values: born late, dead early, restarted, with a gap."""
    count = SPAN // interval
    times = range(dice.choice((0, 0, 0, count // 2)), dice.choice((count, count, count - 3)))
    pace, value = dice.choice((0, 1, 0.5)), float(dice.choice((0, 1, 1e6)))
    gap = dice.choice((0, 0, 0, 9))
    listed: list[Value] = []
    for at in times:
        if values is not None:
            value = dice.choice(values) if dice.random() < 0.5 or at == times[0] else value
        else:
            value = 0.0 if dice.random() < 0.02 else value + pace
        if not gap or at % gap:
            listed.append((at * interval * 1000, value))
    return listed


def _others(dice: Random) -> Iterator[tuple[Labels, list[Value]]]:
    for name, listed in OF_NOBODY.items():
        for _ in range(dice.choice((0, 1, 2, 4))):
            labels = {label: _value(label, dice) for label in listed if dice.random() < 0.8}
            target = {label: _value(label, dice) for label in ("job", "instance")}
            is_gauge = name == "x_sum"
            values = _samples(dice, 60, (-5.0, 0.0, 7.0) if is_gauge else None)
            for le in ("0.1", "1", "+Inf") if name.endswith("_bucket") else ("",):
                yield {"__name__": name, **target, **labels, "le": le}, values


def _catalogued(catalogs: Catalogs, dice: Random) -> Iterator[tuple[Labels, list[Value]]]:
    for catalog in catalogs.all:
        ways = [one for one in catalog.scrapes if one.is_prometheus]
        for scrape in ways or [Scrape("unknown", honor_labels=dice.choice((True, False)))]:
            for _ in range(dice.choice((1, 2))):
                yield from _target(catalog, scrape, dice)


def _target(catalog: Catalog, scrape: Scrape, dice: Random) -> Iterator[tuple[Labels, list[Value]]]:
    target = {}
    for label in sorted({*TARGET_LABELS, *scrape.target_labels, *(() if catalog.scrapes else ("team",))}):
        given = scrape.gives(label) if catalog.scrapes else label in ("job", "instance") or None
        if given or (given is None and dice.random() < 0.5):
            target[label] = _value(label, dice)
    if scrape.jobs:
        target["job"] = dice.choice(scrape.jobs)
    interval = scrape.interval // 1000 if scrape.interval else 60
    yield {"__name__": "up", **target}, _samples(dice, interval, (0.0, 1.0))
    for metric in catalog.metrics:
        if gone(Sample(metric.name, metric, "", (catalog,))):
            continue
        for _ in range(dice.choice((0, 1, 2, 3))):
            own = _own(metric, dice)
            for name, more, values in _family(metric, catalog, interval, dice):
                if (not scrape.keep or re.fullmatch(scrape.keep, name)) and not (
                    scrape.drop and re.fullmatch(scrape.drop, name)
                ):
                    yield _scraped(name, {**own, **more}, target, honor=scrape.honor_labels is True), values


def _own(metric: Metric, dice: Random) -> Labels:
    own = {"method": "GET"} if metric.has_more_labels and dice.random() < 0.5 else {}
    for label in metric.labels:
        if not label.is_optional or dice.random() < 0.6:
            own[label.name] = dice.choice(label.values) if label.values else _value(label.name, dice)
    return own


def _scraped(name: str, own: Labels, target: Labels, *, honor: bool) -> Labels:
    labels = {"__name__": name, **target}
    for label, value in own.items():
        labels[f"exported_{label}" if label in target and not honor else label] = value
    return labels


def _family(
    metric: Metric, catalog: Catalog, interval: int, dice: Random
) -> Iterator[tuple[str, Labels, list[Value]]]:
    if metric.type == "histogram":
        whole = _samples(dice, interval, None)
        shares = sorted(dice.choice((0, 0.5, 1)) for _ in metric.buckets or ())
        bounds = [f"{bound}.0" if bound == int(bound) else str(bound) for bound in metric.buckets or ()]
        if catalog.exposition == "go":
            bounds = [bound.removesuffix(".0") for bound in bounds]
        for bound, share in (*zip(bounds, shares, strict=True), ("+Inf", 1)):
            part: list[Value] = [(at, float((value or 0) * share // 1)) for at, value in whole]
            yield f"{metric.name}_bucket", {"le": bound}, part
        yield f"{metric.name}_count", {}, whole
        yield f"{metric.name}_sum", {}, [(at, -value if value is not None else None) for at, value in whole]
        return
    low = -math.inf if metric.lowest is None else float(metric.lowest)
    high = math.inf if metric.highest is None else float(metric.highest)
    values = tuple(one for one in (-300.0, -1, 0, 0.3, 1, 90, 1e9, low, high) if low <= one <= high)
    finite = tuple(filter(math.isfinite, values))
    for quantile in ("0.5", "0.99") if metric.type == "summary" else ("",):
        samples = _samples(dice, interval, None if metric.type == "counter" else finite)
        yield metric.name, {"quantile": quantile}, samples
