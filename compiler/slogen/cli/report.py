"""`slogen report`: all SLOs of a project on one page of HTML."""

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


@click.command(short_help="Write all SLOs on one page of HTML.")
@compile_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default="-",
    metavar="FILE",
    help="Where the page goes.  [default: standard output]",
)
def command(
    paths: tuple[str, ...],
    style: str,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: tuple[str, ...],
    output: Path,
) -> int:
    """Write one page of HTML about all SLOs at PATH, or else in the folders slos and rules.

    For each SLO: what it promises, when its alerts fire and resolve, whom they reach, how many scenarios
    prove them, and what slogen found. The page needs no network and no other file; it reads on a phone, in
    the dark and on paper. Exits with 1, and writes nothing, when there is an error.
    """
    from slogen.cli import compiling, reporting  # noqa: PLC0415 - not for --help

    run, program = compiling.run_with_program(
        paths, Path("out"), default_window, extra_labels, compat, sli_plugins
    )
    compiling.print_findings(run, style, sys.stderr)
    if run.failed:
        return 1
    if not program.slos:
        raise CommandFailed(compiling.nothing_found(run) if run.is_empty else "there is no SLO to report on")
    reporting.write(reporting.text(program, run.diagnostics), output)
    return 0
