"""Which of the author's labels a recorded series has, after the adjustments of its SLO."""

from __future__ import annotations

from slogen import names
from slogen.adjustments import USUAL, BareSeries, InfoLabels
from slogen.durations import render
from slogen.ir import Labels, Slo


def authors_labels(series: str, slo: Slo) -> Labels:
    """The labels of one of Sloth's series besides its identity; the adjustments count in their order."""
    labels = slo.labels
    if slo.adjustments is USUAL:
        return labels
    for adjustment in slo.adjustments:
        if isinstance(adjustment, InfoLabels):
            if series == adjustment.series and series in names.METADATA:
                labels = {**labels, **adjustment.labels}
        elif isinstance(adjustment, BareSeries) and series not in (names.INFO, *adjustment.all_but):
            labels = {name: value for name, value in labels.items() if name in adjustment.keep}
    return labels


def inherited_labels(series: str, read: str, slo: Slo) -> Labels:
    """The labels that a series would take over from the one that it reads and must not have, all empty.

    Prometheus removes a label whose value is empty.
    """
    if slo.adjustments is USUAL:
        return {}
    own = authors_labels(series, slo)
    return {name: "" for name in authors_labels(read, slo) if name not in own}


def uneven_labels(slo: Slo) -> tuple[str, ...]:
    """The author's labels that only some of the SLO's ratios have, so that they do not compare."""
    if slo.adjustments is USUAL:
        return ()
    first, *others = [
        frozenset(authors_labels(names.error_ratio(render(window)), slo)) for window in slo.windows
    ]
    return tuple(sorted(first.union(*others) - first.intersection(*others)))
