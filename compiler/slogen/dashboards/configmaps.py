"""Dashboards as ConfigMaps, for the sidecar that hands them to Grafana.

https://github.com/kiwigrid/k8s-sidecar: it takes the keys of every ConfigMap with a label, which the charts
of Grafana and kube-prometheus-stack set to `grafana_dashboard: "1"`, and may read the folder from an
annotation.
"""

from __future__ import annotations

from slogen import yamlout
from slogen.dashboards.uids import object_name
from slogen.ir import Settings

# Kubernetes: MaxSecretSize counts for ConfigMaps, too (pkg/apis/core/validation).
MOST_BYTES = 1_048_576
FOLDER_ANNOTATION = "grafana_folder"


def config_map(name: str, file: str, text: str, settings: Settings) -> str:
    """The manifest that holds a dashboard under the name of its file."""
    written = settings.dashboards
    metadata: dict[str, yamlout.Yaml] = {"name": object_name(name)}
    if settings.namespace:
        metadata["namespace"] = settings.namespace
    metadata["labels"] = {**settings.manifest_labels, **written.labels}
    if written.folder:
        metadata["annotations"] = {FOLDER_ANNOTATION: written.folder}
    head: yamlout.Yaml = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    return f"{yamlout.dump(head)}data:\n{yamlout.key(file, 2)} {yamlout.block(text, 2)}\n"
