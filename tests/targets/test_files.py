"""The files that are written: one object each, none over another, none too large for Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st

import promtool
from slogen.ir import Manifest, OutFile, Program, Rule, RuleGroup, RuleSet, Settings, Where
from slogen.resolve import in_object_order
from slogen.seal import is_intact
from slogen.source import Source, Span
from slogen.targets import prometheus_rule_files, prometheus_rules

# prometheus-operator: MaxConfigMapDataSize, half of the mebibyte that etcd takes.
OPERATOR_TAKES = 524_288
HERE = Where(Span(Source("here.yaml", ""), 0, 0))


def rule_set(name: str, namespace: str | None = None, *groups: RuleGroup) -> RuleSet:
    return RuleSet(Manifest(name, namespace, {"release": "prometheus"}), groups, HERE)


def group(name: str, size: int = 0) -> RuleGroup:
    """A group of about `size` bytes."""
    rules = tuple(
        Rule(f'up{{job="{i:04}"}}\nor\n' + "up or\n" * 150 + "up", record="a") for i in range(size // 1000)
    )
    return RuleGroup(name, rules)


def emitted(*rule_sets: RuleSet) -> list[OutFile]:
    program = Program((), in_object_order(rule_sets), Settings())
    return [*prometheus_rules.emit(program), *prometheus_rule_files.emit(program)]


def objects(files: Iterable[OutFile]) -> list[tuple[str, str | None]]:
    """Name and namespace of all manifests."""
    found = [yaml.safe_load(file.text) for file in files if file.path.startswith("prometheusrules/")]
    return [(data["metadata"]["name"], data["metadata"].get("namespace")) for data in found]


def test_an_object_has_a_manifest_and_a_rule_file_of_its_name() -> None:
    files = emitted(rule_set("shop", None, group("a")), rule_set("kiosk", "x"))
    assert [file.path for file in files] == [
        "prometheusrules/kiosk.yaml",
        "prometheusrules/shop.yaml",
        "rules/kiosk.yaml",
        "rules/shop.yaml",
    ]
    assert all(is_intact(file.text) for file in files)


def test_the_order_of_the_input_does_not_matter() -> None:
    sets = [rule_set("b"), rule_set("a", "y"), rule_set("a", "x"), rule_set("a")]
    assert emitted(*sets) == emitted(*reversed(sets))


NAMES = st.sampled_from(["a", "b", "a-2", "a.b", "x.a", "a-b", "default", "x"])
NAMESPACES = st.sampled_from([None, "default", "a", "b", "x", "a-b"])


@given(st.sets(st.tuples(NAMES, NAMESPACES), max_size=12))
def test_no_file_is_written_over_another(keys: set[tuple[str, str | None]]) -> None:
    files = emitted(*(rule_set(name, namespace) for name, namespace in keys))
    paths = [file.path for file in files]
    assert len(set(paths)) == len(paths) == 2 * len(keys)
    assert sorted(objects(files), key=str) == sorted(keys, key=str)


def test_objects_of_one_name_have_their_namespace_in_the_path() -> None:
    files = emitted(rule_set("shop"), rule_set("shop", "eu"), rule_set("kiosk", "eu"))
    assert sorted(file.path for file in files if file.path.startswith("rules/")) == [
        "rules/eu_shop.yaml",
        "rules/kiosk.yaml",
        "rules/shop.yaml",
    ]


def test_a_large_object_is_split_between_groups() -> None:
    groups = tuple(group(f"g{i}", 90_000) for i in range(12))
    files = emitted(rule_set("shop", "x", *groups))
    manifests = [file for file in files if file.path.startswith("prometheusrules/")]
    assert len(manifests) > 2
    assert objects(manifests) == [("shop", "x"), *((f"shop-{i}", "x") for i in range(2, len(manifests) + 1))]
    read = [yaml.load(file.text, Loader=yaml.CSafeLoader) for file in manifests]
    assert [g["name"] for data in read for g in data["spec"]["groups"]] == [g.name for g in groups]
    assert all(data["metadata"]["labels"] == {"release": "prometheus"} for data in read)
    assert all(len(file.text.encode()) < OPERATOR_TAKES for file in manifests)
    # Prometheus itself has no such limit.
    [rule_file] = [file for file in files if file.path.startswith("rules/")]
    whole = yaml.load(rule_file.text, Loader=yaml.CSafeLoader)
    assert whole["groups"] == [g for data in read for g in data["spec"]["groups"]]


def test_a_group_is_never_split() -> None:
    files = emitted(rule_set("shop", None, group("a", 1_000), group("b", 700_000), group("c", 1_000)))
    read = [
        yaml.load(file.text, Loader=yaml.CSafeLoader)["spec"]["groups"]
        for file in files
        if file.path.startswith("prometheusrules/")
    ]
    assert [[g["name"] for g in groups] for groups in read] == [["a"], ["b"], ["c"]]


def test_a_part_takes_no_name_of_another_object() -> None:
    large = (group("a", 200_000), group("b", 200_000), group("c", 200_000), group("d", 200_000))
    files = emitted(rule_set("shop", "x", *large), rule_set("shop-2", "x"), rule_set("shop-part-2", "x"))
    paths = [file.path for file in files]
    assert len(set(paths)) == len(paths)
    assert len(set(objects(files))) == len(objects(files))


def test_a_part_takes_no_file_of_another_namespace() -> None:
    large = (group("a", 200_000), group("b", 200_000), group("c", 200_000), group("d", 200_000))
    paths = [file.path for file in emitted(rule_set("shop", "x", *large), rule_set("shop-2", "y"))]
    assert len(set(paths)) == len(paths)


MANIFEST = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: shop}
spec:
  groups:
    - name: shop
      partial_response_strategy: Warn
      rules: [{record: a, expr: up}]
"""


def test_what_only_thanos_knows_stays_in_the_manifest(tmp_path: Path) -> None:
    files = promtool.compiled(MANIFEST)
    assert yaml.safe_load(files["prometheusrules/shop.yaml"]) == yaml.safe_load(MANIFEST)
    (tmp_path / "shop.yaml").write_text(files["rules/shop.yaml"], encoding="utf-8")
    result = promtool.check(tmp_path / "shop.yaml")
    assert result.returncode == 0, result.stderr
