"""Compiles many sources in two processes, where that gives the same as one would.

Nearly always the halves of a project have nothing to do with each other: other SLOs, other objects, other
alerts. Each is then compiled by itself, with the settings and alert windows of the project, and the files
of both are those of the whole. Wherever anything is found, or the halves share a name, the whole is
compiled in one process: only there are findings made.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slogen import names, pipeline
from slogen.diagnostics import Diagnostic
from slogen.ir import OutFile, Program, Rule, Slo
from slogen.source import Source

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


@dataclass(frozen=True, slots=True)
class _Half:
    """One half, in values that a pipe carries.

    `claims` are the names that only one half may have. `alerts` are the names of generated alerts, which both
    may have, unless they are claimed.
    """

    sound: bool
    files: list[tuple[str, str]]
    claims: set[str]
    alerts: set[str]
    slos: int
    rule_files: int
    skipped: int


def compile_sources(
    sources: Sequence[Source], options: pipeline.Options, progress: pipeline.Progress
) -> Compiled:
    """Compile all sources, in two processes if there are many and the machine has two cores."""
    if len(sources) >= MANY and sys.platform != "win32" and (os.cpu_count() or 1) > 1:
        halves = _compiled_apart(sources, options, progress)
        if halves is not None:
            return _joined(*halves)
    result = pipeline.compile(sources, options, progress)
    return Compiled(
        result.files,
        result.report.diagnostics,
        len(result.program.slos),
        _rule_files(result.program),
        result.skipped,
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
        content = stream.read()
    os.waitpid(child, 0)
    if not content or not first.sound:
        return None
    second = _Half(*marshal.loads(content))
    return (first, second) if second.sound and _are_apart(first, second) else None


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
    return "Settings" in source.text or "AlertWindows" in source.text


def _send(pipe_in: int, pipe_out: int, sources: Sequence[Source], options: pipeline.Options) -> None:
    """The second process: compile, send, end, whatever happens."""
    try:
        os.close(pipe_in)
        half = _half(sources, options, lambda stage, done, total: None)
        with os.fdopen(pipe_out, "wb") as stream:
            values = (half.sound, half.files, half.claims, half.alerts)
            marshal.dump((*values, half.slos, half.rule_files, half.skipped), stream)
    finally:
        # Without the cleanup of the first process, which is that one's to do.
        os._exit(0)


def _half(sources: Sequence[Source], options: pipeline.Options, progress: pipeline.Progress) -> _Half:
    result = pipeline.compile(sources, options, progress)
    program = result.program
    return _Half(
        sound=not result.report.diagnostics and not _records_as_slogen_does(program),
        files=[(file.path, file.text) for file in result.files],
        claims=_claims(program) | {file.path for file in result.files},
        alerts={_claim(rule) for rule in _rules(program, written=False) if rule.alert},
        slos=len(program.slos),
        rule_files=_rule_files(program),
        skipped=result.skipped,
    )


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


def _joined(first: _Half, second: _Half) -> Compiled:
    return Compiled(
        files=tuple(OutFile(path, text) for path, text in (*first.files, *second.files)),
        diagnostics=(),
        slos=first.slos + second.slos,
        rule_files=first.rule_files + second.rule_files,
        skipped=first.skipped + second.skipped,
    )


def _rule_files(program: Program) -> int:
    return len({rules.where.whole.source.path for rules in program.rule_sets if not rules.slos})
