"""The names that slogen invents: valid where they go, and never the same for two things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import promtool
from slogen import names

NAMES = st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,8}[A-Za-z0-9])?", fullmatch=True)
PACES = ("", "slow", "long")
DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kthena-router", "KthenaRouter"),
        ("time_to.first-token", "TimeToFirstToken"),
        ("vLLM", "VLLM"),
        ("p99", "P99"),
        ("2xx-share", "2xxShare"),
        ("", ""),
    ],
)
def test_camel_case(text: str, expected: str) -> None:
    assert names.camel_case(text) == expected


def test_alerts_are_named_after_service_and_slo() -> None:
    assert names.alert("kthena-router", "latency") == "KthenaRouterLatencyBudgetBurn"
    assert names.absence_alert("kthena-router", "latency") == "KthenaRouterLatencyNoData"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Checkout", "checkout"),
        ("my service (eu)", "my-service-eu"),
        ("a_b", "a-b"),
        ("a..b", "a.b"),
        ("a.-b", "a.b"),
        ("-a-", "a"),
        ("ü", ""),
        ("a" * 300, "a" * 253),
    ],
)
def test_object_names_are_made_from_free_text(text: str, expected: str) -> None:
    assert names.object_name(text) == expected


@given(st.text(max_size=300))
def test_an_object_name_is_valid_or_empty(text: str) -> None:
    name = names.object_name(text)
    assert name == "" or DNS_SUBDOMAIN.fullmatch(name)
    assert len(name) <= 253


@given(NAMES)
def test_a_service_always_gives_an_object_name(service: str) -> None:
    assert names.object_name(service)


@given(NAMES, NAMES)
def test_no_two_slos_share_a_group(one: str, other: str) -> None:
    for first, second in ((one, other), (one, f"{one}-slow"), (one, f"{one}-long"), (one, f"slow-{one}")):
        assume(first != second)
        groups = [names.group(slo_id, pace) for slo_id in (first, second) for pace in PACES]
        assert len(set(groups)) == len(groups)


@pytest.mark.parametrize("suffix", ["slow", "long"])
def test_an_slo_named_like_a_group_of_another_compiles(suffix: str, tmp_path: Path) -> None:
    slos = "".join(
        f"    - {{name: {name}, objective: 99.9, sli: {{events: {{total: t, bad: b}}}}}}\n"
        for name in ("latency", f"latency-{suffix}")
    )
    spec = f"apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec:\n  service: shop\n  slos:\n{slos}"
    (tmp_path / "shop.yaml").write_text(promtool.compiled(spec)["rules/shop.yaml"], encoding="utf-8")
    result = promtool.check(tmp_path / "shop.yaml")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["slos/shop.yml"], ["shop"]),
        (["slos/a/slo.yaml", "slos/b/slo.yaml", "slos/c.yaml"], ["a-slo", "b-slo", "c"]),
        (["a/x/slo.yaml", "b/x/slo.yaml", "x/slo.yaml"], ["a-x-slo", "b-x-slo", "x-slo"]),
        (["slo.yaml", "a/slo.yaml"], ["slo", "a-slo"]),
        (["/abs/slo.v1.yaml", "<stdin>"], ["slo.v1", "<stdin>"]),
        (["a/A.yaml", "b/a.yaml"], ["a-A", "b-a"]),
    ],
)
def test_files_have_names_of_their_own(paths: list[str], expected: list[str]) -> None:
    found = names.of_files(paths)
    assert [found[path] for path in paths] == expected
    assert len({names.object_name(name) for name in found.values()}) == len(paths)
