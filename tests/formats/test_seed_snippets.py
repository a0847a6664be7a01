"""Three snippets as they stand in a platform's own monitoring guide: what is said of them, what mends them.

One is in no tool's format, and one has the keys of Sloth's other format and a fixed window: neither was ever
run. The third is sound.
"""

from __future__ import annotations

import textwrap

from slogen import pipeline
from slogen.source import Source

RULES = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: kthena-alerts
  namespace: monitoring
spec:
  groups:
    - name: kthena.rules
      rules:
        # The service as a whole
        - alert: KthenaServiceDown
          expr: up{job="kthena-models"} == 0
          for: 1m
          labels: {severity: critical, service: kthena}
          annotations:
            summary: "Kthena service is down"
            description: "Kthena service {{ $labels.instance }} has been down for more than 1 minute"
        - alert: HighInferenceLatency
          expr: histogram_quantile(0.95, sum(rate(kthena_inference_duration_seconds_bucket[5m])) by (le, model_id)) > 2
          for: 5m
          labels: {severity: warning, service: kthena}
          annotations:
            description: "Model {{ $labels.model_id }} has P95 latency of {{ $value }}s for more than 5 minutes"
        - alert: HighErrorRate
          expr: sum(rate(kthena_inference_errors_total[5m])) by (model_id) / sum(rate(kthena_inference_requests_total[5m])) by (model_id) > 0.05
          for: 2m
          labels: {severity: critical, service: kthena}
          annotations:
            description: "Model {{ $labels.model_id }} has error rate of {{ $value | humanizePercentage }} for more than 2 minutes"
        # Resources
        - alert: ModelHighMemoryUsage
          expr: kthena_model_memory_usage_bytes / 1024 / 1024 / 1024 > 8
          for: 10m
          labels: {severity: warning, service: kthena}
          annotations:
            description: "Model {{ $labels.model_id }} is using {{ $value }}GB of memory"
        - alert: GPUHighUtilization
          expr: nvidia_gpu_utilization_percent > 90
          for: 15m
          labels: {severity: warning, service: kthena}
          annotations:
            description: "GPU {{ $labels.gpu_id }} utilization is {{ $value }}% for model {{ $labels.model_id }}"
        # Single models
        - alert: ModelLoadFailure
          expr: increase(kthena_model_load_failures_total[5m]) > 0
          for: 1m
          labels: {severity: critical, service: kthena}
          annotations:
            description: "Model {{ $labels.model_id }} failed to load {{ $value }} times in the last 5 minutes"
"""  # noqa: E501 - as the author wrote it

SLIS = """\
slis:
  availability:
    description: "Share of the inference requests that succeed"
    query: "sum(rate(kthena_inference_requests_total{status!~'5..'}[5m])) / sum(rate(kthena_inference_requests_total[5m]))"
    target: 99.9%
  latency:
    description: "95th percentile of the latency of inference requests"
    query: "histogram_quantile(0.95, sum(rate(kthena_inference_duration_seconds_bucket[5m])) by (le))"
    target: "< 1s"
  throughput:
    description: "Inference requests per second"
    query: "sum(rate(kthena_inference_requests_total[5m]))"
    target: "> 100 req/s"
  error_rate:
    description: "Share of the inference requests that fail"
    query: "sum(rate(kthena_inference_errors_total[5m])) / sum(rate(kthena_inference_requests_total[5m]))"
    target: "< 0.1%"
"""  # noqa: E501

SLOTH = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata:
  name: kthena-slo
  namespace: monitoring
spec:
  service: "kthena"
  labels:
    team: "ml-ops"
  slos:
    - name: "inference-availability"
      objective: 99.9
      description: "Inference requests succeed"
      sli:
        events:
          error_query: sum(rate(kthena_inference_requests_total{status=~"5.."}[5m]))
          total_query: sum(rate(kthena_inference_requests_total[5m]))
      alerting:
        name: KthenaHighErrorRate
        labels:
          severity: critical
        annotations:
          summary: "High error rate on Kthena inference requests"
    - name: "inference-latency"
      objective: 95.0
      description: "Inference requests are answered within a second"
      sli:
        events:
          error_query: sum(rate(kthena_inference_duration_seconds_bucket{le="1.0"}[5m]))
          total_query: sum(rate(kthena_inference_duration_seconds_count[5m]))
      alerting:
        name: KthenaHighLatency
        labels:
          severity: warning
        annotations:
          summary: "High latency on Kthena inference requests"
"""


def compiled(text: str) -> pipeline.Result:
    return pipeline.compile([Source("kthena.yaml", text)])


def test_the_rules_are_sound_and_kept() -> None:
    result = compiled(RULES)
    # The target may vanish, and a quantile is printed with all its digits.
    assert [d.code.id for d in result.report] == ["SLO619", "SLO605"]
    (rules,) = result.program.rule_sets
    assert [rule.name for group in rules.groups for rule in group.rules] == [
        "KthenaServiceDown",
        "HighInferenceLatency",
        "HighErrorRate",
        "ModelHighMemoryUsage",
        "GPUHighUtilization",
        "ModelLoadFailure",
    ]


def test_the_home_made_slis_are_told_what_they_mean_as_slos() -> None:
    (found,) = compiled(SLIS).report
    assert (found.code.id, found.at.line, found.at.column) == ("SLO103", 1, 1)
    assert found.message == "`slis` is no key of a format that slogen reads"
    first, _, spec = found.help.partition("\n")
    assert first == "as an SLO spec; choose the objective of `throughput`:"
    result = compiled(spec)
    assert [f"{d.at} {d.message}" for d in result.report] == []
    slos = {slo.name: slo for slo in result.program.slos}
    assert {name: (str(slo.objective), slo.sli.kind) for name, slo in slos.items()} == {
        "availability": ("99.9", "query"),
        "latency": ("95", "latency"),
        "throughput": ("99", "condition"),
        "error-rate": ("99.9", "query"),
    }
    assert slos["availability"].sli.queries[0].over("1h") == "sum(rate(kthena_inference_requests_total[1h]))"


def test_the_sloth_spec_is_told_to_spell_its_keys_and_to_leave_the_window_open() -> None:
    result = compiled(SLOTH)
    assert [(d.code.id, d.at.line, d.at.column, d.at.text) for d in result.report] == [
        ("SLO110", 16, 11, "error_query"),
        ("SLO402", 16, 80, "5m"),
        ("SLO110", 17, 11, "total_query"),
        ("SLO402", 17, 65, "5m"),
        ("SLO110", 29, 11, "error_query"),
        ("SLO402", 29, 84, "5m"),
        ("SLO110", 30, 11, "total_query"),
        ("SLO402", 30, 73, "5m"),
    ]
    assert {d.message for d in result.report} == {
        "unknown key `error_query`",
        "unknown key `total_query`",
        "`5m` is the same for every burn-rate window",
    }
    helps = " ".join(d.help for d in result.report)
    assert all(f"write `{fix}`" in helps for fix in ("errorQuery", "totalQuery", "{{.window}}"))


def test_the_sloth_spec_compiles_as_it_was_told() -> None:
    text = SLOTH.replace("error_query", "errorQuery").replace("total_query", "totalQuery")
    result = compiled(text.replace("[5m]", "[{{.window}}]"))
    # It compiles. A bucket of fast requests is told to be none of slow ones, a severity to be for two alerts.
    assert [f"{d.at} {d.code.id}" for d in result.report if d.code.id in ("SLO414", "SLO460")] == [
        "kthena.yaml:21:11 SLO460",
        "kthena.yaml:29:23 SLO414",
        "kthena.yaml:34:11 SLO460",
    ]
    assert [slo.id for slo in result.program.slos] == [
        "kthena-inference-availability",
        "kthena-inference-latency",
    ]


def test_all_three_in_one_file_are_told_apart() -> None:
    """The guide is one page: whoever saves it as one file sees every finding, at its own place."""
    whole = f"{RULES}---\n{SLIS}---\n{SLOTH}"
    alone = sum(len(compiled(text).report.diagnostics) for text in (RULES, SLIS, SLOTH))
    assert len(compiled(whole).report.diagnostics) == alone


def test_the_home_made_form_in_other_hands() -> None:
    text = textwrap.dedent("""\
        service: shop
        slos:
          - name: Fast Sales
            expr: histogram_quantile(0.95, sum by (le) (rate(sale_bucket{job="shop"}[5m])))
            objective: 300ms
          - name: sold
            expr: sum(rate(sales_total{ok="1"}[5m])) / sum(rate(sales_total[5m]))
            objective: 0.995
          - name: unknown
            expr: sum(rate(
            objective: 7
        """)
    (found,) = compiled(text).report
    first, _, spec = found.help.partition("\n")
    assert first == "as an SLO spec, as far as it can be told:"
    result = compiled(spec)
    assert [f"{d.at} {d.message}" for d in result.report] == []
    assert {slo.id: str(slo.objective) for slo in result.program.slos} == {
        "shop-fast-sales": "95",
        "shop-sold": "99.5",
    }
