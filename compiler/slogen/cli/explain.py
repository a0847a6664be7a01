"""`slogen explain`: what a code means, or when the alerts of an SLO fire, and who gets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from slogen.cli.options import compile_options

if TYPE_CHECKING:
    from slogen.diagnostics import Code
    from slogen.ir import Compat, Millis


@click.command(short_help="Explain a code such as SLO402, or the alerts of an SLO.")
@click.argument("subject", metavar="[CODE|SLO]", required=False)
@compile_options
def command(
    subject: str | None,
    paths: tuple[str, ...],
    style: str,
    default_window: Millis | None,
    extra_labels: Mapping[str, str],
    compat: Compat | None,
    sli_plugins: tuple[str, ...],
) -> int:
    """Print what a code means, or what an SLO promises and when its alerts fire.

    CODE is that of a finding, such as SLO402: why it matters, a wrong and a right example, in Markdown.

    SLO is the id of an SLO, or its service and its name with a slash between: its budget, when each alert
    fires and resolves at which share of errors, how much of the budget is spent by then, and, where there
    are routes, who gets them. It is looked for at PATH, or else in the folders slos and rules.

    Without either, list all codes with their severity and title.
    """
    from slogen import pipeline  # noqa: PLC0415 - not for --help
    from slogen.cli.inputs import default_folders  # noqa: PLC0415

    codes = pipeline.all_codes()
    if subject is None:
        click.echo(
            "\n".join(f"{code.id}  {code.severity:7}  {code.title}" for _, code in sorted(codes.items()))
        )
        return 0
    code = codes.get(_spelled_out(subject))
    if code is not None:
        click.echo(_page(code))
        return 0
    if _IS_CODE.fullmatch(subject) or not (paths or default_folders()):
        raise click.UsageError(_unknown(subject, list(codes)))
    from slogen.cli import explaining  # noqa: PLC0415 - not for a code

    options = explaining.options_of(default_window, extra_labels, compat, sli_plugins)
    return explaining.explain_slo(subject, paths, options, style, codes)


_HOW_TO_ALLOW = """\
## How to allow it
Where it is meant, say so and why: in a comment at the end of the line, or on a line of its own above the item
that it is about, such as an alert or an SLO; in the PromQL of a block, above what it is about.
```yaml
# slogen: allow {id} the reason in words
```
For many files, in the Settings of the project:
```yaml
spec:
  allow:
    - {{paths: ['legacy/**'], code: {id}, reason: the reason in words}}
```"""
_IS_CODE = re.compile(r"(?:slo)?-?[0-9]+", re.IGNORECASE)


def _spelled_out(subject: str) -> str:
    """`slo402` and `402` are the code SLO402."""
    return f"SLO{subject}" if subject.isdecimal() else subject.upper()


def _page(code: Code) -> str:
    _, _, body = code.doc.strip().partition("\n")
    page = f"# {code.id} ({code.severity}): {code.title}\n\n{body.strip()}"
    return page if code.firm else f"{page}\n\n{_HOW_TO_ALLOW.format(id=code.id)}"


def _unknown(subject: str, codes: list[str]) -> str:
    from slogen.diagnostics import nearest  # noqa: PLC0415 - only for a mistake

    guess = nearest(_spelled_out(subject), codes)
    remedy = f"did you mean {guess}?" if guess else "`slogen explain` lists the codes"
    return f"there is no code `{subject}`; {remedy}"
