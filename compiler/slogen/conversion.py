"""Specs in, the same specs in another format out: what `compile` is for rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from slogen import convert, reading
from slogen.diagnostics import Report
from slogen.ir import AlertWindows, Draft, StatedProof
from slogen.pipeline import DEFAULTS, Options, Progress, allowed_in, context, silent
from slogen.resolve import with_owner_labels
from slogen.source import Source

Item = TypeVar("Item", Draft, AlertWindows)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What each source with SLOs or alert windows became, by its path, in the order of the sources; empty
    after errors. The findings, and what was read."""

    converted: Mapping[str, convert.Converted]
    report: Report
    documents: reading.Documents


def convert_all(
    sources: Sequence[Source], target: str, options: Options = DEFAULTS, progress: Progress = silent
) -> Conversion:
    """Convert the specs of a project into the format of a target, one of `convert.targets()`.

    Never raises for bad input: findings are in the report. Hand-written rules and settings are only read.
    """
    report = Report()
    documents = reading.read(
        sources, report, options.extensions, lambda done, total: progress("reading", done, total)
    )
    found = context(documents, options, report)
    allowed_in(sources, documents, found.settings, report)
    if report.failed:
        return Conversion({}, report, documents)
    drafts = [with_owner_labels(draft, found.settings) for draft in documents.of(Draft)]
    slos, windows = _by_path(drafts), _by_path(documents.of(AlertWindows))
    project = convert.Project(
        found.settings,
        tuple(documents.of(AlertWindows)),
        options.default_window,
        Counter(draft.name for draft in drafts),
    )
    converted = {
        source.path: convert.convert(
            source, slos.get(source.path, []), windows.get(source.path, []), target, project
        )
        for source in sources
        if source.path in slos or source.path in windows
    }
    for item in documents.of(StatedProof):
        path = item.where.whole.source.path
        if path in converted:
            converted[path] = _with_note(converted[path], item)
    return Conversion(converted, report, documents)


def _with_note(converted: convert.Converted, proof: StatedProof) -> convert.Converted:
    text = "left out: the document of kind `Proof` stays valid in a file of its own"
    return replace(converted, notes=(*converted.notes, convert.Note(proof.where.whole, text)))


def _by_path(items: Sequence[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.where.whole.source.path, []).append(item)
    return found
