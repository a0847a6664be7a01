"""The catalogs in slos/ say what is known of the systems, and our own SLOs and rules use nothing else.

What is known lies beside the repository and is no part of it; without it the tests that compare are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from slogen import pipeline, versions
from slogen.catalog import TARGET_LABELS, Catalog, Catalogs, Metric
from slogen.promql.selectors import selectors
from slogen.source import Source

ROOT = Path(__file__).parent.parent
FACTS = ROOT.parent / "shared" / "reference" / "seed-metrics.json"

COMPONENTS = {
    ("kysira", "ext-proc"): "kysira-ext-proc",
    ("kysira", "inference"): "kysira-inference",
    ("krypton", "gateway"): "krypton-gateway",
    ("krypton", "manager"): "krypton-manager",
    ("krypton", "control-plane"): "krypton-control-plane",
    ("krypton", "sidecar"): "krypton-sidecar",
    ("kthena", "router"): "kthena-router",
    ("kthena", "runtime"): "kthena-runtime",
    ("gie", "epp"): "gie-epp",
    ("gie", "bbr"): "gie-bbr",
    ("gie", "dynamic-lora-sidecar"): "gie-lora-syncer",
    ("llm-d-router", "epp"): "llm-d-router-epp",
    ("vllm", "server"): "vllm",
    ("alloy", "alloy"): "alloy",
    ("kubernetes", "cadvisor"): "cadvisor",
    ("kubernetes", "kube-state-metrics"): "kube-state-metrics",
    ("prometheus", "scrape"): "prometheus-scrape",
}
STATUS = {
    "current": "current",
    "deprecated-dual-emitted": "deprecated",
    "unverified": "unverified",
    "broken": "broken",
    "removed": "removed",
}

# Metrics that the facts do not list: what our rules use of Kubernetes and GPUs, and names of guides and of
# old versions that are only there to say what replaces them.
FURTHER = {
    "cadvisor": {"container_memory_working_set_bytes"},
    "kube-state-metrics": {"kube_pod_container_resource_limits", "kube_pod_container_status_waiting_reason"},
    "dcgm-exporter": {"DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_GPU_UTIL"},
    "gie-epp": {"normalized_time_per_output_token_seconds"},
    "kthena-router": {
        "kthena_inference_duration_seconds",
        "kthena_inference_errors_total",
        "kthena_inference_requests_total",
    },
    "vllm": {
        "vllm:cpu_cache_usage_perc",
        "vllm:cpu_prefix_cache_hit_rate",
        "vllm:gpu_prefix_cache_hit_rate",
        "vllm:model_execute_time_milliseconds",
        "vllm:model_forward_time_milliseconds",
        "vllm:num_requests_swapped",
        "vllm:time_in_queue_requests",
    },
}


@cache
def compiled() -> pipeline.Result:
    paths = sorted([*(ROOT / "slos").rglob("*.yaml"), *(ROOT / "rules").rglob("*.yaml")])
    sources = [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    return pipeline.compile(sources)


def catalogs() -> Catalogs:
    return compiled().program.catalogs


@cache
def facts() -> list[dict[str, Any]]:
    """What is known of each metric, of several versions that of the one we have."""
    if not FACTS.is_file():
        pytest.skip(f"the facts are not in {FACTS}")
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for entry in json.loads(FACTS.read_text(encoding="utf-8")):
        key = (entry["system"], entry["component"], entry["name"])
        if key not in found or "v1.5.0" in entry["source"]:
            found[key] = entry
    return [entry for entry in found.values() if entry["status"] != "nonexistent"]


def component(entry: Mapping[str, Any]) -> str:
    if entry["name"].startswith("http_"):
        return "vllm-api"
    return COMPONENTS[entry["system"], entry["component"]]


def declared() -> Iterator[tuple[Catalog, Metric]]:
    for catalog in catalogs().all:
        for metric in catalog.metrics:
            yield catalog, metric


def test_the_catalogs_compile_without_findings() -> None:
    assert [f"{d.at} {d.message}" for d in compiled().report] == []


def test_each_metric_that_is_known_is_in_its_catalog_and_in_no_other() -> None:
    expected: dict[str, set[str]] = {}
    for entry in facts():
        expected.setdefault(component(entry), set()).add(entry["name"])
    for name, further in FURTHER.items():
        expected[name] = expected.get(name, set()) | further
    found = {catalog.component: {metric.name for metric in catalog.metrics} for catalog in catalogs().all}
    assert found == {"processing": set(), **expected}


def test_types_labels_and_buckets_are_those_of_the_facts() -> None:
    by_name = {(catalog.component, metric.name): metric for catalog, metric in declared()}
    for entry in facts():
        metric = by_name[component(entry), entry["name"]]
        known = {label.name for label in metric.labels}
        if entry["system"] == "prometheus":
            # Labels of the target, which no metric declares.
            assert set(entry["labels"]) <= TARGET_LABELS
            assert not known, metric.name
        elif entry["system"] == "kubernetes" or any(label.startswith("(") for label in entry["labels"]):
            # The facts name only some of the labels.
            assert {label for label in entry["labels"] if not label.startswith("(")} <= known, metric.name
        else:
            assert set(entry["labels"]) == known, metric.name
        buckets = entry["buckets"] if isinstance(entry["buckets"], list) else None
        wanted = tuple(Decimal(str(bound)) for bound in buckets) if buckets else None
        assert (metric.type, metric.buckets) == (entry["type"], wanted), metric.name


def test_a_metric_is_as_usable_as_the_facts_say() -> None:
    by_name = {(catalog.component, metric.name): metric for catalog, metric in declared()}
    for entry in facts():
        metric = by_name[component(entry), entry["name"]]
        if entry["system"] != "gie":
            assert metric.status == STATUS[entry["status"]], metric.name
        else:
            is_there = "v1.5.0" in entry["source"] or metric.name.startswith("lora_")
            assert metric.status == ("current" if is_there else "removed"), metric.name
            assert not metric.until or versions.is_at_least("v1.6.0", metric.until)


def test_nothing_is_copied_from_the_facts() -> None:
    theirs = {entry["note"].rstrip(".").lower() for entry in facts()} - {""}
    ours = {text.rstrip(".").lower() for _, metric in declared() for text in _texts(metric)}
    assert not ours & theirs


def _texts(metric: Metric) -> Iterator[str]:
    yield metric.help
    for caution in metric.cautions:
        yield caution.text


def test_each_metric_in_use_says_in_sentences_what_it_counts() -> None:
    for _, metric in declared():
        assert metric.help or metric.status in ("deprecated", "removed"), metric.name
        for text in filter(None, _texts(metric)):
            assert text.endswith("."), f"{metric.name}: {text}"


@pytest.mark.parametrize(
    ("name", "is_owned"),
    [
        # Names of guides, and slips of the pen: nobody exports them.
        ("kthena_inference_request_size_bytes", True),
        ("kthena_model_load_failures_total", True),
        ("kysira_inference_model_loaded", True),
        ("krypton_invocation_total", True),
        ("llm_d_epp_requests_total", True),
        ("inference_objective_requests_total", True),
        # Names that others may export as well.
        ("kthena_modelserving_queue_depth", False),
        ("kysira_proxy_requests_total", False),
        ("inference_model_latency_seconds", False),
        ("vllm:num_incoming_requests_total", False),
        ("alloy_build_info", False),
        ("container_fs_usage_bytes", False),
        ("kube_pod_info", False),
        ("http_request_size_bytes_sum", False),
        ("model_accuracy_score", False),
        ("nvidia_gpu_utilization_percent", False),
    ],
)
def test_only_names_that_no_other_program_uses_are_owned(name: str, is_owned: bool) -> None:
    assert catalogs().sample(name) is None
    assert bool(catalogs().owners(name)) is is_owned


def test_what_a_catalog_refers_to_is_there() -> None:
    services = {slo.service for slo in compiled().program.slos}
    files = {rules.where.whole.source.path for rules in compiled().program.rule_sets}
    for catalog in catalogs().all:
        assert set(catalog.services) <= services, catalog.component
        assert not catalog.paths or any(catalog in catalogs().of(file) for file in files), catalog.component
    known = {metric.name: metric for _, metric in declared()}
    for metric in known.values():
        about = [name for caution in metric.cautions for name in caution.metrics]
        for name in (*metric.replacements, *about):
            assert name in known, f"{metric.name}: {name}"
        for name in metric.replacements:
            assert known[name].status != "removed", f"{metric.name}: {name}"


def test_our_own_slos_and_rules_use_only_what_the_catalogs_have() -> None:
    program = compiled().program
    rules = [
        (rule, one.slos[0].service if one.slos else one.where.whole.source.path)
        for one in program.rule_sets
        for group in one.groups
        for rule in group.rules
    ]
    recorded = {rule.record for rule, _ in rules}
    used = {
        (found.selector.name, subject)
        for rule, subject in rules
        for found in selectors(str(rule.expr))
        if found.selector.name not in recorded
    }
    assert len(used) > 50
    assert sorted(name for name, subject in used if catalogs().sample(name, subject) is None) == []


def test_each_service_has_a_catalog_of_its_own() -> None:
    services = {slo.service for slo in compiled().program.slos}
    assert {service for service in services if not catalogs().of(service)} == set()
