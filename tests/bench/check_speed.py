"""Measures what the checks add to `slogen build`: the CPU time with them over that without.

Builds of both kinds take turns, so that a change in the machine's speed hits both.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from build_speed import SLOS_PER_FILE, write_specs
from processes import Finished, run

from report import table

_WITHOUT_CHECKS = """
import sys
from slogen import checking
checking.sound = lambda slos, project, report, progress: iter(list(slos))
checking.check_program = lambda program, project, report: None
from slogen.cli import main
sys.argv[0] = "slogen"
main()
"""


def main() -> None:
    """Generates the specs, builds them in turns and prints one row per kind of build."""
    args = _arguments()
    with tempfile.TemporaryDirectory(prefix="check-speed-", dir=args.scratch) as scratch:
        folder = Path(scratch)
        write_specs(folder / "specs", args.spec, args.slos)
        rows = []
        for title, options in (("rules and tests", ()), ("rules only", ("--no-tests",))):
            on, off = _measured(folder, options, args.repeats)
            rows.append((title, f"{off:.2f}", f"{on:.2f}", f"{on / off - 1:+.0%}"))
    head = ("build", "CPU s without checks", "CPU s with checks", "they add")
    sys.stdout.write(f"== {args.slos:,} SLOs ({args.spec}) ==\n" + "\n".join(table(head, rows)) + "\n")


def _measured(folder: Path, options: tuple[str, ...], repeats: int) -> tuple[float, float]:
    """The median CPU time of builds with the checks and without, in seconds."""
    with_checks, without = [], []
    for _ in range(repeats):
        with_checks.append(_build(folder, ("-m", "slogen"), options).cpu_s)
        without.append(_build(folder, ("-c", _WITHOUT_CHECKS), options).cpu_s)
    return statistics.median(with_checks), statistics.median(without)


def _build(folder: Path, program: tuple[str, ...], options: tuple[str, ...]) -> Finished:
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(folder / "specs", tree / "slos")
    return run([sys.executable, *program, "build", *options], tree)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slos", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--spec", choices=sorted(SLOS_PER_FILE), default="native", help="the specs' format")
    parser.add_argument("--scratch", help="folder for the specs; default: the system's")
    return parser.parse_args()


if __name__ == "__main__":
    main()
