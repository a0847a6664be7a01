"""Has amtool verify who gets each alert, as slogen says, by the configuration that slogen writes.

Alerts that differ only in labels which no route reads go the same way, so one of them stands for all.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from slogen import versions
from slogen.alertmanager.routes import matchers_of
from slogen.cli import amtool
from slogen.cli.amtool import Amtool, Said
from slogen.cli.progress import Progress
from slogen.ir import OutFile, Program
from slogen.targets import alertmanager, route_table
from slogen.targets.route_table import Row

CONFIGURATION = f"{alertmanager.FOLDER}/alertmanager.yaml"


@dataclass(frozen=True, slots=True, eq=False)
class RouteResult:
    """What amtool says about an alert, or about one that stands for it."""

    row: Row
    said: Said

    @property
    def expected(self) -> str:
        """The receivers that slogen finds, as amtool writes them."""
        return ",".join(self.row.receivers)

    @property
    def failed(self) -> bool:
        """Whether amtool finds others, or none."""
        return bool(self.said.problem) or self.said.answer != self.expected


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """What came of the tree of routes: why amtool refuses it (empty if it does not), and of each alert.

    `too_old` says why this amtool can say nothing of it; empty if it can.
    """

    version: str
    refused: str
    results: tuple[RouteResult, ...]
    too_old: str = ""

    @property
    def failures(self) -> tuple[RouteResult, ...]:
        """The alerts that others get than slogen says."""
        return tuple(result for result in self.results if result.failed)

    @property
    def alerts(self) -> int:
        """How many alerts were verified."""
        return len({id(result.row.alert) for result in self.results})

    @property
    def failed(self) -> bool:
        """Whether the tree is not as it must be."""
        return bool(self.refused or self.failures)


def has_routes(files: Sequence[OutFile]) -> bool:
    """Whether there is a tree of routes to verify."""
    return any(file.path == CONFIGURATION for file in files)


def verified(
    tool: Amtool,
    program: Program,
    files: Sequence[OutFile],
    chosen: Collection[int],
    jobs: int,
    limit: float,
) -> Routes:
    """Ask amtool about the configuration among the files, and about the alerts of the chosen rules (by the
    `id()` of each).

    Raises programs.Unusable if it does not run.
    """
    rows = [row for row in route_table.rows(program) if id(row.alert.rule) in chosen]
    with tempfile.TemporaryDirectory(prefix="slogen-", ignore_cleanup_errors=True) as folder:
        for file in files:
            if file.path.startswith(f"{alertmanager.FOLDER}/"):
                path = Path(folder, file.path)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(file.text, encoding="utf-8")
        written = Path(folder, CONFIGURATION)
        refused = amtool.refused(tool, written, limit)
        needed = program.settings.alertmanager.version
        if refused and needed and versions.is_before(tool.version_text, needed):
            return Routes(tool.version_text, "", (), _too_old(tool, needed, refused))
        results = () if refused else tuple(_answers(tool, program, written, rows, jobs, limit))
    return Routes(tool.version_text, refused, results)


def _too_old(tool: Amtool, needed: str, refused: str) -> str:
    return (
        f"the routes could not be verified: they are for Alertmanager {needed}, and amtool "
        f"{tool.version_text} refuses them with `{refused}`\n"
        f"  = help: name the amtool of Alertmanager {needed} with --amtool"
    )


def _answers(
    tool: Amtool, program: Program, written: Path, rows: Sequence[Row], jobs: int, limit: float
) -> Iterator[RouteResult]:
    configuration = program.notifying.configuration
    assert configuration is not None
    read = sorted({matcher.name for matcher in matchers_of(configuration.route)})
    keys = [tuple(row.labels.get(name, "") for name in read) for row in rows]
    first = dict(zip(reversed(keys), reversed(rows), strict=True))
    with Progress(sys.stderr) as progress:
        watch = partial(progress, "testing routes")
        labels = [row.labels for row in first.values()]
        said = dict(zip(first, amtool.receivers(tool, written, labels, jobs, limit, watch), strict=True))
    for key, row in zip(keys, rows, strict=True):
        yield RouteResult(row, said[key])
