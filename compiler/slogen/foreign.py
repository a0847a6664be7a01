"""Documents of other programs that stand beside specs, told by the keys that only they have.

Those of Kubernetes' own tools are skipped like its objects; of all others it is said what they are.
"""

from __future__ import annotations

from collections.abc import Callable

from slogen import kubernetes
from slogen.source import Node

_KUSTOMIZE_LISTS = frozenset(
    (
        *("resources", "bases", "components", "patches", "patchesStrategicMerge", "patchesJson6902"),
        *("configMapGenerator", "secretGenerator", "generators", "transformers", "helmCharts"),
    )
)
_KUSTOMIZE = _KUSTOMIZE_LISTS | frozenset(
    (
        *("namespace", "namePrefix", "nameSuffix", "commonLabels", "commonAnnotations", "labels", "images"),
        *("replicas", "replacements", "generatorOptions", "configurations", "crds", "openapi", "vars"),
        *("validators", "buildMetadata", "sortOptions", "helmGlobals", "metadata"),
    )
)

_PROVISIONED = ("datasources", "deleteDatasources", "providers", "groups", "contactPoints", "policies")


def is_of_kubernetes(node: Node) -> bool:
    """Whether a document without a kind is Kustomize's or Helm's."""
    if "kind" in node.keys:
        return False
    keys = set(node.keys)
    if "apiVersion" in keys:
        return kubernetes.text_at(node, "apiVersion") in {"v1", "v2"} and {"name", "version"} <= keys
    return keys <= _KUSTOMIZE and any(_is_list(node, key) for key in keys & _KUSTOMIZE_LISTS)


def of_another_program(node: Node) -> str | None:
    """What a document is, such as `a configuration of Prometheus`; None for what nothing is known of."""
    if "apiVersion" in node.keys:
        return "a provisioning file of Grafana" if _is_provisioning(node) else None
    return next((what for what, is_one in _PROGRAMS.items() if is_one(node)), None)


def _is_provisioning(node: Node) -> bool:
    version = node.get("apiVersion")
    is_its_own = version is not None and version.value == 1 and "kind" not in node.keys
    return is_its_own and any(_is_list(node, key) for key in _PROVISIONED)


def _is_list(node: Node, key: str) -> bool:
    found = node.get(key)
    return found is not None and isinstance(found.value, list)


def _is_workflow(node: Node) -> bool:
    jobs = node.get("jobs")
    found = list(jobs.value.values()) if jobs is not None and isinstance(jobs.value, dict) else []
    return "on" in node.keys and any(job.get("runs-on") or job.get("uses") for job in found)


def _is_compose(node: Node) -> bool:
    services = node.get("services")
    found = list(services.value.values()) if services is not None and isinstance(services.value, dict) else []
    return any(service.get("image") or service.get("build") for service in found)


def _is_promtail(node: Node) -> bool:
    return _is_list(node, "scrape_configs")


_PROGRAMS: dict[str, Callable[[Node], bool]] = {
    "a workflow of GitHub": _is_workflow,
    "a file of Docker Compose": _is_compose,
    "a configuration of Promtail": _is_promtail,
}
