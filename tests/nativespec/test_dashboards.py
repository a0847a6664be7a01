"""Dashboard documents: what is taken, and what is wrong where."""

from __future__ import annotations

import json

import pytest

from slogen import pipeline
from slogen.source import Source

HEAD = "apiVersion: slogen.dev/v1\nkind: Dashboard\nmetadata: {name: shop}\nspec:\n  title: Shop\n"
UP = "  panels:\n    - {title: Up, query: up}\n"
WRONG = {
    "  panels: []\n": "`panels` is empty",
    "  panels:\n    - {title: Up}\n": "a panel needs one of `query`, `queries` or `text`",
    "  panels:\n    - {title: Up, query: up, text: x}\n": "a panel has both `query` and `text`",
    "  panels:\n    - {title: Up, query: 'sum(up'}\n": "`(` is not closed",
    "  panels:\n    - {title: Up, queries: [{query: up}, {query: 'rate(up)'}]}\n": "takes a range vector",
    "  panels:\n    - {title: Up, query: 'up > $most'}\n": "the dashboard has no variable `most`",
    "  panels:\n    - {title: Up, query: up, type: pie}\n": "`pie` is not allowed here",
    "  panels:\n    - {title: Up, query: up, width: 25}\n": "`25` is out of range",
    "  panels:\n    - {title: Up, query: up, colour: red}\n": "unknown key `colour`",
    "  panels:\n    - {title: Up, query: up, thresholds: {red: high}}\n": "`high` is no number",
    "  panels:\n    - {row: Models, repeat: model}\n    - {title: Up, query: up}\n": "no variable `model`",
    "  uid: a b\n" + UP: "`a b` is no uid that Grafana takes",
    "  variables: [{name: __a, values: [x]}]\n" + UP: "`__a` is no name of a variable",
    "  variables: [{name: a}]\n" + UP: "a variable needs one of `query` or `values`",
    "  variables: [{name: a, values: [x]}, {name: a, values: [y]}]\n" + UP: "there are two variables `a`",
    "  variables: [{name: a, query: 'label_values(up{, b)'}]\n" + UP: "",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_and_nothing_else(text: str) -> None:
    (found,) = pipeline.compile([Source("slos/a.yaml", HEAD + text)]).report
    assert WRONG[text] in found.message
    assert found.help
    assert found.at.line > 3


def test_two_dashboards_of_a_name() -> None:
    service = (
        "apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec:\n  service: shop\n  slos:\n"
        "    - {name: a, objective: 99, sli: {events: {bad: 'b_total', total: 'c_total'}}}\n"
    )
    for other, message in (
        (HEAD + UP, "there are two dashboards `shop`"),
        (service, "is the dashboard of the SLOs"),
    ):
        sources = [Source("slos/a.yaml", HEAD + UP), Source("slos/b.yaml", other)]
        (found,) = pipeline.compile(sources).report
        assert message in found.message


def test_what_is_written_arrives_in_the_panels() -> None:
    text = HEAD + (
        "  period: 2d\n  refresh: 5m\n  uid: mine\n"
        "  variables: [{name: job, label: Job, query: 'label_values(up, job)', multi: false}]\n"
        "  panels:\n"
        "    - row: Job $job\n      repeat: job\n"
        "    - {title: Up, query: 'up{job=\"$job\"}', unit: seconds, min: 0, "
        "thresholds: {red: 5, yellow: 1}}\n"
    )
    result = pipeline.compile([Source("slos/a.yaml", text)])
    page = json.loads(next(file.text for file in result.files if file.path == "dashboards/shop.json"))
    row, panel = page["panels"]
    assert (page["uid"], page["time"]["from"], page["refresh"], row["repeat"]) == (
        "mine",
        "now-2d",
        "5m",
        "job",
    )
    defaults = panel["fieldConfig"]["defaults"]
    assert (defaults["unit"], defaults["min"]) == ("s", 0)
    assert [(step["color"], step["value"]) for step in defaults["thresholds"]["steps"]] == [
        ("green", None),
        ("yellow", 1),
        ("red", 5),
    ]
    assert panel["targets"][0]["expr"] == 'up{job="$job"}'
