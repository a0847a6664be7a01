"""The dashboards of the five systems have data in a real Prometheus that scrapes what their catalogs say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from servers import exporter, prometheus, until

from slogen import pipeline
from slogen.catalog import Metric
from slogen.ir import Program
from slogen.panels import Panel
from slogen.source import Source

SLOS = Path(__file__).parent.parent.parent / "slos"
ANY = "a"


def program() -> Program:
    paths = sorted((*SLOS.rglob("*.metrics.yaml"), *SLOS.rglob("*.dashboard.yaml")))
    sources = [Source(str(path), path.read_text(encoding="utf-8")) for path in paths]
    result = pipeline.compile(sources, pipeline.Options(complete=False))
    assert not result.report.failed, [f"{d.at} {d.message}" for d in result.report]
    return result.program


def exposition(metric: Metric, scrapes: int) -> Iterator[str]:
    """A metric with every value of each of its labels, and those of the target that the scrape renames."""
    first = {label.name: (label.values or (ANY,))[0] for label in metric.labels}
    first |= {"exported_namespace": ANY, "pod": ANY} | ({"namespace": ANY} if "namespace" in first else {})
    kinds = [first, *({**first, label.name: value} for label in metric.labels for value in label.values[1:])]
    for labels in kinds:
        if metric.type == "histogram":
            for bound in (*(f"{bound:f}" for bound in metric.buckets or ()), "+Inf"):
                yield _line(f"{metric.name}_bucket", {**labels, "le": bound}, 10 * scrapes)
            yield _line(f"{metric.name}_sum", labels, scrapes)
            yield _line(f"{metric.name}_count", labels, 10 * scrapes)
        else:
            yield _line(metric.name, labels, scrapes if metric.type == "counter" else 1)


def _line(name: str, labels: dict[str, str], value: int) -> str:
    inner = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{inner}}} {value}"


def asked(found: Program) -> Iterator[str]:
    for dashboard in found.dashboards:
        for item in dashboard.items:
            for target in item.targets if isinstance(item, Panel) else ():
                query = target.query.replace("$__rate_interval", "10s")
                yield re.sub(r'=~"\$\w+"', '=~".*"', query).replace('"$model"', f'"{ANY}"')


def test_every_panel_of_the_systems_has_data(tmp_path: Path) -> None:
    found = program()
    metrics = {metric.name: metric for catalog in found.catalogs.all for metric in catalog.metrics}
    queries = list(asked(found))
    scrapes = 0

    def body() -> str:
        nonlocal scrapes
        scrapes += 1
        lines = [line for metric in metrics.values() for line in exposition(metric, scrapes)]
        return "\n".join(dict.fromkeys(lines)) + "\n"

    assert len(queries) >= 40
    with exporter(body) as port, prometheus(tmp_path, [], port) as server:
        for query in queries:
            until(lambda one=query: server.query(one), 30, query)  # type: ignore[misc]
