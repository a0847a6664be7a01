"""Hand-written rules: kept byte for byte where they are sound, refused where Prometheus would refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import promtool
from slogen import pipeline
from slogen.ir import RuleSet
from slogen.source import Source

FILE = """\
groups:
  - name: shop
    interval: 1m
    rules:
      - record: shop:sales:rate5m
        expr: sum(rate(sales_total[5m]))
      - alert: ShopClosed
        expr: |
          shop:sales:rate5m == 0
            and on () hour() > 8
        for: 10m
        labels: {severity: critical}
        annotations: {summary: nothing sold}
"""
MANIFEST = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: shop-rules
  namespace: shop
  labels: {release: prometheus}
  annotations: {docs/url: x}
spec:
  groups:
    - name: shop
      rules:
        - alert: ShopClosed
          expr: shop:sales:rate5m == 0
"""


def findings(text: str) -> list[tuple[str, int, int, str]]:
    """Code, line, column and the underlined text of each finding."""
    report = pipeline.compile([Source("rules/shop.yaml", text)]).report
    return [(d.code.id, d.at.line, d.at.column, d.at.text) for d in report]


def said(text: str) -> str:
    report = pipeline.compile([Source("rules/shop.yaml", text)]).report
    return "\n".join(f"{d.message} | {d.help}" for d in report)


def rule_sets(*texts: str, path: str = "rules/shop.yaml") -> tuple[RuleSet, ...]:
    others = [Source(f"other{i}.yaml", text) for i, text in enumerate(texts[1:])]
    result = pipeline.compile([Source(path, texts[0]), *others])
    assert [f"{d.at} {d.message}" for d in result.report] == []
    return result.program.rule_sets


def changed(old: str, new: str, text: str = FILE) -> str:
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


RECORD = "record: shop:sales:rate5m"
SUM = "expr: sum(rate(sales_total[5m]))"
BAD = {
    "neither record nor alert": ((f"{RECORD}\n        {SUM}", SUM), ("SLO111", 5, 9, "expr")),
    "record and alert both": ((RECORD, f"alert: A\n        {RECORD}"), ("SLO110", 6, 9, "record")),
    "record without a value": ((RECORD, "record:"), ("SLO112", 5, 16, "")),
    "alert without a value": (("alert: ShopClosed", "alert: null"), ("SLO112", 7, 16, "null")),
    "an alert with an empty name": (("alert: ShopClosed", "alert: ''"), ("SLO113", 7, 16, "''")),
    "a record that is no metric name": (
        (RECORD, "record: shop-sales"),
        ("SLO113", 5, 17, "shop-sales"),
    ),
    "a record that is a number": ((RECORD, "record: 5"), ("SLO112", 5, 17, "5")),
    "no expression": (
        (f"{RECORD}\n        {SUM}", RECORD),
        ("SLO111", 5, 9, "record"),
    ),
    "an expression without a value": ((SUM, "expr:"), ("SLO112", 6, 14, "")),
    "an empty expression": ((SUM, "expr: ''"), ("SLO401", 6, 15, "''")),
    "a blank expression": ((SUM, "expr: ' '"), ("SLO401", 6, 15, "' '")),
    "an expression that is a list": ((SUM, "expr: [up]"), ("SLO112", 6, 15, "[up]")),
    "an expression that is true": ((SUM, "expr: true"), ("SLO112", 6, 15, "true")),
    "an expression that is no number of PromQL": ((SUM, "expr: 0o17"), ("SLO401", 6, 15, "0o17")),
    "an expression that is a text": ((SUM, "expr: '\"text\"'"), ("SLO404", 6, 15, "'\"text\"'")),
    "an expression that is a range": ((SUM, "expr: sales_total[5m]"), ("SLO404", 6, 15, "sales_total[5m]")),
    "PromQL that does not parse, in a block": (("hour() > 8", "hour() > > 8"), ("SLO401", 10, 30, "> >")),
    "an unknown function, in a block": (("hour()", "hours()"), ("SLO401", 10, 23, "hours")),
    "a duration without a unit": (("for: 10m", "for: 300"), ("SLO113", 11, 14, "300")),
    "a duration with a fraction": (("for: 10m", "for: 1.5h"), ("SLO113", 11, 14, "1.5h")),
    "a duration that is empty": (("for: 10m", "for: ''"), ("SLO113", 11, 14, "''")),
    "a duration that is false": (("for: 10m", "for: false"), ("SLO112", 11, 14, "false")),
    "a duration that is a number": (("for: 10m", "for: 0.0"), ("SLO112", 11, 14, "0.0")),
    "a bad keep_firing_for": (("for: 10m", "keep_firing_for: soon"), ("SLO113", 11, 26, "soon")),
    "for on a recording rule": ((SUM, f"{SUM}\n        for: 5m"), ("SLO110", 7, 9, "for")),
    "annotations on a recording rule": (
        (SUM, f"{SUM}\n        annotations: {{a: b}}"),
        ("SLO110", 7, 9, "annotations"),
    ),
    "a bad interval": (("interval: 1m", "interval: 1 minute"), ("SLO113", 3, 15, "1 minute")),
    "an interval without a unit": (("interval: 1m", "interval: 60"), ("SLO113", 3, 15, "60")),
    "a limit that is text": (("interval: 1m", "limit: '5'"), ("SLO112", 3, 12, "'5'")),
    "a limit that is no integer": (("interval: 1m", "limit: 1.5"), ("SLO112", 3, 12, "1.5")),
    "a limit that nobody can count": (
        ("interval: 1m", "limit: 99999999999999999999"),
        ("SLO113", 3, 12, "99999999999999999999"),
    ),
    "a bad partial response strategy": (
        ("interval: 1m", "partial_response_strategy: maybe"),
        ("SLO113", 3, 32, "maybe"),
    ),
    "a label name with a dash": (("{severity: critical}", "{a-b: c}"), ("SLO113", 12, 18, "a-b")),
    "an empty label name": (("{severity: critical}", "{'': c}"), ("SLO113", 12, 18, "''")),
    "the name of a metric as a label": (
        ("{severity: critical}", "{__name__: c}"),
        ("SLO113", 12, 18, "__name__"),
    ),
    "a label value that is a number": (("{severity: critical}", "{severity: 1}"), ("SLO112", 12, 28, "1")),
    "a label value that is true": (
        ("{severity: critical}", "{severity: yes, a: true}"),
        ("SLO112", 12, 36, "true"),
    ),
    "a label without a value": (("{severity: critical}", "{severity: }"), ("SLO112", 12, 27, "")),
    "labels that are a list": (("{severity: critical}", "[severity]"), ("SLO112", 12, 17, "[severity]")),
    "an annotation name with a dash": (("{summary: nothing sold}", "{a-b: c}"), ("SLO113", 13, 23, "a-b")),
    "an annotation that is a list": (("{summary: nothing sold}", "{a: [b]}"), ("SLO112", 13, 26, "[b]")),
    "an unknown key of a rule": (("for: 10m", "fro: 10m"), ("SLO110", 11, 9, "fro")),
    "an unknown key of a group": (("interval: 1m", "intervall: 1m"), ("SLO110", 3, 5, "intervall")),
    "an unknown key of the file": (("groups:", "namespace: x\ngroups:"), ("SLO110", 1, 1, "namespace")),
    "a group without a name": (
        ("  - name: shop\n    interval", "  - interval"),
        ("SLO111", 2, 5, "interval"),
    ),
    "a group with an empty name": (("name: shop", "name: ''"), ("SLO113", 2, 11, "''")),
    "a group whose name is a number": (("name: shop", "name: 5"), ("SLO112", 2, 11, "5")),
    "a rule without a value": ((f"{RECORD}\n        {SUM}", ""), ("SLO112", 5, 8, "")),
}


@pytest.mark.parametrize("name", BAD)
def test_what_prometheus_would_refuse_is_found_at_its_place(name: str) -> None:
    (old, new), expected = BAD[name]
    assert findings(changed(old, new)) == [expected]


SHAPES = {
    "groups that are a mapping": ("groups: {a: b}", ("SLO112", 1, 9, "{a: b}")),
    "groups that are text": ("groups: a", ("SLO112", 1, 9, "a")),
    "a group that is text": ("groups: [a]", ("SLO112", 1, 10, "a")),
    "a group without a value": ("groups:\n  -\n", ("SLO112", 2, 4, "")),
    "rules that are a mapping": ("groups: [{name: a, rules: {}}]", ("SLO112", 1, 27, "{}")),
    "a rule that is text": ("groups: [{name: a, rules: [up]}]", ("SLO112", 1, 28, "up")),
    "two groups of one name": ("groups: [{name: a}, {name: b}, {name: a}]", ("SLO113", 1, 39, "a")),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_file_of_another_shape(name: str) -> None:
    text, expected = SHAPES[name]
    assert findings(text) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("for: 10m", "fro: 10m", "did you mean `for`?"),
        ("for: 10m", "for: 300", "write `300s` or `5m`"),
        ("interval: 1m", "intervall: 1m", "did you mean `interval`?"),
        ("record: shop:sales:rate5m", "recrod: shop:sales:rate5m", "did you mean `record`?"),
        ("{severity: critical}", "{severity: 1}", 'put it in quotes: `"1"`'),
        ("{severity: critical}", "{__name__: c}", "`__name__` is no label name | choose another name"),
        ("name: shop", "name: ''", "`name` is empty | write a text"),
        ("record: shop:sales:rate5m", "record:", "`record` has no value | write a text"),
    ],
)
def test_messages_say_what_to_type(old: str, new: str, expected: str) -> None:
    assert expected in said(changed(old, new))


def test_all_findings_come_in_one_run() -> None:
    text = changed("hour() >", "hour( >").replace("for: 10m", "for: 300").replace("[5m]", "[5x]")
    assert [code for code, *_ in findings(text)] == ["SLO401", "SLO401", "SLO113"]


@pytest.mark.parametrize("text", ["groups:\n", "groups: []\n", "groups: null\n"])
def test_a_file_without_groups_is_sound(text: str) -> None:
    [rules] = rule_sets(text)
    assert rules.groups == ()


def test_zero_is_no_duration_to_wait() -> None:
    [rules] = rule_sets(changed("for: 10m", "for: 0\n        keep_firing_for: 0s"))
    rule = rules.groups[0].rules[1]
    assert (rule.for_, rule.keep_firing_for) == ("", "0s")


@pytest.mark.parametrize("number", ["1", "-1.5e3", ".5", "0x1F", "1.", "+2"])
def test_an_expression_may_be_a_number_as_it_is_written(number: str) -> None:
    [rules] = rule_sets(changed(SUM, f"expr: {number}").replace("== 0", "!= 0"))
    assert rules.groups[0].rules[0].expr == number


# manifests -------------------------------------------------------------------------------------------------

BAD_MANIFESTS = {
    "no name": (("  name: shop-rules\n", "  generateName: shop-\n"), ("SLO111", 3, 1, "metadata")),
    "a name that is none": (("name: shop-rules", "name: Shop_Rules"), ("SLO113", 4, 9, "Shop_Rules")),
    "a namespace that is none": (("namespace: shop", "namespace: my.shop"), ("SLO113", 5, 14, "my.shop")),
    "another apiVersion": (
        ("monitoring.coreos.com/v1", "monitoring.coreos.com/v1beta1"),
        ("SLO113", 1, 13, "monitoring.coreos.com/v1beta1"),
    ),
    "no apiVersion": (("apiVersion: monitoring.coreos.com/v1\n", ""), ("SLO113", 1, 1, "kind")),
    "a label value that Kubernetes refuses": (
        ("release: prometheus", "release: a b"),
        ("SLO113", 6, 21, "a b"),
    ),
    "a label that Kubernetes refuses": (("release: prometheus", "a b: c"), ("SLO113", 6, 12, "a b")),
    "an annotation that Kubernetes refuses": (
        ("docs/url: x", "docs/a/url: x"),
        ("SLO113", 7, 17, "docs/a/url"),
    ),
    "a label that is a number": (("release: prometheus", "release: 1"), ("SLO112", 6, 21, "1")),
    "an unknown key": (("spec:", "sepc: {}\nspec:"), ("SLO110", 8, 1, "sepc")),
    "an unknown key of the spec": (("  groups:", "  group: []\n  groups:"), ("SLO110", 9, 3, "group")),
}


@pytest.mark.parametrize("name", BAD_MANIFESTS)
def test_what_kubernetes_would_refuse_is_found_at_its_place(name: str) -> None:
    (old, new), expected = BAD_MANIFESTS[name]
    assert findings(changed(old, new, MANIFEST)) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metadata:\n", ("SLO112", 3, 10, "")),
        ("metadata: []\n", ("SLO112", 3, 11, "[]")),
        ("", ("SLO111", 1, 1, "apiVersion")),
    ],
)
def test_a_manifest_without_metadata(text: str, expected: tuple[str, int, int, str]) -> None:
    head = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
    assert findings(f"{head}{text}spec: {{groups: []}}\n") == [expected]


def test_an_object_from_a_cluster_is_read_without_what_the_cluster_added() -> None:
    text = changed(
        "  namespace: shop\n",
        "  namespace: shop\n  creationTimestamp: null\n  generation: 3\n  uid: 0-1\n"
        "  resourceVersion: '7'\n  managedFields: [{manager: kubectl, fieldsV1: {f:spec: {}}}]\n",
        MANIFEST,
    )
    [rules] = rule_sets(f"{text}status:\n  bindings: [{{name: k8s}}]\n")
    manifest = rules.manifest
    assert (manifest.name, manifest.namespace) == ("shop-rules", "shop")
    assert (manifest.labels, manifest.annotations) == ({"release": "prometheus"}, {"docs/url": "x"})


def test_a_list_of_objects_is_each_of_its_objects() -> None:
    items = "".join(
        f"""
  - apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    metadata: {{name: {name}}}
    spec: {{groups: [{{name: a, rules: [{{record: a, expr: up}}]}}]}}"""
        for name in ("b", "a")
    )
    text = f"apiVersion: v1\nkind: List\nitems:{items}\n  - {{apiVersion: v1, kind: Secret}}\n"
    result = pipeline.compile([Source("list.yaml", text)])
    assert [f"{d.at} {d.message}" for d in result.report] == []
    assert [rules.manifest.name for rules in result.program.rule_sets] == ["a", "b"]
    assert result.skipped == 1


# what is kept ----------------------------------------------------------------------------------------------

EXPRESSIONS = {
    "a trailing newline": "up\n",
    "no trailing newline": "ok == 0\n  and on () vector(1)",
    "comments": "# why\nok == 0  # how\n# end",
    "odd indentation": "   up\n      == 0\n and\n\tvector(1)\n\n",
    "blank lines": "up\n\n\n  == 0\n\n\n",
    "quotes": """up{a="it's \\"quoted\\"", b='\\'', c=`\\d`}""",
    "braces of other languages": 'up{a="{{ $labels.a }}", b="${x}", c="%s"}',
    "long lines": " or ".join(f'up{{job="{i}"}}' for i in range(200)),
    "other scripts": 'up{shop="Zoë 🔥\u00a0日本"}',
    "a carriage return": "up\r\n== 0",
    "a space at the end of a line": "up \n== 0 \n",
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expressions_are_kept_byte_for_byte(name: str) -> None:
    expr = EXPRESSIONS[name]
    data = {"groups": [{"name": "g", "rules": [{"record": "a", "expr": expr}]}]}
    written = yaml.safe_dump(data, allow_unicode=True)
    [rules] = rule_sets(written)
    assert rules.groups[0].rules[0].expr == expr
    files = promtool.compiled(written, "rules/a.yaml")
    assert yaml.safe_load(files["rules/a.yaml"])["groups"][0]["rules"][0]["expr"] == expr
    manifest = yaml.safe_load(files["prometheusrules/a.yaml"])
    assert manifest["spec"]["groups"][0]["rules"][0]["expr"] == expr


def test_a_sound_file_comes_out_as_it_went_in(tmp_path: Path) -> None:
    text = promtool.compiled(FILE, "rules/shop.yaml")["rules/shop.yaml"]
    assert yaml.safe_load(text) == yaml.safe_load(FILE)
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    result = promtool.check(tmp_path / "shop.yaml")
    assert result.returncode == 0, result.stderr


def test_a_sound_manifest_comes_out_as_it_went_in() -> None:
    files = promtool.compiled(MANIFEST, "rules/shop.yaml")
    assert yaml.safe_load(files["prometheusrules/shop-rules.yaml"]) == yaml.safe_load(MANIFEST)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("rules/shop.yaml", "shop"),
        ("rules/shop/alerts.yaml", "shop-alerts"),
        ("a/rules/shop/eu/alerts.yml", "shop-eu-alerts"),
        ("rules/rules/x.yaml", "x"),
        ("/home/me/Shop Alerts (2).yaml", "shop-alerts-2"),
        ("shop.rules.yaml", "shop.rules"),
        ("<stdin>", "stdin"),
        ("rules/ü.yaml", "rules"),
    ],
)
def test_the_object_of_a_plain_file_is_named_after_its_path(path: str, name: str) -> None:
    [rules] = rule_sets(FILE, path=path)
    assert rules.manifest.name == name


# several documents -----------------------------------------------------------------------------------------


def group(name: str) -> str:
    return f"groups:\n  - name: {name}\n    rules:\n      - {{record: '{name}:a', expr: up}}\n"


def test_the_documents_of_a_file_are_one_object() -> None:
    # Prometheus reads the first document of a file and drops the others without a word.
    [rules] = rule_sets("---\n".join((group("a"), group("b"), group("c"))))
    assert [g.name for g in rules.groups] == ["a", "b", "c"]
    assert rules.manifest.name == "shop"


def test_a_group_that_two_documents_have_is_reported() -> None:
    assert findings("---\n".join((group("a"), group("b"), group("a")))) == [("SLO113", 12, 11, "a")]


def test_manifests_of_one_file_stay_apart_from_its_plain_documents() -> None:
    other = MANIFEST.replace("shop-rules", "other")
    found = rule_sets("---\n".join((group("a"), MANIFEST, group("b"), other)))
    assert [(rules.manifest.name, [g.name for g in rules.groups]) for rules in found] == [
        ("other", ["shop"]),
        ("shop", ["a", "b"]),
        ("shop-rules", ["shop"]),
    ]


def test_two_manifests_of_one_name_are_an_error_in_one_file_as_well() -> None:
    assert findings(f"{MANIFEST}---\n{MANIFEST}") == [("SLO206", 18, 9, "shop-rules")]


def test_two_files_of_one_object_are_told_apart_by_their_names() -> None:
    sources = [Source("rules/a/b.yaml", group("x")), Source("rules/a-b.yaml", group("y"))]
    [found] = pipeline.compile(sources).report
    assert found.code.id == "SLO206"
    assert found.help == "rename one of the two: the object of a plain rule file has the name of the file"


# owner and labels by path ----------------------------------------------------------------------------------

SETTINGS = """\
apiVersion: slogen.dev/v1
kind: Settings
spec:
  owner: sre
  labels: {env: prod}
  manifest: {namespace: monitoring, labels: {release: prometheus}}
  rules:
    - paths: ['rules/shop/**', 'rules/kiosk.yaml']
      owner: sales
      labels: {team: a, severity: info}
      annotations: {docs: x}
    - paths: ['rules/shop/eu/*.yaml']
      owner: sales-eu
      labels: {team: eu}
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("rules/shop/alerts.yaml", {"owner": "sales", "team": "a"}),
        ("rules/shop/eu/alerts.yaml", {"owner": "sales-eu", "team": "eu"}),
        ("rules/shop/eu/west/alerts.yaml", {"owner": "sales", "team": "a"}),
        ("rules/kiosk.yaml", {"owner": "sales", "team": "a"}),
        ("/home/me/repo/rules/kiosk.yaml", {"owner": "sales", "team": "a"}),
        ("rules/kiosk/alerts.yaml", {"owner": "sre"}),
        ("rules/kiosk-yaml", {"owner": "sre"}),
        ("my-rules/shop/alerts.yaml", {"owner": "sre"}),
    ],
)
def test_owner_and_labels_come_by_path(path: str, expected: dict[str, str]) -> None:
    [rules] = rule_sets(FILE, SETTINGS, path=path)
    record, alert = rules.groups[0].rules
    assert record.labels == {}
    assert alert.labels == {"env": "prod", "severity": "critical"} | expected
    assert alert.annotations == {"summary": "nothing sold"} | ({"docs": "x"} if "team" in expected else {})
    assert (rules.manifest.namespace, rules.manifest.labels) == ("monitoring", {"release": "prometheus"})


def test_what_a_rule_says_itself_wins() -> None:
    text = changed("{severity: critical}", "{owner: me, team: b}")
    [rules] = rule_sets(text, SETTINGS, path="rules/shop/alerts.yaml")
    labels = rules.groups[0].rules[1].labels
    assert labels == {"env": "prod", "owner": "me", "team": "b", "severity": "info"}


def test_what_a_group_says_itself_wins() -> None:
    # Prometheus adds the labels of a group to its rules, unless they have them.
    text = changed("interval: 1m", "labels: {owner: me, team: b}")
    [rules] = rule_sets(text, SETTINGS, path="rules/shop/alerts.yaml")
    assert rules.groups[0].rules[1].labels == {"env": "prod", "severity": "critical"}
    assert rules.groups[0].labels == {"owner": "me", "team": "b"}


# templates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["annotations", "labels"])
def test_a_broken_template_is_found_at_its_text(place: str) -> None:
    rule = f"{{alert: A, expr: up, {place}: {{good: '{{{{ $value }}}}', bad: 'x {{{{ $label.x }}}}'}}}}"
    found = findings(f"groups: [{{name: g, rules: [{rule}]}}]")
    assert ("SLO501", "'x {{ $label.x }}'") in [(code, text) for code, _, _, text in found]


def test_a_broken_template_of_settings_is_found_at_the_alert() -> None:
    settings = changed("{docs: x}", "{docs: '{{ if }}'}", SETTINGS)
    sources = [Source("rules/shop/a.yaml", FILE), Source("settings.yaml", settings)]
    report = pipeline.compile(sources).report
    assert [(d.code.id, d.at.text) for d in report] == [("SLO501", "ShopClosed")]


def test_the_label_of_a_recording_rule_is_no_template() -> None:
    assert findings(changed(RECORD, f"{RECORD}\n        labels: {{a: '{{{{ $x }}}}'}}")) == []
