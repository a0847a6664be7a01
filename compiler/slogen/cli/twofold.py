"""Compiles many sources in two processes, where that gives the same as one would.

Nearly always the halves of a project have nothing to do with each other: other SLOs, other objects, other
alerts. Each is then compiled by itself, with the settings and alert windows of the project, and the files
of both are those of the whole. What either half warns of concerns a single file, and is the whole's as well.
Wherever there is an error, or the halves share a name, the whole is compiled in one process: only there are
errors found. So it is where there are tests of the user's own, which mention rules of other files, and where
alerts are routed, since who gets them is said of all alerts together.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from slogen import names, pipeline
from slogen.codes import UNUSED_ALLOWANCE
from slogen.dashboards.uids import is_of_all
from slogen.diagnostics import Allowed, Code, Diagnostic, Fix, Label, Report
from slogen.ir import OutFile, Program, Rule, Slo
from slogen.monitors import FOLDER as MONITORS
from slogen.source import Source, Span

# Below this many sources a second process costs more than it saves.
MANY = 40


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a run gives: files, findings, and how much there was."""

    files: tuple[OutFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    slos: int
    rule_files: int
    skipped: int
    dashboards: int = 0
    components: int = 0
    allowed: tuple[Allowed, ...] = ()
    crashes: tuple[str, ...] = ()

    @classmethod
    def of(cls, result: pipeline.Result) -> Compiled:
        """What one process gives."""
        return cls(
            result.files,
            result.report.diagnostics,
            len(result.program.slos),
            _rule_files(result.program),
            result.skipped,
            _dashboards(result.program),
            _components(result.program),
            result.report.allowed,
            tuple("".join(traceback.format_exception(error)) for error in result.report.crashes),
        )


_Place = tuple[str, int, int]
"""The path of a source, and the offsets of a span's start and end."""

_Warning = tuple[str, str, _Place, str, list[tuple[_Place, str]], str, list[tuple[_Place, str]]]
"""The fields of a diagnostic, with the id of its code."""

_Permitted = tuple[_Warning, str, _Place, bool]
"""The fields of what is allowed."""


@dataclass(frozen=True, slots=True)
class _Half:
    """One half, in values that a pipe carries.

    `claims` are the names that only one half may have. `alerts` are the names of generated alerts, which both
    may have, unless they are claimed.
    """

    sound: bool
    warnings: list[_Warning]
    allowed: list[_Permitted]
    files: list[tuple[str, str]]
    claims: set[str]
    alerts: set[str]
    slos: int
    rule_files: int
    skipped: int
    dashboards: int
    components: int


def compile_sources(
    sources: Sequence[Source], options: pipeline.Options, progress: pipeline.Progress
) -> Compiled:
    """Compile all sources, in two processes if there are many and the machine has two cores.

    Only the texts of proofs are kept.
    """
    options = replace(options, only_texts=True)
    if _are_worth_it(sources) and sys.platform != "win32" and (os.cpu_count() or 1) > 1:
        halves = _compiled_apart(sources, options, progress)
        if halves is not None:
            return _joined(*halves, sources)
    return Compiled.of(pipeline.compile(sources, options, progress))


def _are_worth_it(sources: Sequence[Source]) -> bool:
    """Whether there are many sources, and none of them is about all the others."""
    return len(sources) >= MANY and not any(_is_about_all(source.text) for source in sources)


_BOUNDS_GROUPS = re.compile(r"\bmimir\b|\bmax_groups\b")
_ROUTES = re.compile(
    r"""(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?(?:Routing|AlertmanagerConfig)\b|(?:^|[{,])\s*["']?receivers["']?\s*:""",
    re.MULTILINE,
)


def _is_about_all(text: str) -> bool:
    """Whether a text looks like the user's tests, bounds all groups, or routes all alerts."""
    return (
        "rule_files" in text
        or ("Settings" in text and _BOUNDS_GROUPS.search(text) is not None)
        or (("Routing" in text or "receivers" in text) and _ROUTES.search(text) is not None)
    )


def _compiled_apart(
    sources: Sequence[Source], options: pipeline.Options, progress: pipeline.Progress
) -> tuple[_Half, _Half] | None:
    """Both halves, or None where they are not all of the whole."""
    shared = [source for source in sources if _is_for_all(source)]
    ours, others = _parted([source for source in sources if not _is_for_all(source)])
    if not others:
        return None
    pipe_in, pipe_out = os.pipe()
    child = os.fork()
    if child == 0:
        _send(pipe_in, pipe_out, [*shared, *others], options)
    os.close(pipe_out)
    first = _half([*shared, *ours], options, progress)
    with os.fdopen(pipe_in, "rb") as stream:
        second = _received(stream) if first.sound else None
    os.waitpid(child, 0)
    return (first, second) if second and second.sound and _are_apart(first, second) else None


def _parted(sources: Sequence[Source]) -> tuple[list[Source], list[Source]]:
    """Two halves, in their order. What may refer to other files is all in the first."""
    room = len(sources) // 2 - sum(map(_may_refer, sources))
    halves: tuple[list[Source], list[Source]] = ([], [])
    for source in sources:
        if _may_refer(source):
            halves[0].append(source)
            continue
        halves[0 if room > 0 else 1].append(source)
        room -= 1
    return halves


_COMPONENT = re.compile(r"""\bkind["']?\s*:\s*["']?Component\b""")


def _may_refer(source: Source) -> bool:
    """Whether a source may refer to what another one declares, or declare the same."""
    return "openslo" in source.text


def _are_apart(first: _Half, second: _Half) -> bool:
    return (
        first.claims.isdisjoint(second.claims)
        and first.claims.isdisjoint(second.alerts)
        and second.claims.isdisjoint(first.alerts)
    )


def _is_for_all(source: Source) -> bool:
    """Whether a source may hold what every SLO depends on."""
    kinds = ("Settings", "AlertWindows", "MetricCatalog")
    return any(kind in source.text for kind in kinds) or _COMPONENT.search(source.text) is not None


def _send(pipe_in: int, pipe_out: int, sources: Sequence[Source], options: pipeline.Options) -> None:
    """The second process: compile, send, end, whatever happens."""
    try:
        os.close(pipe_in)
        half = _half(sources, options, lambda stage, done, total: None)
        with os.fdopen(pipe_out, "wb") as stream:
            marshal.dump((half.sound, half.warnings, half.allowed, half.claims, half.alerts), stream)
            counts = (half.slos, half.rule_files, half.skipped, half.dashboards, half.components)
            marshal.dump((*counts, len(half.files)), stream)
            # One by one: all together would be in memory twice.
            for file in half.files:
                marshal.dump(file, stream)
    finally:
        # Without the cleanup of the first process, which is that one's to do.
        os._exit(0)


def _received(stream: BinaryIO) -> _Half | None:
    """What the second process sent; None if it did not live to send all of it."""
    try:
        sound, warnings, allowed, claims, alerts = marshal.load(stream)
        *numbers, count = marshal.load(stream)
        files = [marshal.load(stream) for _ in range(count)]
    except EOFError:
        return None
    return _Half(sound, warnings, allowed, files, claims, alerts, *numbers)


def _half(sources: Sequence[Source], options: pipeline.Options, progress: pipeline.Progress) -> _Half:
    result = pipeline.compile(sources, options, progress)
    program = result.program
    return _Half(
        sound=not (result.report.failed or program.own_tests or _records_as_slogen_does(program)),
        warnings=[_packed(diagnostic) for diagnostic in result.report],
        allowed=[
            (_packed(allowed.finding), allowed.reason, _place(allowed.at), allowed.in_source)
            for allowed in result.report.allowed
        ],
        files=[(file.path, file.text) for file in result.files],
        claims=_claims(program) | {file.path for file in result.files if not _is_of_all(file.path)},
        alerts={_claim(rule) for rule in _rules(program, written=False) if rule.alert},
        slos=len(program.slos),
        rule_files=_rule_files(program),
        skipped=result.skipped,
        dashboards=_dashboards(program),
        components=_components(program),
    )


def _is_of_all(path: str) -> bool:
    """Whether both halves write a file alike: it follows from what both have."""
    return is_of_all(path) or path.startswith(f"{MONITORS}/")


def _claims(program: Program) -> set[str]:
    """The names that only one half may have: SLOs, hand-written rules, and objects.

    Objects of one name have other files than a single one, in whatever namespaces they are. Rules of another
    tool are in objects named after files, with folders in front where two files have one name.
    """
    return (
        {f"slo {slo.id}" for slo in program.slos}
        | {f"object {rules.manifest.name}" for rules in program.rule_sets}
        | {f"file {_file_name(slo)}" for slo in program.slos if slo.compat}
        | {_claim(rule) for rule in _rules(program, written=True)}
    )


def _file_name(slo: Slo) -> str:
    return slo.where.whole.source.path.rpartition("/")[2]


def _claim(rule: Rule) -> str:
    return f"rule {rule.name}"


def _rules(program: Program, *, written: bool) -> Iterator[Rule]:
    """The rules that are written by hand, or those that are generated."""
    for rules in program.rule_sets:
        if written != bool(rules.slos):
            for group in rules.groups:
                yield from group.rules


def _records_as_slogen_does(program: Program) -> bool:
    """Whether a hand-written rule may record a series that is generated in either half."""
    return any(
        rule.record.startswith("slo:") or rule.record == names.INFO for rule in _rules(program, written=True)
    )


def _packed(diagnostic: Diagnostic) -> _Warning:
    return (
        diagnostic.code.id,
        diagnostic.message,
        _place(diagnostic.at),
        diagnostic.label,
        [(_place(label.at), label.text) for label in diagnostic.also],
        diagnostic.help,
        [(_place(fix.at), fix.text) for fix in diagnostic.fixes],
    )


def _place(span: Span) -> _Place:
    return (span.source.path, span.start, span.end)


def _unpacked(warning: _Warning, codes: Mapping[str, Code], sources: Mapping[str, Source]) -> Diagnostic:
    code, message, at, label, also, help_, fixes = warning

    def span(place: _Place) -> Span:
        return Span(sources[place[0]], place[1], place[2])

    labels = tuple(Label(span(place), text) for place, text in also)
    changes = tuple(Fix(span(place), text) for place, text in fixes)
    return Diagnostic(codes[code], message, span(at), label, labels, help_, changes)


def _findings(halves: tuple[_Half, _Half], sources: Sequence[Source]) -> Report:
    """What both warn of and what is allowed in them; what concerns a source of both, once.

    That an allowance for all is of no use, both must say.
    """
    report = Report()
    if not any(half.warnings or half.allowed for half in halves):
        return report
    codes, by_path = pipeline.all_codes(), {source.path: source for source in sources}
    for half, other in (halves, halves[::-1]):
        for packed, reason, place, in_source in half.allowed:
            at = Span(by_path[place[0]], place[1], place[2])
            report.permit(Allowed(_unpacked(packed, codes, by_path), reason, at, in_source))
        for warning in half.warnings:
            if not _is_unused_for_all(warning, by_path) or _agrees(other, warning):
                report.add(_unpacked(warning, codes, by_path))
    return report


def _is_unused_for_all(warning: _Warning, sources: Mapping[str, Source]) -> bool:
    code, _, (path, *_), *_ = warning
    return code == UNUSED_ALLOWANCE.id and _is_for_all(sources[path])


def _agrees(other: _Half, warning: _Warning) -> bool:
    """Whether the other half has no use for an allowance either, and does not know better why."""
    code, _, place, _, also, *_ = warning
    return any(
        its_code == code and its_place == place and (also or not its_also)
        for its_code, _, its_place, _, its_also, *_ in other.warnings
    )


def _joined(first: _Half, second: _Half, sources: Sequence[Source]) -> Compiled:
    report = _findings((first, second), sources)
    return Compiled(
        files=tuple(OutFile(path, text) for path, text in dict((*first.files, *second.files)).items()),
        diagnostics=report.diagnostics,
        allowed=report.allowed,
        slos=first.slos + second.slos,
        rule_files=first.rule_files + second.rule_files,
        skipped=first.skipped + second.skipped,
        dashboards=first.dashboards + second.dashboards,
        components=max(first.components, second.components),
    )


def _dashboards(program: Program) -> int:
    return len(program.dashboards) + len(program.foreign_dashboards)


def _rule_files(program: Program) -> int:
    return len({rules.where.whole.source.path for rules in program.rule_sets if not rules.slos})


def _components(program: Program) -> int:
    return len(program.components) + len(program.scrape_objects)
