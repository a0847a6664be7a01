"""out/runbooks: a page for each SLO, which the alerts can point at (`runbook` in Settings)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slogen.examined import Project
from slogen.ir import Notifying, OutFile, Program
from slogen.routing.proving.journeys import Journey
from slogen.seal import MARKDOWN, seal

FOLDER = "runbooks"


def emit(program: Program) -> Iterator[OutFile]:
    """One page per SLO, in the order of their ids; none unless Settings ask for them."""
    if not program.settings.runbook_pages:
        return
    from slogen.runbooks.page import page  # noqa: PLC0415 - not for those who want no pages

    written = tuple(rules for rules in program.rule_sets if not rules.slos)
    told = _receivers(program.notifying)
    project = Project(program.settings, program.catalogs, written)
    for slo in sorted(program.slos, key=lambda slo: slo.id):
        origin = slo.where.whole.source.path
        text = page(slo, project, told.get(slo.id, {}))
        yield OutFile(f"{FOLDER}/{slo.id}.md", seal(text, origin, MARKDOWN))


def _receivers(notifying: Notifying) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Who gets the alerts of each SLO, by its id and their kinds; nothing without routes."""
    found: dict[str, dict[str, list[str]]] = {}
    tree = notifying.configuration
    for alert in notifying.alerts if tree is not None else ():
        if alert.slo is not None and tree is not None:
            told = found.setdefault(alert.slo.id, {}).setdefault(alert.kind, [])
            told += [name for name in Journey(alert.firing, tree).receivers if name not in told]
    return found
