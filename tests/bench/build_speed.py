"""Measures how fast `slogen build` is on a large tree of specs: time and memory of whole processes."""

from __future__ import annotations

import argparse
import shlex
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from processes import Finished, run

from report import table

SLOS_PER_FILE = {"native": 10, "sloth": 1}
HEADER = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata:
  name: service-{number}
  namespace: monitoring
  labels: {{release: prometheus}}
spec:
  service: service-{number}
  owner: team-{team}
  runbook: https://runbooks.example.com/service-{number}
  slos:
"""
SLOTH_SPEC = """\
version: "prometheus/v1"
service: "service-{number}"
labels:
  owner: "team-{team}"
slos:
  - name: "requests-availability"
    objective: {objective}
    description: "What users of service {number} expect."
    sli:
      events:
        error_query: sum(rate(svc{number}_requests_total{{job="api",code=~"(5..|429)"}}[{{{{.window}}}}]))
        total_query: sum(rate(svc{number}_requests_total{{job="api"}}[{{{{.window}}}}]))
    alerting:
      name: Service{number}HighErrorRate
      labels:
        category: "availability"
      annotations:
        runbook: "https://runbooks.example.com/service-{number}"
      page_alert:
        labels:
          severity: critical
      ticket_alert:
        labels:
          severity: warning
"""


def main() -> None:
    """Generates the specs, runs the builds and prints one row per kind of run."""
    args = _arguments()
    command = shlex.split(args.command)
    for count in args.slos:
        with tempfile.TemporaryDirectory(prefix="build-speed-", dir=args.scratch) as folder:
            rows = _measure(command, shlex.split(args.options), args.spec, Path(folder), count, args.repeats)
        files = -(-count // SLOS_PER_FILE[args.spec])
        sys.stdout.write(f"\n== {count:,} SLOs in {files:,} files ({args.spec}) ==\n")
        head = ("run", "wall min s", "median s", "CPU median s", "peak MiB")
        sys.stdout.write("\n".join(table(head, rows)) + "\n")
        sys.stdout.flush()


def write_specs(folder: Path, spec: str, count: int) -> None:
    """Writes `count` SLOs: of all kinds of indicators, ten to a file, or in Sloth's format, one to a file."""
    folder.mkdir(parents=True)
    if spec == "sloth":
        for number in range(count):
            text = SLOTH_SPEC.format(
                number=number, team=number % 7, objective=_OBJECTIVES[number % len(_OBJECTIVES)]
            )
            (folder / f"service-{number:05d}.yaml").write_text(text, encoding="utf-8")
        return
    per_file = SLOS_PER_FILE[spec]
    for number in range(-(-count // per_file)):
        first = number * per_file
        slos = [_slo(index) for index in range(first, min(first + per_file, count))]
        text = HEADER.format(number=number, team=number % 7) + "".join(slos)
        (folder / f"service-{number:05d}.yaml").write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slos", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument(
        "--command", default=f"{shlex.quote(sys.executable)} -m slogen", help="how to start slogen"
    )
    parser.add_argument("--spec", choices=sorted(SLOS_PER_FILE), default="native", help="the specs' format")
    parser.add_argument("--options", default="", help="options of the builds, such as `--compat sloth`")
    parser.add_argument("--scratch", help="folder for the specs; default: the system's")
    return parser.parse_args()


def _measure(
    command: Sequence[str], extra: Sequence[str], spec: str, folder: Path, count: int, repeats: int
) -> list[tuple[str, ...]]:
    specs = folder / "specs"
    write_specs(specs, spec, count)
    tree = folder / "tree"

    def fresh() -> None:
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(specs, tree / "slos")

    edits = iter(range(repeats))

    def edit() -> None:
        _edit(tree / "slos" / "service-00000.yaml", next(edits))

    def build(*options: str) -> Finished:
        return run([*command, "build", *extra, *options], tree)

    rows = [_row("nothing: --version", _repeated(repeats, lambda: run([*command, "--version"], folder)))]
    rows.append(_row("cold build", _repeated(repeats, build, before=fresh)))
    rows.append(_row("build, nothing changed", _repeated(repeats, build)))
    rows.append(_row("build, one file edited", _repeated(repeats, build, before=edit)))
    rows.append(_row("build --check, nothing changed", _repeated(repeats, lambda: build("--check"))))
    of_check = [option for option in extra if option != "--no-tests"]
    rows.append(_row("check", _repeated(repeats, lambda: run([*command, "check", *of_check], tree))))
    return rows


def _repeated(
    repeats: int, measured: Callable[[], Finished], before: Callable[[], None] = lambda: None
) -> Iterable[Finished]:
    for _ in range(repeats):
        before()
        yield measured()


def _row(title: str, runs: Iterable[Finished]) -> tuple[str, ...]:
    done = list(runs)
    return (
        title,
        f"{min(run.wall_s for run in done):.3f}",
        f"{statistics.median(run.wall_s for run in done):.3f}",
        f"{statistics.median(run.cpu_s for run in done):.3f}",
        f"{max(run.memory_mib for run in done):.0f}",
    )


def _edit(spec: Path, number: int) -> None:
    """Changes an objective, so that the file's rules change."""
    lines = spec.read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(index for index, line in enumerate(lines) if "objective:" in line)
    lines[first] = f"{lines[first].partition('objective:')[0]}objective: 99.{number % 9 + 1}\n"
    spec.write_text("".join(lines), encoding="utf-8")


def _slo(index: int) -> str:
    sli, group_by = _SLIS[index % len(_SLIS)]
    grouping = "" if group_by is None else f"      group_by: [{group_by}]\n"
    return (
        f"    - name: slo-{index}\n"
        f"      objective: {_OBJECTIVES[index % len(_OBJECTIVES)]}\n"
        f"      description: What users of service {index} expect.\n"
        + grouping
        + "      sli:\n"
        + sli.replace("SVC", f"svc{index}")
    )


_OBJECTIVES = (99.9, 99.5, 99, 95)
_SLIS: tuple[tuple[str, str | None], ...] = (
    (
        """\
        events:
          total: 'SVC_requests_total{job="api"}'
          bad: 'SVC_requests_total{job="api",code=~"5.."}'
""",
        None,
    ),
    (
        """\
        events:
          total: 'SVC_requests_total{job="api"}'
          good: 'SVC_requests_total{job="api",code!~"5.."}'
""",
        "tenant",
    ),
    (
        """\
        latency:
          histogram: SVC_request_duration_seconds
          threshold: 500ms
          where: '{code=~"2.."}'
""",
        None,
    ),
    (
        """\
        condition:
          metric: 'SVC_queue_length{job="api"}'
          good_when: '<= 50'
""",
        None,
    ),
    (
        """\
        query:
          bad: 'sum(rate(SVC_requests_total{code=~"5.."}[{{.window}}]))'
          total: 'sum(rate(SVC_requests_total[{{.window}}]))'
""",
        None,
    ),
    (
        """\
        ratio:
          error: 'avg_over_time(SVC:errors:ratio[{{.window}}])'
""",
        None,
    ),
)


if __name__ == "__main__":
    main()
