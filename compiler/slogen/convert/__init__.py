"""Writes specs in another format, one module per format.

A module has `NAME`, as the command line calls the format, `SPECS`, the `spec` of drafts that are in it, and
`write(slos, windows, project)`, which gives documents for drafts with their origins.

What is written means what the source means: building it gives the same rules, but for the label that names
the format of the spec. Whatever the format has no words for becomes a note at its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile
from types import ModuleType

from slogen import burn, plugins, spectext
from slogen.ir import AlertWindows, Draft, Labels, Millis, Settings, Tier
from slogen.source import Source, Span, comments_within_texts
from slogen.spectext import Entry, Origin, Remark


@dataclass(frozen=True, slots=True)
class Project:
    """What the specs of a project refer to, the default window of the command line, and all names of SLOs."""

    settings: Settings = field(default_factory=Settings)
    alert_windows: tuple[AlertWindows, ...] = ()
    default_window: Millis | None = None
    slo_names: Mapping[str, int] = field(default_factory=dict)
    """How many SLOs have a name, whatever their services are."""

    @property
    def window(self) -> Millis:
        """The window of an SLO that names none."""
        return self.default_window or self.settings.window

    def tiers(self, draft: Draft) -> tuple[Tier, ...]:
        """The tiers that an SLO comes to; none where that is an error."""
        if draft.tiers:
            return draft.tiers
        window = draft.window or self.window
        name = draft.alert_windows or self.settings.alert_windows
        for item in self.alert_windows:
            if item.name == name or (name is None and item.window == window):
                return item.tiers
        usual = () if name else burn.default_tiers(window)
        return burn.fitted(usual, window, (100 - draft.objective) / 100) if draft.fit_tiers else usual

    def fitted_tiers(self, draft: Draft) -> tuple[Tier, ...]:
        """The tiers of an SLO whose usual ones are lowered to what its objective allows; else none."""
        tiers = self.tiers(draft)
        return () if tiers == self.tiers(replace(draft, fit_tiers=False)) else tiers


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the other format cannot say, and what becomes of it."""

    at: Span
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """Documents, each with the number of the document of the source that it is from, and notes."""

    documents: Sequence[tuple[int, Entry]]
    notes: Sequence[Note]


Slo = tuple[Draft, Origin]
"""A draft and where it comes from."""


def by_document(slos: Sequence[Slo]) -> Iterator[list[Slo]]:
    """The SLOs that belong into one document: adjacent ones of one service and one object.

    What were several documents with many SLOs each remain so.
    """
    for _, group in groupby(slos, key=_document):
        yield list(group)


def _document(slo: Slo) -> tuple[object, ...]:
    draft, origin = slo
    manifest = draft.manifest
    labels = [sorted(texts.items()) for texts in (manifest.labels, manifest.annotations)]
    own = origin.document if origin.shared else None
    return (draft.service, manifest.name, manifest.namespace, labels, own)


def shared_labels(maps: Sequence[Labels], key: str, origin: Origin) -> Labels:
    """The labels that all SLOs of a document have; of a single one, only what its document says for all.

    Written first, they leave the labels of each SLO in their order.
    """
    first, *others = maps
    if not others and key not in origin.shared:
        return {}
    common = {name: text for name, text in first.items() if all(other.get(name) == text for other in others)}
    if all(list({**common, **labels}) == list(labels) for labels in maps):
        return common
    alike = takewhile(
        lambda items: len(set(items)) == 1, zip(*(labels.items() for labels in maps), strict=False)
    )
    return dict(items[0] for items in alike)


@dataclass(frozen=True, slots=True)
class Converted:
    """The text of a file in the other format; empty where the format has words for nothing of it."""

    text: str
    notes: tuple[Note, ...]


def targets() -> Mapping[str, ModuleType]:
    """The modules of the formats that can be written, by name."""
    return {module.NAME: module for module in plugins.load("slogen.convert", "NAME", "SPECS", "write")}


def convert(
    source: Source, slos: Sequence[Draft], windows: Sequence[AlertWindows], target: str, project: Project
) -> Converted:
    """What a source says, in the format of a target; `slos` and `windows` are all that it holds."""
    wholes = [item.where.whole for item in slos] + [item.where.whole for item in windows]
    as_read = wholes[0].source if wholes else source
    origins = spectext.read_remarks(
        as_read,
        [slo.where.whole for slo in slos],
        [item.where.whole for item in windows],
        scattered=any(slo.spec.startswith("openslo/") for slo in slos),
    )
    module = targets()[target]
    written: Written = module.write(
        tuple(zip(slos, origins.slos, strict=True)),
        tuple(zip(windows, origins.windows, strict=True)),
        project,
    )
    remarks = origins.remarks
    notes = [*written.notes, *_passed_over(source, as_read)]
    if any(slo.spec not in module.SPECS for slo in slos):
        notes += [_schema_note(source, remark) for remark in remarks if remark.is_modeline]
        remarks = tuple(remark for remark in remarks if not remark.is_modeline)
    documents = [entry for _, entry in sorted(written.documents, key=lambda document: document[0])]
    text = spectext.render(documents, remarks) if documents else ""
    return Converted(text, tuple(_in_order(notes)))


def _schema_note(source: Source, remark: Remark) -> Note:
    at = Span(source, remark.start, remark.start + len(remark.lines[0]))
    return Note(at, "left out: it names the schema of the other format")


def _passed_over(source: Source, as_read: Source) -> Iterator[Note]:
    """A note for each comment that was emptied before the source was read."""
    if as_read.text == source.text:
        return
    for comment in comments_within_texts(source):
        yield Note(comment, "left out: a comment in the first column, within a text")


def _in_order(notes: Iterable[Note]) -> list[Note]:
    return sorted(set(notes), key=lambda note: (note.at.source.path, note.at.start, note.text))
