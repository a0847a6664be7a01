"""Scrapes that people wrote by hand: objects of the Prometheus Operator, and jobs of Prometheus.

Nothing here knows YAML; durations are milliseconds, None where nothing is stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slogen.source import Span
from slogen.units import Millis


@dataclass(frozen=True, slots=True)
class Relabelling:
    """A step that changes or drops targets, or samples; None for what is not stated.

    `places` has those of its parts, by the names here.
    """

    action: str = "replace"
    source_labels: tuple[str, ...] = ()
    regex: str | None = None
    replacement: str | None = None
    target_label: str | None = None
    where: Span | None = field(default=None, compare=False)
    places: Mapping[str, Span] = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True, slots=True, eq=False)
class ScrapeJob:
    """Targets that are scraped in one way. `roles` are those by which Kubernetes finds them, `port` is the
    name or the number of the port, if one is chosen."""

    name: str = ""
    port: str = ""
    roles: tuple[str, ...] = ()
    interval: Millis | None = None
    timeout: Millis | None = None
    honor_labels: bool = False
    path: str = "/metrics"
    relabellings: tuple[Relabelling, ...] = ()
    metric_relabellings: tuple[Relabelling, ...] = ()
    where: Span | None = None
    places: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class ScrapeObject:
    """A document with scrapes. `kind` is `ServiceMonitor`, `PodMonitor`, `Probe`, or `Prometheus` for a
    configuration file.

    It selects by labels, `selector`, in `namespaces`, or with `in_all_namespaces` in any; with
    `has_expressions`, by more than these. `job_label` is the key of the label whose value becomes `job`.
    """

    kind: str
    where: Span
    name: str = ""
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    selector: Mapping[str, str] = field(default_factory=dict)
    has_expressions: bool = False
    namespaces: tuple[str, ...] = ()
    in_all_namespaces: bool = False
    job_label: str = ""
    jobs: tuple[ScrapeJob, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict)

    @property
    def is_of_operator(self) -> bool:
        """Whether it is an object that the Prometheus Operator selects."""
        return self.kind != "Prometheus"
