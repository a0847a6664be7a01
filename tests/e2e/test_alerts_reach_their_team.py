"""Alerts reach their team: rules and routes by slogen in a real Prometheus and a real Alertmanager.

Five routers of Kthena, each with a team of its own, live through the same day of two minutes: one breaks
down, one gets slow, one has its hour of rest, and two die. Prometheus is restarted in the middle of it. What
the teams are told is recorded, and judged when the day is over.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from kthena import Router, routers
from kthena_project import (
    BATCH_BURNS,
    BUSY,
    DOWN,
    ESCALATION,
    GROUP_INTERVAL,
    GROUP_WAIT,
    LONG_BUSY,
    PROD_BURNS,
    TEAMS,
    compiled,
    rest_until,
)
from receiving import Inbox, Told, web_inbox
from servers import ALERTMANAGER, Alertmanager, Prometheus, alertmanager, program, prometheus, until

from slogen import timelinetext
from slogen.ir import Slo, Urgency

# Scrapes and evaluations are a second apart, and each may come at the end of it.
STEPS = 2
# Beyond all that is computed: a machine that is busy with other things.
PATIENCE = 10


@dataclass(slots=True)
class Day:
    """What happened, and when, in seconds of the clock."""

    slo: Slo
    inbox: Inbox
    prod: Router
    rest_ends: float
    killed: float = 0
    stopped: float = 0
    restarted: float = 0
    told_before: int = 0
    pending_since: Sequence[float] = ()
    held: Sequence[dict[str, Any]] = ()
    ticket_of_prod: Sequence[dict[str, Any]] = ()
    absence_at_edge: Sequence[dict[str, Any]] = ()
    log: str = ""

    def firing(self, receiver: str, alert: str = "") -> list[Told]:
        """What a receiver was told of alerts that fire."""
        return [one for one in self._told(receiver, alert) if one.is_firing]

    def resolved(self, receiver: str, alert: str = "") -> list[Told]:
        """What a receiver was told of alerts that ceased."""
        return [one for one in self._told(receiver, alert) if not one.is_firing]

    def _told(self, receiver: str, alert: str) -> Iterator[Told]:
        for one in self.inbox.at(f"/{receiver}"):
            if not alert or alert in {labels["alertname"] for labels in one.labels()}:
                yield one

    def receivers(self, alert: str, **labels: str) -> set[str]:
        """Everybody who was ever told of an alert."""
        wanted = {"alertname": alert, **labels}.items()
        return {
            one.path.strip("/")
            for one in self.inbox.told
            if one.path != "/slack" and any(wanted <= own.items() for own in one.labels())
        }

    def computed(self) -> timelinetext.Firing:
        """When slogen says that the page fires and resolves under a total outage, in milliseconds."""
        [(alert, tier)] = [
            (alert, tier)
            for alert in self.slo.alerts
            if alert.urgency is Urgency.PAGE
            for tier in alert.tiers
        ]
        times = timelinetext.times(self.slo, alert, tier, Fraction(1))
        assert times
        return times


def waited(condition: Callable[[], object], seconds: float) -> bool:
    """Whether a condition comes to hold within a time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def live(day: Day, teams: Mapping[str, Router], metrics: Prometheus, alerts: Alertmanager) -> None:
    """The day itself."""
    full = "count(count_over_time(slo:sli_total:rate5s[1m]) > 20) == 10"
    until(lambda: metrics.query(full), 60, "the windows are full", metrics.log.read_text)
    teams["prod"].failing = {"llama": 1}
    teams["batch"].failing = {"llama": 0.3}
    teams["batch"].active.set(500)
    teams["lab"].active.set(500)
    teams["edge"].stop()
    teams["spare"].stop()
    day.killed = time.time()

    longest = float(day.computed().after) / 1000 + STEPS + PATIENCE
    waited(lambda: day.firing("prod-pager") and day.inbox.at("/slack") and day.firing("edge-pager"), longest)
    waited(lambda: pending_since(metrics), PATIENCE)
    restart(day, metrics)
    day.held = alerts.alerts(alertname=BUSY)

    waited(lambda: is_quiet(alerts, owner="prod", sloth_severity="ticket"), 30)
    day.ticket_of_prod = alerts.alerts(owner="prod", sloth_severity="ticket")
    waited(lambda: is_quiet(alerts, owner="edge", sloth_severity="absent"), 30)
    day.absence_at_edge = alerts.alerts(owner="edge", sloth_severity="absent")
    waited(lambda: day.firing("sre-pager") and day.firing("spare-tickets"), 30)

    teams["prod"].failing = {}
    longest = float(day.computed().until) / 1000 + STEPS + PATIENCE
    waited(lambda: day.resolved("prod-pager") and len(day.inbox.at("/slack")) > 1, longest)

    waited(lambda: day.firing("batch-tickets", BATCH_BURNS) and day.firing("batch-tickets", LONG_BUSY), 60)
    waited(lambda: day.firing("lab-tickets"), max(day.rest_ends - time.time(), 0) + PATIENCE)
    day.log = alerts.log.read_text(encoding="utf-8")


def restart(day: Day, metrics: Prometheus) -> None:
    """Prometheus is away for longer than the short window of the page, in which it then has no data."""
    day.pending_since = [pending_since(metrics) or 0]
    day.told_before = len(day.inbox.told)
    day.stopped = time.time()
    metrics.stop()
    time.sleep(6)
    metrics.start()
    day.restarted = time.time()
    # Not by the series ALERTS: it has samples from before.
    waited(lambda: metrics.alerts(state="firing", alertname=PROD_BURNS, severity="critical"), 30)
    waited(lambda: (pending_since(metrics) or day.restarted) < day.restarted, PATIENCE)
    day.pending_since = [*day.pending_since, pending_since(metrics) or 0]


def pending_since(metrics: Prometheus) -> float | None:
    """Since when the alert waits that waits for long; None if it does not."""
    found = metrics.alerts(alertname=LONG_BUSY)
    return seconds(found[0]["activeAt"]) if found else None


def is_quiet(server: Alertmanager, **labels: str) -> bool:
    """Whether an alert is inhibited."""
    return any(alert["status"]["inhibitedBy"] for alert in server.alerts(**labels))


def seconds(text: str) -> float:
    """A time of an API, in seconds of the clock. Python reads no more than six digits of a second."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)).timestamp()


def lived(folder: Path) -> Day:
    """A day, from its morning to its end."""
    # The first full minute that comes long enough after what is then held back.
    rest_ends = (int(time.time()) + 70) // 60 * 60 + 60
    with web_inbox() as inbox, routers(TEAMS) as (teams, scrapes):
        result = compiled(folder, inbox, rest_until(datetime.fromtimestamp(rest_ends, UTC)))
        [slo] = [slo for slo in result.program.slos if slo.owner == "prod"]
        day = Day(slo, inbox, teams["prod"], rest_ends)
        rules = sorted((folder / "out" / "rules").glob("*.yaml"))
        # Alerts that are pending go on being so after a restart, also those that wait for seconds only.
        options = ["--rules.alert.for-grace-period=1s"]
        with (
            alertmanager(folder, folder / "out" / "alertmanager" / "alertmanager.yaml") as alerts,
            prometheus(folder, rules, scrapes=scrapes, alertmanager=alerts, options=options) as metrics,
        ):
            live(day, teams, metrics, alerts)
    return day


# the stories ------------------------------------------------------------------------------------------


def an_outage_pages_its_team_and_nobody_else_in_the_time_that_is_computed(day: Day) -> None:
    page = day.firing("prod-pager")[0]
    [alert] = page.alerts()
    assert alert["labels"]["model"] == "llama"
    assert alert["labels"]["severity"] == "critical"
    assert day.receivers(PROD_BURNS, sloth_severity="page") == {"prod-pager"}
    fired = seconds(alert["startsAt"])
    assert fired - day.prod.began <= float(day.computed().after) / 1000 + STEPS
    assert page.at - fired <= GROUP_WAIT + PATIENCE


def the_page_says_what_happens(day: Day) -> None:
    [alert] = day.firing("prod-pager")[0].alerts()
    assert re.fullmatch(
        r"kthena-router-prod availability \(model llama\) burns its error budget at [0-9.]+ times the "
        r"sustainable rate",
        alert["annotations"]["summary"],
    )
    first = day.inbox.at("/slack")[0].body["attachments"][0]
    assert first["title"] == f"[CRITICAL] {alert['annotations']['summary']}"
    assert first["color"] == "danger"
    lines = first["text"].splitlines()
    assert lines[0] == f"Firing since {alert['startsAt'][:19].replace('T', ' ')} UTC"
    assert lines[1].endswith("|Silence>")
    assert lines[2] == (
        f"alertname *{PROD_BURNS}* · model *llama* · owner *prod* · service *kthena-router-prod* · "
        "slo *availability*"
    )
    assert lines[3] == "Inference requests get an answer."
    assert "20% are allowed (80% over 3 minutes 20 seconds)" in lines[4]


def the_end_of_an_outage_is_told(day: Day) -> None:
    [told] = day.resolved("prod-pager")
    [alert] = told.alerts()
    ended = seconds(alert["endsAt"])
    assert ended - day.prod.ended <= float(day.computed().until) / 1000 + STEPS
    assert told.at - ended <= GROUP_INTERVAL + PATIENCE
    [_, last] = (told.body["attachments"][0] for told in day.inbox.at("/slack"))
    assert last["title"].startswith("[RESOLVED] ")
    assert last["color"] == "good"


def a_slow_burn_makes_a_ticket_and_no_page(day: Day) -> None:
    [alert] = day.firing("batch-tickets", BATCH_BURNS)[0].alerts()
    assert alert["labels"]["severity"] == "warning"
    assert day.receivers(BATCH_BURNS) == {"batch-tickets"}
    assert day.inbox.at("/batch-pager") == []


def a_page_keeps_the_ticket_of_its_slo_quiet(day: Day) -> None:
    [alert] = day.ticket_of_prod
    assert alert["status"]["state"] == "suppressed"
    over = seconds(day.resolved("prod-pager")[0].alerts()[0]["endsAt"])
    assert all(told.at >= over for told in day.inbox.at("/prod-tickets"))


def a_time_of_rest_holds_a_ticket_until_it_ends(day: Day) -> None:
    [alert] = day.held
    assert [receiver["name"] for receiver in alert["receivers"]] == ["lab-tickets"]
    assert alert["status"]["inhibitedBy"] == alert["status"]["silencedBy"] == []
    assert seconds(alert["startsAt"]) < day.rest_ends - GROUP_WAIT
    assert "route is within mute time" in day.log
    [told] = day.inbox.at("/lab-tickets")
    assert 0 <= told.at - day.rest_ends <= GROUP_INTERVAL + PATIENCE
    assert told.alerts()[0]["annotations"]["summary"] == "The router works on 500 requests"


def a_dead_exporter_raises_the_alert_that_data_is_missing(day: Day) -> None:
    absent = "KthenaRouterSpareAvailabilityNoData"
    [alert] = day.firing("spare-tickets", absent)[0].alerts()
    assert alert["annotations"]["summary"] == "kthena-router-spare availability has no data"
    assert day.receivers(absent) == {"spare-tickets"}
    assert seconds(alert["startsAt"]) > day.killed


def a_dead_service_pages_and_keeps_quiet_what_follows(day: Day) -> None:
    [alert] = day.absence_at_edge
    assert alert["status"]["state"] == "suppressed"
    assert day.receivers(DOWN) == {"edge-pager", "sre-pager"}
    assert day.inbox.at("/edge-tickets") == []


def a_page_that_goes_on_reaches_the_next_team_later(day: Day) -> None:
    [own], [next_] = day.firing("edge-pager"), day.firing("sre-pager")
    assert ESCALATION - GROUP_WAIT - 1 <= next_.at - own.at <= ESCALATION + PATIENCE


def a_restart_of_prometheus_loses_nothing(day: Day) -> None:
    # Told once, though its data was missing for a while and the page had to fire anew.
    assert len(day.firing("prod-pager")) == len(day.firing("edge-pager")) == 1
    false = [told.path for told in day.inbox.told[day.told_before :] if told.at < day.prod.ended]
    assert "/prod-pager" not in false
    assert day.resolved("edge-pager") == []
    # What was pending before waits on, and does not begin again.
    before, after = day.pending_since
    assert before < day.stopped
    assert before <= after < day.restarted
    [told] = day.firing("batch-tickets", LONG_BUSY)
    assert seconds(told.alerts()[0]["startsAt"]) < day.restarted + 30


def nobody_is_told_of_anything_else(day: Day) -> None:
    paths = {told.path for told in day.inbox.told}
    assert paths <= {
        *("/prod-pager", "/slack", "/prod-tickets", "/batch-tickets", "/lab-tickets"),
        *("/edge-pager", "/sre-pager", "/spare-tickets"),
    }


STORIES: Sequence[Callable[[Day], None]] = (
    an_outage_pages_its_team_and_nobody_else_in_the_time_that_is_computed,
    the_page_says_what_happens,
    the_end_of_an_outage_is_told,
    a_slow_burn_makes_a_ticket_and_no_page,
    a_page_keeps_the_ticket_of_its_slo_quiet,
    a_time_of_rest_holds_a_ticket_until_it_ends,
    a_dead_exporter_raises_the_alert_that_data_is_missing,
    a_dead_service_pages_and_keeps_quiet_what_follows,
    a_page_that_goes_on_reaches_the_next_team_later,
    a_restart_of_prometheus_loses_nothing,
    nobody_is_told_of_anything_else,
)


def test_alerts_reach_their_team(tmp_path: Path) -> None:
    # One test for all: the day is long.
    program("prometheus")
    program(ALERTMANAGER, "alertmanager")
    day = lived(tmp_path)
    wrong = []
    for story in STORIES:
        try:
            story(day)
        except (AssertionError, LookupError, ValueError) as error:
            wrong.append(f"{story.__name__}: {type(error).__name__}: {error}")
    assert not wrong, "\n\n".join([*wrong, *map(said, day.inbox.told)])


def said(told: Told) -> str:
    """A notification in one line."""
    return f"{told.at:.1f} {told.path}: {json.dumps(told.body)[:600]}"
