"""Finds the SLO that `explain` is asked for, and prints its page.

It imports the compiler, so the command imports it only when it is called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from slogen import names, pipeline, reading, timelinetext
from slogen.alertmanager.configuration import Configuration
from slogen.cli import compiling, extensions
from slogen.cli.inputs import Inputs, collect
from slogen.diagnostics import Report, nearest
from slogen.ir import Compat, Draft, Millis
from slogen.resolve import resolve
from slogen.teams import Routing


def explain_slo(
    subject: str, paths: Sequence[str], options: pipeline.Options, style: str, codes: Iterable[str]
) -> int:
    """Print when the alerts of an SLO fire and resolve, or on standard error what is wrong with it.

    `subject` is an id, or a service and an SLO with a slash between. `codes` is what else can be explained.
    Raises click.UsageError for an SLO that there is not.
    """
    inputs = collect(paths, Path("out"))
    report = Report()
    documents = reading.read(inputs.sources, report, options.extensions, lambda done, total: None)
    drafts = _by_name(documents.of(Draft))
    draft = drafts.get(subject)
    if draft is None and not report.failed and not inputs.report.failed:
        raise click.UsageError(_unknown(subject, [*drafts, *codes]))
    slo = resolve(draft, pipeline.context(documents, options, report), report) if draft else None
    if slo is None or not 0 < slo.objective < 100:
        return _tell_what_is_wrong(subject, inputs, options, style)
    click.echo(timelinetext.text(slo, ascii_only=not _shows_blocks()), nl=False)
    if any(isinstance(item, Routing | Configuration) for item in documents.items):
        from slogen.cli import routing  # noqa: PLC0415 - not for projects without routing

        told = routing.ways_of(slo.id, documents, options)
        click.echo(f"\n{told}", nl=False)
    return 0


def options_of(
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: Sequence[str],
) -> pipeline.Options:
    """What a command line says about how specs are compiled."""
    return pipeline.Options(default_window, extra_labels, compat, extensions.load(sli_plugins))


def _by_name(drafts: Sequence[Draft]) -> dict[str, Draft]:
    """The drafts by their names, the first of each: a second one is a finding of `check`."""
    found: dict[str, Draft] = {}
    for draft in drafts:
        found.setdefault(names.slo_id(draft.service, draft.name), draft)
        found.setdefault(f"{draft.service}/{draft.name}", draft)
    return found


def _unknown(subject: str, known: Sequence[str]) -> str:
    # A name is a misspelling of one of its kind: ids have no slash.
    alike = [name for name in known if ("/" in name) == ("/" in subject)]
    guess = nearest(subject, alike)
    upper = nearest(subject.upper(), [name for name in alike if name.startswith("SLO")])
    meant = guess or upper
    remedy = (
        f"did you mean `{meant}`?" if meant else "`slogen explain` lists the codes; name an SLO by its id"
    )
    return f"there is no code and no SLO `{subject}`; {remedy}"


def _tell_what_is_wrong(subject: str, inputs: Inputs, options: pipeline.Options, style: str) -> int:
    result = pipeline.compile(inputs.sources, options)
    report = Report()
    report.extend(inputs.report)
    report.extend(result.report)
    errors = [found for found in report.diagnostics if found.severity == "error"]
    compiling.print_diagnostics(errors, style, sys.stderr)
    click.echo(f"error: the SLO `{subject}` cannot be explained: the project has errors", err=True)
    return 1


def _shows_blocks() -> bool:
    """Whether standard output can carry the marks of the picture."""
    try:
        "█▒·✕".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
