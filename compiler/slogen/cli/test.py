"""`slogen test`: prove that every alert fires when it must, and stays silent when it must."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slogen.cli.options import compile_options

if TYPE_CHECKING:
    from slogen.ir import Compat, Millis


@click.command(short_help="Prove that every alert fires when it must.")
@compile_options
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default="out",
    show_default=True,
    metavar="DIR",
    help="The output folder, for --committed and for where rules stand.",
)
@click.option(
    "--committed", is_flag=True, help="Run the tests of the output folder on its rules, once it is current."
)
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Only this SLO (by its id), service or alert, or what a glob fits; may be repeated.",
)
@click.option("--coverage", is_flag=True, help="List what proves each alert, and run nothing.")
@click.option("-v", "--verbose", is_flag=True, help="List every scenario, and all that promtool says.")
@click.option(
    "--junit",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the results as JUnit XML, too.",
)
@click.option("--promtool", metavar="PATH", help="The promtool to run.  [default: that on PATH]")
@click.option("--amtool", metavar="PATH", help="The amtool to run.  [default: that on PATH]")
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes.  [default: one per CPU]"
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a scenario may take.",
)
@click.option(
    "--mutate", is_flag=True, help="Change the rules in small ways, and see whether the tests notice it."
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --mutate, try so many changes only; always the same ones.",
)
def command(
    paths: tuple[str, ...],
    out: Path,
    style: str,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: tuple[str, ...],
    committed: bool,
    only: tuple[str, ...],
    coverage: bool,
    verbose: bool,
    junit: Path | None,
    promtool: str | None,
    amtool: str | None,
    jobs: int | None,
    timeout: float,
    mutate: bool,
    sample: int | None,
) -> int:
    """Compile the SLO specs and rule files at PATH and run the tests that follow from them with promtool.

    PATH is a file, a folder, or - for standard input; without any, the folders slos and rules. Nothing is
    written but the file of --junit.

    For each SLO and each hand-written alert there are scenarios: synthetic series for its own queries, and
    when each alert must be silent, fire and resolve. Every alert must be in one in which it fires and in one
    in which it is silent. Where slogen writes the routes of Alertmanager, amtool checks these, and who gets
    each alert.

    With --mutate, a run shows how sharp the tests are: 95 % of the changes that anything can notice must
    fail them, and all that keep an alert silent in an outage. This takes long; --only and --sample help.

    The results go to standard output, findings and a summary to standard error. Exits with 1 when a test
    fails, an alert is not proven or the input has errors, and with 2 when there is no usable promtool (2.42
    or later) or, where there are routes, no amtool (0.25 or later).
    """
    from slogen.cli import compiling, outputs, testing  # noqa: PLC0415 - not for --help

    outputs.refuse_as_inputs(paths, out)
    if committed and only:
        raise click.UsageError("--committed runs whole files, and --only parts of them: use one of the two")
    if junit is not None and not junit.absolute().parent.is_dir():
        raise click.UsageError(f"`{junit}` cannot be written: there is no such folder")
    if mutate and (committed or coverage or junit):
        raise click.UsageError("--mutate goes with none of --committed, --coverage and --junit")
    if sample is not None and not mutate:
        raise click.UsageError("--sample goes with --mutate only")
    run, program = compiling.run_with_program(paths, out, default_window, extra_labels, compat, sli_plugins)
    ready = testing.ready(run, program, style, only)
    if ready is None:
        return 1
    if coverage:
        return testing.list_coverage(ready)
    how = testing.How(promtool, amtool, jobs or testing.cpus(), timeout, verbose, junit, out)
    if mutate:
        from slogen.cli import mutating  # noqa: PLC0415 - only for those who wait

        return mutating.run(program, ready, how, sample)
    return testing.run_committed(ready, how) if committed else testing.run(ready, how)
