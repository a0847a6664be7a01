"""`slogen check`: say what is wrong with specs and rules; write nothing, or mend what can be mended."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slogen.cli.commands import CommandFailed
from slogen.cli.options import STRICT, compile_options

if TYPE_CHECKING:
    from slogen.cli.inputs import Inputs
    from slogen.ir import Compat, Millis
    from slogen.pipeline import Options


@click.command(short_help="Say what is wrong with specs and rules; write nothing.")
@compile_options
@STRICT
@click.option(
    "--tests/--no-tests",
    default=True,
    help="Look whether every alert can be proven; without that a check is several times faster.",
)
@click.option("--fix", is_flag=True, help="Mend what can be mended without asking, in the files themselves.")
@click.option("--diff", is_flag=True, help="Print what --fix would change, as a patch, and change nothing.")
def command(
    paths: tuple[str, ...],
    style: str,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: tuple[str, ...],
    strict: bool,
    tests: bool,
    fix: bool,
    diff: bool,
) -> int:
    """Compile the SLO specs and rule files at PATH and print the findings on standard output.

    PATH is a file, a folder, or - for standard input; without any, the folders slos and rules. Exits with 1
    when there is an error, or with --strict a warning. What a comment or the Settings allow counts nowhere;
    the summary says how much it is.

    With --fix, only what is left is printed. With --diff, a patch is printed instead of findings; it exits
    with 1 where there is anything to change, too.
    """
    from slogen.cli import compiling, remembering  # noqa: PLC0415 - not for --help

    out = Path("out")
    inputs, options = compiling.prepared(
        paths, out, default_window, extra_labels, compat, sli_plugins, prove=tests
    )
    is_changed = False
    if fix or diff:
        inputs, is_changed = _mended(inputs, options, paths, out, write=not diff)
    run = compiling.compiled(inputs, options)
    run = remembering.with_losses(run, out, sli_plugins, whole=run.inputs.complete and not paths)
    if not diff:
        compiling.print_findings(run, style, sys.stdout)
    compiling.print_summary(run, style)
    if run.is_empty and not run.failed and not any(_stands_alone(one.text) for one in run.inputs.sources):
        raise CommandFailed(compiling.nothing_found(run))
    return 1 if run.fails(strict=strict) or (diff and is_changed) else 0


def _stands_alone(text: str) -> bool:
    """Whether a text is worth a look without an SLO or a rule beside it: a document of slogen's own, or a
    configuration of Alertmanager."""
    is_routing = "AlertmanagerConfig" in text or ("receivers" in text and "route" in text)
    return "slogen.dev/" in text or is_routing


def _mended(
    inputs: Inputs, options: Options, paths: tuple[str, ...], out: Path, *, write: bool
) -> tuple[Inputs, bool]:
    """What is left to compile after all fixes, and whether there were any; written, or shown as a patch."""
    from slogen.cli import mending  # noqa: PLC0415 - only for those who ask for it

    found = mending.mended(inputs, options, paths, out)
    if write:
        mending.write(found)
    else:
        mending.print_diff(found)
    mending.print_note(found, written=write)
    return found.inputs, bool(found.changed)
