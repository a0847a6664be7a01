"""What runs: components with their pods, ports and the ways on which their metrics are scraped.

A component is what a catalog lists the metrics of (see slogen.catalog); here stands where it runs and how its
metrics come to Prometheus. Nothing here knows YAML. Durations are milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from slogen.catalog import Scrape
from slogen.source import Span
from slogen.units import Millis

Labels: TypeAlias = Mapping[str, str | None]
"""Labels of Kubernetes that something has; None for one whose value is not known, and does not matter."""


class Route(StrEnum):
    """A way on which metrics are collected, by its name in documents.

    `k8s_monitoring` is Grafana's chart: it collects what the other routes declare, and where they are none
    that it reads, it scrapes by a configuration of its own.
    """

    SERVICE_MONITOR = "service_monitor"
    POD_MONITOR = "pod_monitor"
    PROBE = "probe"
    PROMETHEUS_ANNOTATIONS = "prometheus_annotations"
    GRAFANA_ANNOTATIONS = "grafana_annotations"
    DATADOG = "datadog"
    SCRAPE_CONFIG = "scrape_config"
    ALLOY = "alloy"
    K8S_MONITORING = "k8s_monitoring"


OF_THE_OPERATOR = (Route.SERVICE_MONITOR, Route.POD_MONITOR, Route.PROBE)
"""The routes that are objects of the Prometheus Operator."""

BY_ANNOTATIONS = (Route.PROMETHEUS_ANNOTATIONS, Route.GRAFANA_ANNOTATIONS, Route.DATADOG)
"""The routes that are annotations of pods: they carry neither tokens nor what is kept of the metrics."""

_NO_SCRAPES = (Route.PROBE, Route.DATADOG, Route.K8S_MONITORING)
"""The routes by which no Prometheus reads the metrics of the component, at least not by themselves."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a scrape shows to be let in: a token in a file of the scraper, or below a key of a Secret in the
    namespace of the component; empty for the one that is not stated."""

    type: str = "Bearer"
    secret: str = ""
    key: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Probing:
    """URLs that a prober such as blackbox_exporter looks at from outside. `prober` is its host and port."""

    urls: tuple[str, ...]
    prober: str
    module: str = ""


@dataclass(frozen=True, slots=True)
class ServiceOfPods:
    """The Kubernetes Service in front of the pods: its name, its labels, and those that it is selected by."""

    name: str
    labels: Labels
    select: Labels


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """A component that runs somewhere, and how its metrics are collected.

    `namespace` is where its objects stand; its pods run there too, or in `namespaces`, or with
    `in_all_namespaces` in any. `labels` are those of the objects. `catalogs` names the catalogs of its
    metrics. `pods` are labels that its pods have, `select` those that they are selected by. `port` is the
    one of `ports` (numbers by their names) that answers at `path`; empty if nothing is scraped. `job` is
    the label of that name on routes that let one choose it. `keep` and `drop` are regular expressions of
    whole names of metrics; an empty `keep` keeps all. `routes` are in use, `alternatives` are written for
    those who choose another one. `receiver` is what Alloy sends to.
    """

    name: str
    namespace: str = ""
    namespaces: tuple[str, ...] = ()
    in_all_namespaces: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    catalogs: tuple[str, ...] = ()
    pods: Labels = field(default_factory=dict)
    select: Labels = field(default_factory=dict)
    container: str = ""
    service: ServiceOfPods | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    port: str = ""
    path: str = "/metrics"
    scheme: str = "http"
    job: str = ""
    interval: Millis | None = None
    timeout: Millis | None = None
    honor_labels: bool = False
    authorization: Authorization | None = None
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    probing: Probing | None = None
    datadog_namespace: str = ""
    receiver: str = "prometheus.remote_write.default.receiver"
    routes: tuple[Route, ...] = ()
    alternatives: tuple[Route, ...] = ()
    where: Span | None = None
    places: Mapping[str, Span] = field(default_factory=dict)
    """Where its parts are written, by their keys in the specification; entries of lists by key and number
    (`routes.0`)."""

    @property
    def port_number(self) -> int:
        """The number of the port with the metrics; 0 if nothing is scraped."""
        return self.ports.get(self.port, 0)

    @property
    def pod_namespaces(self) -> tuple[str, ...]:
        """The namespaces that the pods are looked for in; empty for all."""
        if self.in_all_namespaces:
            return ()
        return self.namespaces or ((self.namespace,) if self.namespace else ())

    @property
    def keeps(self) -> str:
        """One regular expression of what is kept; empty for all."""
        return "|".join(self.keep)

    @property
    def drops(self) -> str:
        """One regular expression of what is dropped; empty for nothing."""
        return "|".join(self.drop)

    def at(self, *parts: str) -> Span | None:
        """Where the first of some parts that are written stands, or else the whole."""
        return next((self.places[part] for part in parts if part in self.places), self.where)

    @property
    def scraping(self) -> tuple[Route, ...]:
        """The routes in use by which something for PromQL scrapes the component."""
        found = tuple(route for route in self.routes if route not in _NO_SCRAPES)
        if not found and Route.K8S_MONITORING in self.routes and Route.PROBE not in self.routes:
            return (Route.K8S_MONITORING,)
        return found

    @property
    def scrapes(self) -> tuple[Scrape, ...]:
        """The routes in use, as catalogs know them."""
        return tuple(self._scrapes())

    def _scrapes(self) -> Iterator[Scrape]:
        for route in self.scraping:
            yield self._scrape(route)
        if Route.DATADOG in self.routes:
            yield Scrape("datadog", is_prometheus=False, where=self._at_route(Route.DATADOG))

    def _scrape(self, route: Route) -> Scrape:
        at = self._at_route(route)
        if route in BY_ANNOTATIONS:
            return self._annotated(route, at)
        kind = {Route.SERVICE_MONITOR: "servicemonitor", Route.POD_MONITOR: "podmonitor"}.get(route, "")
        return Scrape(
            kind or str(route),
            interval=self.interval,
            honor_labels=self.honor_labels,
            target_labels=() if kind else ("namespace", "pod", "container"),
            has_all_labels=not kind,
            keep=self.keeps,
            drop=self.drops,
            jobs=self._jobs(route),
            where=at,
        )

    def _annotated(self, route: Route, at: Span | None) -> Scrape:
        # Who reads prometheus.io/* decides on labels and pace; the chart lets the metric's own labels win.
        by_chart = route is Route.GRAFANA_ANNOTATIONS or Route.K8S_MONITORING in self.routes
        is_named = route is Route.GRAFANA_ANNOTATIONS
        return Scrape(
            "annotations",
            interval=self.interval if is_named else None,
            honor_labels=True if by_chart else None,
            jobs=(self.job,) if is_named else (),
            drops_unready=by_chart,
            where=at,
        )

    def _jobs(self, route: Route) -> tuple[str, ...]:
        """The values of the label `job`. Source: the documentation of jobLabel of both monitors."""
        if route is Route.SERVICE_MONITOR:
            return (self.service.name,) if self.service is not None else ()
        if route is Route.POD_MONITOR:
            return (f"{self.namespace}/{self.name}",) if self.namespace else ()
        return (self.job,)

    def _at_route(self, route: Route) -> Span | None:
        if route in self.routes:
            return self.at(f"routes.{self.routes.index(route)}", "routes")
        return self.at("routes")
