"""`slogen explain`: what a code means, why it matters, and how to write it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from slogen.diagnostics import Code


@click.command(short_help="Explain a code such as SLO402; list them all.")
@click.argument("subject", metavar="[CODE]", required=False)
def command(subject: str | None) -> int:
    """Print the documentation of a code, in Markdown: why it matters, a wrong and a right example.

    Without CODE, list all codes with their severity and title.
    """
    from slogen import pipeline  # noqa: PLC0415 - not for --help

    codes = pipeline.all_codes()
    if subject is None:
        click.echo(
            "\n".join(f"{code.id}  {code.severity:7}  {code.title}" for _, code in sorted(codes.items()))
        )
        return 0
    code = codes.get(_spelled_out(subject))
    if code is None:
        raise click.UsageError(_unknown(subject, list(codes)))
    click.echo(_page(code))
    return 0


def _spelled_out(subject: str) -> str:
    """`slo402` and `402` are the code SLO402."""
    return f"SLO{subject}" if subject.isdecimal() else subject.upper()


def _page(code: Code) -> str:
    _, _, body = code.doc.strip().partition("\n")
    return f"# {code.id} ({code.severity}): {code.title}\n\n{body.strip()}"


def _unknown(subject: str, codes: list[str]) -> str:
    from slogen.diagnostics import nearest  # noqa: PLC0415 - only for a mistake

    guess = nearest(_spelled_out(subject), codes)
    remedy = f"did you mean {guess}?" if guess else "`slogen explain` lists the codes"
    return f"there is no code `{subject}`; {remedy}"
