"""What Settings say of servers, the ruler and conventions: what is read, and what is refused where."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
import yaml

from slogen import pipeline
from slogen.ir import Alertmanager, MatcherStrategy, Millis, RulerKind, Settings
from slogen.nativespec.schema import schema
from slogen.source import Source

FULL = """\
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus:
    version: 2.50
    scrape_interval: 30s
    evaluation_interval: 1m
    retention: 15d
    external_labels: {cluster: eu}
    traffic: {checkout-availability: 2.5, '*': 1}
  ruler:
    kind: mimir
    version: v2.14.0-rc.1
    loader: alloy
    max_rules_per_group: 0
    max_groups: 70
    min_interval: 1m
  owner_label: team
  alertmanager: {version: 0.28, namespace: ops, matcher_strategy: None, objects: v1beta1}
  conventions:
    labels: {team: '.+'}
    annotations: {runbook_url: 'https://.*', summary: ''}
    alert_name: '(?i)[a-z]+'
    record_name: '[a-z:]+'
    for_at_least: 0s
    for_at_most: 1h
    keep: [cluster]
    strip: [pod]
"""


def read(text: str) -> tuple[Settings, list[str]]:
    """The settings, and the findings with their places."""
    result = pipeline.compile([Source("s.yaml", text)])
    return result.program.settings, [f"<{d.at.text}> {d.message}" for d in result.report]


def test_what_is_read() -> None:
    settings, findings = read(FULL)
    assert findings == []
    servers, ruler, asked = settings.prometheus, settings.ruler, settings.conventions
    # Without quotes, 2.50 is a number, and still not 2.5.
    assert servers.version == "2.50"
    assert (servers.scrape_interval, servers.retention) == (30_000, 15 * 86_400_000)
    assert servers.external_labels == {"cluster": "eu"}
    assert servers.traffic == {"checkout-availability": Decimal("2.5"), "*": Decimal(1)}
    assert (ruler.kind, ruler.version, ruler.loader) == (RulerKind.MIMIR, "v2.14.0-rc.1", "alloy")
    assert (ruler.max_rules_per_group, ruler.max_groups, ruler.min_interval) == (0, 70, 60_000)
    assert settings.owner_label == "team"
    assert settings.alertmanager == Alertmanager("0.28", "ops", MatcherStrategy.NONE, "v1beta1")
    assert asked.labels == {"team": ".+"}
    assert asked.annotations == {"runbook_url": "https://.*", "summary": ""}
    assert (asked.alert_name, asked.record_name) == ("(?i)[a-z]+", "[a-z:]+")
    assert (asked.for_at_least, asked.for_at_most) == (Millis(0), Millis(3_600_000))
    assert (asked.keep, asked.strip) == (("cluster",), ("pod",))


def test_nothing_is_stated_where_nothing_is_written() -> None:
    settings, findings = read("apiVersion: slogen.dev/v1\nkind: Settings\nspec: {}\n")
    assert findings == []
    assert settings.prometheus == Settings().prometheus
    assert settings.prometheus.where is None
    assert settings.ruler.where is None
    assert settings.conventions.where is None
    assert settings.owner_label == "owner"
    assert settings.alertmanager == Alertmanager()


def test_places_of_what_is_written() -> None:
    settings, _ = read(FULL)
    where = settings.prometheus.where
    assert where is not None
    assert (where["retention"].text, where["external_labels.cluster"].text) == ("15d", "eu")
    assert (where["traffic.*"].text, where["traffic"].text) == ("1", "traffic")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("prometheus: {version: latest}", "<latest> `latest` is no version"),
        ("prometheus: {version: [2]}", "<[2]> this is no version"),
        ("prometheus: {version: true}", "<true> this is no version"),
        ("prometheus: {retention: 15}", "<15> `15` has no unit"),
        ("prometheus: {retention: 0s}", "<0s> `0s` is no time at all"),
        ("prometheus: {traffic: {a: 0}}", "<0> `0` is no number of events per second"),
        ("prometheus: {traffic: {a: '1'}}", "<'1'> `1` is no number of events per second"),
        ("prometheus: {traffic: {a: true}}", "<true> `true` is no number of events per second"),
        ("prometheus: {external_labels: {a-b: c}}", "<a-b> `a-b` is no label name"),
        ("prometheus: {retentoin: 3d}", "<retentoin> unknown key `retentoin`"),
        ("ruler: {kind: mimr}", "<mimr> `mimr` is not allowed here"),
        ("ruler: {loader: alloy}", "<alloy> Alloy brings no rules to `prometheus`"),
        (
            "ruler: {kind: mimir, loader: operator}",
            "<operator> the Prometheus Operator brings no rules to `mimir`",
        ),
        ("ruler: {max_groups: -1}", "<-1> `-1` is no number of rules or groups"),
        ("ruler: {max_groups: 1.5}", "<1.5> `1.5` is no number of rules or groups"),
        ("alertmanager: {version: x}", "<x> `x` is no version"),
        ("alertmanager: {namespace: A}", "<A> `A` is no name of a Kubernetes object"),
        ("alertmanager: {matcher_strategy: none}", "<none> `none` is not allowed here"),
        ("alertmanager: {objects: v1}", "<v1> `v1` is not allowed here"),
        ("owner_label: severity", "<severity> the label `severity` says something else"),
        ("owner_label: a-b", "<a-b> `a-b` is no label name"),
        ("conventions: {labels: {team: '(?=a)'}}", "<'(?=a)'> `(?=a)` is no regular expression"),
        ("conventions: {alert_name: 3}", "<3> this is no regular expression"),
        ("conventions: {for_at_least: 2m, for_at_most: 1m}", "<2m> no `for` is at least 2m and at most 1m"),
        ("conventions: {keep: [a], strip: [b, a]}", "<a> `a` is to be kept and to be stripped"),
    ],
)  # fmt: skip
def test_what_is_refused(spec: str, expected: str) -> None:
    _, findings = read(f"apiVersion: slogen.dev/v1\nkind: Settings\nspec: {{{spec}}}\n")
    assert len(findings) == 1
    assert findings[0].startswith(expected)


def schema_() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(schema()))
    return found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("retention: 15d", "retention: 15"),
        ("kind: mimir", "kind: mimr"),
        ("max_groups: 70", "max_groups: -1"),
        ("2.5,", "0,"),
        ("strip:", "strop:"),
        ("v1beta1", "v1"),
        ("owner_label: team", "owner_label: a-b"),
    ],
)
def test_the_schema_says_the_same(old: str, new: str) -> None:
    jsonschema.validate(yaml.safe_load(FULL), schema_())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(FULL.replace(old, new, 1)), schema_())
