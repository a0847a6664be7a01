"""Gathers what the report tells, and writes it.

It imports the compiler, so the command imports it only when it is called.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from slogen import waytext
from slogen.cli import routing
from slogen.cli.commands import CommandFailed
from slogen.diagnostics import Diagnostic
from slogen.ir import Program, Slo
from slogen.report.page import Told, page
from slogen.routing.proving.journeys import Journey


def text(program: Program, findings: Sequence[Diagnostic]) -> str:
    """The page about a program."""
    return page(program, Told(_proofs(program), _ways(program), _by_slo(program.slos, findings)))


def write(page_text: str, output: Path) -> None:
    """Write the page to a file, or to standard output."""
    if str(output) == "-":
        click.echo(page_text, nl=False)
        return
    output.write_text(page_text, encoding="utf-8", newline="\n")


def _proofs(program: Program) -> Mapping[str, int]:
    """How many scenarios prove the alerts of each SLO."""
    found: Counter[str] = Counter()
    for proof in program.proofs:
        found[proof.subject] += len(proof.scenarios)
    return found


def _ways(program: Program) -> Mapping[str, Sequence[str]]:
    """Who gets the alerts of each SLO, a line for each; nothing without a tree of routes."""
    try:
        tree = routing.tree_of(program)
    except CommandFailed:
        return {}
    found: dict[str, list[str]] = {}
    for alert in program.notifying.alerts if tree is not None else ():
        if alert.slo is not None and tree is not None:
            receivers = waytext.receivers(Journey(alert.firing, tree))
            found.setdefault(alert.slo.id, []).append(f"{alert.name} ({alert.kind}): {receivers}")
    return found


def _by_slo(slos: Sequence[Slo], findings: Sequence[Diagnostic]) -> Mapping[str, Sequence[Diagnostic]]:
    """The findings by the SLO below whose name they are."""
    begins: dict[str, list[tuple[int, str]]] = {}
    for slo in slos:
        at = slo.where.whole
        begins.setdefault(at.source.path, []).append((at.start, slo.id))
    found: dict[str, list[Diagnostic]] = {}
    for finding in findings:
        places = sorted(begins.get(finding.at.source.path, ()))
        before = bisect_right(places, (finding.at.start, "\U0010ffff"))
        if before:
            found.setdefault(places[before - 1][1], []).append(finding)
    return found
