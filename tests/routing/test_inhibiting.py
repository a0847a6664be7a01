"""What slogen lets alerts silence, judged by brute force over all that may fire."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slogen import pipeline
from slogen.alertmanager.inhibition import Inhibition
from slogen.handwritten.absence import gone_targets, only_says_missing
from slogen.ir import Program, RoutedAlert
from slogen.promql.meaning import meaning_of
from slogen.source import Source

# a project ----------------------------------------------------------------------------------------------

ROUTING = """
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: red
  severities: {page: [critical], ticket: [warning, info]}
  owners:
    red: {page: pager, ticket: tickets}
    blue: {page: pager, ticket: tickets}
  receivers:
    pager: {webhook: {url: 'http://pager/'}}
    tickets: {webhook: {url: 'http://tickets/'}}
"""


@dataclass(frozen=True)
class Slo:
    service: str
    owner: str
    name: str
    budgets: str = ""
    matchers: str = ""
    alerting: str = ""

    def text(self) -> str:
        return f"""
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {{name: {self.service}-{self.name}}}
spec:
  service: {self.service}
  owner: {self.owner}
  slos:
    - name: {self.name}
      objective: 99.9
      {self.budgets}
      {self.alerting}
      sli: {{events: {{total: 'served_total{{{self.matchers}}}', bad: 'failed_total{{{self.matchers}}}'}}}}
"""


@dataclass(frozen=True)
class Written:
    """An alert written by hand. `gone` is the job that it says is gone, `is_missing` that it only says of
    missing data."""

    name: str
    expr: str
    severity: str
    service: str
    owner: str
    gone: str = ""
    is_missing: bool = False

    def text(self) -> str:
        return f"""
      - alert: {self.name}
        expr: '{self.expr}'
        labels: {{severity: {self.severity}, service: {self.service}, owner: {self.owner}}}
        annotations: {{summary: what happens}}
"""


def compiled(
    slos: Sequence[Slo], written: Sequence[Written], external: Mapping[str, str], labels: str = "{}"
) -> Program:
    added = ", ".join(f"{name}: {value}" for name, value in external.items())
    stated = f"""
apiVersion: slogen.dev/v1
kind: Settings
spec: {{labels: {labels}, prometheus: {{external_labels: {{{added}}}}}}}
"""
    rules = "groups:\n  - name: g\n    rules:" + "".join(one.text() for one in written)
    sources = [Source("routing.yaml", ROUTING), Source("settings.yaml", stated)]
    sources += [Source(f"{i}.yaml", slo.text()) for i, slo in enumerate(slos)]
    sources += [Source("rules.yaml", rules)] if written else []
    result = pipeline.compile(sources)
    firm = [d for d in result.report if d.severity == "error"]
    assert not firm, [f"{d.at} {d.code.id} {d.message}" for d in firm]
    return result.program


def inhibitions(program: Program) -> Sequence[Inhibition]:
    assert program.notifying.configuration is not None
    return program.notifying.configuration.inhibitions


# all that may fire --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fired:
    """An alert that fires: what it was made from, and all its labels."""

    alert: RoutedAlert
    labels: Mapping[str, str]


def fired(alert: RoutedAlert, external: Mapping[str, str]) -> Iterator[Fired]:
    """The alert with any values of labels that it may have, from any of two places."""
    free: dict[str, Sequence[str]] = dict.fromkeys(sorted(alert.firing.present), "ab")
    free |= dict.fromkeys(sorted(alert.firing.unknown), ("", "a", "b"))
    if alert.firing.is_open:
        free["pod"] = ("", "a", "b")
    free |= {name: (value, "elsewhere") for name, value in external.items()}
    for values in product(*free.values()):
        labels = {**alert.firing.known, **dict(zip(free, values, strict=True))}
        yield Fired(alert, {name: value for name, value in labels.items() if value})


def muted_pairs(program: Program, external: Mapping[str, str]) -> Iterator[tuple[Fired, Fired, bool]]:
    """All pairs of alerts that may fire together, and whether the first one silences the second one."""
    rules = inhibitions(program)
    all_fired = [one for alert in program.notifying.alerts for one in fired(alert, external)]
    for source, target in product(all_fired, all_fired):
        if source is not target:
            yield source, target, any(rule.mutes(source.labels, target.labels) for rule in rules)


def is_of_one_budget(source: Fired, target: Fired, external: Mapping[str, str]) -> bool:
    """Whether a page and a ticket are about the same failure of the same SLO at the same place."""
    one, other = source.alert, target.alert
    if one.slo is None or one.slo is not other.slo or (one.kind, other.kind) != ("page", "ticket"):
        return False
    stated = one.rule.labels.keys() | other.rule.labels.keys()
    series = (source.labels.keys() | target.labels.keys()) - stated - {"alertname"}
    return all(source.labels.get(name) == target.labels.get(name) for name in (*series, *external))


def is_symptom(
    source: Fired, target: Fired, written: Mapping[str, Written], external: Mapping[str, str]
) -> bool:
    """Whether a ticket may follow from what the alert on a service's absence says."""
    cause, ticket = written.get(source.alert.rule.expr), target.alert
    if cause is None or not cause.gone or target.labels.get("severity") not in ("warning", "info"):
        return False
    alike = ("service", "owner", *external)
    if any(source.labels.get(name) != target.labels.get(name) for name in alike):
        return False
    if ticket.slo is None:
        effect = written[ticket.rule.expr]
        job, fits = job_of(effect.expr), effect.is_missing and not effect.gone
    else:
        job, fits = job_of(str(ticket.slo.sli)), ticket.kind in ("ticket", "absent")
    key = (cause.service, cause.owner)
    parts = {one.gone for one in written.values() if one.gone and (one.service, one.owner) == key}
    return fits and (job == cause.gone or (not job and len(parts) == 1))


def job_of(text: str) -> str:
    found = re.search(r'job="([^"]+)"', text)
    return found[1] if found else ""


NAMES = ("shop", "cart")
TURNED = "alerting: {page: {severity: warning}, ticket: {severity: critical}}"
SLOS = st.builds(
    Slo,
    service=st.sampled_from(NAMES),
    owner=st.sampled_from(("red", "blue")),
    name=st.sampled_from(("a", "b")),
    budgets=st.sampled_from(("", "group_by: [model]", "group_by: [model, zone]", "each_series: true")),
    matchers=st.sampled_from(("", 'job="shop"', 'job="shop-b"')),
    alerting=st.sampled_from(
        (
            *("", "alerting: {absent: {severity: critical}}"),
            TURNED,
            "alerting: {page: {labels: {tier: one}}}",
        )
    ),
)


def hand_written(kind: int, service: str, owner: str) -> Written:
    """An alert of one of several kinds. The comment makes each expression another one."""
    name, mark = f"{service}{owner}".title(), f"# {service} {owner}"
    gone, part = f'up{{job="{service}"}}', f'up{{job="{service}-b"}}'
    suffix, expr, severity, job, is_missing = (
        ("Gone", f"absent({gone})", "critical", service, True),
        ("Down", f"max({gone}) == 0", "warning", service, False),
        ("Gone", f"{gone} == 0", "warning", "", False),
        ("Part", f"absent({part})", "critical", f"{service}-b", True),
        ("NoMetric", "absent(metric)", "warning", "", True),
        ("NoMetricOfPart", f'absent(metric{{job="{service}-b"}})', "info", "", True),
        ("Blind", "absent(other)", "critical", "", True),
        ("Slow", "rate(slow_total[5m]) > 1", "warning", "", False),
        ("ZoneDown", f"max by (zone) ({gone}) == 0", "critical", "", False),
        ("Missing", f"absent({gone} == 1)", "info", service, True),
    )[kind]
    return Written(name + suffix, f"{expr} {mark}", severity, service, owner, job, is_missing)


WRITTEN = st.builds(hand_written, st.integers(0, 9), st.sampled_from(NAMES), st.sampled_from(("red", "blue")))
USUAL_SLOS = st.builds(
    Slo,
    service=st.sampled_from(NAMES),
    owner=st.sampled_from(("red", "blue")),
    name=st.sampled_from(("a", "b")),
    budgets=st.sampled_from(("", "group_by: [model]")),
    matchers=st.sampled_from(("", 'job="shop"', 'job="shop-b"')),
)
USUAL_ALERTS = st.builds(
    hand_written, st.sampled_from((0, 1, 4, 7, 9)), st.sampled_from(NAMES), st.sampled_from(("red", "blue"))
)
EXTERNAL = st.sampled_from(({}, {"cluster": "one"}, {"region": "eu", "cluster": "one"}, {"prometheus": "p"}))


@settings(max_examples=60)
@given(
    slos=st.lists(SLOS, max_size=3, unique_by=lambda slo: (slo.service, slo.name)),
    alerts=st.lists(WRITTEN, max_size=5, unique_by=lambda one: one.expr),
    external=EXTERNAL,
)
def test_nothing_else_is_silenced(slos: list[Slo], alerts: list[Written], external: dict[str, str]) -> None:
    program = compiled(slos, alerts, external)
    written = {one.expr: one for one in alerts}
    for source, target, is_muted in muted_pairs(program, external):
        if is_muted:
            assert (source.labels["severity"], target.labels["severity"]) != ("warning", "critical")
            assert is_of_one_budget(source, target, external) or is_symptom(
                source, target, written, external
            ), (source.labels, target.labels)


@settings(max_examples=40)
@given(
    slos=st.lists(USUAL_SLOS, min_size=1, max_size=3, unique_by=lambda slo: (slo.service, slo.name)),
    alerts=st.lists(USUAL_ALERTS, max_size=4, unique_by=lambda one: one.expr),
    external=EXTERNAL,
)
def test_what_is_meant_is_silenced(slos: list[Slo], alerts: list[Written], external: dict[str, str]) -> None:
    program = compiled(slos, alerts, external)
    written = {one.expr: one for one in alerts}
    for source, target, is_muted in muted_pairs(program, external):
        is_meant = is_of_one_budget(source, target, external) or is_symptom(source, target, written, external)
        assert is_muted == is_meant, (source.labels, target.labels)


# by example ---------------------------------------------------------------------------------------------


def shown(program: Program) -> list[str]:
    """The inhibitions as `sources -> targets (equal)`."""
    return [
        f"{' '.join(map(str, one.source))} -> {' '.join(map(str, one.target))} ({' '.join(one.equal)})"
        for one in inhibitions(program)
    ]


BY_PAGE = 'sloth_severity="page" sloth_id=~".+" -> sloth_severity="ticket"'


@pytest.mark.parametrize(
    ("slos", "external", "labels", "expected"),
    [
        ([Slo("shop", "red", "a")], {}, "{}", [f"{BY_PAGE} (sloth_id cluster)"]),
        (
            [Slo("shop", "red", "a", "group_by: [zone, model]"), Slo("cart", "red", "a", "group_by: [pod]")],
            {"region": "eu", "cluster": "one"},
            "{env: prod}",
            [f"{BY_PAGE} (sloth_id model pod zone region cluster env)"],
        ),
        # Who knows which series there are: the page of one would hide the ticket of another one.
        (
            [Slo("shop", "red", "a", "each_series: true"), Slo("shop", "red", "b")],
            {},
            "{}",
            ['sloth_severity="page" sloth_id="shop-b" -> sloth_severity="ticket" (sloth_id cluster)'],
        ),
        ([Slo("shop", "red", "a", "each_series: true")], {}, "{}", []),
        # Its ticket pages, and its page does not.
        ([Slo("shop", "red", "a", alerting=TURNED)], {}, "{}", []),
        ([Slo("shop", "red", "a", alerting="alerting: {page: {disable: true}}")], {}, "{}", []),
    ],
)
def test_pages_and_tickets(
    slos: list[Slo], external: dict[str, str], labels: str, expected: list[str]
) -> None:
    assert shown(compiled(slos, (), external, labels)) == expected


OF_SLOS = 'sloth_severity=~"absent|ticket" severity="warning" (service owner cluster)'
OF_OTHERS = 'severity="warning" (service owner cluster)'
ANYONE = 'service=~".+" owner=~".+"'


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        ([hand_written(0, "shop", "red")], [f'alertname="ShopredGone" {ANYONE} -> {OF_SLOS}']),
        (
            [hand_written(0, "shop", "red"), hand_written(1, "cart", "blue")],
            [f'alertname=~"CartblueDown|ShopredGone" {ANYONE} -> {OF_SLOS}'],
        ),
        # Another team's service of the same name, and one without SLOs.
        ([hand_written(0, "shop", "blue"), hand_written(1, "mail", "red")], []),
        # An alert of the same name that says less.
        (
            [hand_written(1, "cart", "blue"), hand_written(0, "shop", "red"), hand_written(2, "shop", "red")],
            [f'alertname="CartblueDown" service="cart" owner="blue" -> {OF_SLOS}'],
        ),
        (
            [hand_written(0, "shop", "red"), hand_written(4, "shop", "red"), hand_written(6, "shop", "red")],
            [
                f'alertname="ShopredGone" {ANYONE} -> {OF_SLOS}',
                f'alertname="ShopredGone" {ANYONE} -> alertname="ShopredNoMetric" {OF_OTHERS}',
            ],
        ),
        # Down in one zone.
        ([hand_written(8, "shop", "red")], []),
        # Two parts of one service: nobody knows which of them the SLOs measure.
        ([hand_written(0, "shop", "red"), hand_written(3, "shop", "red")], []),
    ],
)
def test_absence(alerts: list[Written], expected: list[str]) -> None:
    slos = [Slo("shop", "red", "a"), Slo("cart", "blue", "a")]
    assert shown(compiled(slos, alerts, {}))[1:] == expected


@pytest.mark.parametrize(
    ("expr", "is_gone", "is_missing"),
    [
        ('absent(up{job="a"})', True, True),
        ('absent(up{job="a"} == 1)', True, True),
        ('absent_over_time(up{job="a"}[5m])', True, True),
        ('max(up{job="a"}) == 0', True, False),
        ('sum(up{job="a"}) < 1', True, False),
        ('0 == max by (job) (up{job="a"})', True, False),
        ('(sum(up{job="a"}) or vector(0)) == 0', True, False),
        ('max(max_over_time(up{job="a"}[5m])) == 0', True, False),
        ('absent(up{job="a"}) or max(up{job="a"}) == 0', True, False),
        ('absent(up{job="a"}) and on () sum(wanted) > 0', True, True),
        ('max(up{job="a"}) == 0 unless on () absent(wanted)', True, False),
        ('absent(up{job="a"}) or up{job="a"} == 0', False, False),
        ('absent(up{job="a"}) or absent(up{job="b"})', False, True),
        ('absent(up{job="a"} offset 5m)', False, True),
        ('absent(up{job="a"} == 0)', False, True),
        ('up{job="a"} == 0', False, False),
        ('min(up{job="a"}) == 0', False, False),
        ('avg(up{job="a"}) < 1', False, False),
        ('sum(up{job="a"}) < 2', False, False),
        ('count(up{job="a"}) < 1', False, False),
        ('max(up{job="a"}) == bool 0', False, False),
        ("max(pods) == 0", False, False),
        ("absent(metric)", False, True),
        ("absent(metric or other) == 1", False, True),
        ("absent(metric) or other > 1", False, False),
    ],
)
def test_what_an_expression_says_is_missing(expr: str, *, is_gone: bool, is_missing: bool) -> None:
    meaning = meaning_of(expr, places=False)
    assert meaning is not None
    assert gone_targets(meaning) == ((("job", ("=", "a")),) if is_gone else None)
    assert only_says_missing(meaning) == is_missing
