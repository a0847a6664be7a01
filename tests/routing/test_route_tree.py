"""The tree of routes: what documents say, and who gets what by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import dedent, indent
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import pipeline
from slogen.alertmanager.configuration import Configuration, Receiver
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import (
    DEFAULT_GROUP_INTERVAL,
    DEFAULT_GROUP_WAIT,
    DEFAULT_REPEAT_INTERVAL,
    Delivery,
    Route,
    deliveries,
)
from slogen.alertmanagerspec import text
from slogen.ir import Settings
from slogen.routing.tree import configuration
from slogen.source import Source, Span
from slogen.teams import Escalation, Means, Owner, Routing, Timing, Urgency
from slogen.units import Millis

T = TypeVar("T")
HERE = Span(Source("routing.yaml", "x"), 0, 1)

# by example ---------------------------------------------------------------------------------------------

RECEIVERS = """
  receivers:
    a-page: {webhook: {url: 'http://a-page/'}}
    a-ticket: {webhook: {url: 'http://a-ticket/'}}
    b-page: {webhook: {url: 'http://b-page/'}}
    b-ticket: {webhook: {url: 'http://b-ticket/'}}
    c-page: {webhook: {url: 'http://c-page/'}}
  time_intervals:
    office: [{weekdays: ['monday:friday']}]
    freeze: [{months: ['december']}]
"""


def route_of(spec: str, base: str = "") -> str:
    """The tree of a document, as it is written."""
    document = f"apiVersion: slogen.dev/v1\nkind: Routing\nmetadata: {{name: x}}\nspec:{RECEIVERS}"
    sources = [Source("routing.yaml", document + indent(dedent(spec), "  "))]
    result = pipeline.compile([*sources, *([Source("am.yml", dedent(base))] if base else [])])
    errors = [d for d in result.report if d.severity == "error"]
    assert not errors, [f"{d.at} {d.message}" for d in errors]
    made = result.program.notifying.configuration
    assert made is not None
    return text.route(made.route, 0)


# What a document does not say holds for all: one notification for an SLO.
CASES = {
    "one way for everything": (
        """
        fallback: a
        owners: {a: {page: a-page, ticket: a-page}}
        """,
        """
        receiver: a-page
        group_by: [alertname, service, slo]
        routes:
          - matchers: ['owner="a"']
            receiver: a-page
        """,
    ),
    "a page and a ticket": (
        """
        fallback: b
        defaults: {group_by: [alertname, service], group_wait: 10s, group_interval: 5m}
        severities: {page: [critical, p.1], ticket: [warning]}
        owners:
          a:
            page: a-page
            ticket: {receiver: a-ticket, active: [office], mute: [freeze], repeat_interval: 1d}
          b: {page: {receiver: b-page, group_by: ['...'], mute: [freeze]}, ticket: b-ticket}
        """,
        r"""
        receiver: b-ticket
        group_by: [alertname, service]
        group_wait: 10s
        group_interval: 5m
        routes:
          - matchers: ['owner="a"']
            receiver: a-ticket
            active_time_intervals: [office]
            mute_time_intervals: [freeze]
            repeat_interval: 1d
            routes:
              - matchers: ['severity=~"critical|p\\.1"']
                receiver: a-page
                repeat_interval: 4h
          - matchers: ['owner="b"']
            receiver: b-ticket
            routes:
              - matchers: ['severity=~"critical|p\\.1"']
                receiver: b-page
                mute_time_intervals: [freeze]
                group_by: ["..."]
        """,
    ),
    "the same receiver, but at other times": (
        """
        fallback: a
        owners: {a: {page: a-page, ticket: {receiver: a-page, active: [office]}}}
        """,
        """
        receiver: a-page
        group_by: [alertname, service, slo]
        routes:
          - matchers: ['owner="a"']
            receiver: a-page
            active_time_intervals: [office]
            routes:
              - matchers: ['severity="critical"']
                receiver: a-page
        """,
    ),
    "a chain of escalations": (
        """
        fallback: a
        owners:
          a: {page: a-page, ticket: a-page, escalation: {to: b, after: 30m}}
          b:
            page: {receiver: b-page, group_wait: 0s, repeat_interval: 1h}
            ticket: b-ticket
            escalation: {to: c, after: 1h}
          c: {page: c-page, ticket: c-page}
        """,
        """
        receiver: a-page
        group_by: [alertname, service, slo]
        routes:
          - matchers: ['owner="a"']
            receiver: a-page
            routes:
              # b is paged, too, by what still fires after 30 minutes.
              - matchers: ['severity="critical"']
                receiver: b-page
                continue: true
                group_wait: 30m
                repeat_interval: 1h
              # c is paged, too, by what still fires after 90 minutes.
              - matchers: ['severity="critical"']
                receiver: c-page
                continue: true
                group_wait: 1h30m
              - matchers: ['severity="critical"']
                receiver: a-page
          - matchers: ['owner="b"']
            receiver: b-ticket
            routes:
              # c is paged, too, by what still fires after 1 hour.
              - matchers: ['severity="critical"']
                receiver: c-page
                continue: true
                group_wait: 1h
              - matchers: ['severity="critical"']
                receiver: b-page
                group_wait: 0s
                repeat_interval: 1h
          - matchers: ['owner="c"']
            receiver: c-page
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_tree_reads_like_the_org_chart(case: str) -> None:
    spec, expected = CASES[case]
    assert route_of(spec) == dedent(expected).lstrip()


BASE = """
route:
  receiver: everything
  group_by: [alertname]
  repeat_interval: 12h
  routes:
    - {receiver: log, continue: true}
    - {receiver: everything, matchers: ['severity="none"']}
    - {receiver: log, matchers: ['severity="info"'], continue: true}
receivers: [{name: everything}, {name: log}]
"""


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            """
            base: am.yml
            defaults: {group_by: [alertname], repeat_interval: 4h}
            owners: {a: {page: a-page, ticket: a-ticket}, b: {page: b-page, ticket: everything}}
            """,
            """
            - matchers: ['owner=~"a|b"']
              repeat_interval: 4h
              routes:
                - matchers: ['owner="a"']
                  receiver: a-ticket
                  routes:
                    - matchers: ['severity="critical"']
                      receiver: a-page
                - matchers: ['owner="b"']
                  receiver: everything
                  routes:
                    - matchers: ['severity="critical"']
                      receiver: b-page
            """,
        ),
        # One team needs no route for all teams.
        (
            """
            base: am.yml
            defaults: {repeat_interval: 4h}
            owners: {a: {page: a-page, ticket: a-ticket}}
            """,
            """
            - matchers: ['owner="a"']
              receiver: a-ticket
              group_by: [alertname, service, slo]
              repeat_interval: 4h
              routes:
                - matchers: ['severity="critical"']
                  receiver: a-page
            """,
        ),
    ],
)
def test_a_base_gets_a_subtree_that_all_alerts_come_by(spec: str, expected: str) -> None:
    routes = [line.removeprefix("  ") for line in route_of(spec, BASE).splitlines()]
    first, last = routes.index("- receiver: log"), routes.index("- matchers: ['severity=\"none\"']")
    assert routes[first + 2 : last] == dedent(expected).strip().splitlines()


SLO = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  owner: a
  slos: [{name: sold, objective: 99, sli: {events: {total: x_total, bad: 'x_total{code="500"}'}}}]
"""
AUDITED = """
route:
  receiver: everything
  routes:
    - {receiver: everything, matchers: ['alertname="Watchdog"']}
    - {receiver: log, continue: true}
    - {receiver: everything, matchers: ['namespace="kube-system"']}
    - {receiver: everything, matchers: ['severity="critical"']}
    - {receiver: log, matchers: ['severity="info"'], continue: true}
receivers: [{name: everything}, {name: log}]
"""


def test_a_subtree_takes_no_alert_from_a_route_that_goes_on() -> None:
    spec = "base: am.yml\nowners: {a: {page: a-page, ticket: a-ticket}}"
    document = f"apiVersion: slogen.dev/v1\nkind: Routing\nmetadata: {{name: x}}\nspec:{RECEIVERS}"
    texts = {"routing.yaml": document + indent(spec, "  "), "am.yml": AUDITED, "slo.yaml": SLO}
    made = pipeline.compile([Source(*one) for one in texts.items()]).program.notifying.configuration
    assert made is not None
    own = [
        i for i, route in enumerate(made.route.routes) if route.matchers[:1] == (Matcher("owner", "=", "a"),)
    ]
    # Behind the log, for which nothing before it keeps an alert, and before those who would keep the pages.
    assert own == [2]


# any document -------------------------------------------------------------------------------------------

DURATIONS = st.sampled_from(
    [None, Millis(1_000), DEFAULT_GROUP_WAIT, DEFAULT_GROUP_INTERVAL, DEFAULT_REPEAT_INTERVAL]
)
TIMINGS = st.builds(
    Timing,
    group_by=st.sampled_from([None, ("alertname",), ("service", "slo"), ("...",)]),
    group_wait=st.one_of(DURATIONS, st.just(Millis(0))),
    group_interval=DURATIONS,
    repeat_interval=DURATIONS,
)
INTERVALS = st.sampled_from([(), ("office",), ("office", "freeze")])
MEANS = st.builds(
    Means,
    receiver=st.sampled_from("xyz"),
    where=st.just(HERE),
    timing=TIMINGS,
    active=INTERVALS,
    mute=INTERVALS,
)
NAMES = ("a", "b.c", "d|e", "")


@st.composite
def routings(draw: st.DrawFn) -> Routing:
    names = draw(st.lists(st.sampled_from(NAMES[:3]), min_size=1, unique=True))
    escalations = st.builds(
        Escalation,
        to=st.sampled_from(names),
        after=st.sampled_from([Millis(60_000), Millis(90_000)]),
        where=st.just(HERE),
    )
    owners = [
        Owner(name, draw(MEANS), draw(MEANS), HERE, draw(st.one_of(st.none(), escalations))) for name in names
    ]
    severities = draw(
        st.sampled_from([{}, {"critical": Urgency.PAGE, "p.1": Urgency.PAGE, "info": Urgency.TICKET}])
    )
    return Routing(
        "slogen",
        (HERE,),
        owners=tuple(owners),
        receivers=tuple(map(Receiver, "xyz")),
        defaults=draw(TIMINGS),
        fallback=draw(st.sampled_from(names)),
        severities=severities,
    )


LOG = Route("log", continue_=True)
BASES = st.builds(
    lambda root: Configuration(root, (Receiver("base"), Receiver("log"))),
    st.builds(
        Route,
        receiver=st.just("base"),
        group_by=st.sampled_from([None, ("alertname",), ("...",)]),
        group_wait=DURATIONS,
        repeat_interval=DURATIONS,
        routes=st.sampled_from([(), (LOG,), (LOG, Route("base"))]),
    ),
)


def said(delivery: Delivery) -> tuple[object, ...]:
    return (
        delivery.receiver,
        sorted(delivery.group_by),
        delivery.group_wait,
        delivery.group_interval,
        delivery.repeat_interval,
        delivery.active,
        delivery.mute,
    )


def meant(
    routing: Routing, base: Configuration | None, owner: str, severity: str
) -> Iterator[tuple[object, ...]]:
    """Who should be told of an alert, and how, from what the document says."""
    team = routing.owner(owner)
    pages = [name for name, urgency in routing.severities.items() if urgency is Urgency.PAGE] or ["critical"]
    if team is None:
        fallback = routing.owner(routing.fallback)
        assert fallback is not None
        yield way(Means(fallback.ticket.receiver, HERE), routing, base)
        return
    if severity not in pages:
        yield way(team.ticket, routing, base)
        return
    told, after = [team.name], 0
    escalation = team.escalation
    while escalation is not None and escalation.to not in told:
        target = routing.owner(escalation.to)
        assert target is not None
        after += escalation.after
        timing = replace(target.page.timing, group_wait=Millis(after))
        yield way(replace(target.page, timing=timing), routing, base)
        told.append(target.name)
        escalation = target.escalation
    yield way(team.page, routing, base)


def way(means: Means, routing: Routing, base: Configuration | None) -> tuple[object, ...]:
    above = base.route if base is not None else Route()
    usual = (
        Timing(above.group_by, above.group_wait, above.group_interval, above.repeat_interval),
        Timing((), DEFAULT_GROUP_WAIT, DEFAULT_GROUP_INTERVAL, DEFAULT_REPEAT_INTERVAL),
    )
    stated = (means.timing, routing.defaults, *usual)
    return (
        means.receiver,
        sorted(first(one.group_by for one in stated)),
        first(one.group_wait for one in stated),
        first(one.group_interval for one in stated),
        first(one.repeat_interval for one in stated),
        means.active,
        means.mute,
    )


def first(values: Iterator[T | None]) -> T:
    return next(value for value in values if value is not None)


@given(
    routing=routings(),
    owner=st.sampled_from(NAMES),
    severity=st.sampled_from(["critical", "p.1", "pX1", "info", ""]),
)
def test_everybody_is_told_what_the_document_says(routing: Routing, owner: str, severity: str) -> None:
    made = configuration(routing, None, (), Settings())
    found = deliveries(made.route, {"owner": owner, "severity": severity})
    assert [said(one) for one in found] == list(meant(routing, None, owner, severity))


@given(
    routing=routings(),
    base=BASES,
    owner=st.sampled_from(NAMES),
    severity=st.sampled_from(["critical", "info"]),
)
def test_a_base_changes_nothing_for_teams(
    routing: Routing, base: Configuration, owner: str, severity: str
) -> None:
    labels = {"owner": owner, "severity": severity}
    made = configuration(routing, base, (), Settings())
    found = [said(one) for one in deliveries(made.route, labels)]
    of_base = [said(one) for one in deliveries(base.route, labels)]
    if routing.owner(owner) is None:
        assert found == of_base
    else:
        before = of_base[:1] if base.route.routes else []
        assert found == [*before, *meant(routing, base, owner, severity)]


def test_a_page_is_not_grouped_because_tickets_are() -> None:
    """A route cannot go back to no grouping at all."""
    tickets = Means("x", HERE, Timing(group_by=("service",)))
    routing = Routing("x", (HERE,), owners=(Owner("a", Means("y", HERE), tickets, HERE),), fallback="a")
    made = configuration(routing, None, (), Settings())
    (page,) = deliveries(made.route, {"owner": "a", "severity": "critical"})
    (ticket,) = deliveries(made.route, {"owner": "a", "severity": "warning"})
    assert (page.group_by, ticket.group_by) == ((), ("service",))


@given(routing=routings())
def test_no_route_says_what_holds_anyway(routing: Routing) -> None:
    made = configuration(routing, None, (), Settings())
    for path in paths((made.route,)):
        own, above = path[-1], Delivery(path[:-1])
        assert own.group_by is None or sorted(own.group_by) != sorted(above.group_by)
        assert own.group_wait is None or own.group_wait != above.group_wait
        assert own.group_interval is None or own.group_interval != above.group_interval
        assert own.repeat_interval is None or own.repeat_interval != above.repeat_interval


def paths(path: Sequence[Route]) -> Iterator[tuple[Route, ...]]:
    """The ways to all routes below the root."""
    for route in path[-1].routes:
        below = (*path, route)
        yield below
        yield from paths(below)
