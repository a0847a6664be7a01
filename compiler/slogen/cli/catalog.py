"""`slogen catalog`: make catalogs of metrics from what runs, and compare them with it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from slogen.cli.commands import DEBUG
from slogen.cli.options import FORMAT

_INPUT = click.Path(allow_dash=True)


@click.group(short_help="Make a catalog of metrics from a scrape, or compare the two.")
def command() -> None:
    """Catalogs of metrics are what queries are judged by: documents of the kind MetricCatalog in slos/."""


@command.command("import", short_help="Make a catalog from what a component exports.")
@click.argument("inputs", nargs=-1, required=True, type=_INPUT, metavar="INPUT...")
@click.option("--name", metavar="NAME", help="The component.  [default: the name of the first INPUT]")
@click.option(
    "--owns",
    multiple=True,
    metavar="PATTERN",
    help="Names that no other component has, such as 'shop_*', or auto for what the names share; may be "
    "repeated.",
)
@click.option(
    "--merge",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Add what is new to this catalog; what stands in it stays as it is.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Write it to FILE.  [default: that of --merge, else standard output]",
)
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@FORMAT
def import_command(
    inputs: tuple[str, ...],
    name: str | None,
    owns: tuple[str, ...],
    merge: Path | None,
    out: Path | None,
    force: bool,
    style: str,
) -> int:
    """Read what a component exports and write the catalog of its metrics.

    INPUT is a file, or - for standard input; compressed by gzip or not. It holds what /metrics answers, in
    Prometheus' text format or in OpenMetrics, or what the API of a Prometheus answers: /api/v1/metadata and
    /api/v1/series, which are best given together. All INPUTs make one catalog.

    Types, units, labels with their values, and buckets are what was seen: which values mean success, what is
    excluded, and what nobody can count, is yours to add. Exits with 1, and writes nothing, when something in
    an INPUT cannot be read.
    """
    from slogen.cli import cataloging  # noqa: PLC0415 - not for --help

    if merge is not None and (name or owns):
        raise click.UsageError(
            "--name and --owns are for a new catalog: write them into that of --merge yourself"
        )
    observed = cataloging.observe(inputs)
    if observed.broken.total:
        cataloging.print_broken(observed.broken, style, sys.stderr)
        return 1
    if merge is not None:
        return cataloging.merge(observed, merge, out or merge, style)
    return cataloging.make(observed, name, owns, out, force=force)


@command.command("diff", short_help="Compare catalogs and scrapes.")
@click.argument("first", type=_INPUT, metavar="A")
@click.argument("second", type=_INPUT, metavar="B")
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How the difference is printed.",
)
def diff_command(first: str, second: str, style: str) -> int:
    """Print what A and B differ in: the metrics that only one has, and what is said differently of others.

    Each is a catalog, or what `slogen catalog import` reads. Beside a catalog, what happens not to be in a
    scrape is no difference, and where the catalog says which names it owns, metrics of others are none.
    Exits with 1 when there is a difference.
    """
    from slogen.cli import cataloging  # noqa: PLC0415 - not for --help

    return cataloging.compare(first, second, style)


for _each in (import_command, diff_command):
    _each.params.append(DEBUG)
