"""Plays routers of Kthena: their real metrics, with requests that a test lets fail."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, generate_latest
from servers import exporter

SPEC = Path(__file__).parent.parent.parent / "slos" / "kthena" / "router.yaml"
JOB = "kthena-router-metrics"
MODELS = ("llama", "mistral")
_PER_SCRAPE = 100

disable_created_metrics()  # type: ignore[no-untyped-call]


def availability(namespace: str) -> Mapping[str, Any]:
    """The indicator of the router's availability as this repository states it, for one namespace."""
    documents = yaml.safe_load_all(SPEC.read_text(encoding="utf-8"))
    [levels] = [document for document in documents if document["kind"] == "ServiceLevels"]
    [slo] = [slo for slo in levels["spec"]["slos"] if slo["name"] == "availability"]
    return {"events": {name: _within(namespace, told) for name, told in slo["sli"]["events"].items()}}


def _within(namespace: str, selectors: Any) -> Any:
    if isinstance(selectors, list):
        return [_within(namespace, one) for one in selectors]
    return selectors.replace("{", f'{{namespace="{namespace}",')


class Router:
    """A router: each scrape finds a hundred more requests for each model.

    `failing` is the share of them that fails, by model. `began` and `ended` are when a scrape saw the first
    and the last failures, in seconds of the clock.
    """

    def __init__(self) -> None:
        self.failing: dict[str, float] = {}
        self.began = 0.0
        self.ended = 0.0
        self._registry = CollectorRegistry()
        labels = ("model", "path", "status_code", "error_type", "model_route", "backend_type", "backend_name")
        self._requests = Counter(
            "kthena_router_requests_total",
            "Requests that were answered.",
            (*labels, "upstream_model"),
            registry=self._registry,
        )
        self.active = Gauge(
            "kthena_router_active_requests", "Requests that the router works on.", registry=self._registry
        )
        self._serving: AbstractContextManager[int] | None = None

    def start(self) -> int:
        """Serve; gives the port."""
        self._serving = exporter(self._scraped)
        return self._serving.__enter__()

    def stop(self) -> None:
        """Die."""
        if self._serving is not None:
            self._serving.__exit__(None, None, None)
            self._serving = None

    def _scraped(self) -> str:
        for model in MODELS:
            share = self.failing.get(model, 0)
            failed = round(share * _PER_SCRAPE)
            # Faults of the cluster are answered with 404 as well.
            self._count(model, "502", "proxy", failed // 2)
            self._count(model, "404", "pod_discovery", failed - failed // 2)
            self._count(model, "200", "successful_request", _PER_SCRAPE - failed)
            if share:
                self.ended = time.time()
                self.began = self.began or self.ended
        return generate_latest(self._registry).decode()

    def _count(self, model: str, status: str, error: str, count: int) -> None:
        self._requests.labels(
            model,
            "/v1/chat/completions",
            status,
            error,
            f"{model}-route",
            "model_server",
            f"{model}-server",
            "",
        ).inc(count)


@contextmanager
def routers(
    namespaces: Sequence[str],
) -> Iterator[tuple[Mapping[str, Router], Sequence[Mapping[str, object]]]]:
    """A router in each namespace, and how Prometheus finds them."""
    found = {namespace: Router() for namespace in namespaces}
    try:
        targets = [
            {"targets": [f"127.0.0.1:{router.start()}"], "labels": {"namespace": namespace}}
            for namespace, router in found.items()
        ]
        yield found, [{"job_name": JOB, "static_configs": targets}]
    finally:
        for router in found.values():
            router.stop()
