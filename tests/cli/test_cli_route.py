"""`slogen route`: who gets an alert, in a project and by a hand-written configuration."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

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
"""
RULES = """\
groups:
  - name: shop
    rules:
      - alert: PodDown
        expr: up{job="shop"} == 0
        for: 5m
        labels: {severity: critical, owner: shop}
        annotations: {summary: A pod is down}
"""
ROUTING = """\
apiVersion: slogen.dev/v1
kind: Routing
metadata:
  name: routes
spec:
  fallback: shop
  severities: {page: [critical], ticket: [warning]}
  defaults: {group_by: [alertname, instance]}
  time_intervals:
    office:
      - weekdays: ['monday:friday']
        times: [{start_time: '09:00', end_time: '18:00'}]
        location: Europe/Berlin
  owners:
    shop:
      page: pager
      ticket: tickets
      hours: office
      escalation: {to: duty, after: 30m}
    duty:
      page: duty
      ticket: tickets
  receivers:
    pager:
      webhook: {url: 'http://bridge/pager'}
    duty:
      webhook: {url: 'http://bridge/duty'}
    tickets:
      slack: {channel: '#tickets', api_url: {file: /etc/slack}}
"""
SETTINGS = """\
apiVersion: slogen.dev/v1
kind: Settings
spec:
  severities: {page: critical, ticket: warning, absent: warning}
"""
SUNDAY = "2026-11-22T00:30"
CONFIG = """\
route:
  receiver: everyone
  routes:
    - matchers: ['team="a"']
      receiver: a
      continue: true
      group_wait: 1m
      mute_time_intervals: [nights]
    - matchers: ['severity="warning"']
      receiver: b
      group_by: ['...']
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [cluster]
time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: '22:00', end_time: '24:00'}]
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge/everyone'}]
  - name: a
    webhook_configs: [{url: 'http://bridge/a'}]
  - name: b
"""


@pytest.fixture
def shop(write: Write) -> None:
    """A project with an SLO, a rule and a routing."""
    write("slos/cart.yaml", SPEC)
    write("slos/settings.yaml", SETTINGS)
    write("slos/routing.yaml", ROUTING)
    write("rules/shop.yaml", RULES)


@pytest.mark.usefixtures("shop")
class TestProject:
    def test_an_alert_of_the_project(self, run: Run) -> None:
        """What is not given is the alert's, and what nobody knows is said to be so."""
        result = run("route", "alertname=PodDown", "instance=a:80", "--at", SUNDAY)
        assert result.stdout == dedent(
            """\
            The alert of rules/shop.yaml:4
              alertname  PodDown
              instance   a:80
              job        shop      (of the alert)
              owner      shop      (of the alert)
              severity   critical  (of the alert)
              and perhaps labels that nobody knows before it fires

            Its path through the tree of routes
              all alerts
                owner="shop"
                  severity="critical"  -> duty, and on
                  severity="critical"  -> pager

            duty: webhook
              first told 30m after it fires, together with those of the same alertname and instance
              told again 5m later where the group has changed, and every 4h
              never muted
            pager: webhook
              first told 30s after it fires, together with those of the same alertname and instance
              told again 5m later where the group has changed, and every 4h
              never muted
            """
        )
        assert (result.stderr, result.exit_code) == ("", 0)

    def test_a_ticket_has_its_hours_and_its_page(self, run: Run) -> None:
        result = run("route", "alertname=CartSoldBudgetBurn", "severity=warning", "--at", SUNDAY)
        assert result.exit_code == 0, result.stderr
        assert "  told only in office: Monday to Friday 09:00 to 18:00 (Europe/Berlin)\n" in result.stdout
        told = "  on Sun 2026-11-22 01:30 CET it is muted, until Mon 2026-11-23 09:00 CET\n"
        assert told in result.stdout
        assert 'Kept quiet\n  while an alert with sloth_severity="page"' in result.stdout
        assert "    here: CartSoldBudgetBurn\n" in result.stdout

    def test_labels_choose_among_alerts_of_a_name(self, run: Run) -> None:
        """What fits no alert of the name chooses none of them."""
        asked = ("route", "alertname=CartSoldBudgetBurn", "--format", "json")
        fitting = json.loads(run(*asked, "sloth_severity=ticket").stdout)["alerts"]
        assert [alert["receivers"] for alert in fitting] == [["tickets"]]
        assert len(json.loads(run(*asked, "sloth_severity=other").stdout)["alerts"]) == 2

    def test_of_several_alerts_of_a_name_each_has_its_way(self, run: Run) -> None:
        result = run("route", "alertname=CartSoldBudgetBurn", "--format", "json", "--at", SUNDAY)
        told = json.loads(result.stdout)["alerts"]
        assert [alert["receivers"] for alert in told] == [["duty", "pager"], ["tickets"]]
        assert [alert["alert"] for alert in told] == ["slos/cart.yaml:7"] * 2

    def test_what_an_alert_would_do_with_other_labels(self, run: Run) -> None:
        result = run("route", "alertname=PodDown", "owner=duty", "--verify-receivers", "duty")
        assert (result.exit_code, result.stderr) == (0, "")

    def test_without_labels_all_alerts_are_listed(self, run: Run) -> None:
        result = run("route")
        assert result.stdout == dedent(
            """\
            CartSoldBudgetBurn {owner="shop", severity="critical"}  duty, pager
            CartSoldBudgetBurn {owner="shop", severity="warning"}   tickets
            CartSoldNoData {owner="shop", severity="warning"}       tickets
            PodDown {owner="shop", severity="critical"}             duty, pager
            """
        )
        assert result.exit_code == 0

    @pytest.mark.parametrize(
        ("label", "note"),
        [
            ("owner=shpo", "note: the project has no team `shpo`; did you mean `shop`?\n"),
            ("severity=critcal", "note: the project has no severity `critcal`; did you mean `critical`?\n"),
            ("sevrity=critical", "note: no alert here has a label `sevrity`; did you mean `severity`?\n"),
            ("team=shop", ""),
            ("alertname=PodDwn", "note: the project has no alert `PodDwn`; did you mean `PodDown`?\n"),
        ],
    )
    def test_a_misspelling_has_the_nearest(self, run: Run, label: str, note: str) -> None:
        result = run("route", label)
        assert (result.stderr, result.exit_code) == (note, 0)
        assert "-> tickets" in result.stdout

    def test_errors_are_told(self, run: Run, write: Write) -> None:
        write("slos/routing.yaml", ROUTING.replace("page: pager", "page: pagr"))
        result = run("route", "owner=shop")
        assert result.exit_code == 1
        assert "error[SLO201]" in result.stderr
        assert result.stderr.endswith("error: the tree of routes is not known: the project has errors\n")

    def test_explain_tells_who_gets_the_alerts(self, run: Run) -> None:
        result = run("explain", "cart/sold")
        assert result.exit_code == 0, result.stderr
        told = result.stdout.partition("\nWho gets the alerts\n")[2]
        assert [line.strip() for line in told.splitlines() if line.startswith("  Cart")] == [
            "CartSoldBudgetBurn (page)",
            "CartSoldBudgetBurn (ticket)",
            "CartSoldNoData (absent)",
        ]
        assert "    told only in office: " not in told.partition("(ticket)")[0]
        assert "      told only in office: " in told

    def test_where_a_label_decides_that_nobody_knows(self, run: Run, write: Write) -> None:
        write("rules/shop.yaml", RULES.replace("owner: shop", "owner: '{{ $labels.team }}'"))
        result = run("route", "alertname=PodDown", "--format", "json")
        (told,) = json.loads(result.stdout)["alerts"]
        assert told["depends_on"] == ["owner"]
        assert [(route["receiver"], route["is_certain"]) for route in told["routes"]] == [
            ("duty", False),
            ("pager", False),
            ("duty", False),
            ("tickets", False),
        ]


class TestConfig:
    def test_the_whole_way(self, run: Run, write: Write) -> None:
        write("am.yml", CONFIG)
        labels = ("team=a", "severity=warning", 'cluster="x"')
        result = run("route", "--config", "am.yml", *labels, "--at", "2026-11-22T23:30+01:00")
        assert result.stdout == dedent(
            """\
            The alert
              cluster   x
              severity  warning
              team      a

            Its path through the tree of routes
              all alerts                          am.yml:2
                team="a"            -> a, and on  am.yml:4
                severity="warning"  -> b          am.yml:9

            a: webhook
              first told 1m after it fires, together with all that this route takes
              told again 5m later where the group has changed, and every 4h
              muted in nights: 22:00 to 24:00 (UTC)
              on Sun 2026-11-22 22:30 UTC it is muted, until Mon 2026-11-23 00:00 UTC
            b: notifies nobody
              first told 30s after it fires, by itself
              told again 5m later where the group has changed, and every 4h
              never muted

            Kept quiet
              while an alert with severity="critical" fires that has the same cluster="x", by am.yml:13
            """
        )
        assert result.exit_code == 0

    def test_an_alert_that_both_sides_of_a_rule_take_is_not_kept_quiet_by_its_like(
        self, run: Run, write: Write
    ) -> None:
        write(
            "am.yml",
            CONFIG.replace("target_matchers: ['severity=\"warning\"']", "target_matchers: ['a=~\".*\"']"),
        )
        told = [run("route", "--config", "am.yml", f"severity={one}").stdout for one in ("critical", "page")]
        exception = "    but not by one that it keeps quiet itself\n"
        assert [("Kept quiet" in text, exception in text) for text in told] == [(True, True), (True, False)]

    @pytest.mark.parametrize(
        ("expected", "status", "error"),
        [("a,b", 0, ""), ("b,a", 1, "error: the receivers are `a,b`, not `b,a`\n"), ("a", 1, None)],
    )
    def test_receivers_are_verified_as_amtool_does(
        self, run: Run, write: Write, expected: str, status: int, error: str | None
    ) -> None:
        write("am.yml", CONFIG)
        result = run(
            "route", "--config", "am.yml", "team=a", "severity=warning", "--verify-receivers", expected
        )
        assert result.exit_code == status
        assert error is None or result.stderr.endswith(error)

    def test_without_labels_it_is_an_alert_without_labels(self, run: Run, write: Write) -> None:
        write("am.yml", CONFIG)
        assert run("route", "--config", "am.yml", "--verify-receivers", "everyone").exit_code == 0

    @pytest.mark.usefixtures("shop")
    def test_the_routes_of_the_project_are_not_asked(self, run: Run, write: Write) -> None:
        write("am.yml", CONFIG)
        labels = ("alertname=PodDown", "owner=shop")
        assert run("route", "--config", "am.yml", *labels, "--verify-receivers", "everyone").exit_code == 0

    def test_a_broken_one(self, run: Run, write: Write) -> None:
        write("am.yml", CONFIG.replace("receiver: b", "receiver: c"))
        result = run("route", "--config", "am.yml", "team=a")
        assert result.exit_code == 1
        assert "error[SLO201]" in result.stderr
        assert "`am.yml` cannot be used" in result.stderr
        assert result.stdout == ""

    def test_what_is_no_configuration(self, run: Run, write: Write) -> None:
        write("rules.yml", RULES)
        result = run("route", "--config", "rules.yml", "team=a")
        assert result.exit_code == 1
        assert "there is no configuration of Alertmanager in `rules.yml`" in result.stderr


OBJECT = """\
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: team, namespace: shop}
spec:
  route:
    receiver: hook
    matchers: [{name: severity, value: critical, matchType: "="}]
  receivers:
    - name: hook
      webhookConfigs: [{url: 'http://bridge/hook'}]
"""


class TestWrittenByHand:
    """What is written by hand in a project without a Routing document, and what the operator makes of it."""

    def test_the_alerts_of_the_project_go_through_it(self, run: Run, write: Write) -> None:
        write("rules/shop.yaml", RULES.replace("owner: shop", "team: a"))
        write("rules/alertmanager.yml", CONFIG)
        result = run("route", "alertname=PodDown", "--verify-receivers", "a")
        assert result.exit_code == 0, result.stderr

    def test_several_of_them_are_told_apart_by_the_user(self, run: Run, write: Write) -> None:
        write("rules/shop.yaml", RULES)
        write("rules/one.yml", CONFIG)
        write("rules/two.yml", CONFIG)
        result = run("route", "alertname=PodDown")
        assert result.exit_code == 1
        assert "rules/one.yml:1, rules/two.yml:1; name one of them with --config" in result.stderr
        assert run("route", "--config", "rules/two.yml", "team=a", "--verify-receivers", "a").exit_code == 0

    @pytest.mark.parametrize(
        ("labels", "receivers"),
        [
            (("severity=critical", "namespace=shop"), "shop/team/hook"),
            (("severity=critical", "namespace=shop", "team=a"), "shop/team/hook,a"),
            (("severity=critical", "team=a"), "a"),
        ],
    )
    def test_objects_come_first_and_see_their_namespace(
        self, run: Run, write: Write, labels: tuple[str, ...], receivers: str
    ) -> None:
        write("am.yml", CONFIG)
        write("object.yml", OBJECT)
        files = ("--config", "am.yml", "--config", "object.yml")
        result = run("route", *files, *labels, "--verify-receivers", receivers)
        assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("owner",), "`owner` is no label such as `owner=ml-ops`"),
        (("owner=~x",), "`owner=~x` is no label such as"),
        (('owner="x',), 'the double quotes of `"x` are not closed'),
        (("owner=x", "owner=y"), "`owner` has two values"),
        (("owner=x", "--at", "noon"), "`noon` is no instant"),
        (("--config", "a.yml", "--project", "b"), "use one of the two"),
        (("owner=x",), "there is no folder slos or rules here"),
    ],
)
def test_wrong_use(run: Run, args: tuple[str, ...], reason: str) -> None:
    result = run("route", *args)
    assert result.exit_code == 2
    assert reason in result.stderr


def test_a_project_without_routes(run: Run, write: Write) -> None:
    write("slos/cart.yaml", SPEC)
    result = run("route", "owner=x")
    assert result.exit_code == 2
    assert "the project has no Routing document" in result.stderr
    assert "Who gets" not in run("explain", "cart/sold").stdout
