"""The configuration of Prometheus, as far as it is about scraping.

Source of the keys: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ (v3.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slogen import codes
from slogen.diagnostics import Label, Report
from slogen.scrapejobs import ScrapeJob, ScrapeObject
from slogen.scrapespec.relabelling import relabellings
from slogen.scrapespec.values import (
    check_keys,
    check_timeout,
    duration_at,
    head,
    is_true,
    is_unset,
    items_at,
    text_at,
)
from slogen.source import Node, Span
from slogen.units import Millis

_DISCOVERIES = (
    *("azure", "consul", "digitalocean", "docker", "dockerswarm", "dns", "ec2", "eureka", "file", "gce"),
    *("hetzner", "http", "ionos", "kubernetes", "kuma", "lightsail", "linode", "marathon", "nerve", "nomad"),
    *("openstack", "ovhcloud", "puppetdb", "scaleway", "serverset", "stackit", "triton", "uyuni", "vultr"),
    *("aws", "outscale", "consulagent", "yandexcloud"),
)
_JOB: Final = (
    *("job_name", "scrape_interval", "scrape_timeout", "scrape_protocols", "fallback_scrape_protocol"),
    *("scrape_classic_histograms", "always_scrape_classic_histograms", "metrics_path", "honor_labels"),
    *("honor_timestamps", "track_timestamps_staleness", "scheme", "params", "enable_compression"),
    *("basic_auth", "authorization", "oauth2", "follow_redirects", "enable_http2", "tls_config"),
    *("proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header", "http_headers"),
    *("bearer_token", "bearer_token_file", "static_configs", "relabel_configs", "metric_relabel_configs"),
    *("body_size_limit", "sample_limit", "label_limit", "label_name_length_limit"),
    *("label_value_length_limit", "target_limit", "keep_dropped_targets", "native_histogram_bucket_limit"),
    *("native_histogram_min_bucket_factor", "convert_classic_histograms_to_nhcb"),
    *("metric_name_validation_scheme", "metric_name_escaping_scheme", "scrape_failure_log_file"),
    *("scrape_native_histograms", "extra_scrape_metrics"),
    *(f"{name}_sd_configs" for name in _DISCOVERIES),
    # VictoriaMetrics reads the same files.
    *("stream_parse", "relabel_debug", "metric_relabel_debug", "scrape_align_interval", "scrape_offset"),
    *("series_limit", "no_stale_markers", "max_scrape_size", "disable_compression", "disable_keepalive"),
    *("proxy_basic_auth", "proxy_authorization", "proxy_bearer_token", "proxy_bearer_token_file"),
    *("proxy_tls_config", "proxy_headers", "headers", "vmagent_instance"),
)
_OF_PROMTAIL = (
    *("pipeline_stages", "journal", "syslog", "loki_push_api", "windows_events", "gcplog", "kafka", "gelf"),
    *("cloudflare", "heroku_drain", "azure_event_hub"),
)
_DEFAULT_INTERVAL = Millis(60_000)


def is_of_promtail(node: Node) -> bool:
    """Whether a document with `scrape_configs` is one of Promtail's, which scrapes logs."""
    if any(key in node.keys for key in ("clients", "positions")):
        return True
    return any(key in job.keys for job in items_at(node, "scrape_configs") for key in _OF_PROMTAIL)


def is_job(node: Node) -> bool:
    """Whether a document is one job of a list of them, as `additionalScrapeConfigs` has it."""
    if "job_name" not in node.keys or any(key in node.keys for key in _OF_PROMTAIL):
        return False
    return any(
        key.endswith("_sd_configs") or key in ("static_configs", "relabel_configs") for key in node.keys
    )


def configuration(node: Node, report: Report) -> ScrapeObject:
    """The jobs of a configuration, or of a document that is one of them."""
    found = [node] if is_job(node) else items_at(node, "scrape_configs")
    default = _default_interval(node, report)
    _check_names(found, report)
    return ScrapeObject(
        kind="Prometheus",
        where=head(node),
        jobs=tuple(_job(job, default, report) for job in found),
    )


def _default_interval(node: Node, report: Report) -> tuple[Millis, Span | None] | None:
    """What counts for jobs that state none; None where another file may state it."""
    settings = node.get("global")
    if settings is None or not settings.is_mapping:
        return None
    stated = duration_at(settings, "scrape_interval", report)
    if stated is None:
        return (_DEFAULT_INTERVAL, None) if "scrape_interval" not in settings.keys else None
    return (stated, settings.span_at("scrape_interval"))


def _check_names(jobs: list[Node], report: Report) -> None:
    first: dict[str, Span] = {}
    for job in jobs:
        name = text_at(job, "job_name")
        at = job.span_at("job_name")
        other = first.setdefault(name, at) if name else at
        if other is not at:
            report.report(
                codes.BAD_VALUE,
                at,
                f"there are two jobs `{name}`: Prometheus refuses the file",
                also=(Label(other, "the first one"),),
                help="give one of them another name",
            )


def _job(node: Node, default: tuple[Millis, Span | None] | None, report: Report) -> ScrapeJob:
    check_keys(node, _JOB, report)
    interval = duration_at(node, "scrape_interval", report)
    timeout = duration_at(node, "scrape_timeout", report)
    if timeout is not None:
        check_timeout((timeout, node.span_at("scrape_timeout")), _own(node, interval, default), report)
    return ScrapeJob(
        name=text_at(node, "job_name"),
        roles=tuple(_roles(node)),
        interval=interval,
        timeout=timeout,
        honor_labels=is_true(node, "honor_labels"),
        path=text_at(node, "metrics_path") or "/metrics",
        relabellings=tuple(relabellings(node, "relabel_configs", report, camel=False)),
        metric_relabellings=tuple(relabellings(node, "metric_relabel_configs", report, camel=False)),
        where=node.span_at("job_name") if "job_name" in node.keys else head(node),
        places=dict(_places(node)),
    )


def _own(
    node: Node, interval: Millis | None, default: tuple[Millis, Span | None] | None
) -> tuple[Millis, Span | None] | None:
    """The interval that counts for a job; None where what it states is not known."""
    if interval is not None:
        return interval, node.span_at("scrape_interval")
    return default if is_unset(node, "scrape_interval") else None


def _places(node: Node) -> Iterator[tuple[str, Span]]:
    if "honor_labels" in node.keys:
        yield "honorLabels", node.span_at("honor_labels")
    for discovery in items_at(node, "kubernetes_sd_configs"):
        yield "role", discovery.span_at("role")


def _roles(node: Node) -> Iterator[str]:
    for discovery in items_at(node, "kubernetes_sd_configs"):
        yield text_at(discovery, "role")
