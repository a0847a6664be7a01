"""Configurations of Alertmanager as people run them, in the manner of well-known ones."""

from __future__ import annotations

from textwrap import dedent

_RECEIVER = "  - name: {name}\n    webhook_configs: [{{url: 'http://bridge.example.com/{name}'}}]\n"


def _with_receivers(text: str, *names: str) -> str:
    """The text, with a section of receivers that are webhooks; one named `null` tells nobody."""
    parts = ["  - name: 'null'\n" if name == "null" else _RECEIVER.format(name=name) for name in names]
    return f"{dedent(text)}receivers:\n{''.join(parts)}"


SANE: dict[str, str] = {
    "nothing but a receiver": _with_receivers("route: {receiver: everyone}\n", "everyone"),
    "as delivered with Alertmanager": _with_receivers(
        """\
        route:
          group_by: ['alertname']
          group_wait: 30s
          group_interval: 5m
          repeat_interval: 1h
          receiver: 'web.hook'
        inhibit_rules:
          - source_matchers: [severity = critical]
            target_matchers: [severity = warning]
            equal: ['alertname', 'dev', 'instance']
        """,
        "web.hook",
    ),
    "of a Kubernetes stack": dedent(
        """\
        global:
          resolve_timeout: 5m
        inhibit_rules:
          - equal: [namespace, alertname]
            source_matchers: ['severity = critical']
            target_matchers: ['severity =~ warning|info']
          - equal: [namespace, alertname]
            source_matchers: ['severity = warning']
            target_matchers: ['severity = info']
          - equal: [namespace]
            source_matchers: ['alertname = InfoInhibitor']
            target_matchers: ['severity = info']
        receivers:
          - name: Default
          - name: Watchdog
          - name: Critical
          - name: 'null'
        route:
          group_by: [namespace]
          group_interval: 5m
          group_wait: 30s
          receiver: Default
          repeat_interval: 12h
          routes:
            - matchers: ['alertname = Watchdog']
              receiver: Watchdog
            - matchers: ['alertname = InfoInhibitor']
              receiver: 'null'
            - matchers: ['severity = critical']
              receiver: Critical
        """
    ),
    "of a chart, with everything silenced at first": _with_receivers(
        """\
        global: {resolve_timeout: 5m}
        route:
          group_by: ['namespace']
          group_wait: 30s
          group_interval: 5m
          repeat_interval: 12h
          receiver: 'null'
          routes:
            - receiver: 'null'
              matchers: ['alertname = "Watchdog"']
        templates: ['/etc/alertmanager/config/*.tmpl']
        """,
        "null",
    ),
    "services, then databases by product": _with_receivers(
        """\
        route:
          group_by: ['alertname', 'cluster', 'service']
          group_wait: 30s
          group_interval: 5m
          repeat_interval: 3h
          receiver: team-X
          routes:
            - matchers: ['service=~"foo1|foo2|baz"']
              receiver: team-X
              routes:
                - matchers: ['severity="critical"']
                  receiver: team-X-pager
            - matchers: ['service="files"']
              receiver: team-Y
              routes:
                - matchers: ['severity="critical"']
                  receiver: team-Y-pager
            - matchers: ['service="database"']
              receiver: team-DB
              group_by: [alertname, cluster, database]
              routes:
                - matchers: ['owner="team-X"']
                  receiver: team-X
                  continue: true
                - matchers: ['owner="team-Y"']
                  receiver: team-Y
        inhibit_rules:
          - source_matchers: ['severity="critical"']
            target_matchers: ['severity="warning"']
            equal: ['alertname', 'cluster', 'service']
        """,
        "team-X",
        "team-X-pager",
        "team-Y",
        "team-Y-pager",
        "team-DB",
    ),
    "urgent first, by design": _with_receivers(
        """\
        route:
          receiver: chat
          group_by: [alertname, job]
          routes:
            - matchers: ['alertname="Watchdog"']
              receiver: 'null'
            - matchers: ['severity="critical"']
              receiver: pager
            - matchers: ['team="storage"']
              receiver: storage
            - matchers: ['team="web"']
              receiver: web
        """,
        "chat",
        "null",
        "pager",
        "storage",
        "web",
    ),
    "a heartbeat that another system waits for": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['alertname=~"DeadMansSwitch|Watchdog"']
              receiver: heartbeat
              group_wait: 0s
              group_interval: 1m
              repeat_interval: 50s
        """,
        "everyone",
        "heartbeat",
    ),
    "a heartbeat every few seconds": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['alertname="Watchdog"']
              receiver: heartbeat
              group_by: ['...']
              group_wait: 0s
              group_interval: 5s
              repeat_interval: 10s
        """,
        "everyone",
        "heartbeat",
    ),
    "everything to an archive, too": _with_receivers(
        """\
        route:
          receiver: everyone
          group_by: ['...']
          routes:
            - receiver: archive
              continue: true
              repeat_interval: 5d
            - matchers: ['severity=~"critical|page"']
              receiver: pager
              continue: true
            - matchers: ['severity=~"critical|page"']
              receiver: chat
            - receiver: everyone
        """,
        "everyone",
        "archive",
        "pager",
        "chat",
    ),
    "tickets in office hours, pages always": _with_receivers(
        """\
        route:
          receiver: tickets
          active_time_intervals: []
          routes:
            - matchers: ['severity="critical"']
              receiver: pager
            - matchers: ['severity=~"warning|info"']
              receiver: tickets
              active_time_intervals: [office]
              mute_time_intervals: [holidays]
        time_intervals:
          - name: office
            time_intervals:
              - weekdays: ['monday:friday']
                times: [{start_time: '08:00', end_time: '18:00'}]
          - name: holidays
            time_intervals:
              - months: ['december']
                days_of_month: ['24:26', '31']
              - months: ['january']
                days_of_month: ['1']
        """,
        "tickets",
        "pager",
    ),
    "two teams around the sun": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['severity="critical"']
              receiver: east
              active_time_intervals: [day]
              continue: true
            - matchers: ['severity="critical"']
              receiver: west
              mute_time_intervals: [day]
        time_intervals:
          - name: day
            time_intervals: [{times: [{start_time: '06:00', end_time: '18:00'}]}]
        """,
        "everyone",
        "east",
        "west",
    ),
    "muted for the weekly maintenance": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['severity="critical"']
              receiver: pager
              mute_time_intervals: [maintenance]
        time_intervals:
          - name: maintenance
            time_intervals:
              - weekdays: [sunday]
                times: [{start_time: '02:00', end_time: '04:00'}]
        """,
        "everyone",
        "pager",
    ),
    "muted on one date": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['team="payments"']
              receiver: payments
              mute_time_intervals: [move]
        time_intervals:
          - name: move
            time_intervals: [{years: ['2025'], months: ['3'], days_of_month: ['14:16']}]
        """,
        "everyone",
        "payments",
    ),
    "environments, teams, then urgencies": _with_receivers(
        """\
        route:
          receiver: unrouted
          group_by: [env, tier, type, stage, alertname]
          group_wait: 30s
          group_interval: 5m
          repeat_interval: 8h
          routes:
            - matchers: ['env=~"gstg|dev|ops-test"']
              receiver: nonproduction
              routes:
                - matchers: ['alert_type="traffic_cessation"']
                  receiver: blackhole
            - matchers: ['pager="pagerduty"', 'env="gprd"', 'slo_alert="yes"']
              receiver: slo
              group_wait: 1m
              continue: true
            - matchers: ['pager="pagerduty"']
              receiver: pager
              continue: true
            - matchers: ['team="gitaly"', 'env=~"gprd|ops"']
              receiver: gitaly
              continue: true
            - matchers: ['team!~"gitaly|"']
              receiver: other-teams
        inhibit_rules:
          - source_matchers: ['alertname="SnitchHeartBeat"', 'cluster="a"']
            target_matchers: ['alertname="PrometheusDown"', 'cluster="a"']
          - source_matchers: ['severity=~"s1|s2"']
            target_matchers: ['severity=~"s3|s4"']
            equal: [env, type, alertname]
        """,
        "unrouted",
        "nonproduction",
        "blackhole",
        "slo",
        "pager",
        "gitaly",
        "other-teams",
    ),
    "the outage of a cluster silences all of it": _with_receivers(
        """\
        route: {receiver: everyone, group_by: [cluster]}
        inhibit_rules:
          - source_matchers: ['alertname="ClusterDown"']
            target_matchers: ['severity=~"critical|warning"', 'alertname!="ClusterDown"']
            equal: [cluster]
          - source_matchers: ['alertname=~"NodeDown|NodeNotReady"']
            target_matchers: ['severity=~"critical|warning"']
            equal: [cluster, node]
        """,
        "everyone",
    ),
    "a maintenance, as an alert, silences all": _with_receivers(
        """\
        route: {receiver: everyone}
        inhibit_rules:
          - source_matchers: ['alertname="Maintenance"', 'severity="none"']
            target_matchers: ['severity=~"critical|warning|info"']
            equal: [instance]
          - source_matchers: ['inhibits="all"']
            target_matchers: ['severity="critical"']
            equal: [environment]
        """,
        "everyone",
    ),
    "out of hours, as an alert": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['alertname=~"QuietHours|OutOfHours"']
              receiver: 'null'
        inhibit_rules:
          - source_matchers: ['alertname="QuietHours"']
            target_matchers: ['severity="warning"']
        """,
        "everyone",
        "null",
    ),
    "a sub-route for one name, then the rest": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['job="batch"', 'alertname="JobSlow"']
              receiver: 'null'
            - matchers: ['job="batch"']
              receiver: batch
            - matchers: ['job=~"batch|cron"', 'severity="critical"']
              receiver: pager
        """,
        "everyone",
        "null",
        "batch",
        "pager",
    ),
    "negative matchers": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['team=""']
              receiver: nobody
            - matchers: ['team!=""', 'severity!~"info|none"']
              receiver: teams
            - matchers: ['team!=""', 'severity="info"']
              receiver: log
        """,
        "everyone",
        "nobody",
        "teams",
        "log",
    ),
    "patterns that only look alike": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['namespace=~"kube-.*|monitoring"']
              receiver: platform
            - matchers: ['namespace=~"kube.+"']
              receiver: labs
            - matchers: ['namespace=~".*-prod"', 'severity="critical"']
              receiver: pager
            - matchers: ['namespace=~".*-prod"']
              receiver: chat
        """,
        "everyone",
        "platform",
        "labs",
        "pager",
        "chat",
    ),
    "every way to be told": dedent(
        """\
        global:
          smtp_smarthost: 'smtp.example.com:587'
          smtp_from: 'alerts@example.com'
          smtp_auth_username: alerts
          smtp_auth_password_file: /etc/alertmanager/secrets/smtp
          slack_api_url_file: /etc/alertmanager/secrets/slack
          opsgenie_api_key_file: /etc/alertmanager/secrets/opsgenie
        templates: ['/etc/alertmanager/templates/*.tmpl']
        route:
          receiver: mail
          routes:
            - matchers: ['severity="critical"']
              receiver: pager
              group_wait: 10s
              repeat_interval: 30m
            - matchers: ['severity="warning"']
              receiver: chat
        receivers:
          - name: mail
            email_configs:
              - to: 'team@example.com'
                send_resolved: true
                headers: {Subject: '{{ template "email.default.subject" . }}'}
          - name: pager
            pagerduty_configs:
              - routing_key_file: /etc/alertmanager/secrets/pagerduty
                severity: '{{ or .CommonLabels.severity "error" }}'
            opsgenie_configs:
              - responders: [{name: ops, type: team}]
          - name: chat
            slack_configs:
              - channel: '#alerts'
                send_resolved: true
                title: '{{ template "slack.default.title" . }}'
                actions: [{type: button, text: Book, url: '{{ .CommonAnnotations.runbook_url }}'}]
        """
    ),
    "pages to the phone, and to the chat of the team": _with_receivers(
        """\
        route:
          receiver: chat
          group_by: [alertname, cluster, service]
          group_wait: 45s
          group_interval: 10m
          repeat_interval: 1d
          routes:
            - matchers: ['severity=~"critical|error"']
              receiver: phone
              repeat_interval: 20m
              continue: true
            - matchers: ['squad=~"alpha|beta"']
              receiver: squads
              routes:
                - matchers: ['squad="alpha"']
                  receiver: alpha
                - matchers: ['squad="beta"']
                  receiver: beta
        """,
        "chat",
        "phone",
        "squads",
        "alpha",
        "beta",
    ),
    "a route for the label that a rule sets": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['channel="#ops"']
              receiver: ops
            - matchers: ['channel=~"#.+"']
              receiver: channels
              group_by: [channel, alertname]
            - matchers: ['dashboard="", runbook!=""']
              receiver: ops
        """,
        "everyone",
        "ops",
        "channels",
    ),
    "severities in numbers": _with_receivers(
        """\
        route:
          receiver: p3
          routes:
            - {matchers: ['priority=~"P1|P2"'], receiver: p1}
            - {matchers: ['priority=~"P[1-3]"', 'region=~"eu-.*"'], receiver: p3-eu}
        inhibit_rules:
          - source_matchers: ['priority="P1"']
            target_matchers: ['priority=~"P[2-5]"']
            equal: [service]
        """,
        "p3",
        "p1",
        "p3-eu",
    ),
    "an office in another time zone": _with_receivers(
        """\
        route:
          receiver: everyone
          routes:
            - matchers: ['team="sales"', 'severity="warning"']
              receiver: sales
              active_time_intervals: [office, saturdays]
        time_intervals:
          - name: office
            time_intervals:
              - times: [{start_time: '09:00', end_time: '12:00'}, {start_time: '13:00', end_time: '24:00'}]
                weekdays: ['monday:thursday', friday]
                location: 'Australia/Sydney'
          - name: saturdays
            time_intervals: [{weekdays: [saturday]}]
        """,
        "everyone",
        "sales",
    ),
}
