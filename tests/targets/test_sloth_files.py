"""The files of rules that are laid out as Sloth does it."""

from __future__ import annotations

import yaml

from slogen.ir import Compat, Manifest, OutFile, Program, Rule, RuleGroup, RuleSet, Settings, Where
from slogen.seal import is_intact, is_sealed
from slogen.source import Source, Span
from slogen.targets import prometheus_rule_files, prometheus_rules

HERE = Where(Span(Source("here.yaml", ""), 0, 0))


def emitted(*groups: RuleGroup) -> dict[str, str]:
    rules = RuleSet(Manifest("shop", "x", {"b": "2", "a": "1"}), groups, HERE, compat=Compat.SLOTH)
    program = Program((), (rules,), Settings())
    files: list[OutFile] = [*prometheus_rules.emit(program), *prometheus_rule_files.emit(program)]
    return {file.path: file.text for file in files}


def test_the_layout_is_sloths_and_the_header_slogens() -> None:
    files = emitted(RuleGroup("g", (Rule("vector(1)", record="r", labels={"tier": "2"}),), interval="5m"))
    assert all(is_sealed(text) and is_intact(text) for text in files.values())
    assert {path: text.partition("\n")[2] for path, text in files.items()} == {
        "rules/shop.yaml": """\
groups:
- name: g
  interval: 5m
  rules:
  - record: r
    expr: vector(1)
    labels:
      tier: "2"
""",
        "prometheusrules/shop.yaml": """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  labels:
    a: "1"
    b: "2"
  name: shop
  namespace: x
spec:
  groups:
  - interval: 5m
    name: g
    rules:
    - expr: vector(1)
      labels:
        tier: "2"
      record: r
""",
    }


def test_what_kubernetes_refuses_is_split_between_groups() -> None:
    rules = tuple(Rule("up or\n" * 150 + "up", record="r", labels={"i": str(i)}) for i in range(50))
    files = emitted(*(RuleGroup(f"g{i}", rules) for i in range(4)))
    manifests = [path for path in files if path.startswith("prometheusrules/")]
    assert manifests == ["prometheusrules/shop.yaml", "prometheusrules/shop-2.yaml"]
    read = [yaml.load(files[path], Loader=yaml.CSafeLoader) for path in manifests]
    assert [data["metadata"]["name"] for data in read] == ["shop", "shop-2"]
    whole = yaml.load(files["rules/shop.yaml"], Loader=yaml.CSafeLoader)["groups"]
    assert [group for data in read for group in data["spec"]["groups"]] == whole


def test_no_rules_are_an_empty_list() -> None:
    assert yaml.safe_load(emitted()["rules/shop.yaml"]) == {"groups": []}
    assert yaml.safe_load(emitted()["prometheusrules/shop.yaml"])["spec"] == {"groups": []}
