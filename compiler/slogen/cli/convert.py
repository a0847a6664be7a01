"""`slogen convert`: write specs in another format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slogen.cli.options import DEFAULT_WINDOW, FORMAT, PATHS, SLI_PLUGINS

if TYPE_CHECKING:
    from slogen.ir import Millis

TARGETS = ("native", "openslo", "sloth")
"""The formats that can be written, as `slogen.convert` names them."""


@click.command(short_help="Write specs in another format.")
@PATHS
@click.option("--to", "target", type=click.Choice(TARGETS), required=True, help="The format to write.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write files here, under their names below PATH.  [default: standard output]",
)
@click.option("--force", is_flag=True, help="Overwrite files that differ.")
@DEFAULT_WINDOW
@SLI_PLUGINS
@FORMAT
def command(
    paths: tuple[str, ...],
    target: str,
    out: Path | None,
    force: bool,
    default_window: Millis | None,
    sli_plugins: tuple[str, ...],
    style: str,
) -> int:
    """Read the SLO specs at PATH, in whatever format each is, and write them in the format of --to.

    PATH is a file, a folder, or - for standard input; without any, the folders slos and rules. Each file
    becomes one text. What is written builds to the same rules, but for the label that names the format.
    Comments stay with what they are about. Settings and hand-written rules are left alone.

    \b
    native   slogen's own format, which has words for everything
    sloth    prometheus/v1, or a PrometheusServiceLevel where the spec names a Kubernetes object
    openslo  openslo/v1

    A note on standard error says what the format has no words for, and what becomes of it. Findings and a
    summary go there, too. Exits with 1, and writes nothing, when there is an error.
    """
    from slogen.cli import converting, extensions  # noqa: PLC0415 - not for --help

    if out is not None:
        converting.refuse_inside_inputs(paths, out)
    run = converting.run(paths, target, out, default_window, extensions.load(sli_plugins))
    converting.print_findings(run, style, sys.stderr)
    if run.failed:
        return 1
    converting.print_notes(run, sys.stderr)
    converting.refuse_if_empty(run)
    if out is None:
        click.echo(converting.stream(run).encode(), nl=False)
    else:
        converting.write(run, paths, out, force=force)
    click.echo(converting.summary(run, target), err=True)
    return 0
