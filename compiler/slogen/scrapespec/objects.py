"""ServiceMonitor, PodMonitor and Probe.

Source of the keys: https://prometheus-operator.dev/docs/api-reference/api/ (v0.86).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slogen import codes
from slogen.diagnostics import Report
from slogen.scrapejobs import ScrapeJob, ScrapeObject
from slogen.scrapespec.relabelling import relabellings
from slogen.scrapespec.values import (
    check_keys,
    check_timeout,
    duration_at,
    head,
    is_true,
    items_at,
    labels_at,
    text_at,
    texts_at,
)
from slogen.source import Node, Span

KINDS: Final = ("ServiceMonitor", "PodMonitor", "Probe")

_LIMITS = (
    *("sampleLimit", "targetLimit", "labelLimit", "labelNameLengthLimit", "labelValueLengthLimit"),
    *("keepDroppedTargets", "bodySizeLimit", "scrapeClass", "scrapeProtocols", "fallbackScrapeProtocol"),
    *("scrapeClassicHistograms", "scrapeNativeHistograms", "nativeHistogramBucketLimit"),
    *("nativeHistogramMinBucketFactor", "convertClassicHistogramsToNHCB"),
)
_OF_MONITORS = (
    *("selector", "namespaceSelector", "selectorMechanism", "jobLabel", "podTargetLabels"),
    *("attachMetadata", *_LIMITS),
)
_SPEC: Final = {
    "ServiceMonitor": ("endpoints", "targetLabels", "serviceDiscoveryRole", *_OF_MONITORS),
    "PodMonitor": ("podMetricsEndpoints", *_OF_MONITORS),
    "Probe": (
        *("jobName", "prober", "module", "targets", "interval", "scrapeTimeout", "tlsConfig", "basicAuth"),
        *("oauth2", "authorization", "bearerTokenSecret", "metricRelabelings", "params", "enableHttp2"),
        *("followRedirects", *_LIMITS),
    ),
}
_ENDPOINT = (
    *("port", "targetPort", "portNumber", "path", "scheme", "params", "interval", "scrapeTimeout"),
    *("tlsConfig", "bearerTokenFile", "bearerTokenSecret", "authorization", "basicAuth", "oauth2"),
    *("honorLabels", "honorTimestamps", "trackTimestampsStaleness", "metricRelabelings", "relabelings"),
    *("proxyUrl", "noProxy", "proxyFromEnvironment", "proxyConnectHeader", "followRedirects"),
    *("enableHttp2", "filterRunning"),
)
_ENDPOINTS: Final = {"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"}


def scrape_object(node: Node, report: Report) -> ScrapeObject:
    """What an object says. It stays an object with findings: what was read of it is judged further."""
    kind = text_at(node, "kind")
    spec = node.get("spec")
    _check_name(node, kind, report)
    if spec is not None and spec.is_mapping:
        check_keys(spec, _SPEC[kind], report)
    any_namespace = is_true(node, "spec", "namespaceSelector", "any")
    return ScrapeObject(
        kind=kind,
        where=node.key_at("kind"),
        name=text_at(node, "metadata", "name"),
        namespace=text_at(node, "metadata", "namespace"),
        labels=labels_at(node, "metadata", "labels"),
        selector=labels_at(node, "spec", "selector", "matchLabels"),
        has_expressions=bool(items_at(node, "spec", "selector", "matchExpressions")),
        namespaces=texts_at(node, "spec", "namespaceSelector", "matchNames"),
        in_all_namespaces=any_namespace,
        job_label=text_at(node, "spec", "jobLabel"),
        jobs=tuple(_jobs(node, kind, report)),
        places=dict(_places(node)),
    )


def _places(node: Node) -> Iterator[tuple[str, Span]]:
    paths = {
        "name": ("metadata", "name"),
        "jobLabel": ("spec", "jobLabel"),
        "selector": ("spec", "selector", "matchLabels"),
    }
    for name, path in paths.items():
        found = node.get(*path)
        if found is not None:
            yield name, node.key_at(*path) if found.is_mapping else found.span
    for key in labels_at(node, "metadata", "labels"):
        yield f"labels.{key}", node.span_at("metadata", "labels", key)
    for key in labels_at(node, "spec", "selector", "matchLabels"):
        yield f"selector.{key}", node.span_at("spec", "selector", "matchLabels", key)


def _check_name(node: Node, kind: str, report: Report) -> None:
    metadata = node.get("metadata")
    named = metadata is not None and any(key in metadata.keys for key in ("name", "generateName"))
    if not named:
        report.report(
            codes.MISSING_KEY,
            node.key_at("metadata") if metadata is not None else node.key_at("kind"),
            f"this {kind} has no name: Kubernetes refuses it",
            help="add `metadata: {name: ...}`" if metadata is None else "add `name:`",
        )


def _jobs(node: Node, kind: str, report: Report) -> Iterator[ScrapeJob]:
    if kind not in _ENDPOINTS:
        spec = node.get("spec")
        if spec is not None and spec.is_mapping:
            yield _job(spec, report)
        return
    for endpoint in items_at(node, "spec", _ENDPOINTS[kind]):
        check_keys(endpoint, _ENDPOINT, report)
        _check_port(endpoint, kind, report)
        yield _job(endpoint, report)


def _job(node: Node, report: Report) -> ScrapeJob:
    interval = duration_at(node, "interval", report)
    timeout = duration_at(node, "scrapeTimeout", report)
    if interval is not None and timeout is not None:
        at = node.span_at("interval")
        check_timeout((timeout, node.span_at("scrapeTimeout")), (interval, at), report)
    return ScrapeJob(
        port=_port(node),
        interval=interval,
        timeout=timeout,
        honor_labels=is_true(node, "honorLabels"),
        path=text_at(node, "path") or "/metrics",
        relabellings=tuple(relabellings(node, "relabelings", report, camel=True)),
        metric_relabellings=tuple(relabellings(node, "metricRelabelings", report, camel=True)),
        where=head(node),
        places={
            key: node.span_at(key) for key in ("honorLabels", "interval", "scrapeTimeout") if key in node.keys
        },
    )


def _port(endpoint: Node) -> str:
    chosen = (endpoint.get(key) for key in ("port", "targetPort", "portNumber"))
    return next((str(found.value) for found in chosen if found is not None), "")


def _check_port(endpoint: Node, kind: str, report: Report) -> None:
    port = endpoint.get("port")
    if port is None or isinstance(port.value, bool) or not isinstance(port.value, int):
        return
    whose = "the Service" if kind == "ServiceMonitor" else "the container"
    report.report(
        codes.WRONG_TYPE,
        port.span,
        f"`{port.value}` is a number, not the name of a port",
        help=f"write the name that the port has in {whose}, or `targetPort: {port.value}`",
    )
