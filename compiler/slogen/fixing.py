"""Makes the changes that findings propose, and keeps those after which the finding is gone.

All changes of a round are made at once. What was made is compiled again; where a finding stays, or a new one
comes up, half of the changes are tried by themselves, and so on, until it is known which of them to take
back. Everything else of a text stays as it is. Nothing here reads or writes files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from slogen.diagnostics import Diagnostic, Fix, Severity
from slogen.source import Source

Compile = Callable[[Sequence[Source]], Sequence[Diagnostic]]
"""The findings in sources."""

_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Fixed:
    """The sources after all changes, in their order, and the findings that are gone by them.

    Of others, the change was `withdrawn` because it did not help, or it is `elsewhere`, in closed sources.
    """

    sources: tuple[Source, ...]
    mended: tuple[Diagnostic, ...] = ()
    withdrawn: tuple[Diagnostic, ...] = ()
    elsewhere: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Edit:
    """The characters from `start` up to `end` of a source become `text`."""

    start: int
    end: int
    text: str

    def meets(self, other: _Edit) -> bool:
        """Whether the two cannot both be made. Those that only touch can, unless both insert there."""
        if self.start == self.end == other.start == other.end:
            return True
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class _Change:
    """One change, by source, and the findings that it mends."""

    edits: tuple[tuple[str, _Edit], ...]
    findings: tuple[Diagnostic, ...]

    def meets(self, other: _Change) -> bool:
        return any(
            path == their_path and edit.meets(theirs)
            for path, edit in self.edits
            for their_path, theirs in other.edits
        )


def fixed(sources: Sequence[Source], judge: Compile, is_open: Callable[[Source], bool]) -> Fixed:
    """Mend what can be mended in those sources that are open to changes.

    A change is one finding's fixes, all or none. It is taken back if its finding stays, or if it brings a new
    one: of a warning, any; of an error, another error, unless that was hidden behind the first.
    """
    current = tuple(sources)
    before = tuple(judge(current))
    mended: list[Diagnostic] = []
    withdrawn: dict[_Place, Diagnostic] = {}
    for _ in range(_MOST_ROUNDS):
        changes = _compatible(_changes(before, current, is_open, withdrawn))
        if not changes:
            break
        trial = _Trial(judge, current, before)
        trial.keep(changes)
        current, before = trial.sources, trial.findings
        mended.extend(finding for change in trial.kept for finding in change.findings)
        for finding in [finding for change in trial.refused for finding in change.findings]:
            withdrawn[_place(finding)] = finding
        edits = _edits(trial.kept)
        withdrawn = {_shifted(place, edits): finding for place, finding in withdrawn.items()}
    elsewhere = (d for d in before if any(not is_open(fix.at.source) for fix in d.fixes))
    return Fixed(current, tuple(mended), tuple(withdrawn.values()), tuple(elsewhere))


# what to change -----------------------------------------------------------------------------------------

_Place = tuple[str, str, int]
"""The code of a finding, its path, and where it starts."""


def _place(finding: Diagnostic) -> _Place:
    return finding.code.id, finding.at.source.path, finding.at.start


def _changes(
    findings: Iterable[Diagnostic],
    sources: Sequence[Source],
    is_open: Callable[[Source], bool],
    withdrawn: Collection[_Place],
) -> list[_Change]:
    """The changes that are proposed, each once. Errors come first: behind them, there may be more to see."""
    texts = {source.path: source for source in sources if is_open(source)}
    found: dict[tuple[tuple[str, _Edit], ...], list[Diagnostic]] = {}
    for finding in findings:
        if not finding.fixes or _place(finding) in withdrawn:
            continue
        if all(_is_possible(fix, texts) for fix in finding.fixes):
            edits = tuple(
                (fix.at.source.path, _Edit(fix.at.start, fix.at.end, fix.text)) for fix in finding.fixes
            )
            found.setdefault(edits, []).append(finding)
    changes = [_Change(edits, tuple(listed)) for edits, listed in found.items()]
    errors = [change for change in changes if _is_error(change)]
    return errors or changes


def _is_possible(fix: Fix, texts: Mapping[str, Source]) -> bool:
    source = texts.get(fix.at.source.path)
    return source is not None and source.text == fix.at.source.text


def _is_error(change: _Change) -> bool:
    return any(finding.severity == "error" for finding in change.findings)


def _compatible(changes: Iterable[_Change]) -> list[_Change]:
    """Of changes that cannot both be made, the first; the other has its turn in the next round."""
    chosen: list[_Change] = []
    for change in changes:
        own = [edit for _, edit in change.edits]
        is_sane = not any(a.meets(b) for at, a in enumerate(own) for b in own[at + 1 :])
        if is_sane and not any(change.meets(other) for other in chosen):
            chosen.append(change)
    return chosen


# trying it out ------------------------------------------------------------------------------------------


class _Trial:
    """Makes changes to sources, and keeps those that help."""

    def __init__(self, judge: Compile, sources: tuple[Source, ...], findings: tuple[Diagnostic, ...]) -> None:
        self.sources, self.findings = sources, findings
        self.kept: list[_Change] = []
        self.refused: list[_Change] = []
        self._judge = judge
        self._first, self._before = sources, findings

    def keep(self, changes: Sequence[_Change]) -> None:
        """Keep all of these changes, or, if they do not help together, those of them that do."""
        together = [*self.kept, *changes]
        sources = _applied(together, self._first)
        findings = tuple(self._judge(sources))
        if _is_help(together, self._before, findings):
            self.kept, self.sources, self.findings = together, sources, findings
        elif len(changes) == 1:
            self.refused.extend(changes)
        else:
            middle = len(changes) // 2
            self.keep(changes[:middle])
            self.keep(changes[middle:])


def _applied(changes: Iterable[_Change], sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources after changes, which do not meet."""
    edits = _edits(changes)
    return tuple(
        Source(source.path, _edited(source.text, edits[source.path])) if source.path in edits else source
        for source in sources
    )


def _edits(changes: Iterable[_Change]) -> dict[str, list[_Edit]]:
    """All edits by the path of the source, in their order."""
    found: dict[str, list[_Edit]] = {}
    for change in changes:
        for path, edit in change.edits:
            found.setdefault(path, []).append(edit)
    return {path: sorted(edits, key=lambda edit: (edit.start, edit.end)) for path, edits in found.items()}


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _is_help(changes: Sequence[_Change], before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> bool:
    """Whether the findings of the changes are gone, and none is there because of a change."""
    edits = _edits(changes)
    mended = {id(finding) for change in changes for finding in change.findings}
    others = [finding for finding in before if id(finding) not in mended]
    expected = Counter(_shifted(_place(finding), edits) for finding in others)
    said = {_said(finding) for finding in others}
    gone = {_said(finding) for change in changes for finding in change.findings} - said
    changed = _changed_places(edits)
    mends = {(d.severity, d.code.firm) for change in changes for d in change.findings}
    for finding in after:
        place = _place(finding)
        if expected[place] > 0:
            expected[place] -= 1
        elif _said(finding) in gone or _is_caused(finding, changed, mends):
            return False
    return True


def _said(finding: Diagnostic) -> tuple[str, str, str]:
    return finding.code.id, finding.at.source.path, finding.message


def _is_caused(
    finding: Diagnostic, changed: Mapping[str, Sequence[tuple[int, int]]], mends: Set[tuple[Severity, bool]]
) -> bool:
    """Whether changes are to blame for a finding that was not there before them.

    Behind an error, warnings may come up, and behind one in reading a document all that is wrong with it.
    """
    if ("error", True) not in mends and ("error", False) not in mends:
        return True
    if finding.severity == "warning":
        return False
    if ("error", True) not in mends or finding.code.firm:
        return True
    return any(
        start <= finding.at.end and finding.at.start <= end
        for start, end in changed.get(finding.at.source.path, ())
    )


def _shifted(place: _Place, edits: Mapping[str, Sequence[_Edit]]) -> _Place:
    """Where a finding stands after edits."""
    code, path, start = place
    before = (edit for edit in edits.get(path, ()) if edit.end <= start)
    return code, path, start + sum(len(edit.text) - (edit.end - edit.start) for edit in before)


def _changed_places(edits: Mapping[str, Sequence[_Edit]]) -> dict[str, list[tuple[int, int]]]:
    """What stands in the place of what was changed: offsets in the new texts, by path."""
    found: dict[str, list[tuple[int, int]]] = {}
    for path, listed in edits.items():
        shift = 0
        for edit in listed:
            found.setdefault(path, []).append((edit.start + shift, edit.start + shift + len(edit.text)))
            shift += len(edit.text) - (edit.end - edit.start)
    return found
