"""Runs the real promtool on compiled rules.

On a user's machine without it such tests are skipped, in CI they fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from slogen import pipeline
from slogen.source import Source

PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")
GET_IT = "promtool is not on PATH; on Debian: apt install prometheus"


def needed() -> str:
    """The path of promtool."""
    if PROMTOOL:
        return PROMTOOL
    if os.environ.get("CI"):
        pytest.fail(GET_IT)
    pytest.skip(GET_IT)


def version() -> tuple[int, int]:
    """The version of promtool; (0, 0) without one."""
    if not PROMTOOL:
        return (0, 0)
    answer = subprocess.run([PROMTOOL, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\d+)\.(\d+)", answer.stdout + answer.stderr)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def compiled(spec: str, path: str = "spec.yaml") -> dict[str, str]:
    """The files that a spec compiles to, by path. Fails with the findings when there are errors."""
    result = pipeline.compile([Source(path, spec)])
    assert not result.report.failed, [f"{d.at} {d.code.id} {d.message}" for d in result.report]
    return {file.path: file.text for file in result.files}


def check(*paths: Path) -> subprocess.CompletedProcess[str]:
    """Run `promtool check rules --lint-fatal`."""
    command = [needed(), "check", "rules", "--lint-fatal", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_tests(
    folder: Path,
    rules: str,
    series: Mapping[str, str],
    *,
    expressions: Sequence[tuple[str, str, Sequence[tuple[str, float]]]] = (),
    alerts: Sequence[tuple[str, str, Sequence[Mapping[str, Any]]]] = (),
    every: str = "1m",
    samples: str = "30s",
) -> subprocess.CompletedProcess[str]:
    """Run a promtool unit test: `expressions` are (at, PromQL, samples), `alerts` are (at, name, expected).

    `every` is the evaluation interval, `samples` the distance of the input samples.
    """
    groups = [group["name"] for group in yaml.safe_load(rules)["groups"]]
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": every,
        "group_eval_order": groups,
        "tests": [
            {
                "interval": samples,
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [
                    {
                        "expr": expr,
                        "eval_time": at,
                        "exp_samples": [{"labels": labels, "value": value} for labels, value in expected],
                    }
                    for at, expr, expected in expressions
                ],
                "alert_rule_test": [
                    {"eval_time": at, "alertname": name, "exp_alerts": list(expected)}
                    for at, name, expected in alerts
                ],
            }
        ],
    }
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "test.yaml").write_text(yaml.safe_dump(test, sort_keys=False), encoding="utf-8")
    command = [needed(), "test", "rules", str(folder / "test.yaml")]
    return subprocess.run(command, capture_output=True, text=True, check=False)
