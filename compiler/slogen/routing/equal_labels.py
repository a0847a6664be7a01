"""The labels that two alerts must have in common before one silences the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from slogen.ir import RoutedAlert, Settings
from slogen.promql import is_label_name

Pairs = Sequence[tuple[RoutedAlert, RoutedAlert]]
"""Alerts that silence, each with one that it silences."""


def labels_of_places(settings: Settings, pairs: Pairs) -> tuple[str, ...]:
    """The labels that tell apart where alerts come from: a failure in one place silences nothing elsewhere.

    Those that each Prometheus adds, and those of all SLOs if the two alerts of each pair have them alike.
    """
    added = (*settings.prometheus.external_labels, "cluster")
    found = dict.fromkeys((*added, *_alike(settings.labels, pairs)))
    return tuple(filter(is_label_name, found))


def _alike(labels: Iterable[str], pairs: Pairs) -> Iterator[str]:
    for label in labels:
        if all(one.firing.equals(other.firing, label) is not False for one, other in pairs):
            yield label
