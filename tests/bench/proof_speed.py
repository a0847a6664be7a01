"""Measures how fast `slogen test` is on a project: scenarios, and wall and CPU time of all its processes."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from pathlib import Path

from processes import Finished, run

from report import table

PROJECT = Path(__file__).parents[2]
# A line such as `ok    api-availability    17 scenarios    ApiAvailabilityBudgetBurn`.
_SUBJECT = re.compile(r"^ok +\S.*? +(\d+) scenarios?\b", re.MULTILINE)


def main() -> None:
    """Tests each path by itself, then all together, and prints one row for each."""
    args = _arguments()
    command = [*shlex.split(args.command), "test"]
    runs = [[path] for path in args.paths] + ([args.paths] if len(args.paths) > 1 else [])
    rows = [_row(" ".join(paths), run([*command, *paths], args.project)) for paths in runs]
    head = ("slogen test", "SLOs and alerts", "scenarios", "wall s", "CPU s", "wall s each", "CPU s each")
    sys.stdout.write("\n".join(table(head, rows)) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "paths", nargs="*", default=["slos", "rules"], help="what to test, within the project"
    )
    parser.add_argument("--project", type=Path, default=PROJECT, help="the folder to run in")
    parser.add_argument(
        "--command", default=f"{shlex.quote(sys.executable)} -m slogen", help="how to start slogen"
    )
    return parser.parse_args()


def _row(title: str, done: Finished) -> tuple[str, ...]:
    scenarios = [int(count) for count in _SUBJECT.findall(done.output)]
    each = max(len(scenarios), 1)
    return (
        title,
        str(len(scenarios)),
        str(sum(scenarios)),
        f"{done.wall_s:.1f}",
        f"{done.cpu_s:.1f}",
        f"{done.wall_s / each:.2f}",
        f"{done.cpu_s / each:.2f}",
    )


if __name__ == "__main__":
    main()
