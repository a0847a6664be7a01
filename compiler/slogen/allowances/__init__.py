"""Findings that are meant to be there: allowed by a comment beside them, or by the Settings.

    # slogen: allow SLO413 the gauge never falls but when the process restarts

A comment at the end of a line is about what begins on that line, and about the block that the line opens. One
on a line of its own is about the item that starts on the next line which is no comment. In PromQL, such a
comment is about all that follows it in the query. A finding is allowed where its primary place begins in what
a comment is about; of several comments, the one that is about least allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from slogen import codes, reading, resolve
from slogen.allowances.comments import about, mentions
from slogen.allowances.grammar import Complaint, Directive, read
from slogen.diagnostics import Allowed, Code, Diagnostic, Label, Report, nearest
from slogen.ir import Allowance, RuleSet, Where
from slogen.source import Source, Span


@dataclass(slots=True)
class _Permit:
    """One code that is allowed, and why: in lines of a file, or in the files of some patterns."""

    code: Code
    reason: str
    at: Span
    path: str = ""
    lines: range = range(0)
    patterns: tuple[str, ...] = ()
    used: bool = False


@dataclass(slots=True)
class _Permits:
    """What is allowed of one code: lines, each by the comment that is about least, or all of a file."""

    comments: list[_Permit] = field(default_factory=list)
    entries: list[_Permit] = field(default_factory=list)
    lines: dict[tuple[str, int], _Permit] = field(default_factory=dict)

    @classmethod
    def of(cls, permits: Sequence[_Permit]) -> _Permits:
        comments = [permit for permit in permits if not permit.patterns]
        lines: dict[tuple[str, int], _Permit] = {}
        known: set[tuple[str, range]] = set()
        for permit in sorted(comments, key=lambda permit: len(permit.lines)):
            if (permit.path, permit.lines) not in known:
                known.add((permit.path, permit.lines))
                for line in permit.lines:
                    lines.setdefault((permit.path, line), permit)
        return cls(comments, [permit for permit in permits if permit.patterns], lines)

    def covering(self, at: Span) -> _Permit | None:
        """What allows a finding at a place."""
        path = at.source.path
        found = self.lines.get((path, at.line)) if at.source.text else None
        if found is not None:
            return found
        return next((entry for entry in self.entries if resolve.matches(path, entry.patterns)), None)

    def instead_of(self, unused: _Permit) -> _Permit | None:
        """A comment that allows what another one, or an entry of the Settings, would have allowed."""
        if unused.patterns:
            used = (permit for permit in self.comments if permit.used)
            return next((permit for permit in used if resolve.matches(permit.path, unused.patterns)), None)
        inner = (self.lines[unused.path, line] for line in unused.lines)
        return next((permit for permit in inner if permit.used), None)


@dataclass(slots=True)
class Allowances:
    """What may stay of the findings of a run, and which of it was found."""

    _by_code: dict[str, _Permits] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        sources: Sequence[Source],
        documents: reading.Documents,
        settings: Sequence[Allowance],
        known: Callable[[], Mapping[str, Code]],
        report: Report,
    ) -> Allowances:
        """Read the allowances of a run; what is wrong with them goes to the report.

        `known` gives all codes by their ids.
        """
        marked = [source for source in sources if mentions(source.text)]
        if not marked and not settings:
            return cls()
        reader = _Reader(known(), report)
        inside = _starts(documents)
        for source in marked:
            reader.read_comments(source, inside.get(source.path, set()))
        for entry in settings:
            reader.read_entry(entry)
        return cls(reader.by_code())

    def judge(self, finding: Diagnostic) -> Allowed | None:
        """Whether a finding may stay; remembers that it was found."""
        permits = self._by_code.get(finding.code.id)
        permit = permits.covering(finding.at) if permits is not None else None
        if permit is None:
            return None
        permit.used = True
        return Allowed(finding, permit.reason, permit.at, not permit.patterns)

    def report_unused(self, report: Report, looked_for: Callable[[Code], bool], *, of_settings: bool) -> None:
        """Warn of what allows nothing, among the codes that the run looked for.

        Those of the Settings are left out where not all their files are compiled.
        """
        for permits in self._by_code.values():
            for permit in (*permits.comments, *(permits.entries if of_settings else ())):
                if not permit.used and looked_for(permit.code):
                    _report_unused(permit, permits.instead_of(permit), report)


def _starts(documents: reading.Documents) -> dict[str, set[int]]:
    """Where items begin, by path: a text that one begins in holds documents, with comments of their own."""
    found: dict[str, set[int]] = {}
    for item in documents.items:
        # The rules of several documents in one file are one item.
        groups = item.groups if isinstance(item, RuleSet) else ()
        for where in (getattr(part, "where", None) for part in (item, *groups)):
            at = where.whole if isinstance(where, Where) else where
            if isinstance(at, Span):
                found.setdefault(at.source.path, set()).add(at.start)
    return found


class _Reader:
    """Gathers what is allowed, and reports what cannot be."""

    def __init__(self, known: Mapping[str, Code], report: Report) -> None:
        self._known = known
        self._report = report
        self._found: list[_Permit] = []

    def by_code(self) -> dict[str, _Permits]:
        """What was read, by the codes."""
        found: dict[str, list[_Permit]] = {}
        for permit in self._found:
            found.setdefault(permit.code.id, []).append(permit)
        return {code: _Permits.of(permits) for code, permits in found.items()}

    def read_comments(self, source: Source, inside: set[int]) -> None:
        """Take the comments of a source."""
        for comment in about(source, inside):
            said = read(comment.text)
            if isinstance(said, Complaint):
                at = comment.at.slice(said.start, said.end)
                self._report.report(codes.BAD_ALLOWANCE, at, said.message, help=said.help)
            elif said is not None:
                self._take(said, comment.at, source.path, comment.lines)

    def _take(self, said: Directive, at: Span, path: str, lines: range) -> None:
        for word in said.codes:
            place = at.slice(word.start, word.end)
            code = self._code(word.text, place)
            if code is not None:
                self._found.append(_Permit(code, said.reason, place, path, lines))

    def read_entry(self, entry: Allowance) -> None:
        """Take an entry of the Settings."""
        if not entry.reason.strip():
            self._report.report(
                codes.BAD_ALLOWANCE,
                entry.where["reason"],
                "there is no reason to allow this",
                help="say why it is meant",
            )
        code = self._code(entry.code, entry.where["code"])
        if code is not None and entry.reason.strip():
            self._found.append(_Permit(code, entry.reason.strip(), entry.where["code"], patterns=entry.paths))

    def _code(self, written: str, at: Span) -> Code | None:
        code = self._known.get(written.upper())
        if code is None:
            meant = nearest(written.upper(), self._known)
            help_ = f"did you mean `{meant}`?" if meant else "`slogen explain` lists the codes"
            self._report.report(codes.BAD_ALLOWANCE, at, f"there is no code `{written}`", help=help_)
            return None
        if code.firm:
            self._report.report(
                codes.BAD_ALLOWANCE, at, f"`{code.id}` cannot be allowed: {_why(code)}", help=_remedy(code)
            )
            return None
        return code


def _why(code: Code) -> str:
    if code is codes.UNUSED_ALLOWANCE:
        return "it says that an allowance is not needed"
    return "nothing can be generated from what has it"


def _remedy(code: Code) -> str:
    if code is codes.UNUSED_ALLOWANCE:
        return "delete the allowance that it is about"
    return f"mend what `slogen explain {code.id}` tells of, or move it to where it is not compiled"


def _report_unused(permit: _Permit, twin: _Permit | None, report: Report) -> None:
    code = permit.code.id
    if twin is not None:
        report.report(
            codes.UNUSED_ALLOWANCE,
            permit.at,
            f"`{code}` is allowed here already",
            also=(Label(twin.at, "by this"),),
            help="delete one of the two",
        )
        return
    if permit.patterns:
        help_ = "delete this entry"
    elif permit.lines:
        help_ = "delete it, or move it to the line of the finding or above the item that has it"
    else:
        help_ = "nothing follows this comment: move it above the item that it is about, or delete it"
    report.report(codes.UNUSED_ALLOWANCE, permit.at, f"there is no `{code}` here to allow", help=help_)
