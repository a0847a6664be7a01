"""`slogen build`: compile specs and rules, and bring the output folder up to date."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slogen.cli.commands import CommandFailed
from slogen.cli.options import STRICT, compile_options

if TYPE_CHECKING:
    from slogen.ir import Compat, Millis


@click.command(short_help="Write the rules that specs and hand-written rules compile to.")
@compile_options
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default="out",
    show_default=True,
    metavar="DIR",
    help="The output folder.",
)
@click.option("--check", is_flag=True, help="Write nothing; show the differences, and fail if there are any.")
@click.option(
    "--tests/--no-tests",
    default=True,
    help="Write the tests that prove the alerts; without them a build is several times faster.",
)
@click.option("--force", is_flag=True, help="Overwrite outputs that were edited by hand.")
@STRICT
def command(
    paths: tuple[str, ...],
    out: Path,
    style: str,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: tuple[str, ...],
    check: bool,
    tests: bool,
    force: bool,
    strict: bool,
) -> int:
    """Compile the SLO specs and rule files at PATH, and write the rules to the output folder.

    PATH is a file, a folder, or - for standard input; without any, the folders slos and rules. Nothing is
    written unless all of it compiles, and then everything at once.

    Outputs whose spec is gone are deleted, but only by a build of the whole project. If PATH names single
    files, standard input, or only a part of the folders slos and rules, then no file is deleted, and --check
    looks at no file but those that PATH compiles to. They are compiled with the project's settings. Where an
    output comes from more than PATH, the build stops and says so. With --no-tests, the tests in the output
    folder stay as they are, and --check does not look at them.

    Findings and a summary go to standard error, the differences of --check to standard output. Exits with 1
    when there is an error, or when --check finds the output folder stale. With --strict, a warning is as bad
    as an error: nothing is written.
    """
    from slogen.cli import compiling, outputs, remembering  # noqa: PLC0415 - not for --help

    outputs.refuse_as_inputs(paths, out)
    run = compiling.run(paths, out, default_window, extra_labels, compat, sli_plugins, prove=tests)
    run = remembering.with_losses(run, out, sli_plugins, whole=run.inputs.complete)
    compiling.print_findings(run, style, sys.stderr)
    if run.diagnostics or run.allowed:
        compiling.print_summary(run, style)
    if run.fails(strict=strict):
        return 1
    if run.is_empty:
        raise CommandFailed(compiling.nothing_found(run))
    return outputs.compare(run, out, tests=tests) if check else outputs.write(run, out, force, tests=tests)
