"""Proofs as unit tests of promtool, written for people: every scenario begins with its story.

Format: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/. What all versions from
2.42 on need is always written: the distance of samples, and the order of groups, which is random otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from slogen import promql, yamlout
from slogen.durations import render
from slogen.proofs import AlertCheck, Fired, Input, Proof, Scenario, ValueCheck
from slogen.synthetic import Series
from slogen.units import Labels

WIDTH = 110


def document(rule_file: str, proofs: Sequence[Proof]) -> str:
    """The test file of proofs that are evaluated at one step, about the rules of one file.

    `rule_file` is the path of the rules relative to the test file. Raises ValueError for proofs of several
    steps, and without proofs.
    """
    steps = {proof.step for proof in proofs}
    if len(steps) != 1:
        raise ValueError("a test file has exactly one evaluation interval")
    groups = dict.fromkeys(name for proof in proofs for name in proof.groups)
    return "".join(
        (
            f"rule_files:\n  - {yamlout.scalar(rule_file)}\n",
            f"evaluation_interval: {render(steps.pop())}\n",
            "# Each group stands behind those that it reads.\n",
            "group_eval_order:\n",
            *(f"  - {yamlout.scalar(name)}\n" for name in groups),
            "tests:\n",
            *(_scenario(scenario) for proof in proofs for scenario in proof.scenarios),
        )
    )


def selector(series: Series) -> str:
    """The identity of a series as PromQL."""
    if not promql.is_metric_name(series.name):
        labels = {"__name__": series.name, **series.labels}
        return f"{{{_matchers(labels)}}}"
    return f"{series.name}{{{_matchers(series.labels)}}}" if series.labels else series.name


def firing(alert: str, among: Labels | None = None) -> str:
    """The series of the alerts of this name, and with these labels, that fire."""
    wanted = {"alertname": alert, "alertstate": "firing", **(among or {})}
    return f"ALERTS{{{_matchers(wanted)}}}"


def _matchers(labels: Labels) -> str:
    return ",".join([_matcher(name, value) for name, value in labels.items()])


@lru_cache(maxsize=8192)
def _matcher(name: str, value: str) -> str:
    return f"{name}={promql.quote(value)}"


def _scenario(scenario: Scenario) -> str:
    alerts = [check for check in scenario.checks if isinstance(check, AlertCheck) and _is_told_whole(check)]
    values = [
        _as_values(check) if isinstance(check, AlertCheck) else check
        for check in scenario.checks
        if not isinstance(check, AlertCheck) or not _is_told_whole(check)
    ]
    return "".join(
        (
            "\n",
            *_comment(scenario.story, 2),
            f"  - name: {yamlout.scalar(scenario.name)}\n",
            f"    interval: {render(scenario.spacing)}\n",
            "    input_series:\n" if scenario.inputs else "    input_series: []\n",
            *map(_input, scenario.inputs),
            "    alert_rule_test:\n" if alerts else "",
            *map(_alert_check, alerts),
            "    promql_expr_test:\n" if values else "",
            *map(_value_check, values),
        )
    )


def _comment(paragraphs: Sequence[str], indent: int) -> Iterator[str]:
    start = " " * indent + "# "
    for paragraph in paragraphs:
        yield from (f"{start}{line}\n" for line in _wrapped(paragraph, WIDTH - indent - 2))


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Lines of whole words; a word that is longer than a line has one for itself."""
    while len(text) > width:
        end = text.rfind(" ", 0, width + 1)
        if end <= 0:
            end = text.find(" ")
            if end < 0:
                break
        yield text[:end]
        text = text[end + 1 :].lstrip()
    yield text


def _input(series: Input) -> str:
    written = _written(series.series.name, tuple(series.series.labels.items()))
    return f"      - series: {written}\n        values: {_runs(series.values)}\n"


# The series of an SLO are in each of its scenarios. Equal ones may have their labels in another order.
@lru_cache(maxsize=1024)
def _written(name: str, labels: tuple[tuple[str, str], ...]) -> str:
    return yamlout.scalar(selector(Series(name, dict(labels))))


def _runs(values: Sequence[str]) -> str:
    """Runs of samples on one line, or on as many as it takes."""
    whole = " ".join(values)
    if len(whole) <= WIDTH - 16:
        return yamlout.scalar(whole)
    lines = _wrapped(whole, WIDTH - 10)
    return ">-" + "".join(f"\n          {line}" for line in lines)


# checks -----------------------------------------------------------------------------------------------


def _is_told_whole(check: AlertCheck) -> bool:
    """Whether promtool can compare the alerts: it wants all of a name, with their annotations."""
    return not check.among and all(fired.annotations is not None for fired in check.expected)


def _as_values(check: AlertCheck) -> ValueCheck:
    """Alerts whose annotations are not told, by the series that Prometheus makes of them."""
    expected = tuple((_alerts_series(check.alert, fired), 1.0) for fired in check.expected)
    return ValueCheck(check.at, firing(check.alert, check.among), expected, check.why)


def _alerts_series(alert: str, fired: Fired) -> Series:
    return Series("ALERTS", {"alertname": alert, "alertstate": "firing", **fired.labels})


def _alert_check(check: AlertCheck) -> str:
    head = (
        *_comment((check.why,) if check.why else (), 6),
        f"      - eval_time: {render(check.at)}\n",
        f"        alertname: {yamlout.scalar(check.alert)}\n",
    )
    if not check.expected:
        return "".join((*head, "        exp_alerts: []\n"))
    return "".join((*head, "        exp_alerts:\n", *map(_fired, check.expected)))


def _fired(fired: Fired) -> str:
    labels = f"exp_labels:\n{yamlout.mapping(fired.labels, 14)}" if fired.labels else "exp_labels: {}\n"
    if not fired.annotations:
        return f"          - {labels}"
    return f"          - {labels}            exp_annotations:\n{yamlout.mapping(fired.annotations, 14)}"


def _value_check(check: ValueCheck) -> str:
    head = (
        *_comment((check.why,) if check.why else (), 6),
        f"      - expr: {yamlout.value(check.expr, 8)}\n",
        f"        eval_time: {render(check.at)}\n",
    )
    if not check.expected:
        return "".join((*head, "        exp_samples: []\n"))
    return "".join((*head, "        exp_samples:\n", *(_sample(*sample) for sample in check.expected)))


def _sample(series: Series, value: float) -> str:
    labels = yamlout.scalar(selector(series) if series.name else f"{{{_matchers(series.labels)}}}")
    return f"          - labels: {labels}\n            value: {number(value)}\n"


def number(value: float) -> str:
    """A number as YAML and promtool read it; whole numbers without a point.

    Raises ValueError for what is not a number: promtool cannot expect it.
    """
    if math.isnan(value):
        raise ValueError("promtool cannot expect NaN")
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
