"""`slogen check`: say what is wrong with specs and rules, and write nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slogen.cli.commands import CommandFailed
from slogen.cli.options import compile_options

if TYPE_CHECKING:
    from slogen.ir import Compat, Millis


@click.command(short_help="Say what is wrong with specs and rules; write nothing.")
@compile_options
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
def command(
    paths: tuple[str, ...],
    style: str,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: tuple[str, ...],
    strict: bool,
) -> int:
    """Compile the SLO specs and rule files at PATH and print the findings on standard output.

    PATH is a file, a folder, or - for standard input; without any, the folders slos and rules. Exits with 1
    when there is an error.
    """
    from slogen.cli import compiling  # noqa: PLC0415 - not for --help

    run = compiling.run(paths, Path("out"), default_window, extra_labels, compat, sli_plugins)
    compiling.print_findings(run.diagnostics, style, sys.stdout)
    compiling.print_summary(run, style)
    if (
        run.is_empty
        and not run.failed
        and not any("slogen.dev/" in source.text for source in run.inputs.sources)
    ):
        raise CommandFailed(compiling.nothing_found(run))
    return 1 if run.failed or (strict and run.diagnostics) else 0
