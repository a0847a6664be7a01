"""What the Prometheus Operator makes of objects, judged by amtool where it can."""

from __future__ import annotations

from pathlib import Path

import pytest

import amtool
from slogen import pipeline
from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.routes import deliveries
from slogen.alertmanagerspec import text
from slogen.ir import Alertmanager, MatcherStrategy
from slogen.routing.operator import merged
from slogen.source import Source

BASE = """
route:
  receiver: base
  routes:
    - {matchers: ['team="a"'], receiver: of-base}
receivers: [{name: base}, {name: of-base}]
"""


def an_object(namespace: str, name: str, more: str = "") -> str:
    return f"""
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  route:
    receiver: r
    muteTimeIntervals: [nights]
    matchers: [{{name: team, value: a|b, matchType: =~}}]
    routes:
      - {{receiver: pager, matchers: [{{name: severity, value: page}}], continue: true}}
      - {{receiver: r, matchers: [{{name: severity, value: page, matchType: '!='}}]}}
  receivers:
    - name: r
      webhookConfigs: [{{url: 'http://r.example.com'}}]
    - {{name: pager}}
  muteTimeIntervals:
    - {{name: nights, timeIntervals: [{{times: [{{startTime: '00:00', endTime: '06:00'}}]}}]}}
  inhibitRules:
    - {{sourceMatch: [{{name: a, value: b}}], targetMatch: [{{name: c, value: d}}], equal: [e]}}
{more}"""


ONLY_INHIBITION = """
apiVersion: monitoring.coreos.com/v1beta1
kind: AlertmanagerConfig
metadata: {name: z, namespace: shop}
spec:
  receivers: [{name: unused}]
  inhibitRules: [{sourceMatch: [{name: a, value: b}]}]
"""
OBJECTS = (an_object("shop", "x"), an_object("shop-b", "x"), an_object("monitoring", "x"), ONLY_INHIBITION)


def written(*texts: str) -> list[Configuration]:
    result = pipeline.compile([Source(f"{i}.yaml", one) for i, one in enumerate(texts)])
    assert [f"{d.at} {d.message}" for d in result.report if d.severity == "error"] == []
    return list(result.program.notifying.written)


def whole(strategy: MatcherStrategy) -> Configuration:
    base, *objects = written(BASE, *OBJECTS)
    return merged(base, objects, Alertmanager(namespace="monitoring", strategy=strategy))


def test_names_have_the_object_in_front_and_objects_come_first_in_the_order_of_their_names() -> None:
    made = whole(MatcherStrategy.NONE)
    assert [route.receiver for route in made.route.routes] == [
        # `-` comes before `/`.
        "monitoring/x/r",
        "shop-b/x/r",
        "shop/x/r",
        "of-base",
    ]
    assert [route.continue_ for route in made.route.routes] == [True, True, True, False]
    assert made.route.routes[0].routes[0].receiver == "monitoring/x/pager"
    assert made.route.routes[0].mute == ("monitoring/x/nights",)
    assert [times.name for times in made.times] == [
        f"{one}/x/nights" for one in ("monitoring", "shop-b", "shop")
    ]
    names = [receiver.name for receiver in made.receivers]
    assert names[:4] == ["base", "of-base", "monitoring/x/r", "monitoring/x/pager"]
    assert "shop/z/unused" not in names


@pytest.mark.parametrize(
    ("strategy", "kept_apart"),
    [
        (MatcherStrategy.ON_NAMESPACE, ["monitoring", "shop-b", "shop"]),
        (MatcherStrategy.ELSEWHERE, ["shop-b", "shop"]),
        (MatcherStrategy.NONE, []),
    ],
)
def test_a_strategy_asks_for_the_namespace(strategy: MatcherStrategy, kept_apart: list[str]) -> None:
    made = whole(strategy)
    asked = [m.value for route in made.route.routes for m in route.matchers if m.name == "namespace"]
    assert asked == kept_apart
    # That of the object without a route comes last.
    inhibiting = kept_apart and [*kept_apart, "shop"]
    for side in ("source", "target"):
        found = [m.value for rule in made.inhibitions for m in getattr(rule, side) if m.name == "namespace"]
        assert found == inhibiting


def test_without_a_base_nobody_is_told_of_what_no_object_takes() -> None:
    made = merged(None, written(*OBJECTS), Alertmanager())
    assert [one.receiver for one in deliveries(made.route, {"team": "z"})] == ["null"]


LABELS = [
    {"team": team, "severity": severity, "namespace": namespace}
    for team in ("a", "b", "c", "")
    for severity in ("page", "x")
    for namespace in ("shop", "shop-b", "monitoring", "", "other")
]


@pytest.mark.parametrize("strategy", MatcherStrategy)
def test_amtool_sends_alerts_the_same_way(strategy: MatcherStrategy, tmp_path: Path) -> None:
    made = whole(strategy)
    file = tmp_path / "alertmanager.yaml"
    file.write_text(text.document(made), encoding="utf-8")
    assert amtool.check(file) == ""
    sent = [{name: value for name, value in labels.items() if value} for labels in LABELS]
    ours = [[one.receiver for one in deliveries(made.route, labels)] for labels in sent]
    assert amtool.receivers_of_all([(file, labels) for labels in sent]) == ours
