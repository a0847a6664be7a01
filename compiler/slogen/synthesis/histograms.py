"""Classic buckets whose quantile is a certain value."""

from __future__ import annotations

import math
from collections.abc import Iterator

PER_SECOND = 10.0
"""How many events there are."""


def buckets(share: float, wanted: float, anchor: float) -> Iterator[list[tuple[str, float]]]:
    """Upper bounds and events per second up to them, for which the quantile `share` is `wanted`.

    The bounds are the same for all values about one `anchor`, a tenth of it and ten times as much, so that
    the histograms of several worlds go together. `histogram_quantile` interpolates within a bucket: with a
    part f of the events up to `low`, and all up to `high`, it gives
    low + (high - low) * (share - f) / (1 - f).
    """
    if not 0 < share < 1 or not math.isfinite(wanted):
        return
    if wanted <= 0 or anchor <= 0:
        return
    for low, high in ((anchor / 10, anchor * 10), (wanted / 10, wanted * 10), (wanted / 2, wanted * 100)):
        place = (wanted - low) / (high - low)
        if not 0 <= place <= share:
            continue
        part = (share - place) / (1 - place)
        yield [
            (_bound(low), PER_SECOND * part),
            (_bound(high), PER_SECOND),
            ("+Inf", PER_SECOND),
        ]


def _bound(value: float) -> str:
    # Prometheus 3 spells whole bounds with `.0`; queries that group by `le` do not care.
    return f"{value:.12g}"
