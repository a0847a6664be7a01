"""Samples of labels show every way that an alert may go, and no other; amtool follows them."""

from __future__ import annotations

from pathlib import Path

import amtool
from slogen import pipeline
from slogen.alertmanager.firing import Firing, ways
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route
from slogen.routing.proving.samples import samples
from slogen.source import Source
from slogen.targets import route_table

TREE = Route(
    "all",
    routes=(
        Route("eu", (Matcher("region", "=~", "eu-1|eu-2"),), continue_=True),
        Route("blue", (Matcher("color", "=", "blue"),)),
        Route("uncolored", (Matcher("color", "=", ""),)),
    ),
)
"""Who is told depends on two labels."""


def ends(firing: Firing) -> set[tuple[str, ...]]:
    return {receivers for _, receivers in samples(TREE, firing)}


def test_what_nobody_knows_has_a_sample() -> None:
    assert samples(TREE, Firing({"color": "red"}, frozenset({"pod"}))) == (
        ({"color": "red", "pod": "some-pod"}, ("all",)),
    )


def test_there_is_one_for_each_way() -> None:
    assert ends(Firing({}, frozenset({"color"}))) == {("all",), ("blue",)}
    assert ends(Firing({}, frozenset(), frozenset({"color"}))) == {("all",), ("blue",), ("uncolored",)}
    assert ends(Firing({"region": "eu-2"}, frozenset({"color"}))) == {("eu",), ("eu", "blue")}
    assert ends(Firing({"color": "blue"}, frozenset({"region"}))) == {("blue",), ("eu", "blue")}


def test_no_sample_goes_where_the_alert_cannot() -> None:
    for firing in (Firing({}, frozenset({"color"}), frozenset({"region"})), Firing({"color": "blue"})):
        possible = {way.delivery.receiver for way in ways(TREE, firing)}
        assert {receiver for receivers in ends(firing) for receiver in receivers} == possible


SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: cart
  owner: shop
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: orders_total, bad: failures_total}}
      group_by: [pod]
---
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: routes}
spec:
  fallback: shop
  severities: {page: [critical], ticket: [warning]}
  owners:
    shop: {page: pager, ticket: tickets}
  receivers:
    pager: {webhook: {url: 'http://bridge/pager'}}
    tickets: {webhook: {url: 'http://bridge/tickets'}}
"""


def test_the_table_is_what_amtool_says(tmp_path: Path) -> None:
    result = pipeline.compile([Source("spec.yaml", SPEC)])
    files = {file.path: file.text for file in result.files}
    config = tmp_path / "alertmanager.yaml"
    config.write_text(files["alertmanager/alertmanager.yaml"])
    rows = route_table.rows(result.program)
    assert [(row.labels.get("severity"), row.receivers) for row in rows] == [
        ("critical", ("pager",)),
        ("warning", ("tickets",)),
        ("warning", ("tickets",)),
    ]
    said = amtool.receivers_of_all([(config, row.labels) for row in rows])
    assert said == [list(row.receivers) for row in rows]
    text = files["tests/routes.yaml"]
    assert "rules/cart.yaml:\n  - labels:\n      alertname: CartSoldBudgetBurn\n" in text
    assert "      pod: some-pod\n" in text


def test_no_table_without_routes_or_in_a_part_of_a_project() -> None:
    without = pipeline.compile([Source("spec.yaml", SPEC.partition("---")[0])])
    part = pipeline.compile(
        [Source("spec.yaml", SPEC)], pipeline.Options(complete=False, elsewhere=frozenset())
    )
    for result in (without, part):
        assert not [file.path for file in result.files if "rout" in file.path or "alertm" in file.path]
