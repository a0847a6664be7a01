"""Each trap is caught where it is, with what slogen ships, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import pytest
import seeds
from documents import ROOT
from table import TRAPS, Caught, Handled, Out, Trap

from slogen import pipeline
from slogen.source import Source

PAGE = Path(__file__).parent / "README.md"
CATALOGS = [
    Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    for path in sorted([*ROOT.glob("slos/*/*.metrics.yaml"), *ROOT.glob("slos/*/*.component.yaml")])
]
CAUGHT = [trap for trap in TRAPS if isinstance(trap, Caught)]
HANDLED = [trap for trap in TRAPS if isinstance(trap, Handled)]

# Those about rules, SLOs and queries that were shown to be real by running Prometheus' own tools.
SHOWN = {3, 12, 14, 16, 29, 30, 33, 34, 35, 45, 46, 47, 49, 50, 57, 60, 63, 66, 68, 69, 99, 103}


def compiled(trap: Caught | Handled, old: str = "", new: str = "") -> pipeline.Result:
    """The documents of a trap among the shipped catalogs, with another text in one place."""
    files = {path: text.replace(old, new) if old else text for path, text in trap.files.items()}
    shipped = [source for source in CATALOGS if source.path not in files]
    return pipeline.compile([*shipped, *(Source(path, text) for path, text in files.items())])


def number_of(trap: Trap) -> str:
    return f"T{trap.number}"


@pytest.mark.parametrize("trap", CAUGHT, ids=number_of)
def test_the_trap_is_caught(trap: Caught) -> None:
    if trap.seed and not seeds.are_there():
        pytest.skip("the guides of the systems are not on this machine")
    found = [finding for finding in compiled(trap).report if finding.code.id == trap.code]
    assert found, [f"{finding.at} {finding.code.id} {finding.message}" for finding in compiled(trap).report]
    assert trap.at in [finding.at.text for finding in found]
    if trap.mend is not None:
        assert any(trap.mend[0] in text for text in trap.files.values())
        left = [str(one.at) for one in compiled(trap, *trap.mend).report if one.code.id == trap.code]
        assert left == [], "the finding stays after it is mended"


@pytest.mark.parametrize("trap", HANDLED, ids=number_of)
def test_nobody_falls_into_the_trap(trap: Handled) -> None:
    result = compiled(trap)
    if trap.holds:
        assert any(trap.holds in file.text for file in result.files)
    else:
        assert [f"{finding.at} {finding.message}" for finding in result.report] == []


def test_all_traps_are_there() -> None:
    assert [trap.number for trap in TRAPS] == list(range(1, 104))
    assert len(CAUGHT) >= 70
    assert not SHOWN - {trap.number for trap in CAUGHT}


def page() -> str:
    """The table of all traps."""
    rows = [f"| T{trap.number} | {trap.what} | {_outcome(trap)} |" for trap in TRAPS]
    outs = [trap for trap in TRAPS if isinstance(trap, Out)]
    counts = f"{len(CAUGHT)} are found, {len(HANDLED)} cannot happen, {len(outs)} are out of reach."
    return "\n".join(
        (
            "# The traps of five systems",
            "",
            "What the monitoring guides of Kysira, Krypton, Kthena, the Gateway API Inference Extension and",
            "k8s-monitoring, and of the tools around them, get wrong or leave for their readers to find out.",
            f"{counts} Written by `pytest tests/traps --update`.",
            "",
            "| trap | what | found by |",
            "|---|---|---|",
            *rows,
            "",
        )
    )


def _outcome(trap: Trap) -> str:
    if isinstance(trap, Caught):
        code = pipeline.all_codes()[trap.code]
        return f"{trap.code} ({code.severity}): {code.title[:1].lower()}{code.title[1:]}"
    return f"not needed: {trap.how}" if isinstance(trap, Handled) else f"out of reach: {trap.why}"


def test_the_table_is_current(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
