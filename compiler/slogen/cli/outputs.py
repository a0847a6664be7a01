"""The output folder of `build`: compare it with what was compiled, or bring it up to date.

It imports the compiler, so `build` imports it only when it is called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from slogen import seal
from slogen.cli.commands import CommandFailed
from slogen.cli.compiling import Run, aside, in_color
from slogen.cli.inputs import STANDARD_INPUT, default_folders
from slogen.cli.tree import Plan, Tree, TreeError, diff
from slogen.dashboards import uids
from slogen.render import count, visible
from slogen.targets import promtool_tests

TESTS = f"{promtool_tests.FOLDER}/"
DASHBOARDS = f"{uids.FOLDER}/"
_COLORS = {"+": "green", "-": "red", "@": "cyan"}


def refuse_as_inputs(paths: Sequence[str], out: Path) -> None:
    """Raise click.UsageError for a path that is, or is inside of, the output folder."""
    for path in paths or default_folders():
        if path != STANDARD_INPUT and Path(path).resolve().is_relative_to(out.resolve()):
            raise click.UsageError(f"`{path}` is in the output folder `{out}`, which is never read as input")


def compare(run: Run, out: Path, *, tests: bool) -> int:
    """Print how the output folder differs from what was compiled, with or without `tests`; gives the exit
    code."""
    with _told():
        plan = _within_inputs(run, _planned(run, Tree(out), tests=tests))
        for line in diff(plan):
            _print_difference(visible(line))
    if plan.is_current:
        click.echo(f"{_made(run, out)} (current){aside(run)}", err=True)
        return 0
    changes = (("in the way", plan.foreign), *_changes(plan))
    click.echo(f"error: {out} is stale ({_numbers(*changes)}); run `slogen build`", err=True)
    return 1


def write(run: Run, out: Path, force: bool, *, tests: bool) -> int:
    """Bring the output folder up to date, with or without `tests`; gives the exit code.

    Raises CommandFailed, and changes nothing, where that would destroy what slogen did not write, or, without
    `force`, what was edited since.
    """
    with _told(), Tree(out) as tree:
        plan = _within_inputs(run, _planned(run, tree, tests=tests))
        _refuse(plan, plan.foreign, "was not written by slogen", "move it away, or delete it")
        if not force:
            _refuse(plan, plan.edited, "was edited by hand", "move the change into the spec, or use --force")
        tree.write(plan)
    unchanged = sorted(set(plan.unchanged).intersection(file.path for file in run.files))
    numbers = _numbers(*_changes(plan), ("unchanged", unchanged))
    click.echo(f"{_made(run, out)} ({numbers}){aside(run)}", err=True)
    return 0


@contextmanager
def _told() -> Iterator[None]:
    """Trouble with the folder is the user's to know, not a bug."""
    try:
        yield
    except TreeError as error:
        raise CommandFailed(str(error)) from error


def _within_inputs(run: Run, plan: Plan) -> Plan:
    """The plan, but without removals if the inputs are not all: what none of them leads to is no leftover.

    Raises CommandFailed where the inputs are too small a part to give the same outputs as all of them.
    """
    if run.inputs.complete:
        return plan
    plan = _without_torn_dashboards(run, plan)
    _refuse_torn_outputs(run, plan)
    return _keeping(plan, plan.removed)


def _without_torn_dashboards(run: Run, plan: Plan) -> Plan:
    """The plan, but a dashboard stays as it is where it shows more than what is compiled.

    A service may be written in many files, each with an object of its own: one must not need all others.
    """
    read = {source.path for source in run.inputs.sources}
    torn = [path for path in plan.changed if path.startswith(DASHBOARDS) and _is_torn(plan, path, read)]
    changed = tuple(path for path in plan.changed if path not in torn)
    new = {path: text for path, text in plan.new.items() if path not in torn}
    return replace(_keeping(plan, torn), changed=changed, new=new)


def _is_torn(plan: Plan, path: str, read: set[str]) -> bool:
    """Whether an output that is to be changed was made from more than what was read."""
    before, now = _origins(_first_line(plan.root / path)), _origins(plan.new[path].partition("\n")[0])
    return before != now and any(origin not in read for origin in before)


def _planned(run: Run, tree: Tree, *, tests: bool) -> Plan:
    """What is to be done; nothing with the tests, if they were not made."""
    plan = tree.plan(run.files)
    return plan if tests else _keeping(plan, [path for path in plan.removed if path.startswith(TESTS)])


def _keeping(plan: Plan, paths: Sequence[str]) -> Plan:
    """The plan, but these files are left as they are."""
    return replace(
        plan,
        removed=tuple(path for path in plan.removed if path not in paths),
        unchanged=tuple(sorted({*plan.unchanged, *paths})),
        edited=tuple(path for path in plan.edited if path not in paths),
    )


def _refuse_torn_outputs(run: Run, plan: Plan) -> None:
    """An output may have more sources, or the sources may have had other outputs: compile all or nothing."""
    read = {source.path for source in run.inputs.sources}
    meant = read - run.inputs.beside
    remedy = "compile all of it, with `slogen build`"
    for path in plan.changed:
        if _is_torn(plan, path, read):
            others = [origin for origin in _origins(_first_line(plan.root / path)) if origin not in read]
            _refuse(plan, [path], f"is made from {', '.join(others)}, too", remedy)
    for path in plan.removed:
        if path.startswith(DASHBOARDS):
            continue
        if not meant.isdisjoint(_origins(_first_line(plan.root / path))):
            _refuse(plan, [path], "was made from what is compiled now, which gives other files", remedy)


def _first_line(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as lines:
        return lines.readline()


def _origins(header: str) -> list[str]:
    """The sources that the header of an output names; of many it names some, and how many more there are."""
    return seal.origin_of(header).split(", ")


def _refuse(plan: Plan, paths: Sequence[str], why: str, remedy: str) -> None:
    if paths:
        files = "\nerror: ".join(f"{plan.root / path} {why}" for path in paths)
        raise CommandFailed(f"{files}\n  = help: {remedy}; nothing was changed")


def _made(run: Run, out: Path) -> str:
    """What was compiled and what came of it, such as `12 SLOs, 3 rule files -> 30 files in out`."""
    counts = (
        *((run.slos, "SLO"), (run.rule_files, "rule file")),
        *((run.dashboards, "dashboard"), (run.components, "component")),
    )
    made_of = ", ".join(count(number, noun) for number, noun in counts if number)
    return f"{made_of} -> {count(len(run.files), 'file')} in {out}"


def _changes(plan: Plan) -> tuple[tuple[str, Sequence[str]], ...]:
    return ("new", plan.added), ("changed", plan.changed), ("removed", plan.removed)


def _numbers(*sets: tuple[str, Sequence[str]]) -> str:
    return ", ".join(f"{len(paths)} {what}" for what, paths in sets if paths)


def _print_difference(line: str) -> None:
    click.echo(click.style(line, fg=_COLORS.get(line[:1])) if in_color(sys.stdout) else line)
