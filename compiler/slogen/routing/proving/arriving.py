"""What alerts may have when they reach Alertmanager, besides what their rules and Settings say."""

from __future__ import annotations

from slogen.alertmanager.firing import Firing
from slogen.ir import Settings

# Labels that installations add to all alerts: where nobody states them, any alert may have them.
_OF_INSTALLATIONS = frozenset(
    (
        *("cluster", "cluster_name", "k8s_cluster", "environment", "env", "stage", "region", "zone"),
        *("availability_zone", "datacenter", "dc", "site", "location", "tenant", "project", "account"),
        *("platform", "provider", "stack", "monitor", "replica", "prometheus", "prometheus_replica"),
    )
)
_OF_THE_OPERATOR = frozenset(("prometheus", "prometheus_replica"))


def as_it_may_arrive(firing: Firing, settings: Settings) -> Firing:
    """An alert as it may reach Alertmanager, where not all external labels are stated."""
    stated = settings.prometheus.external_labels
    more = (_OF_THE_OPERATOR if stated else _OF_INSTALLATIONS) - firing.known.keys() - firing.present
    return Firing(firing.known, firing.present, firing.unknown | more, firing.is_open)
