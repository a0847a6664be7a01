"""`slogen schema`: the JSON Schema of slogen's own spec, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click


def schema_text() -> str:
    """The JSON Schema of slogen's documents, as it is written to a file."""
    from slogen.nativespec.schema import schema  # noqa: PLC0415 - not for --help

    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


@click.command(short_help="Print the JSON Schema of slogen's spec, for editors.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it to FILE instead."
)
def command(out: Path | None) -> int:
    """Print the JSON Schema of slogen's own documents: ServiceLevels, Settings, MetricCatalog and the others.

    Editors that speak to yaml-language-server complete and check a spec that starts with the line

    \b
        # yaml-language-server: $schema=PATH
    """
    if out is None:
        click.echo(schema_text(), nl=False)
    else:
        out.write_text(schema_text(), encoding="utf-8", newline="\n")
    return 0
