"""out/runbooks: a page for each SLO, which the alerts can point at (`runbook` in Settings)."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.examined import Project
from slogen.ir import OutFile, Program
from slogen.seal import MARKDOWN, seal

FOLDER = "runbooks"


def emit(program: Program) -> Iterator[OutFile]:
    """One page per SLO, in the order of their ids; none unless Settings ask for them."""
    if not program.settings.runbook_pages:
        return
    from slogen.runbooks.page import page  # noqa: PLC0415 - not for those who want no pages

    written = tuple(rules for rules in program.rule_sets if not rules.slos)
    project = Project(program.settings, program.catalogs, written)
    for slo in sorted(program.slos, key=lambda slo: slo.id):
        origin = slo.where.whole.source.path
        yield OutFile(f"{FOLDER}/{slo.id}.md", seal(page(slo, project), origin, MARKDOWN))
