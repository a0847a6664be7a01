"""What the values of a vector are: counters, gauges, and what is made of them."""

from __future__ import annotations

import re
from enum import StrEnum

from slogen.promql.metric_names import is_gauge


class Nature(StrEnum):
    """What a value is. RATE is per second and INCREASE per window, both of a counter; BUCKETS are the
    counters of a classic histogram and HISTOGRAM a native one; PRESENCE is a number of series."""

    COUNTER = "counter"
    BUCKETS = "buckets"
    HISTOGRAM = "histogram"
    GAUGE = "gauge"
    RATE = "rate"
    INCREASE = "increase"
    RATIO = "ratio"
    QUANTILE = "quantile"
    PRESENCE = "presence"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    NUMBER = "number"
    UNKNOWN = "unknown"

    @property
    def is_raw_counter(self) -> bool:
        """Whether the value only ever grows, but for restarts: it means nothing without a rate."""
        return self in (Nature.COUNTER, Nature.BUCKETS)


_COUNTER = re.compile(r"(?:_total|_count|_sum)$")


def nature_by_name(name: str) -> Nature:
    """The nature of a metric by the conventions of its name; UNKNOWN in doubt.

    Source: https://prometheus.io/docs/practices/naming/. Sums and counts belong to histograms and summaries.
    """
    if name.endswith("_bucket"):
        return Nature.BUCKETS
    if _COUNTER.search(name):
        return Nature.COUNTER
    return Nature.GAUGE if is_gauge(name) else Nature.UNKNOWN
