"""The generated scrape configurations in a real Prometheus: stub exporters play the systems of slos/.

Kubernetes is played as well: its meta labels stand in static targets, and the relabelling is the real one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from servers import exporter, program, prometheus, until

from slogen import pipeline
from slogen.catalog import KnownLabel, Metric
from slogen.components import Component
from slogen.monitors.scrape_config import META, scrape_config
from slogen.source import Source

ROOT = Path(__file__).parent.parent.parent

# What catalogs do not list, because others choose it, but SLOs select.
CHOSEN = {"handler": "/v1/completions", "user_id": "_all", "model": "llama", "streaming": "true"}


@cache
def compiled() -> pipeline.Result:
    paths = sorted([*(ROOT / "slos").rglob("*.yaml"), *(ROOT / "rules").rglob("*.yaml")])
    return pipeline.compile([Source(str(path), path.read_text(encoding="utf-8")) for path in paths])


def value_of(label: KnownLabel) -> str:
    return CHOSEN.get(label.name) or next(iter((*label.success, *label.values)), "x")


def label_sets(metric: Metric) -> Iterator[dict[str, str]]:
    """Series of a metric: a usual one, and for each value of each label one that differs in it."""
    usual = {label.name: value_of(label) for label in metric.labels}
    yield usual
    for label in metric.labels:
        for value in label.values:
            if value != usual[label.name]:
                yield {**usual, label.name: value}


def exposed(metric: Metric, scrapes: int) -> Iterator[str]:
    """The lines of a metric after some scrapes. All that counts goes up by ten each time."""
    events = 10 * scrapes
    for labels in label_sets(metric):
        if metric.type == "histogram":
            for bound in (*map(str, metric.buckets or ()), "+Inf"):
                yield line(f"{metric.name}_bucket", {**labels, "le": bound}, events)
            yield line(f"{metric.name}_sum", labels, events)
            yield line(f"{metric.name}_count", labels, events)
        else:
            yield line(metric.name, labels, events if metric.type == "counter" else 1)


def line(name: str, labels: dict[str, str], value: int) -> str:
    shown = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return f"{name}{{{shown}}} {value}"


class Stub:
    """An exporter that plays a component by its catalogs."""

    def __init__(self, component: Component) -> None:
        catalogs = compiled().program.catalogs.all
        own = [catalog for catalog in catalogs if catalog.component in component.catalogs]
        self.metrics = [
            m for catalog in own for m in catalog.metrics if m.status not in ("removed", "broken")
        ]
        self.scrapes = 0

    def text(self) -> str:
        self.scrapes += 1
        return "".join(f"{text}\n" for metric in self.metrics for text in exposed(metric, self.scrapes))


def job(component: Component, port: int, other: int) -> dict[str, Any]:
    """The job of a component, with a pod of two ports in the place of Kubernetes."""
    found: dict[str, Any]
    (found,) = yaml.safe_load(scrape_config(component))["scrape_configs"]
    del found["kubernetes_sd_configs"]
    found.pop("authorization", None)
    found.update(metrics_path="/metrics", scrape_interval="1s", scrape_timeout="1s")
    pod = {
        "__meta_kubernetes_namespace": component.namespace,
        f"{META}_name": f"{component.name}-0",
        f"{META}_container_name": component.container or "main",
        f"{META}_phase": "Running",
        # The name that the way in use gives: the Service's, or that of the PodMonitor.
        "job": component.scrapes[0].jobs[0],
    }
    numbers = {port: component.port_number, other: component.port_number + 1}
    found["static_configs"] = [
        {"targets": [f"127.0.0.1:{at}"], "labels": {**pod, f"{META}_container_port_number": str(number)}}
        for at, number in numbers.items()
    ]
    return found


def written(folder: Path) -> list[Path]:
    """The rules of slos/, every group at once."""
    paths = []
    for file in compiled().files:
        if file.path.startswith("rules/"):
            paths.append(folder / file.path.replace("/", "-"))
            text = re.sub(r"(?m)^    interval: .*$", "    interval: 2s", file.text)
            paths[-1].write_text(text, encoding="utf-8")
    return paths


def test_every_indicator_has_a_value(tmp_path: Path) -> None:
    program("prometheus")
    components = [one for one in compiled().program.components if one.scraping]
    with ExitStack() as running:
        other = running.enter_context(exporter(lambda: "of_another_port 1\n"))
        jobs = []
        for component in components:
            port = running.enter_context(exporter(Stub(component).text))
            jobs.append(job(component, port, other))
        server = running.enter_context(prometheus(tmp_path, written(tmp_path), scrapes=jobs))
        until(
            lambda: len(server.query("up == 1")) == len(components),
            30,
            "all components are up",
            lambda: server.query("up"),
        )
        assert server.query("of_another_port") == []
        expected = {slo.id for slo in compiled().program.slos}
        until(
            lambda: values(server) >= expected,
            60,
            "every indicator has a value",
            lambda: sorted(expected - values(server)),
        )


def values(server: Any) -> set[str]:
    """The ids of the SLOs whose error ratio over the shortest window is a number."""
    found = server.query('{__name__="slo:sli_error:ratio_rate5m"} >= 0')
    return {sample["metric"]["sloth_id"] for sample in found}


def test_what_a_component_exports_gets_the_labels_that_its_scrape_says(tmp_path: Path) -> None:
    program("prometheus")
    (component,) = (one for one in compiled().program.components if one.name == "krypton-gateway")
    with (
        exporter(Stub(component).text) as port,
        exporter(lambda: "of_another_port 1\n") as other,
        prometheus(tmp_path, [], scrapes=[job(component, port, other)]) as server,
    ):
        until(lambda: server.query("krypton_invocations_total"), 30, "the metrics are there")
        sample = server.query("krypton_invocations_total")[0]["metric"]
        # The metric's own namespace, and that of the target.
        assert (sample["exported_namespace"], sample["namespace"]) == ("x", "krypton-system")
        assert (sample["pod"], sample["container"]) == ("krypton-gateway-0", "main")
