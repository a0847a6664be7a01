"""Rules and queries as people write them, all of which work: no check may say a word about them."""

from __future__ import annotations

import pytest

from slogen import pipeline
from slogen.pipeline import Options
from slogen.source import Source

HEAD = "groups:\n  - name: sane\n    rules:\n"
RECORDED = """\
      - {record: 'job:wait:bucket:rate5m', expr: 'sum by (job, le) (rate(wait_seconds_bucket[5m]))'}
      - {record: 'env:boats', expr: sum(boats), labels: {env: quay}}
"""
UNPROVEN = Options(prove=False)

CONDITIONS = """\
sum by (job) (errors) > 1 or up == 0
absent(up{job="ferry", instance="a"})
ferry_duration_seconds{quantile="0.99"} > 1
label_join(sum by (a, b) (errors), "c", "-", "a", "b") > 0
sum by (pod) (load) * on (pod) group_left (node) kube_pod_info > 1
kube_pod_info * on (pod) group_right (uid) sum by (pod, container) (load) > 1
tide > 1 and depth >= 0
delta(boats_total[5m]) < 0
load_ratio > 1
disk_used_percent > 100
a{job="x"} / on(instance) b{job="y"} > 1
a / ignoring(job) b{job="y"} > 1
a{pod=""} / sum without(pod) (b) > 1
sum by (job) (a{env="x"}) / sum by (job) (a{env="y"}) > 1
label_replace(a{x="1"}, "x", "2", "", "") - a{x="2"} > 1
a{x="1"} - ignoring(x) a{x="2"} > 1
env:boats{env="quay"} > 1
histogram_quantile(0.9, job:wait:bucket:rate5m) > 1
histogram_quantile(0.9, sum by (le) (job:wait:bucket:rate5m)) > 1
histogram_quantile(0.9, avg by (le) (rate(wait_seconds_bucket[5m]))) > 1
histogram_quantile(0.9, sum by (vmrange) (rate(wait_seconds_bucket[5m]))) > 1
histogram_quantile(0.9, sum(rate(wait_seconds_bucket[5m])) without (pod)) > 1
histogram_quantile(0.9, sum by (job) (rate(wait_seconds[5m]))) > 1
rate(max by (shard) (replicated_ops_total)[5m:1m]) > 1
count(up{job="x"}) < 3 or absent(up{job="x"})
(count(boats == 1) or vector(0)) < 1
(max(up{job="x"}) or vector(0)) == 0
absent(boats) == 1
ALERTS{alertname="Storm"}
ALERTS{alertname="Storm", alertstate="firing"} == 1
present_over_time(drill_mark[10m]) == 1
group by (job) (repair_mark)
count(a) > 0 unless count(b) > 0
a offset 5m unless a
group by (job) (up) unless on (job) group by (job) (healthy == 1)
sum(a) > 1 and on() hour() >= 8 and on() hour() < 20
a == a offset 1h
min_over_time((a > bool 5)[10m:]) == 1
sum(rate(x_total{code=~"5.."}[5m])) by (route) / on(route) group_left sum(rate(x_total[5m])) by (route) > 0.1
-a > -5 < 10
avg_over_time(up{job="z"}[5m]) < 0.5 or absent(up{job="z"})
last_over_time(sparse_total[1d]) - last_over_time(sparse_total[1d] offset 1d) < 1
(sum(a) or vector(0)) + (sum(b) or vector(0)) > 1
vector(scalar(sum(a))) > 1
count by (version) (build_info) > 0 unless on() count(count by (version) (build_info)) == 1
sum without (cpu) (rate(node_cpu_seconds_total{mode="idle"}[5m])) < 0.1
max(a) by (x) - min(a) by (x) > 5
sum_over_time(up[5m]) / count_over_time(up[5m]) < 0.9
2 ^ max(shards) by (c) - 1 - sum(2 ^ max by (c, shard) (shard_ordinal)) by (c) != 0
max by (job) (a == bool 0 or count without (To) (rate(b_total[2m]) > 0.01)) > 0
jobs_pending_total > 500
rate(bytes_total[5m]) * 8 / 1e6 > 100
increase(orders_total[5m]) == 0 and increase(visits_total[5m]) > 0
"""

TEXTS = """\
{{ range $k, $v := $labels }}{{ $k }}={{ $v }} {{ end }}
{{ $l := $labels }}{{ $l.job }} {{ .Labels.job }} {{ index $labels "job" }}
{{ with $labels.job }}{{ . }}{{ end }} {{ .ExternalURL }} {{ $externalLabels.cluster }}
{{ if $labels.instance }}{{ $labels.instance }}{{ else }}{{ $labels.job }}{{ end }}
{{ range query "topk(3, sum by (pod) (errors))" }}{{ .Labels.pod }} {{ .Value | humanize }} {{ end }}
{{ with printf "sum(up{job='%s'})" $labels.job | query }}{{ . | first | value | humanize }}{{ end }}
{{ query (printf "up{job='%s'}" $labels.job) | first | label "instance" }}
{{ reReplaceAll ":.*" "" $labels.job | toUpper | title }} {{ stripPort $labels.job }}
That is ${{ $value | printf "%.2f" }} each hour
Run `kubectl delete pod ${POD}` where [[ -n $POD ]], see [[1]](https://quay.example/1)
{{/* nothing */}}{{ "43200" | humanizeDuration }}
Run `docker ps --format "{{ "{{.Names}}" }}"` on {{ $labels.job }}
{{ if $labels.node }}on {{ $labels.node }}{{ end }} {{ or $labels.zone "anywhere" }}
"""

EVENTS = """\
sum(rate(x_total{code=~"5.."}[W])) ; sum(rate(x_total{code!~"5.."}[W])) + sum(rate(x_total{code=~"5.."}[W]))
sum(rate(x_total{code=~"5.."}[W])) - sum(rate(x_total{code="503"}[W])) ; sum(rate(x_total[W]))
sum(sum_over_time((probe_success == bool 0)[W:])) ; sum(count_over_time(probe_success[W:]))
sum(count_over_time((up{job="a"} == 0)[W:1m])) or vector(0) ; sum(count_over_time(up{job="a"}[W:1m]))
sum(rate(jobs_failed_total[W])) or vector(0) ; sum(rate(jobs_total[W]))
sum(rate(lost_total[W])) + sum(rate(late_total[W])) ; sum(rate(sent_total[W])) + sum(rate(lost_total[W]))
sum by (cluster) (rate(x_errors_total[W])) ; sum by (cluster) (rate(x_total[W]))
sum(rate(dns_responses_total{rcode="SERVFAIL"}[W])) ; sum(rate(dns_requests_total[W]))
sum(rate(x_seconds_count[W])) - sum(rate(x_seconds_bucket{le="0.5"}[W])) ; sum(rate(x_seconds_count[W]))
sum_over_time(count(mood_score < 7)[W:]) or vector(0) ; sum_over_time(count(mood_score)[W:])
sum(rate(calls_total{result!="ok"}[W])) ; sum(rate(calls_total[W]))
sum(increase(bad_total[W])) ; sum(increase(bad_total[W])) + sum(increase(good_total[W]))
"""

RATIOS = """\
1 - avg_over_time(probe_success{job="x"}[W])
1 - (sum(sum_over_time(up{job="x"}[W])) / sum(count_over_time(up{job="x"}[W])))
avg_over_time((histogram_quantile(0.99, sum by (le) (rate(x_seconds_bucket[5m]))) > bool 0.5)[W:1m])
1 - (sum(rate(x_total{code=~"2.."}[W])) / sum(rate(x_total[W])))
(sum(rate(x_total{code=~"5.."}[W])) or vector(0)) / sum(rate(x_total[W]))
max(1 - avg_over_time(up{job="x"}[W]))
"""


def said(text: str) -> list[str]:
    """What is reported of a file, shortly."""
    report = pipeline.compile([Source("sane.yaml", text)], UNPROVEN).report
    return [f"{one.code.id} {one.message}" for one in report]


def alert(expr: str, summary: str = "Look at {{ $labels }}") -> str:
    quoted = summary.replace("'", "''")
    condition = f"      - alert: Storm\n        expr: |\n          {expr}\n"
    return f"{condition}        annotations: {{summary: '{quoted}'}}\n"


def service(sli: str) -> str:
    return (
        "version: prometheus/v1\nservice: ferry\nslos:\n  - name: crossings\n    objective: 99\n"
        f"    sli:\n      {sli}\n    alerting:\n      name: Crossings\n"
        "      page_alert: {labels: {severity: page}}\n      ticket_alert: {labels: {severity: ticket}}\n"
    ).replace("[W", "[{{.window}}")


@pytest.mark.parametrize("expr", CONDITIONS.splitlines())
def test_conditions(expr: str) -> None:
    assert said(HEAD + RECORDED + alert(expr)) == []


@pytest.mark.parametrize("text", TEXTS.splitlines())
def test_texts(text: str) -> None:
    assert said(HEAD + alert("sum by (job) (errors) > 1", text)) == []


@pytest.mark.parametrize("queries", EVENTS.splitlines())
def test_events(queries: str) -> None:
    errors, total = queries.split(" ; ")
    assert said(service(f"events:\n        error_query: '{errors}'\n        total_query: '{total}'")) == []


@pytest.mark.parametrize("query", RATIOS.splitlines())
def test_ratios(query: str) -> None:
    assert said(service(f"raw:\n        error_ratio_query: '{query}'")) == []
