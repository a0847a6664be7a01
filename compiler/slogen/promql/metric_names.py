"""What the name of a metric says of it, by the conventions of names.

Source: https://prometheus.io/docs/practices/naming/.
"""

from __future__ import annotations

import re


def is_gauge(name: str) -> bool:
    """Whether a metric is a gauge by its name: one that goes up and down, and counts nothing."""
    return _GAUGE.fullmatch(name) is not None and _NO_GAUGE.search(name) is None


_ENDINGS = (
    *("queue_length", "queue_size", "queue_depth", "depth", "length", "in_flight", "inflight", "in_progress"),
    *(
        "utilization",
        "utilisation",
        "usage_ratio",
        "usage_percent",
        "capacity",
        "replicas",
        "celsius",
        "info",
    ),
)
"""How the names of gauges end, behind a `_`, as the usual exporters and guides spell them."""

_GAUGE = re.compile(rf"up|[a-zA-Z_][a-zA-Z0-9_]*_(?:{'|'.join(_ENDINGS)})")
# The length of a message is what summaries measure; some old ones are counters without a `_total`.
_NO_GAUGE = re.compile(r"(?:content|body|message|request|response|payload)_length$")
