"""Sloth's rules for specs of every format: what Sloth reads itself, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from slogen import pipeline
from slogen.ir import Compat, Millis
from slogen.pipeline import Options
from slogen.source import Source

DAY = 86_400_000

PROMETHEUS = """\
version: prometheus/v1
service: shop
labels: {team: sales}
slos:
  - name: sold
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(sales_total{code="500"}[{{.window}}]))
        total_query: sum(rate(sales_total[{{.window}}]))
    alerting:
      name: ShopSold
      page_alert: {labels: {severity: page}}
      ticket_alert: {disable: true}
"""
CRD = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: shop-slos, namespace: shops, labels: {release: prometheus}, annotations: {note: kept}}
spec:
  service: shop
  labels: {team: sales}
  slos:
    - name: sold
      objective: 99.9
      sli:
        events:
          errorQuery: sum(rate(sales_total{code="500"}[{{.window}}]))
          totalQuery: sum(rate(sales_total[{{.window}}]))
      alerting:
        name: ShopSold
        pageAlert: {labels: {severity: page}}
        ticketAlert: {disable: true}
"""
OPENSLO_V1ALPHA = """\
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: sold}
spec:
  service: shop
  budgetingMethod: Occurrences
  objectives:
    - ratioMetrics:
        good: {source: prometheus, queryType: promql, query: 'sum(rate(sold_total[{{.window}}]))'}
        total: {source: prometheus, queryType: promql, query: 'sum(rate(sales_total[{{.window}}]))'}
      target: 0.999
  timeWindows: [{count: 28, unit: Day}]
"""
PYRRA = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: sold, namespace: shops, labels: {prometheus: k8s, pyrra.dev/team: sales}}
spec:
  target: "99.9"
  window: 2w
  indicator:
    ratio:
      errors: {metric: 'sales_total{code="500"}'}
      total: {metric: sales_total}
"""

WINDOWS = """\
---
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 2m, longWindow: 1h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 36h}
"""


def compiled(text: str, **options: Any) -> dict[str, Any]:
    """The documents that a file `slos/shop.yml` gives, by path."""
    result = pipeline.compile([Source("slos/shop.yml", text)], Options(compat=Compat.SLOTH, **options))
    assert [f"{d.at} {d.code.id} {d.message}" for d in result.report if d.severity == "error"] == []
    return {file.path: yaml.safe_load(file.text) for file in result.files}


def rules(text: str, **options: Any) -> dict[str, Any]:
    """The rules by name; of several with one name, the last."""
    [document] = [data for path, data in compiled(text, **options).items() if path.startswith("rules/")]
    return {
        rule.get("record") or rule["alert"]: rule for group in document["groups"] for rule in group["rules"]
    }


def test_a_spec_without_a_name_gives_a_file_of_its_own_name() -> None:
    files = compiled(PROMETHEUS)
    assert list(files) == ["rules/shop.yaml", "prometheusrules/shop.yaml"]


def test_an_object_gives_an_object() -> None:
    files = compiled(CRD)
    assert list(files) == ["rules/shop-slos.yaml", "prometheusrules/shop-slos.yaml"]
    assert files["prometheusrules/shop-slos.yaml"]["metadata"] == {
        "name": "shop-slos",
        "namespace": "shops",
        "labels": {
            "release": "prometheus",
            "app.kubernetes.io/component": "SLO",
            "app.kubernetes.io/managed-by": "sloth",
        },
        "annotations": {"note": "kept"},
    }


def test_both_formats_of_sloth_give_the_same_rules() -> None:
    one, other = rules(PROMETHEUS), rules(CRD)
    for name in ("sloth_mode", "sloth_spec"):
        del one["sloth_slo_info"]["labels"][name], other["sloth_slo_info"]["labels"][name]
    assert one == other
    assert one["ShopSold"]["labels"] == {"sloth_severity": "page", "severity": "page"}
    assert one["slo:sli_error:ratio_rate1h"]["labels"]["team"] == "sales"


@pytest.mark.parametrize(
    ("text", "mode", "spec"),
    [
        (PROMETHEUS, "cli-gen-prom", "prometheus/v1"),
        (CRD, "cli-gen-k8s", "sloth.slok.dev/v1"),
        (OPENSLO_V1ALPHA, "cli-gen-openslo", "openslo/v1alpha"),
    ],
)
def test_the_information_says_how_sloth_was_called(text: str, mode: str, spec: str) -> None:
    labels = rules(text)["sloth_slo_info"]["labels"]
    assert (labels["sloth_mode"], labels["sloth_spec"], labels["sloth_objective"]) == (mode, spec, "99.9")


def test_openslo_has_no_alerts_and_sloths_names() -> None:
    found = rules(OPENSLO_V1ALPHA)
    assert len(found) == 15
    assert found["slo:sli_error:ratio_rate4w"]["labels"] == {
        "sloth_id": "shop-sold-0",
        "sloth_service": "shop",
        "sloth_slo": "sold-0",
        "sloth_window": "4w",
    }
    assert found["slo:sli_error:ratio_rate5m"]["expr"] == (
        "(\n  1 - (\n    (\n      sum(rate(sold_total[5m]))\n    )\n    /\n"
        "    (\n      sum(rate(sales_total[5m]))\n    )\n  )\n)"
    )


def test_pyrras_specs_have_sloths_series_and_their_own_windows() -> None:
    found = rules(PYRRA)
    assert {"slo:sli_error:ratio_rate2w", "slo:period_burn_rate:ratio", "sloth_slo_info"} <= found.keys()
    assert not [name for name in found if "NoData" in name or "absent" in name.lower()]
    assert found["sloth_slo_info"]["labels"]["sloth_spec"] == "pyrra.dev/v1alpha1"


def test_the_windows_of_a_catalog() -> None:
    found = rules(PROMETHEUS.replace("{disable: true}", "{}") + WINDOWS, default_window=Millis(7 * DAY))
    windows = [name.removeprefix("slo:sli_error:ratio_rate") for name in found if "ratio_rate" in name]
    assert windows == ["2m", "30m", "1h", "2h", "6h", "1d", "1d12h", "1w"]
    assert "ratio_rate2m{" in found["slo:current_burn_rate:ratio"]["expr"]
    # The ticket is the last of the two alerts.
    assert "> (1.4000000000000001 * 0.0009999999999999432)" in found["ShopSold"]["expr"]
    assert "> (1.96 * 0.0009999999999999432)" in found["ShopSold"]["expr"]


def test_an_alert_that_cannot_fire_stays_one() -> None:
    """Slogen lowers the thresholds of some formats to what an objective allows; Sloth does not."""
    text = PYRRA.replace('"99.9"', '"50"')
    assert not pipeline.compile([Source("a.yaml", text)]).report.failed
    result = pipeline.compile([Source("a.yaml", text)], Options(compat=Compat.SLOTH))
    assert [(d.code.id, d.severity) for d in result.report] == [("SLO304", "warning")]


def test_templates_are_run_for_each_window() -> None:
    query = 'sum(rate(sales_total[{{ if eq .window "5m" }}10m{{ else }}{{ .window }}{{ end }}]))'
    found = rules(PROMETHEUS.replace("sum(rate(sales_total[{{.window}}]))", query))
    assert "(sum(rate(sales_total[10m])))" in found["slo:sli_error:ratio_rate5m"]["expr"]
    assert "(sum(rate(sales_total[30m])))" in found["slo:sli_error:ratio_rate30m"]["expr"]


PLUGINS = """\
slo_plugins:
  chain:
    - {id: sloth.dev/contrib/rule_intervals/v1, config: {interval: {default: 2m, alert: 1m}}}
    - {id: sloth.dev/contrib/info_labels/v1, config: {labels: {tier: gold}}}
    - {id: sloth.dev/contrib/remove_labels/v1, config: {preserveLabels: [env]}}
    - {id: sloth.dev/contrib/error_budget_exhausted_alert/v1, config: {threshold: 0.1, for: 10m}}
    - {id: sloth.dev/core/sli_rules/v1, config: {disableOptimized: true}, priority: -1}
"""


def test_the_chain_of_plugins() -> None:
    text = PROMETHEUS.replace("slos:", f"{PLUGINS}slos:").replace("{team: sales}", "{team: sales, env: prod}")
    [document] = [data for path, data in compiled(text).items() if path.startswith("rules/")]
    assert [group["interval"] for group in document["groups"]] == ["2m", "2m", "1m"]
    found = rules(text)
    assert found["ErrorBudgetExhausted"]["for"] == "10m"
    assert found["ErrorBudgetExhausted"]["expr"].endswith('sloth_slo="sold", team="sales"} <= 0.1')
    assert set(found["slo:objective:ratio"]["labels"]) == {"sloth_id", "sloth_service", "sloth_slo", "env"}
    assert (
        found["sloth_slo_info"]["labels"] | {"tier": "gold", "team": "sales"}
        == found["sloth_slo_info"]["labels"]
    )
    # The default rules come later in the chain.
    assert "sum_over_time" in found["slo:sli_error:ratio_rate30d"]["expr"]


@pytest.mark.parametrize(
    ("error", "total"),
    [
        ("sum(rate(sales_total[{{.window}}]))", "sum by (till) (rate(visits_total[{{.window}}]))"),
        ('rate(sales_total{code=~"5.."}[{{.window}}])', "rate(sales_total[{{.window}}])"),
    ],
)
def test_what_sloth_takes_and_cannot_work_is_told(error: str, total: str) -> None:
    text = f"""\
version: prometheus/v1
service: shop
slos:
  - name: sold
    objective: 99.9
    sli: {{events: {{error_query: '{error}', total_query: '{total}'}}}}
    alerting: {{name: Sold}}
"""
    assert pipeline.compile([Source("a.yaml", text)]).report.failed
    result = pipeline.compile([Source("a.yaml", text)], Options(compat=Compat.SLOTH))
    assert [(d.code.id, d.severity) for d in result.report] == [("SLO304", "warning")]
    assert result.files
