"""The command line: the only code that reads files, writes them, prints, or exits.

Exit codes: 0 fine; 1 the input has errors, a test fails, or the output folder is stale; 2 wrong use of the
command, or a program that it needs is missing.
One module per command; a command is imported when it is called, so that the others cost nothing.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

import click

from slogen import __version__
from slogen.cli.commands import DEBUG, Commands


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="In a folder that has slos/ or rules/ every command works without arguments.",
)
@click.version_option(__version__, "--version", message="slogen %(version)s")
def slogen() -> None:
    """Compile SLO specs and alert rules into Prometheus rules that are known to work."""


slogen.params.append(DEBUG)


def main() -> NoReturn:
    """Run the command line that the process was started with, and exit."""
    # Nearly all that a run makes lives until its end: looking for garbage takes time and finds none.
    gc.disable()
    try:
        slogen.main(prog_name="slogen")
    except SystemExit as end:
        _leave(end.code)
        raise
    raise AssertionError("a command line ends by exiting")


def _leave(status: object) -> None:
    """End the process without taking apart all that is in its memory, which takes time and is for nothing.

    Returns where the usual end is needed: output that cannot be written, and tools that watch the process.
    """
    if not isinstance(status, int) or sys.gettrace() is not None or sys.getprofile() is not None:
        return
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):
        return
    os._exit(status)
