"""What errors claim of expressions holds for all series that the catalogs allow.

An error says that something certainly cannot work: that a selector finds nothing, that an operator never
pairs, that a label is never there, that a comparison never holds, that a result is always there. Each claim
is put to the evaluator of PromQL, over worlds of random series.
"""

from __future__ import annotations

import bisect
import json
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import NamedTuple

import pytest
from alerts_with_mistakes import Alerts
from catalogued_worlds import CATALOGS, world
from hypothesis import given, settings
from hypothesis import strategies as st

from slogen import checking, pipeline, reading
from slogen.diagnostics import Diagnostic, Report
from slogen.examined import Examined, Project, of_rules, of_slo
from slogen.ir import Draft, Slo
from slogen.promql.evaluation import Element, Failed, Storage, Unknown, evaluate
from slogen.promql.meaning import Meaning
from slogen.resolve import resolve
from slogen.slis.condition import COMPARISON, Condition
from slogen.source import Source

SETTINGS = (
    "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {prometheus: {version: '2.53', scrape_interval: 60s}}\n"
)
RECORDED = (
    "groups:\n  - name: g\n    rules:\n      - {record: 'tier:load:sum', expr: sum by (queue) (shop_load)}\n"
)
TIMES = (3_600_000 - 7, 5_400_011, 7_190_000)
WORLDS = 6
Elements = dict[Element, float]


class Claim(NamedTuple):
    """A query, and what of its result contradicts a finding. `assumed` is a query of which all elements are
    taken to have a label, as the author does who groups by it."""

    query: str
    contradicts: Callable[[Elements], object] = bool
    assumed: tuple[str, str] | None = None


# claims -----------------------------------------------------------------------------------------------


def claims(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    """What a finding says of an expression."""
    find = CLAIMS.get(finding.code.id)
    if find is not None:
        yield from find(finding, expression)


def _of_selector(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    part = _around(finding, expression, lambda one: one.is_selector)
    yield Claim(_vector(part, expression))


def _of_call(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    if "holds two samples at some times" not in finding.message:
        yield Claim(_vector(_around(finding, expression, lambda one: one.is_call), expression))


def _of_buckets(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    inner = _around(finding, expression, lambda one: one.is_aggregation)
    calls = [one for one in expression.calls if one.name == "histogram_quantile" and inner in one.walk()]
    yield Claim(_vector(calls[-1], expression))


def _of_type(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    if "there is no series" in finding.message or "it has no `_" in finding.message:
        yield from _of_selector(finding, expression)
    elif "histogram_quantile" in finding.message:
        part = _around(finding, expression, lambda one: one.name == "histogram_quantile")
        yield Claim(_vector(part, expression))


def _of_label(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    if "never finds anything" in finding.message:
        yield from _of_selector(finding, expression)
        return
    label = _label_of(finding)
    part = _around(finding, expression, lambda one: one.is_aggregation or one.is_operation)
    side = part.operand if part.is_aggregation else part.parts[0 if part.takes_from_left else 1]
    yield Claim(_vector(side, expression), lambda found: any(label in dict(one) for one in found))


def _of_text(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    label = _label_of(finding)
    yield Claim(expression.text, lambda found: any(label in dict(one) for one in found))


def _of_branch(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    part = next(one for one in expression.parts if expression.at(one.at) == finding.at)
    yield Claim(_vector(part, expression), lambda found: not found)


def _of_comparison(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    yield Claim(_vector(_around(finding, expression, lambda one: one.name in COMPARISONS), expression))


def _of_quantile(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    part = _around(finding, expression, lambda one: "quantile" in one.name)
    yield Claim(_vector(part, expression), lambda found: any(map(math.isfinite, found.values())))


def _of_sides(finding: Diagnostic, expression: Examined) -> Iterator[Claim]:
    part = next(one for one in expression.operations if expression.at(one.name_at) == finding.at)
    having = re.search(r"the (left|right) one (?:has|keeps) the label `([^`]+)`", finding.message)
    assumed = None
    if having is not None:
        side = part.parts[0 if having[1] == "left" else 1]
        assumed = (_vector(side, expression), having[2])
    yield Claim(_vector(part, expression), assumed=assumed)


COMPARISONS = ("==", "!=", "<=", "<", ">=", ">")
CLAIMS = {
    **dict.fromkeys(("SLO420", "SLO422", "SLO423", "SLO425", "SLO429", "SLO464"), _of_selector),
    **dict.fromkeys(("SLO410", "SLO621"), _of_sides),
    "SLO412": _of_buckets,
    "SLO421": _of_label,
    "SLO424": _of_type,
    "SLO448": _of_quantile,
    "SLO454": _of_call,
    "SLO602": _of_branch,
    "SLO603": _of_text,
    "SLO620": _of_comparison,
}


def _around(finding: Diagnostic, expression: Examined, is_meant: Callable[[Meaning], bool]) -> Meaning:
    """The smallest part that is meant and in which a finding lies."""
    at = finding.at
    spans = [(one, expression.at(one.at)) for one in expression.parts if is_meant(one)]
    return min(
        (one for one, span in spans if span.start <= at.start and at.end <= span.end),
        key=lambda one: one.at[1] - one.at[0],
    )


def _vector(part: Meaning, expression: Examined) -> str:
    text = expression.text[slice(*part.at)]
    return f"count_over_time({text})" if part.type == "matrix" else text


def _label_of(finding: Diagnostic) -> str:
    found = re.search(r"no label `([^`]+)`", finding.message)
    assert found is not None, finding.message
    return found[1]


# worlds -----------------------------------------------------------------------------------------------


@cache
def worlds() -> tuple[Storage, ...]:
    """Some worlds, the first of them without any series."""
    catalogs = pipeline.compile([Source("catalogs.yaml", CATALOGS)]).program.catalogs
    return (Storage(()), *(world(catalogs, seed) for seed in range(WORLDS)))


def elements(query: str, storage: Storage, at: int) -> Elements | None:
    """The result of a query; None if there is no answer."""
    try:
        found = evaluate(query, storage, at)
    except (Failed, Unknown):
        return None
    return found if isinstance(found, dict) else {frozenset(): found}


def is_refuted(claim: Claim) -> bool:
    """Whether any world contradicts a claim."""
    for storage in worlds():
        for at in TIMES:
            found = elements(claim.query, storage, at)
            if found is not None and claim.contradicts(found) and _as_assumed(claim, storage, at):
                return True
    return False


def _as_assumed(claim: Claim, storage: Storage, at: int) -> bool:
    if claim.assumed is None:
        return True
    query, label = claim.assumed
    found = elements(query, storage, at)
    return bool(found) and all(label in dict(one) for one in found or ())


# alerts -----------------------------------------------------------------------------------------------


def findings(expressions: list[str], labels: list[str]) -> Iterator[tuple[Diagnostic, Examined]]:
    """The errors of alerts whose texts read a label each."""
    text = "groups:\n  - name: alerts\n    rules:\n" + "".join(
        f"      - {{alert: A, expr: {json.dumps(expr)}, "
        f"annotations: {{summary: {json.dumps('x {{ $labels.' + label + ' }}')}}}}}\n"
        for expr, label in zip(expressions, labels, strict=True)
    )
    sources = [Source("s.yaml", SETTINGS), Source("c.yaml", CATALOGS), Source("r.yaml", RECORDED)]
    result = pipeline.compile([*sources, Source("alerts.yaml", text)])
    rules = result.program.rule_sets
    project = Project(result.program.settings, result.program.catalogs, rules)
    examined = [
        one for listed in rules for one in of_rules(listed, project) if one.whole.source.path == "alerts.yaml"
    ]
    starts = [one.whole.start for one in examined]
    for finding in result.report:
        assert finding.code.id != "SLO900", finding.message
        if finding.severity == "error" and finding.at.source.path == "alerts.yaml":
            before = max(bisect.bisect_right(starts, finding.at.start) - 1, 0)
            expression = examined[before].examined(places=True)
            if expression is not None:
                yield finding, expression


KNOWN = [
    ("SLO412", "histogram_quantile(0.9, sum(rate(shop_seconds_bucket[5m]))) > 1"),
    ("SLO420", "shop_orders_total > 1"),
    ("SLO421", "sum by (page) (rate(shop_seconds_count[5m])) > 1"),
    ("SLO421", 'sum(rate(shop_seconds_count{page="x"}[5m])) > 1'),
    ("SLO422", 'rate(shop_requests_total{code="5xx"}[5m]) > 1'),
    ("SLO423", 'rate(shop_seconds_bucket{le="0.50"}[5m]) > 1'),
    ("SLO424", "shop_seconds > 1"),
    ("SLO425", "rate(shop_old_total[5m]) > 1"),
    ("SLO429", "rate(side_debug_total[5m]) > 1"),
    ("SLO448", "histogram_quantile(99, sum by (le) (rate(shop_seconds_bucket[5m]))) > 1"),
    ("SLO454", "rate(shop_temp[15s]) > 1"),
    ("SLO464", 'rate(shop_seconds_bucket{le="1.0"}[5m]) > 1'),
    ("SLO602", "shop_load > 0.5 or vector(0)"),
    ("SLO603", "max by (queue) (shop_load) > 0.5"),
    ("SLO620", "shop_load > 90"),
    ("SLO620", "100 * count by (job) (up == 0) / count by (job) (up) > 100"),
    ("SLO620", "sum(rate(a_total{code='500'}[5m])) / sum(rate(a_total[5m])) > 5"),
    ("SLO621", "sum by (queue) (shop_load) / sum(shop_load) > 1"),
]


@pytest.mark.parametrize(("code", "expr"), KNOWN)
def test_each_claim_can_be_put_to_the_evaluator(code: str, expr: str) -> None:
    found = [(one, expression) for one, expression in findings([expr], ["pod"]) if one.code.id == code]
    assert found
    listed = [claim for one, expression in found for claim in claims(one, expression)]
    assert listed
    assert not any(map(is_refuted, listed))
    # What the claim is about is no empty query because nothing is there at all.
    assert any(elements('{__name__!=""}', storage, TIMES[1]) for storage in worlds())


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_no_world_contradicts_an_error_of_an_alert(seed: int) -> None:
    alerts = Alerts(Random(seed))
    expressions = [alerts.condition() for _ in range(60)]
    for finding, expression in findings(expressions, [alerts.label() for _ in expressions]):
        for claim in claims(finding, expression):
            assert not is_refuted(claim), f"{finding.code.id} {finding.message}\n{expression.text}"


# SLOs -------------------------------------------------------------------------------------------------


def _indicator(alerts: Alerts) -> dict[str, object]:
    dice = alerts.dice
    metric = alerts.metric("_total", "_count")
    if dice.random() < 0.4:
        good_when = f"{dice.choice(COMPARISONS)} {dice.choice(('0', '1', '0.5', '90', '-1', '-300'))}"
        return {"condition": {"metric": alerts.selector(alerts.metric()), "good_when": good_when}}
    whole, part = (f"rate({alerts.selector(metric)}[{{{{.window}}}}])" for _ in range(2))
    by, other = (f" by ({alerts.label(metric)})" if dice.random() < 0.4 else "" for _ in range(2))
    if dice.random() < 0.5:
        return {"ratio": {"error": f"sum{by} ({part}) / sum{other} ({whole})"}}
    return {"query": {"total": f"sum{by} ({whole})", dice.choice(("bad", "good")): f"sum{other} ({part})"}}


def findings_of_slos(indicators: list[dict[str, object]]) -> Iterator[tuple[Diagnostic, Slo, Project]]:
    """The errors of SLOs with these indicators."""
    text = "---\n".join(
        f"apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec:\n  service: s\n  slos:\n"
        f"    - {json.dumps({'name': f'n{number}', 'objective': 99, 'sli': one})}\n"
        for number, one in enumerate(indicators)
    )
    sources = [Source("s.yaml", SETTINGS), Source("c.yaml", CATALOGS), Source("slos.yaml", text)]
    report = Report()
    documents = reading.read(sources, report, pipeline.DEFAULTS.extensions, lambda done, total: None)
    context = pipeline.context(documents, pipeline.DEFAULTS, report)
    project = Project(context.settings, pipeline.catalogs(documents, report))
    for draft in documents.of(Draft):
        slo, own = resolve(draft, context, report), Report()
        list(checking.sound(filter(None, [slo]), project, own, pipeline.silent))
        for finding in own.diagnostics:
            assert finding.code.id != "SLO900", finding.message
            if finding.severity == "error" and slo is not None:
                yield finding, slo, project


def claims_of_slo(finding: Diagnostic, slo: Slo, project: Project) -> Iterator[Claim]:
    """What a finding says of the queries of an SLO."""
    listed = [one.examined(places=True) for one in of_slo(slo, project)]
    expressions = {one.role: one for one in listed if one is not None}
    if finding.code.id in ("SLO438", "SLO462") and "value" in expressions and "sample is" in finding.message:
        yield _of_condition(finding, slo, expressions["value"])
    elif finding.code.id == "SLO409" and "error" in expressions:
        yield Claim(expressions["error"].text, lambda found: any(one > 1e-9 for one in found.values()))
    elif finding.code.id == "SLO463" and "total" in expressions and "bad" in expressions:
        bad, total = (expressions[role].selectors for role in ("bad", "total"))
        if len(bad) == len(total) == 1:
            texts = [str(one[0].tree).partition("[")[0] for one in (bad, total)]
            yield Claim(" and ".join(texts))
    else:
        for expression in expressions.values():
            if expression.whole.start <= finding.at.start and finding.at.end <= expression.whole.end:
                yield from claims(finding, expression)


def _of_condition(finding: Diagnostic, slo: Slo, expression: Examined) -> Claim:
    assert isinstance(slo.sli, Condition)
    match = COMPARISON.fullmatch(slo.sli.comparison)
    assert match is not None
    passing = f"({expression.text}) {match[1]} {match[2]}"
    if "every sample is bad" in finding.message:
        return Claim(passing)
    return Claim(f"({expression.text}) unless ({passing})")


RATE = "rate(shop_requests_total[{{.window}}])"


@pytest.mark.parametrize(
    ("code", "indicator"),
    [
        ("SLO409", {"ratio": {"error": f"(sum({RATE}) - sum({RATE})) / sum({RATE})"}}),
        ("SLO410", {"ratio": {"error": f"sum by (method) ({RATE}) / sum({RATE})"}}),
        ("SLO438", {"condition": {"metric": "shop_load", "good_when": "> 90"}}),
        ("SLO438", {"condition": {"metric": "shop_load", "good_when": "<= 1"}}),
        ("SLO462", {"condition": {"metric": "up", "good_when": "> 1"}}),
    ],
)
def test_each_claim_of_an_slo_can_be_put_to_the_evaluator(code: str, indicator: dict[str, object]) -> None:
    found = [one for one in findings_of_slos([indicator]) if one[0].code.id == code]
    listed = [claim for one in found for claim in claims_of_slo(*one)]
    assert listed
    assert not any(map(is_refuted, listed))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_no_world_contradicts_an_error_of_an_slo(seed: int) -> None:
    alerts = Alerts(Random(seed))
    indicators = [_indicator(alerts) for _ in range(40)]
    for finding, slo, project in findings_of_slos(indicators):
        for claim in claims_of_slo(finding, slo, project):
            assert not is_refuted(claim), f"{finding.code.id} {finding.message}\n{claim.query}"
