"""Every panel of the dashboards of a service and of all SLOs has data in a real Prometheus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from servers import Prometheus, exporter, prometheus, until
from test_real_prometheus import SPEC, Shop

import promtool


def test_every_panel_has_data_while_an_alert_fires(tmp_path: Path) -> None:
    files = promtool.compiled(SPEC.replace("spec:\n", "spec:\n  dashboards: {forms: [provisioning]}\n", 1))
    rules = tmp_path / "rules.yaml"
    rules.write_text(files["rules/shop.yaml"], encoding="utf-8")
    pages = [json.loads(files[f"dashboards/{name}.json"]) for name in ("shop", "overview")]
    shop = Shop()
    shop.broken = True
    with exporter(shop.metrics) as port, prometheus(tmp_path, [rules], port) as server:
        until(lambda: server.query("slo:period_error_budget_remaining:ratio"), 60, "budgets are recorded")
        until(lambda: server.query('ALERTS{alertstate="firing"}'), 60, "an alert fires")
        for page in pages:
            until(lambda of=page: all(chosen(of, server).values()), 30, "every variable has a value")  # type: ignore[misc]
            values = chosen(page, server)
            asked_for = list(queries(page, values))
            # Of the SLOs, one is well.
            assert any(server.query(query) for query in asked_for if _ALERTS.search(query))
            for query in asked_for if page["title"] == "All SLOs" else filter(_is_of_numbers, asked_for):
                until(lambda asked=query: server.query(asked), 30, query)  # type: ignore[misc]


_ALERTS = re.compile(r"\bALERTS\b")


def _is_of_numbers(query: str) -> bool:
    return not _ALERTS.search(query)


def chosen(page: dict[str, Any], server: Prometheus) -> dict[str, list[str]]:
    """The values of all variables, as Grafana asks for them one after another."""
    values: dict[str, list[str]] = {}
    for variable in page["templating"]["list"]:
        if variable["type"] == "query":
            found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
            assert found
            (series,) = filled(found[1], values, each=False)
            answer = server.query(f"group by ({found[2]}) ({series})")
            labels = (one["metric"].get(found[2], "") for one in answer)
            values[variable["name"]] = sorted(filter(None, labels))
        elif variable["type"] == "custom":
            values[variable["name"]] = variable["query"].split(",")
    return values


def queries(page: dict[str, Any], values: dict[str, list[str]]) -> Iterator[str]:
    """The queries of all panels, those of a repeated row for each value."""
    for panel in page["panels"]:
        for target in panel.get("targets", ()):
            yield from filled(target["expr"], values, each=True)


def filled(query: str, values: dict[str, list[str]], *, each: bool) -> Iterator[str]:
    """The query with values in place of variables: all of them in a regular expression, else one by one."""
    query = re.sub(r'=~"\$(\w+)"', lambda match: f'=~"{"|".join(values[match[1]])}"', query)
    left = re.search(r"\$(\w+)", query)
    if left is None:
        yield query
        return
    for value in values[left[1]] if each else values[left[1]][:1]:
        yield from filled(query.replace(f"${left[1]}", value), values, each=each)
