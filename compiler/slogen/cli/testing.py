"""What `slogen test` does: choose, run, and tell.

It imports the compiler, so `test` imports it only when it is called.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import click

from slogen import codes, durations
from slogen.cli import (
    amtool,
    compiling,
    coveragereport,
    junit,
    outputs,
    owntests,
    promtool,
    routetests,
    testreport,
)
from slogen.cli.amtool import Amtool
from slogen.cli.commands import CommandFailed, is_debugging
from slogen.cli.compiling import Run
from slogen.cli.coverage import Coverage, coverage
from slogen.cli.progress import Progress
from slogen.cli.promtool import Answer, Batch, Promtool, State
from slogen.cli.proving import Result, holds_native_histograms, proven
from slogen.cli.routetests import Routes
from slogen.cli.subjects import Atlas, Choice, Subject, Trial, trials
from slogen.cli.testreport import Report
from slogen.ir import Program, Slo
from slogen.ownproofs import OwnTests
from slogen.targets import promtool_tests


@dataclass(frozen=True, slots=True)
class Ready:
    """What there is to test, as far as the user asks for it."""

    run: Run
    program: Program
    atlas: Atlas
    subjects: tuple[Subject, ...]
    trials: tuple[Trial, ...]
    coverage: tuple[Coverage, ...]
    own_tests: tuple[OwnTests, ...]

    @property
    def recorded(self) -> tuple[Slo, ...]:
        """The SLOs whose proofs begin behind their queries, because these are beyond analysis."""
        unseen: dict[str, list[int]] = {}
        for found in self.run.diagnostics:
            if found.code is codes.UNPROVEN_INDICATOR:
                unseen.setdefault(found.at.source.path, []).append(found.at.start)
        return tuple(item.slo for item in self.subjects if item.slo and _is_among(unseen, item.slo))


@dataclass(frozen=True, slots=True)
class How:
    """How to test: with which promtool and amtool (None for those on PATH), on how many processes, each
    for how many seconds; and what to say of it where."""

    promtool: str | None
    amtool: str | None
    jobs: int
    timeout: float
    verbose: bool
    junit: Path | None
    out: Path


def cpus() -> int:
    """How many processes can run at a time."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def ready(run: Run, program: Program, style: str, only: Sequence[str]) -> Ready | None:
    """Print the findings; gives what is to be tested, None if there are errors.

    Raises click.UsageError for a name that nothing has, CommandFailed where there is nothing at all.
    """
    compiling.print_findings(run, style, sys.stderr)
    if run.diagnostics:
        compiling.print_summary(run, style)
    if run.failed:
        return None
    if run.is_empty:
        raise CommandFailed(compiling.nothing_found(run))
    atlas = Atlas(program)
    subjects = atlas.subjects(program.proofs)
    choice = Choice(tuple(only))
    called = (
        *(item.names for item in subjects),
        *(alert.names for alert in atlas.alerts),
        *map(owntests.names, program.own_tests),
    )
    unknown = choice.unknown([name for names in called for name in names])
    if unknown:
        raise click.UsageError(unknown)
    proofs = coverage(atlas, subjects, [(own.path, own.firing) for own in program.own_tests])
    chosen = tuple(item for item in subjects if choice.takes(item.names))
    return Ready(
        run,
        program,
        atlas,
        chosen,
        tuple(trials(chosen)),
        tuple(item for item in proofs if choice.takes(item.alert.names)),
        tuple(own for own in program.own_tests if choice.takes(owntests.names(own))),
    )


def list_coverage(what: Ready) -> int:
    """Print what proves each alert; gives the exit code."""
    for line in coveragereport.coverage_lines(what.coverage, what.recorded):
        click.echo(line)
    click.echo(coveragereport.covered(what.coverage), err=True)
    return 1 if any(item.lack for item in what.coverage) else 0


def run(what: Ready, how: How) -> int:
    """Run all scenarios and tell; gives the exit code."""
    tool = promtool.find(how.promtool)
    routes_tool = _routes_tool(what, how)
    results = _proven(tool, what.trials, how)
    return _told(what, how, tool, routes_tool, results)


def run_committed(what: Ready, how: How) -> int:
    """Run the tests in the output folder, if it is current; gives the exit code.

    What fails there is run again scenario by scenario, which tells more.
    """
    tool = promtool.find(how.promtool)
    routes_tool = _routes_tool(what, how)
    status = outputs.compare(what.run, how.out, tests=True)
    if status:
        return status
    failed = _failed_files(tool, what, how)
    names = {PurePosixPath(path).name for path in failed}
    concerned = [trial for trial in what.trials if _file_name(what, trial) in names]
    results = {id(result.trial): result for result in _proven(tool, concerned, how)}
    explained = {_file_name(what, result.trial) for result in results.values() if result.failed}
    whole = [results.get(id(trial)) or _passed(tool, trial) for trial in what.trials]
    unexplained = {path: text for path, text in failed.items() if PurePosixPath(path).name not in explained}
    return _told(what, how, tool, routes_tool, whole, unexplained)


def _is_among(offsets: Mapping[str, Sequence[int]], slo: Slo) -> bool:
    """Whether an offset, by path and in order, is in the text of an SLO, or of its indicator where that
    stands apart."""
    for place in (slo.where.whole, *(query.at for query in slo.sli.queries)):
        found = offsets.get(place.source.path, ())
        i = bisect_left(found, place.start)
        if i < len(found) and found[i] <= place.end:
            return True
    return False


def _proven(tool: Promtool, chosen: Sequence[Trial], how: How) -> tuple[Result, ...]:
    with Progress(sys.stderr) as progress:
        watch = partial(progress, "testing scenarios")
        return proven(tool, chosen, how.jobs, how.timeout, watch)


def _routes_tool(what: Ready, how: How) -> Amtool | None:
    """The amtool to ask about routes, looked for before anything runs; None where there are no routes."""
    return amtool.find(how.amtool) if routetests.has_routes(what.run.files) else None


def _routes(what: Ready, how: How, tool: Amtool | None) -> Routes | None:
    """What amtool says about who gets the alerts that the user asks for."""
    if tool is None:
        return None
    chosen = {id(item.alert.rule) for item in what.coverage}
    return routetests.verified(tool, what.program, what.run.files, chosen, how.jobs, how.timeout)


def _told(
    what: Ready,
    how: How,
    tool: Promtool,
    routes_tool: Amtool | None,
    results: Sequence[Result],
    files: Mapping[str, str] | None = None,
) -> int:
    """Print the results, and write them where the user wants them; gives the exit code."""
    own = owntests.passed(tool, what.own_tests, what.run, what.program, how.out, how.jobs, how.timeout)
    report = Report(
        what.atlas,
        what.run.files,
        how.out,
        tuple(results),
        what.coverage,
        files or {},
        what.recorded,
        own,
        _routes(what, how, routes_tool),
    )
    for line in testreport.lines(
        report, verbose=how.verbose, raw=how.verbose or is_debugging(), color=compiling.in_color(sys.stdout)
    ):
        click.echo(line)
    if how.junit is not None:
        junit.write(how.junit, junit.document(testreport.suites(report)))
    click.echo(testreport.summary(report, tool.version_text), err=True)
    if report.failed:
        return 1
    if report.not_run:
        raise promtool.Unusable(testreport.too_old(report, tool.version_text))
    if report.routes is not None and report.routes.too_old:
        raise promtool.Unusable(report.routes.too_old)
    return 0


# the tests in the output folder -----------------------------------------------------------------------


def _failed_files(tool: Promtool, what: Ready, how: How) -> dict[str, str]:
    """What promtool says about the test files in the output folder that fail, by their paths below it."""
    folder = f"{promtool_tests.FOLDER}/"
    files = (file.path for file in what.run.files)
    paths = [path for path in files if path.startswith(folder) and path.endswith(promtool_tests.SUFFIX)]
    unreadable = f"{folder}{promtool_tests.NATIVE}/"
    readable = [path for path in paths if tool.reads_native_histograms or not path.startswith(unreadable)]
    scenarios = Counter(_file_name(what, trial) for trial in what.trials)
    batches = [
        Batch(path, (path,), folder=how.out, scenarios=max(1, scenarios[PurePosixPath(path).name]))
        for path in readable
    ]
    failed: dict[str, str] = {}
    with (
        Progress(sys.stderr) as progress,
        promtool.running(tool, batches, how.jobs, how.timeout) as ended,
    ):
        for done, (batch, (answer,)) in enumerate(ended, 1):
            progress("testing files", done, len(readable))
            if answer.state is State.HUNG:
                raise promtool.Unusable(
                    f"{answer.text} on {how.out / batch.key}; give it longer with --timeout"
                )
            if answer.state is not State.PASSED:
                failed[batch.key] = answer.text
    return {path: failed[path] for path in readable if path in failed}


def _passed(tool: Promtool, trial: Trial) -> Result:
    """The result of a scenario in a file that passed, or that this promtool cannot read."""
    if holds_native_histograms(trial.scenario) and not tool.reads_native_histograms:
        return Result(trial, None)
    return Result(trial, Answer(State.PASSED))


def _file_name(what: Ready, trial: Trial) -> str:
    """The name of the test file that holds a scenario, without its folder."""
    name = PurePosixPath(what.atlas.rule_file(trial.subject.rules)).stem
    return f"{name}.{durations.render(trial.proof.step)}.test.yaml"
