"""The baseline of the benchmark is what Sloth itself generates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sloth_rules
import yaml

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "sloth"


def expected_groups() -> list[dict[str, Any]]:
    golden = SAMPLES / "getting-started.golden.yml"
    if not golden.exists():
        pytest.skip(f"Sloth's sample outputs are not at {SAMPLES}")
    groups: list[dict[str, Any]] = yaml.safe_load(golden.read_text(encoding="utf-8"))["groups"]
    return groups


def generated_groups() -> list[dict[str, Any]]:
    spec = yaml.safe_load((SAMPLES / "getting-started.yml").read_text(encoding="utf-8"))
    slo = spec["slos"][0]
    events = slo["sli"]["events"]
    return sloth_rules.sloth_groups(
        spec["service"], slo["name"], slo["objective"], events["error_query"], events["total_query"]
    )


def test_expressions_are_those_of_sloth() -> None:
    expected = expected_groups()
    generated = generated_groups()
    assert [group["name"] for group in generated] == [group["name"] for group in expected]
    for ours, theirs in zip(generated, expected, strict=True):
        assert [rule["expr"] for rule in ours["rules"]] == [rule["expr"] for rule in theirs["rules"]]


def test_recorded_series_are_those_of_sloth() -> None:
    expected = expected_groups()
    for ours, theirs in zip(generated_groups()[:2], expected, strict=False):
        for mine, golden in zip(ours["rules"], theirs["rules"], strict=True):
            assert mine["record"] == golden["record"]
            # The sample's own labels (owner, ...) are no part of the benchmark's SLO.
            assert mine["labels"].keys() <= golden["labels"].keys()
