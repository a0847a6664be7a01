"""The queries that whoever is called runs first: how bad it is, for whom, of which kind, and since which
release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slogen import names
from slogen.catalog import KnownLabel, Sample
from slogen.examined import Project, of_slo
from slogen.ir import Grouping, Plain, Role, Slo

_WINDOW = "5m"
_MOST = 10
_GROUPED_AT_WILL = ("events", "latency", "condition")
"""Kinds of indicators that slogen aggregates itself, so that other labels can be kept."""
_OF_RELEASES = ("version", "release", "revision", "build", "commit", "image", "app_version")
_OF_PLACES = ("pod", "instance", "node", "zone", "region", "namespace", "cluster")
_OF_KINDS = ("error", "reason", "code", "status", "type", "result", "outcome", "state", "cause")


@dataclass(frozen=True, slots=True)
class Look:
    """A question, the query that answers it, and what to know of the answer (empty for nothing)."""

    question: str
    query: str
    hint: str = ""


def looks(slo: Slo, metrics: Sequence[tuple[Role, Sample]]) -> Iterator[Look]:
    """The queries for an SLO, in the order in which they help."""
    yield from _now(slo)
    if slo.sli.kind not in _GROUPED_AT_WILL or slo.grouping.each:
        return
    samples = [sample for role, sample in metrics if role in _EVENTS]
    for label in _labels(samples, _OF_KINDS, slo):
        yield _by(slo, label.name, f"Which `{label.name}` do the errors have?", _values(label))
    for label in _labels(samples, _OF_RELEASES, slo):
        yield _by(slo, label.name, "Does it come from a release?")
    for name in _places(samples, slo):
        yield _by(slo, name, "Is it one replica, or all?")


def _now(slo: Slo) -> Iterator[Look]:
    ratio = f'{names.error_ratio(_WINDOW)}{{{names.ID_LABEL}="{slo.id}"}}'
    if slo.grouping.labels:
        kept = ", ".join(slo.grouping.labels)
        question = f"Which {' and '.join(slo.grouping.labels)} is it, and how bad?"
        yield Look(question, f"topk({_MOST}, {ratio} > 0)", f"One budget for each {kept}.")
    elif slo.grouping.each:
        yield Look("Which series is it, and how bad?", f"topk({_MOST}, {ratio} > 0)")
    else:
        yield Look("How bad is it now?", ratio)
    left = f'{names.BUDGET_REMAINING}{{{names.ID_LABEL}="{slo.id}"}}'
    yield Look("How much of the budget is left?", left, "1 is all of it; below 0 the promise is broken.")


def _by(slo: Slo, label: str, question: str, hint: str = "") -> Look:
    return Look(question, f"topk({_MOST}, {_errors(slo, label)})", hint)


def _errors(slo: Slo, label: str) -> str:
    """The bad events per second, kept apart by one more label."""
    plain: Plain = slo.sli.plain(_WINDOW, Grouping((*slo.grouping.labels, label)))
    return plain.bad or f"{plain.total}\n-\n({plain.good})"


_EVENTS = ("bad", "total", "value")
"""What measures the bad events, or all events where the good ones are counted."""


def metrics_of(slo: Slo, project: Project) -> list[tuple[Role, Sample]]:
    """What is known of the metrics that an SLO reads, and what for."""
    found: list[tuple[Role, Sample]] = []
    for examination in of_slo(slo, project):
        examined = examination.examined(places=False)
        if examined is not None and examined.role is not None:
            role = examined.role
            found += [(role, part.sample) for part in examined.selectors if part.sample is not None]
    return found


def _labels(samples: list[Sample], words: tuple[str, ...], slo: Slo) -> Iterator[KnownLabel]:
    """The labels that all metrics have and whose names say what is asked; those of the grouping are known."""
    if not samples:
        return
    first, *others = samples
    for label in first.metric.labels:
        is_meant = any(word in label.name.split("_") for word in words)
        is_new = not label.unbounded and label.name not in slo.grouping.labels
        if is_meant and is_new and all(sample.label(label.name) is not None for sample in others):
            yield label


def _places(samples: list[Sample], slo: Slo) -> Iterator[str]:
    """The first label of the targets that tells replicas apart."""
    ways = [way for sample in samples for way in sample.scrapes if way.is_prometheus]
    for name in _OF_PLACES[:2]:
        if ways and name not in slo.grouping.labels and all(way.gives(name) for way in ways):
            yield name
            return


def _values(label: KnownLabel) -> str:
    failing = [value for value in label.values if value not in label.success]
    if not failing or not label.success:
        return ""
    return f"`{'`, `'.join(label.success)}` is success."
