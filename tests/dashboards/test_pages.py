"""What is written to out/dashboards: Grafana's own types take it, Prometheus takes its queries, and the
series that it asks for are recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as GrafanasOwn
from hypothesis import given
from hypothesis import strategies as st

import promtool
from slogen import pipeline, promql, seal
from slogen.dashboards.configmaps import MOST_BYTES
from slogen.dashboards.uids import MOST_CHARACTERS, object_name, uid
from slogen.ir import Compat
from slogen.source import Source

EXPECTED = Path(__file__).parent / "expected"
SPEC = """\
apiVersion: slogen.dev/v1
kind: Settings
spec:
  runbook: https://runbooks.example.com/{service}/{slo}
  manifest: {namespace: monitoring, labels: {release: prometheus}}
  dashboards: {forms: [provisioning, configmap, import], folder: SLOs, files: 'https://git.example.com/{path}'}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  owner: shop
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
    - name: per-model
      objective: 99
      group_by: [model]
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
    - name: quick
      objective: 95
      window: 7d
      sli: {latency: {histogram: request_seconds, threshold: 1s}}
    - name: short-queue
      objective: 95
      window: 7d
      sli: {condition: {metric: queue_size, good_when: '<= 50'}}
"""
OWN = """\
apiVersion: slogen.dev/v1
kind: Dashboard
metadata: {name: shop}
spec:
  title: Shop
  variables:
    - {name: model, query: 'label_values(up, model)'}
    - {name: size, values: [small, 'big, or so']}
  panels:
    - {title: Up, query: 'up{model=~"$model"}', type: stat, unit: seconds, thresholds: {base: red, green: 1}}
    - row: Model $model
      repeat: model
    - {title: Note, text: '<b>bold</b> $model'}
    - title: All
      type: table
      queries: [{query: sum by (job) (up), legend: Up, unit: ratio}, {query: count(up), legend: All}]
    - {title: Heat, type: heatmap, query: 'sum by (le) (rate(request_seconds_bucket[$__rate_interval]))'}
"""


def compiled(spec: str, compat: Compat | None = None) -> pipeline.Result:
    result = pipeline.compile([Source("slos/spec.yaml", spec)], pipeline.Options(compat=compat))
    assert [f"{d.at} {d.message}" for d in result.report] == []
    return result


def written(spec: str, compat: Compat | None = None) -> dict[str, str]:
    files = compiled(spec, compat).files
    return {file.path: file.text for file in files if file.path.startswith("dashboards/")}


def jsons(spec: str) -> dict[str, dict[str, Any]]:
    return {path: json.loads(text) for path, text in written(spec).items() if path.endswith(".json")}


def queries(dashboard: dict[str, Any]) -> Iterator[str]:
    """The queries of panels and variables, with values in place of the variables."""
    asked = {one["name"]: one["query"] for one in dashboard["templating"]["list"]}
    values = {name: _first(str(query)) for name, query in asked.items()}
    for panel in dashboard["panels"]:
        yield from (_filled(target["expr"], values) for target in panel.get("targets", ()))
    for query in asked.values():
        if isinstance(query, dict):
            found = re.fullmatch(r"label_values\((.*), \w+\)", query["query"])
            assert found, query
            yield _filled(found[1], values)


def _first(query: str) -> str:
    """The first of the values that a variable may have, as far as its query tells."""
    found = re.search(r'=~"([^"$|]+)[^"]*"\}', query)
    return found[1] if found else query.partition(",")[0]


def _filled(query: str, values: dict[str, str]) -> str:
    query = re.sub(r'=~"\$\w+"', '=~".*"', query.replace("$__rate_interval", "5m"))
    return re.sub(r"\$(\w+)", lambda match: values[match[1]], query)


def test_the_files_are_those_that_the_settings_ask_for() -> None:
    names = ("overview", "checkout", "shop")
    assert sorted(written(f"{SPEC}---\n{OWN}")) == sorted(
        f"dashboards/{folder}{name}{suffix}"
        for folder, suffix in (("", ".json"), ("import/", ".json"), ("configmaps/", ".yaml"))
        for name in names
    )
    nothing = SPEC.replace("[provisioning, configmap, import]", "[]")
    assert list(written(f"{nothing}---\n{OWN}")) == ["dashboards/shop.json"]
    assert written("groups: [{name: a, rules: [{record: 'a:b', expr: up}]}]") == {}


def test_the_dashboard_of_a_service(request: pytest.FixtureRequest) -> None:
    for path in ("dashboards/checkout.json", "dashboards/overview.json"):
        text, expected = written(SPEC)[path], EXPECTED / Path(path).name
        if request.config.getoption("--update"):
            expected.write_text(text, encoding="utf-8")
        assert text == expected.read_text(encoding="utf-8"), "--update, and read the difference"


def test_grafanas_own_types_take_every_dashboard() -> None:
    register_default_plugins()
    for path, found in jsons(f"{SPEC}---\n{OWN}").items():
        again = json.loads(json.dumps(GrafanasOwn.from_json(found), cls=JSONEncoder))
        for key in ("__comment", "__inputs"):
            found.pop(key, None)
        assert _without_defaults(again) == _without_defaults(found), path


def _without_defaults(value: Any) -> Any:
    """Without empty mappings, which the types add."""
    if isinstance(value, dict):
        return {key: _without_defaults(item) for key, item in value.items() if item not in ({}, None)}
    return [_without_defaults(item) for item in value] if isinstance(value, list) else value


def test_panels_have_numbers_of_their_own_and_lie_beside_each_other() -> None:
    for path, found in jsons(f"{SPEC}---\n{OWN}").items():
        numbers = [panel["id"] for panel in found["panels"]]
        assert len(set(numbers)) == len(numbers), path
        taken: set[tuple[int, int]] = set()
        for panel in found["panels"]:
            grid = panel["gridPos"]
            columns, lines = range(grid["x"], grid["x"] + grid["w"]), range(grid["y"], grid["y"] + grid["h"])
            cells = {(x, y) for x in columns for y in lines}
            assert columns.stop <= 24
            assert taken.isdisjoint(cells), (path, panel["title"])
            taken |= cells


@pytest.mark.promtool
@pytest.mark.parametrize("compat", [None, Compat.SLOTH])
def test_prometheus_takes_every_query(compat: Compat | None, tmp_path: Path) -> None:
    files = written(SPEC.replace("group_by: [model]", "") if compat else f"{SPEC}---\n{OWN}", compat)
    found = [
        query for path, text in files.items() if path.endswith(".json") for query in queries(json.loads(text))
    ]
    rules = [{"record": f"a:b{i}", "expr": query} for i, query in enumerate(found)]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}), encoding="utf-8")
    answer = promtool.check(file)
    assert len(rules) > 40
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("compat", [None, Compat.SLOTH])
def test_every_series_that_is_asked_for_is_recorded(compat: Compat | None) -> None:
    spec = SPEC.replace("group_by: [model]", "") if compat else SPEC
    result = compiled(spec, compat)
    labels: dict[str, list[dict[str, str]]] = {}
    for rules in result.program.rule_sets:
        for group in rules.groups:
            for rule in group.rules:
                labels.setdefault(rule.record or "ALERTS", []).append(dict(rule.labels))
    for path in ("dashboards/checkout.json", "dashboards/overview.json"):
        for query in queries(json.loads(written(spec, compat)[path])):
            for used in promql.selectors(query):
                recorded = labels.get(used.selector.name, [])
                assert any(_fits(used.selector.matchers, found) for found in recorded), query


def _fits(matchers: tuple[promql.Matcher, ...], labels: dict[str, str]) -> bool:
    """Whether a series with the labels of its rule is selected; others come from what the rule reads."""
    return all(
        re.fullmatch(matcher.value, labels[matcher.name]) is not None
        for matcher in matchers
        if matcher.name in labels
    )


def test_a_config_map_holds_the_dashboard_for_the_sidecar() -> None:
    files = written(SPEC)
    found = yaml.safe_load(files["dashboards/configmaps/checkout.yaml"])
    assert found["metadata"] == {
        "name": "dashboard-checkout",
        "namespace": "monitoring",
        "labels": {"release": "prometheus", "grafana_dashboard": "1"},
        "annotations": {"grafana_folder": "SLOs"},
    }
    provisioned = json.loads(files["dashboards/checkout.json"])
    del provisioned["__comment"]
    assert json.loads(found["data"]["checkout.json"]) == provisioned


def test_the_data_source_is_chosen_or_asked_for() -> None:
    found = jsons(SPEC)
    chosen, asked = found["dashboards/checkout.json"], found["dashboards/import/checkout.json"]
    assert [one["type"] for one in chosen["templating"]["list"]][:1] == ["datasource"]
    assert [one["name"] for one in asked["__inputs"]] == ["DS_PROMETHEUS"]
    for page, source in ((chosen, "${datasource}"), (asked, "${DS_PROMETHEUS}")):
        sources = re.findall(r'"uid": "(\$[^"]*)"', json.dumps(page))
        assert set(sources) == {source}


def test_an_edit_by_hand_breaks_the_seal() -> None:
    text = written(SPEC)["dashboards/checkout.json"]
    assert seal.is_sealed(text)
    assert seal.is_intact(text)
    assert not seal.is_intact(text.replace("SLOs of checkout", "mine"))
    assert seal.origin_of(text.partition("\n")[0]) == "slos/spec.yaml"
    hostile = seal.seal("}\n", 'a"b\\c', seal.JSON)
    assert "a" in json.loads(hostile.replace(",\n}", "\n}"))["__comment"]


@given(st.text(max_size=300))
def test_uids_and_object_names_are_what_grafana_and_kubernetes_take(name: str) -> None:
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MOST_CHARACTERS}}}", uid(name))
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", object_name(name))
    assert len(object_name(name)) <= 253


@pytest.mark.parametrize(
    "service", ["a.b_c-D", "overview", "x" * 120, "A", "shop-" + "y" * 30], ids=lambda name: name[:9]
)
def test_odd_services_have_dashboards_of_their_own(service: str) -> None:
    spec = SPEC.replace("service: checkout", f"service: {service}").replace(", import]", "]")
    pages = {path: json.loads(text) for path, text in written(spec).items() if path.endswith(".json")}
    assert len({page["uid"] for page in pages.values()}) == len(pages) == 2
    (own,) = (page for page in pages.values() if page["title"] == f"SLOs of {service}")
    assert f'sloth_service="{service}"' in own["panels"][2]["targets"][0]["expr"]


SETTINGS = Source(
    "settings.yaml",
    "{apiVersion: slogen.dev/v1, kind: Settings, spec: {dashboards: {forms: [provisioning, configmap]}}}",
)


def test_the_order_of_the_files_does_not_matter() -> None:
    def service(name: str, slo: str, window: str) -> Source:
        sli = "sli: {events: {bad: 'b_total', total: 'c_total'}}"
        head = f"apiVersion: slogen.dev/v1\nkind: ServiceLevels\nmetadata: {{name: {slo}}}\nspec:\n"
        text = f"{head}  service: {name}\n  slos: [{{name: {slo}, objective: 99, window: {window}, {sli}}}]\n"
        return Source(f"slos/{slo}.yaml", text)

    sources = [service("a", "x", "7d"), service("b", "y", "28d"), service("a", "z", "28d"), SETTINGS]
    one, other = pipeline.compile(sources), pipeline.compile(sources[::-1])
    pages = [[file for file in each.files if file.path.startswith("dashboards/")] for each in (one, other)]
    assert pages[0] == pages[1]
    assert len(pages[0]) == 6


def test_texts_of_authors_are_no_markup() -> None:
    spec = SPEC.replace("owner: shop", "owner: '<script>alert(1)</script> | x'")
    (table,) = (
        panel for panel in jsons(spec)["dashboards/checkout.json"]["panels"] if panel["type"] == "text"
    )
    assert "<script" not in table["options"]["content"]


def test_a_service_with_many_slos_fits_into_a_config_map() -> None:
    slos = "".join(
        f"    - {{name: s{i}, objective: 99, sli: {{events: {{bad: 'e{i}_total', total: 'r{i}_total'}}}}}}\n"
        for i in range(400)
    )
    spec = f"apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec:\n  service: a\n  slos:\n{slos}"
    spec = f"{SETTINGS.text}\n---\n{spec}"
    assert len(written(spec)["dashboards/configmaps/a.yaml"]) < MOST_BYTES / 4


def test_a_dashboard_larger_than_a_config_map_is_refused() -> None:
    text = OWN.replace("<b>bold</b>", "x" * 1_100_000)
    report = pipeline.compile([Source("slos/big.yaml", text), SETTINGS]).report
    assert [(d.code.id, d.at.line) for d in report] == [("SLO820", 3)]
    assert not pipeline.compile([Source("slos/big.yaml", text)]).report.diagnostics
