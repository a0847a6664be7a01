"""Which names stand in PromQL without quotes."""

from __future__ import annotations

import re

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def is_label_name(text: str) -> bool:
    """Whether `text` is a label name to every version of Prometheus (2.x knows ASCII names only)."""
    return _LABEL.fullmatch(text) is not None


def is_metric_name(text: str) -> bool:
    """Whether `text` is a metric name to every version of Prometheus (2.x knows ASCII names only)."""
    return _METRIC.fullmatch(text) is not None
