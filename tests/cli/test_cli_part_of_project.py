"""What is found in a part of a project: nothing is said to be missing that may be in the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from slogen.cli.inputs import collect

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

SETTINGS = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {}\n"
CATALOG = """\
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  owns: ['shop_*']
  metrics:
    shop_http_requests_total: {type: counter, labels: [code]}
"""
TEST = """\
rule_files: [b.yaml]
tests:
  - interval: 1m
    input_series: [{series: shop_open, values: 1x10}]
    alert_rule_test: [{eval_time: 10m, alertname: A}]
"""


def alert(expr: str) -> str:
    return _rules(f"{{alert: A, expr: '{expr}', for: 5m, annotations: {{summary: Gone}}}}")


def record(name: str, expr: str) -> str:
    return _rules(f"{{record: '{name}', expr: '{expr}'}}")


def _rules(rule: str) -> str:
    return f"groups:\n  - name: g\n    rules:\n      - {rule}\n"


def found(result: Result) -> list[str]:
    return sorted(set(re.findall(r"SLO\d{3}", result.output)))


UP = alert('up{job="shop"} == 0')
COMPANION = alert('absent(up{job="shop"})').replace("alert: A", "alert: Gone")


@pytest.mark.parametrize("paths", [("rules/a.yaml",), ("rules/a.yaml", "slos"), ("-",)])
def test_a_companion_may_be_in_a_file_that_was_not_read(
    run: Run, write: Write, paths: tuple[str, ...]
) -> None:
    write("rules/a.yaml", UP)
    write("rules/b.yaml", COMPANION)
    write("slos/settings.yaml", SETTINGS)
    stdin = UP if "-" in paths else None
    assert found(run("check", *paths, stdin=stdin)) == []
    assert found(run("check")) == []
    (Path("rules/b.yaml")).unlink()
    if "-" not in paths:
        assert found(run("check", *paths)) == ["SLO619"]


def test_a_lone_file_is_all_there_is(run: Run, write: Write) -> None:
    write("a.yaml", UP)
    write("other/b.yaml", COMPANION)
    assert found(run("check", "a.yaml")) == ["SLO619"]
    assert found(run("check", "-", stdin=UP)) == ["SLO619"]


def test_a_name_may_be_recorded_in_a_file_that_was_not_read(run: Run, write: Write) -> None:
    write("slos/shop.metrics.yaml", CATALOG)
    write("rules/a.yaml", alert("shop_queue > 1"))
    write("rules/b.yaml", record("shop_depth", "sum(depth)"))
    assert found(run("check", "rules/a.yaml")) == ["SLO420"]
    write("rules/b.yaml", record("shop_queue", "sum(depth)"))
    assert found(run("check", "rules/a.yaml")) == []


def test_a_condition_may_be_recorded_in_a_file_that_was_not_read(run: Run, write: Write) -> None:
    write("rules/a.yaml", alert("shop_broken"))
    write("rules/b.yaml", record("shop_full", "depth > 5"))
    assert found(run("check", "rules/a.yaml")) == ["SLO601"]
    write("rules/b.yaml", record("shop_broken", "depth > 5"))
    assert found(run("check", "rules/a.yaml")) == []


def test_the_rules_of_a_test_may_be_among_those_that_were_not_read(run: Run, write: Write) -> None:
    write("rules/a.yaml", alert("depth > 5"))
    write("rules/b.yaml", alert("depth > 6"))
    write("rules/b.test.yaml", TEST)
    assert found(run("check", "rules/a.yaml", "rules/b.test.yaml")) == []
    Path("rules/b.yaml").unlink()
    assert found(run("check", "rules/a.yaml", "rules/b.test.yaml")) == ["SLO705"]


@pytest.mark.parametrize(
    ("paths", "is_part"),
    [
        ((), False),
        ((".",), False),
        (("rules",), True),
        (("rules", "slos"), False),
        (("rules/a.yaml", "rules/b.json", "slos/x.yaml"), False),
        (("rules/a.yaml", "slos"), True),
        (("elsewhere/c.yaml",), False),
        (("missing.yaml",), False),
    ],
)
def test_whether_there_is_more_of_the_project(write: Write, paths: tuple[str, ...], is_part: bool) -> None:
    write("rules/a.yaml", UP)
    write("rules/b.json", '{"groups": [{"name": "g", "rules": [{"record": "a:b", "expr": "1"}]}]}')
    write("slos/x.yaml", record("c:d", "a"))
    write("elsewhere/c.yaml", UP)
    write("elsewhere/d.yaml", UP)
    assert (collect(paths, Path("out")).elsewhere is not None) is is_part


def test_a_project_is_also_what_lies_beside_its_settings(write: Write) -> None:
    write("specs/settings.yaml", SETTINGS)
    write("specs/a.yaml", UP)
    assert collect(["specs/a.yaml"], Path("out")).elsewhere is None
    write("specs/deep/b.json", '{"groups": [{"name": "g", "rules": [{"record": "a:b", "expr": "1"}]}]}')
    write("specs/deep/c.yaml", record("c:d", "a"))
    assert collect(["specs/a.yaml"], Path("out")).elsewhere == frozenset(("a:b", "c:d"))
    assert collect(["specs"], Path("out")).elsewhere is None


def test_what_is_allowed_may_be_found_only_in_the_whole(run: Run, write: Write) -> None:
    write(
        "rules/a.yaml", UP.replace("      - {", "      # slogen: allow SLO619 the shop never goes\n      - {")
    )
    write("rules/b.yaml", alert("depth > 5").replace("alert: A", "alert: B"))
    assert found(run("check", "rules/a.yaml")) == []
    assert "SLO903" not in found(run("check"))
    write("rules/b.yaml", COMPANION)
    assert "SLO903" in found(run("check"))


ROUTING = """\
apiVersion: slogen.dev/v1
kind: Routing
spec:
  base: rules/alertmanager.yml
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
    cart: {page: everybody, ticket: shop-tickets}
  receivers:
    shop-pager: {pagerduty: {routing_key: {file: /etc/secrets/shop}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com'}}
"""
BASE = """\
route: {receiver: everybody}
receivers: [{name: everybody, webhook_configs: [{url: 'http://x.example.com'}]}]
"""


def owned(owner: str) -> str:
    rule = f"labels: {{severity: critical, owner: {owner}}}, annotations: {{summary: Long}}"
    return _rules(f"{{alert: {owner}, expr: 'shop_queue > 1', {rule}}}")


def test_every_alert_of_a_part_needs_a_team_of_the_project(run: Run, write: Write) -> None:
    write("slos/routing.yaml", ROUTING)
    write("rules/alertmanager.yml", BASE)
    write("rules/a.yaml", owned("shop"))
    write("rules/b.yaml", owned("cart"))
    assert found(run("check")) == []
    # Nobody says that `cart` has no alerts, or that the base is missing.
    for part in ("rules/a.yaml", "slos/routing.yaml"):
        assert found(run("check", part)) == []
    write("rules/a.yaml", owned("chop"))
    assert found(run("check", "rules/a.yaml")) == ["SLO510"]
    # What is no part of the project has other teams.
    write("elsewhere/a.yaml", owned("chop"))
    assert found(run("check", "elsewhere/a.yaml")) == []


def test_only_the_whole_says_how_alerts_are_routed(run: Run, write: Write) -> None:
    write(
        "slos/routing.yaml",
        ROUTING.replace("  base: rules/alertmanager.yml\n", "  fallback: shop\n").replace(
            "everybody", "shop-pager"
        ),
    )
    write("rules/a.yaml", owned("shop"))
    write("rules/b.yaml", owned("cart"))
    run("build", "rules/a.yaml")
    assert not Path("out/alertmanager").exists()
    assert run("build").exit_code == 0
    before = Path("out/alertmanager/alertmanager.yaml").read_text(encoding="utf-8")
    assert run("build", "rules/b.yaml").exit_code == 0
    assert Path("out/alertmanager/alertmanager.yaml").read_text(encoding="utf-8") == before
    write(
        "slos/routing.yaml",
        ROUTING.replace("  base: rules/alertmanager.yml\n", "  fallback: cart\n").replace(
            "everybody", "shop-pager"
        ),
    )
    assert run("build", "slos").exit_code == 1
