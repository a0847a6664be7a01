"""What `build` and `check` do alike: read, compile, and print what was found.

It imports the compiler, so commands import it only when they are called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click

from slogen import pipeline, render
from slogen.cli import extensions
from slogen.cli.commands import is_debugging
from slogen.cli.inputs import Inputs, collect
from slogen.cli.progress import Progress
from slogen.cli.twofold import Compiled, compile_sources
from slogen.diagnostics import Allowed, Diagnostic, Report
from slogen.ir import Compat, Millis, OutFile, Program


@dataclass(frozen=True, slots=True)
class Run:
    """What was read, and what the compiler made of it.

    The diagnostics are those of reading and of compiling together; with an error among them there are no
    files. Those that are `allowed` are not among them. `slos`, `rule_files`, `dashboards` and `components`
    count what was compiled, `skipped` the Kubernetes objects that are none of slogen's business. `crashes`
    are tracebacks of checks.
    """

    inputs: Inputs
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[OutFile, ...]
    slos: int
    rule_files: int
    skipped: int
    dashboards: int = 0
    components: int = 0
    allowed: tuple[Allowed, ...] = ()
    crashes: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    def fails(self, *, strict: bool) -> bool:
        """Whether there is an error, or, if these are to fail as well, a warning."""
        return self.failed or (strict and bool(self.diagnostics))

    @property
    def is_empty(self) -> bool:
        """Whether there is neither an SLO nor a rule nor a dashboard nor a component."""
        return not (self.slos or self.rule_files or self.dashboards or self.components)


def run(
    paths: Sequence[str],
    output: Path,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: Sequence[str],
    *,
    prove: bool = True,
) -> Run:
    """Compile what the paths of a command line lead to; a long run shows its progress on the terminal."""
    return compiled(*prepared(paths, output, default_window, extra_labels, compat, sli_plugins, prove=prove))


def prepared(
    paths: Sequence[str],
    output: Path,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: Sequence[str],
    *,
    prove: bool = True,
) -> tuple[Inputs, pipeline.Options]:
    """Read what the paths of a command line lead to, and how it is to be compiled."""
    inputs = collect(paths, output)
    loaded = extensions.load(sli_plugins)
    options = pipeline.Options(
        default_window,
        extra_labels,
        compat,
        loaded,
        prove,
        complete=inputs.complete,
        elsewhere=inputs.elsewhere,
    )
    return inputs, options


def compiled(inputs: Inputs, options: pipeline.Options) -> Run:
    """Compile what was read."""
    with Progress(sys.stderr) as progress:
        return _run(inputs, compile_sources(inputs.sources, options, progress))


def run_with_program(
    paths: Sequence[str],
    output: Path,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: Sequence[str],
) -> tuple[Run, Program]:
    """As `run`, for commands that need the program and its proofs, not only its files."""
    inputs, options = prepared(paths, output, default_window, extra_labels, compat, sli_plugins)
    with Progress(sys.stderr) as progress:
        result = pipeline.compile(inputs.sources, options, progress)
    return _run(inputs, Compiled.of(result)), result.program


def _run(inputs: Inputs, compiled: Compiled) -> Run:
    report = Report()
    report.extend(inputs.report)
    report.extend(compiled.diagnostics)
    files = () if report.failed else compiled.files
    return Run(
        inputs,
        report.diagnostics,
        files,
        compiled.slos,
        compiled.rule_files,
        compiled.skipped,
        compiled.dashboards,
        compiled.components,
        compiled.allowed,
        compiled.crashes,
    )


def print_findings(run: Run, style: str, stream: TextIO) -> None:
    """Print the findings in one of the formats, in colour on a terminal; for those who mend slogen, what its
    checks failed with."""
    print_diagnostics(run.diagnostics, style, stream, run.allowed)
    if run.crashes and is_debugging():
        click.echo("\n".join(run.crashes), err=True, nl=False)


def print_diagnostics(
    diagnostics: Sequence[Diagnostic], style: str, stream: TextIO, allowed: Sequence[Allowed] = ()
) -> None:
    """Print diagnostics in one of the formats; what is allowed, only where the format has a place for it."""
    color = style == "full" and in_color(stream)
    text = render.full(diagnostics, color=True) if color else render.FORMATS[style](diagnostics, allowed)
    click.echo(text, file=stream, nl=False, color=color)


def print_summary(compiled: Run, style: str) -> None:
    """Print on standard error how much was found in how many files."""
    if compiled.diagnostics and style == "full":
        click.echo(err=True)
    told = render.summary(compiled.diagnostics, compiled.inputs.files, len(compiled.allowed))
    click.echo(told + aside(compiled), err=True)


def nothing_found(compiled: Run) -> str:
    """Why there is nothing to compile, as far as one can say."""
    files = render.count(compiled.inputs.files, "file")
    return f"there is no SLO and no rule in {files}{aside(compiled)}"


def aside(compiled: Run) -> str:
    """How many Kubernetes objects were passed over, as the end of a sentence; empty if there were none."""
    if not compiled.skipped:
        return ""
    return f"; {render.count(compiled.skipped, 'Kubernetes object')} of other kinds skipped"


def in_color(stream: TextIO) -> bool:
    """Whether to write colours to a stream: to a terminal that shows them, or where the user says so.

    Source of the variables: https://no-color.org and https://force-color.org; empty ones say nothing, and
    `NO_COLOR` wins. `FORCE_COLOR=0` is meant as a no by many.
    """
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return forced not in {"0", "false"}
    return stream.isatty() and os.environ.get("TERM") != "dumb"
