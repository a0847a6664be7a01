"""The traps that the guides of the five systems, and the tools that they are for, hold ready.

Each is either something that slogen finds, or stands in a kind of document that slogen does not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import indent

import seeds
from documents import (
    alert,
    catalog,
    events,
    latency,
    query,
    ratio,
    settings,
    shipped,
    slo,
    two_slos,
)


@dataclass(frozen=True, slots=True)
class Caught:
    """A trap, the documents that fall into it, the code of the finding and the text that it points at.

    `mend` are a text and another in its place with which the finding is gone, `seed` says that the documents
    come from a guide as they stand there.
    """

    number: int
    what: str
    code: str
    at: str
    files: Mapping[str, str]
    mend: tuple[str, str] | None = None
    seed: bool = False


@dataclass(frozen=True, slots=True)
class Handled:
    """A trap that slogen keeps its users out of without a finding: by a rule that it writes, or by silence.

    `holds` must stand in the generated rules of the documents; without it, there must be no finding.
    """

    number: int
    what: str
    how: str
    files: Mapping[str, str]
    holds: str = ""


@dataclass(frozen=True, slots=True)
class Out:
    """A trap that is out of reach, and why."""

    number: int
    what: str
    why: str


Trap = Caught | Handled | Out

SCRAPING = "it is about how targets are found and scraped, which slogen does not configure"
DASHBOARD = "it stands in a dashboard"
ALLOY = "it stands in a configuration of Alloy, or in the values of its chart"

_KTHENA_RULES = "rules/kthena/alerts.yaml"
_GIE_RULES = "rules/gie/alerts.yaml"
_REQUESTS = 'kthena_router_requests_total{model!="unknown"}'
_ERRORS = 'kthena_router_requests_total{model!="unknown",status_code=~"5.."}'
_KRYPTON = 'krypton_invocations_total{status=~"5.."}'


def _of_sloth(old: str = "", new: str = "") -> dict[str, str]:
    text = seeds.sloth_of_kthena().replace(old, new) if old else seeds.sloth_of_kthena()
    return {"slos/kthena-slo.yaml": text}


def _as_sloth_wants() -> dict[str, str]:
    """The SLOs of Kthena with the keys and the window that Sloth reads."""
    text = seeds.sloth_of_kthena().replace("error_query", "errorQuery").replace("total_query", "totalQuery")
    return {"slos/kthena-slo.yaml": text.replace("[5m]", "[{{.window}}]")}


def _named_otherwise() -> dict[str, str]:
    """The SLOs of Kthena with metrics that no catalog knows to be others."""
    return {path: text.replace("kthena_inference", "shop") for path, text in _as_sloth_wants().items()}


def _routed() -> dict[str, str]:
    """The Alertmanager of Kthena."""
    return {"slos/alertmanager.yaml": seeds.alertmanager_of_kthena()}


RELABELED = """\
scrape_configs:
  - job_name: kysira-ext-proc
    kubernetes_sd_configs: [{role: pod}]
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_port]
        regex: (.+)
        target_label: __address__
        replacement: '${__meta_kubernetes_pod_ip}:$1'
"""
EVERY_PORT = """\
scrape_configs:
  - job_name: vllm
    kubernetes_sd_configs:
      - role: pod
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_label_app]
        regex: vllm
        action: keep
"""
ONE_PORT = "{source_labels: [__meta_kubernetes_pod_container_port_name], regex: http, action: keep}"
COMPONENT = """\
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: kysira-proxy, namespace: kysira}
spec:
  service: {name: kysira-proxy, labels: {app.kubernetes.io/name: kysira-proxy}}
  ports: {http-metrics: 9090}
  routes: [service_monitor, prometheus_annotations]
"""
MONITOR = """\
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: kysira-ext-proc, namespace: kysira}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: kysira-ext-proc}}
  endpoints: [{port: http-metrics}]
"""
PICTURE = """\
{"title": "Krypton", "schemaVersion": 39, "panels": [{"type": "timeseries",
  "datasource": {"type": "prometheus", "uid": "${DS_PROM}"},
  "targets": [{"expr": "sum(rate(krypton_invocations_total[$__rate_interval]))"}]}]}
"""


KYSIRA: tuple[Trap, ...] = (
    Caught(
        1,
        "a relabeling sends the scrapes to Prometheus itself",
        "SLO842",
        "${__meta_kubernetes_pod_ip}",
        {"slos/prometheus.yaml": RELABELED},
        ("${__meta_kubernetes_pod_ip}:$1", "kysira-ext-proc:$1"),
    ),
    Out(2, "annotations that no collector reads by default", SCRAPING),
    Caught(
        3,
        "a label of the metric that is one of the target as well",
        "SLO441",
        "endpoint",
        alert("kysira", "sum by (endpoint) (rate(kysira_inference_errors_total[5m])) > 1"),
        ("by (endpoint) ", ""),
    ),
    Caught(
        4,
        "a metric that the list of those to keep leaves out",
        "SLO429",
        "kysira_model_loaded",
        {
            **alert("kysira", "min by (model_type) (kysira_model_loaded) == 0"),
            **catalog(
                "scrapes: [{kind: static, keep: 'kysira_inference_.*'}]\n"
                "metrics: {kysira_model_loaded: {type: gauge, labels: {model_type: }}}",
                "slos/kysira/inference.metrics.yaml",
            ),
        },
        ("kysira_inference_", "kysira_"),
    ),
    Caught(
        5,
        "metrics that only Datadog gets",
        "SLO429",
        "kysira_extproc_requests_total",
        {
            **alert("kysira", "sum(rate(kysira_extproc_requests_total[5m])) == 0"),
            **catalog(
                "scrapes: [{kind: datadog, prometheus: false}]\n"
                "metrics: {kysira_extproc_requests_total: {type: counter}}",
                "slos/kysira/ext-proc.metrics.yaml",
            ),
        },
        (", prometheus: false", ""),
    ),
    Caught(
        6,
        "a latency of a histogram whose buckets nobody knows",
        "SLO437",
        "40ms",
        {
            **slo("kysira-inference", latency("kysira_inference_duration_seconds", "40ms")),
            **catalog(
                "metrics: {kysira_inference_duration_seconds: {type: histogram, unit: seconds}}",
                "slos/kysira/inference.metrics.yaml",
            ),
        },
        ("type: histogram", "type: histogram, buckets: [0.04, 0.1]"),
    ),
    Caught(
        7,
        "errors and requests with different labels are divided",
        "SLO410",
        "/",
        slo(
            "kysira-inference",
            ratio("rate(kysira_inference_errors_total[W]) / rate(kysira_inference_requests_total[W])"),
        ),
    ),
    Caught(
        8,
        "errors that are perhaps not among the requests",
        "SLO415",
        "kysira_inference_errors_total",
        slo("kysira-inference", events("kysira_inference_errors_total", "kysira_inference_requests_total")),
    ),
    Caught(
        9,
        "two ways of scraping the same targets",
        "SLO840",
        "prometheus_annotations",
        {"slos/ext-proc.yaml": COMPONENT},
        ("[service_monitor, prometheus_annotations]", "[service_monitor]"),
    ),
    Caught(
        10,
        "a ServiceMonitor without a name",
        "SLO111",
        "metadata",
        {"slos/monitor.yaml": MONITOR.replace("name: kysira-ext-proc, ", "")},
        ("{namespace: kysira}", "{name: kysira-ext-proc, namespace: kysira}"),
    ),
    Out(11, "a matcher on a label whose values are not documented", "nobody knows what is right"),
)

KRYPTON: tuple[Trap, ...] = (
    Caught(
        12,
        "`namespace` is that of the target, the metric's own is renamed",
        "SLO441",
        "namespace",
        alert("krypton", 'sum(rate(krypton_invocations_total{namespace="agents",status=~"5.."}[5m])) > 1'),
        ("namespace=", "exported_namespace="),
    ),
    Handled(
        13,
        "a PodMonitor that selects no pod",
        "slogen's own alert on missing data",
        slo(
            "krypton-sidecar",
            events('krypton_proxy_requests_total{code="5xx"}', "krypton_proxy_requests_total"),
        ),
        "absent(",
    ),
    Caught(
        14,
        "a rate over fewer samples than it needs",
        "SLO465",
        "1m",
        alert("krypton", "sum(rate(krypton_invocations_total[1m])) == 0"),
        ("[1m]", "[5m]"),
    ),
    Out(15, "panels that are described and not there", DASHBOARD),
    Caught(
        16,
        "statuses of three digits where there are classes",
        "SLO422",
        '"5[0-9]{2}"',
        alert("krypton", 'sum(rate(krypton_proxy_requests_total{code=~"5[0-9]{2}"}[5m])) > 1'),
        ("5[0-9]{2}", "5.."),
    ),
    Caught(
        17,
        "a total without the requests that were rejected",
        "SLO431",
        "krypton_proxy_requests_total",
        slo(
            "krypton-sidecar",
            events('krypton_proxy_requests_total{code="5xx"}', "krypton_proxy_requests_total"),
        ),
    ),
    Caught(
        18,
        "failures are fast",
        "SLO435",
        "krypton_invocation_duration_seconds",
        slo("krypton-gateway", latency("krypton_invocation_duration_seconds", "5s")),
    ),
    Caught(
        19,
        "a budget for each name that a client makes up",
        "SLO436",
        "model",
        slo(
            "krypton-gateway",
            events('krypton_model_invocations_total{status=~"5.."}', "krypton_model_invocations_total"),
            more="group_by: [model]\n",
        ),
    ),
    Caught(
        20,
        "clients that hang up count as failures",
        "SLO439",
        "krypton_invocations_total",
        slo(
            "krypton-gateway", events('krypton_invocations_total{status=~"5.."}', "krypton_invocations_total")
        ),
        ('status=~"5.."', 'status=~"5..",status!="502"'),
    ),
    Out(
        21,
        "a counter of decisions that counts those to do nothing",
        "it is no mistake, only something to know",
    ),
    Caught(
        22,
        "a saturation without a capacity",
        "SLO420",
        "krypton_proxy_concurrency",
        alert("krypton", "krypton_proxy_inflight / krypton_proxy_concurrency > 0.9"),
    ),
    Caught(
        23,
        "a quantile above the last bucket",
        "SLO620",
        "> 30",
        alert(
            "krypton",
            "histogram_quantile(0.9, sum by (le) (\n"
            "  rate(krypton_invocation_duration_seconds_bucket[5m]))) > 30",
        ),
        ("> 30", "> 10"),
    ),
    Caught(
        24,
        "faults of the user's own agents",
        "SLO439",
        "krypton_api_requests_total",
        slo(
            "krypton-control-plane",
            events('krypton_api_requests_total{code="502"}', "krypton_api_requests_total"),
        ),
    ),
    Caught(
        25,
        "a variable of a dashboard without an input",
        "SLO821",
        "${DS_PROM}",
        {"slos/overview.json": PICTURE},
        ('"panels"', '"__inputs": [{"name": "DS_PROM", "type": "datasource"}], "panels"'),
    ),
)

KTHENA: tuple[Trap, ...] = (
    Caught(
        26,
        "metrics that nothing exports",
        "SLO425",
        "kthena_inference_errors_total",
        {_KTHENA_RULES: seeds.alert_of_kthena("HighErrorRate")},
        seed=True,
    ),
    Caught(27, "a fixed range instead of the window", "SLO402", "5m", _of_sloth(), seed=True),
    Caught(28, "the keys of Sloth's other format", "SLO110", "error_query", _of_sloth(), seed=True),
    Caught(
        29,
        "the fast requests count as errors",
        "SLO414",
        'sum(rate(kthena_inference_duration_seconds_bucket{le="1.0"}[{{.window}}]))',
        _as_sloth_wants(),
        seed=True,
    ),
    Caught(30, "a whole bound in one spelling", "SLO416", 'le="1.0"', _as_sloth_wants(), seed=True),
    Caught(
        31,
        "the ticket has the labels of the page",
        "SLO460",
        "severity: critical",
        _named_otherwise(),
        seed=True,
    ),
    Caught(
        32,
        "the alerts have no label that a route asks for",
        "SLO527",
        "service: kthena",
        {**_routed(), **_named_otherwise(), **settings("compat: [{paths: ['slos/**'], rules: sloth}]")},
        ("service: kthena\n", "sloth_service: kthena\n"),
        seed=True,
    ),
    Caught(
        33,
        "no result until the first error",
        "SLO452",
        'kthena_router_requests_total{model!="unknown",status_code=~"5.."}',
        slo("kthena-router", ratio(f"sum(rate({_ERRORS}[W])) / sum(rate({_REQUESTS}[W]))")),
    ),
    Caught(
        34,
        "no number without traffic",
        "SLO611",
        "/",
        alert(
            "kthena",
            f"avg(sum by (model) (rate({_ERRORS}[5m])) / sum by (model) (rate({_REQUESTS}[5m]))) > 0.05",
        ),
    ),
    Caught(
        35,
        "a negative matcher takes series without the label",
        "SLO446",
        "status",
        alert("kthena", 'sum(rate(kthena_router_requests_total{status!~"5.."}[5m])) == 0'),
    ),
    Caught(
        36,
        "two definitions of an error for one objective",
        "SLO457",
        "errors",
        two_slos(
            "shop",
            events('shop_requests_total{code=~"5.."}', "shop_requests_total"),
            events("shop_errors_total", "shop_requests_total"),
        ),
    ),
    Caught(
        37,
        "a throughput is no share of events",
        "SLO103",
        "slis",
        {"slos/slis.yaml": seeds.slis_of_kthena()},
        seed=True,
    ),
    Caught(
        38,
        "a quantile over all models hides one",
        "SLO458",
        "histogram_quantile",
        slo(
            "kthena-router",
            ratio(
                "histogram_quantile(0.9, sum(rate(kthena_router_request_duration_seconds_bucket[W])) by (le))"
            ),
        ),
    ),
    Caught(39, "keys that receivers do not have", "SLO110", "subject", _routed(), seed=True),
    Caught(
        40,
        "a route behind one that takes everything",
        "SLO522",
        "service: kthena",
        {**_routed(), _KTHENA_RULES: seeds.alert_of_kthena("KthenaServiceDown")},
        ("receiver: 'critical-alerts'\n", "receiver: 'critical-alerts'\n      continue: true\n"),
        seed=True,
    ),
    Caught(41, "matchers in a form that is going", "SLO521", "match", _routed(), seed=True),
    Caught(
        42,
        "intervals of groups that flood",
        "SLO524",
        "10s",
        _routed(),
        ("group_interval: 10s", "group_interval: 5m"),
        seed=True,
    ),
    Out(43, "ConfigMaps that nothing reads", SCRAPING),
    Handled(
        44,
        "a PrometheusRule that no operator selects",
        "the manifest that slogen writes has the labels of the settings",
        {
            "rules/kthena.yaml": (
                "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
                "metadata: {name: kthena-alerts, namespace: monitoring}\nspec:\n"
                + indent(
                    alert("kthena", "sum(kthena_router_active_downstream_requests) > 50")[_KTHENA_RULES], "  "
                )
            ),
            **settings("manifest: {labels: {release: prometheus}}"),
        },
        "release: prometheus",
    ),
    Caught(
        45,
        "`up == 0` says nothing of a target that is gone",
        "SLO619",
        'up{job="kthena-models"}',
        {_KTHENA_RULES: seeds.alert_of_kthena("KthenaServiceDown")},
        seed=True,
    ),
    Caught(
        46,
        "a match on a label that one side does not have",
        "SLO621",
        "and",
        {
            _KTHENA_RULES: seeds.alert_of_kthena("AutoscalingNotWorking").replace(
                "kthena_inference_requests_total", "kthena_router_requests_total"
            )
        },
        seed=True,
    ),
    Caught(
        47,
        "the first event is lost",
        "SLO434",
        ">",
        {
            "rules/krypton/alerts.yaml": seeds.alert_of_kthena("ModelLoadFailure").replace(
                "kthena_model_load_failures_total", "krypton_proxy_rejected_total"
            )
        },
        seed=True,
    ),
    Out(48, "metrics that no exporter of GPUs has", "an exporter that is not in a catalog may have them"),
    Caught(
        49,
        "a threshold between two bounds",
        "SLO423",
        "2s",
        slo("kthena-router", latency("kthena_router_request_duration_seconds", "2s", 'status_code=~"2.."')),
        ("threshold: 2s", "threshold: 2500ms"),
    ),
    Caught(
        50,
        "a count of nothing is nothing",
        "SLO620",
        "< 1",
        alert("kthena", seeds.expression(seeds.KTHENA, "count(kthena_model_status == 1)") + " < 1"),
        seed=True,
    ),
    Caught(
        51,
        "an average of shares",
        "SLO459",
        "avg",
        slo("models", ratio("1 - avg(avg_over_time(model_cache_hit_ratio[W]))")),
    ),
    Caught(
        52,
        "targets that may say which job they are",
        "SLO844",
        "true",
        {"slos/monitor.yaml": MONITOR.replace("port: http-metrics", "port: http-metrics, honorLabels: true")},
        ("honorLabels: true", "honorLabels: false"),
    ),
    Caught(
        53,
        "a prefix that is there twice",
        "SLO420",
        "kthena_router_kthena_router_requests_total",
        alert("kthena", "sum(rate(kthena_router_kthena_router_requests_total[5m])) == 0"),
    ),
    Caught(
        54,
        "a text with all digits of the value, and no runbook",
        "SLO605",
        "{{ $value }}",
        {_KTHENA_RULES: seeds.alert_of_kthena("HighInferenceLatency")},
        seed=True,
    ),
    Caught(
        55,
        "an alert and an SLO on the same errors",
        "SLO457",
        "Trouble",
        {
            **slo("kthena-router", events(_ERRORS, _REQUESTS)),
            **alert("kthena", f"sum(rate({_ERRORS}[5m])) / sum(rate({_REQUESTS}[5m])) > 0.05"),
        },
    ),
    Out(56, "a static target that resolves in one namespace only", SCRAPING),
    Caught(
        57,
        "the value of success is not empty",
        "SLO430",
        'error_type!=""',
        slo(
            "kthena-router",
            events('kthena_router_requests_total{error_type!=""}', "kthena_router_requests_total"),
        ),
    ),
    Caught(
        58,
        "faults of the server that are answered with 404",
        "SLO439",
        "kthena_router_requests_total",
        slo("kthena-router", events(_ERRORS, _REQUESTS)),
    ),
    Out(59, "a new label restarts all series", "it concerns the day of the update, and no query"),
    Caught(
        60,
        "metrics that are declared and never sent",
        "SLO425",
        "kthena:generation_tokens_total",
        alert("kthena", "sum(rate(kthena:generation_tokens_total[5m])) == 0"),
    ),
    Caught(
        61,
        "a metric that the engine has no more",
        "SLO425",
        "vllm:gpu_cache_usage_perc",
        alert("kthena", "max(vllm:gpu_cache_usage_perc) > 0.9"),
    ),
)

GIE: tuple[Trap, ...] = (
    Caught(
        62,
        "names of another release",
        "SLO425",
        "inference_model_request_total",
        alert("gie", "sum(rate(inference_model_request_total[5m])) == 0"),
    ),
    Caught(
        63,
        "a rate of all metrics whose names fit",
        "SLO450",
        '__name__=~"inference_(model|objective)_request_total"',
        alert("gie", 'sum(rate({__name__=~"inference_(model|objective)_request_total"}[5m])) == 0'),
    ),
    Caught(
        64,
        "a name in the documentation that lacks its prefix",
        "SLO425",
        "normalized_time_per_output_token_seconds_bucket",
        alert(
            "gie",
            "histogram_quantile(0.9, sum by (le) (\n"
            "  rate(normalized_time_per_output_token_seconds_bucket[5m]))) > 0.1",
        ),
    ),
    Caught(
        65,
        "a label that only one side has",
        "SLO421",
        "priority",
        alert(
            "gie",
            "sum by (priority) (rate(inference_objective_request_error_total[5m]))\n"
            "/ sum by (priority) (rate(inference_objective_request_total[5m])) > 0.05",
        ),
    ),
    Caught(
        66,
        "errors that are not among the requests",
        "SLO431",
        "inference_objective_request_total",
        {_GIE_RULES: seeds.alert_of_gie("HighInferenceErrorRate")},
        seed=True,
    ),
    Caught(
        67,
        "faults of clients count as errors of the server",
        "SLO439",
        "inference_objective_request_error_total",
        {_GIE_RULES: seeds.alert_of_gie("HighInferenceErrorRate")},
        seed=True,
    ),
    Caught(
        68,
        "a text with a label that is aggregated away",
        "SLO603",
        "$labels.target_model_name",
        {_GIE_RULES: seeds.alert_of_gie("HighInferenceErrorRate")},
        seed=True,
    ),
    Caught(
        69,
        "markers of the page's own template",
        "SLO606",
        "{% raw %}",
        {_GIE_RULES: seeds.alert_of_gie("HighInferenceErrorRate")},
        seed=True,
    ),
    Caught(
        70,
        "a gauge that stands still without pods",
        "SLO432",
        "inference_pool_average_queue_size",
        {_GIE_RULES: seeds.alert_of_gie("HighInferencePoolAvgQueueSize")},
        seed=True,
    ),
    Caught(
        71,
        "an average that is rounded to whole numbers",
        "SLO439",
        "inference_pool_average_queue_size",
        {
            **alert("gie", "inference_pool_average_queue_size > 0.5"),
            **catalog("{}", "slos/gie/epp.metrics.yaml"),
            **catalog(
                "version: v1.4.0\npaths: ['rules/gie/**']\n"
                "metrics:\n  inference_pool_average_queue_size:\n    type: gauge\n    labels: {name: }\n"
                "    cautions: [{trait: whole_numbers, text: fractions are cut off before v1.5.0}]",
                "slos/gie/epp-gie.metrics.yaml",
            ),
        },
        ("> 0.5", "> 50"),
    ),
    Caught(
        72,
        "a gauge whose source is gone",
        "SLO425",
        "inference_pool_average_kv_cache_utilization",
        {
            _GIE_RULES: seeds.alert_of_gie("HighInferencePoolAvgKVCacheUtilization"),
            **catalog("{}", "slos/gie/epp.metrics.yaml"),
            **catalog(
                "version: v1.2.1\npaths: ['rules/gie/**']\nmetrics:\n"
                "  inference_pool_average_kv_cache_utilization: {type: gauge, unit: ratio, status: broken}",
                "slos/gie/epp-gie.metrics.yaml",
            ),
        },
        seed=True,
    ),
    Caught(
        73,
        "a sum over replicas that say the same",
        "SLO433",
        "sum",
        alert("gie", "sum(inference_pool_ready_pods) < 1"),
        ("sum(", "max("),
    ),
    Caught(
        74,
        "a quantile of each series by itself",
        "SLO630",
        "histogram_quantile",
        {_GIE_RULES: seeds.alert_of_gie("HighInferenceRequestLatencyP99")},
        seed=True,
    ),
    Caught(
        75,
        "a ServiceMonitor that takes the job from a label that is not there",
        "SLO843",
        "kysira-ext-proc",
        {"slos/monitor.yaml": MONITOR.replace("  selector:", "  jobLabel: kysira-ext-proc\n  selector:")},
        ("jobLabel: kysira-ext-proc", "jobLabel: app.kubernetes.io/name"),
    ),
    Caught(
        76,
        "a scrape of every port of a pod",
        "SLO845",
        "pod",
        {"slos/prometheus.yaml": EVERY_PORT},
        (
            "    relabel_configs:\n",
            f"    relabel_configs:\n      - {ONE_PORT}\n",
        ),
    ),
    Out(77, "a scrape that is refused", SCRAPING),
    Caught(
        78,
        "a title, and neither a summary nor a runbook",
        "SLO631",
        "HighInferencePoolAvgQueueSize",
        {_GIE_RULES: seeds.alert_of_gie("HighInferencePoolAvgQueueSize")},
        seed=True,
    ),
    Caught(
        79,
        "a bound that is 32778, not 32768",
        "SLO423",
        '"32768"',
        slo(
            "epp-gie",
            query(
                "sum(rate(inference_objective_input_tokens_count[W]))"
                ' - sum(rate(inference_objective_input_tokens_bucket{le="32768"}[W]))',
                "sum(rate(inference_objective_input_tokens_count[W]))",
            ),
        ),
        ('le="32768"', 'le=~"32778|32778\\\\.0"'),
    ),
    Caught(
        80,
        "a time to the first token without streaming",
        "SLO439",
        "llm_d_epp_request_ttft_seconds",
        slo("epp", latency("llm_d_epp_request_ttft_seconds", "2s")),
    ),
    Caught(
        81,
        "labels that the target has as well",
        "SLO441",
        "namespace",
        alert("gie", 'sum(rate(llm_d_epp_scheduler_attempts_total{namespace="prod"}[5m])) == 0'),
    ),
    Caught(
        82,
        "a metric that the release renamed",
        "SLO425",
        "bbr_model_not_in_body_total",
        alert("gie", "sum(rate(bbr_model_not_in_body_total[5m])) > 1"),
    ),
    Caught(
        83,
        "a metric that left with its sidecar",
        "SLO425",
        "lora_syncer_adapter_status",
        {
            **alert("gie", "min by (adapter_name) (lora_syncer_adapter_status) == 0"),
            **shipped("slos/gie/lora-syncer.metrics.yaml", "version: v1.5.0", "version: v1.6.0"),
        },
        ("version: v1.6.0", "version: v1.5.0"),
    ),
    Caught(
        84,
        "a budget for each model that a client makes up",
        "SLO436",
        "model_name",
        slo(
            "epp-gie",
            events("inference_objective_request_error_total", "inference_objective_request_total"),
            more="group_by: [model_name]\n",
        ),
    ),
)

VLLM: tuple[Trap, ...] = (
    Caught(
        85,
        "a label that the simulator spells in another way",
        "SLO421",
        "finish_reason",
        alert("vllm", 'sum(rate(vllm:request_success_total{finish_reason="abort"}[5m])) > 1'),
        ("finish_reason", "finished_reason"),
    ),
    Caught(
        86,
        "a share is compared with a percentage",
        "SLO620",
        "> 90",
        alert("vllm", "max(vllm:kv_cache_usage_perc) > 90"),
        ("> 90", "> 0.9"),
    ),
    Handled(
        87,
        "names with `:` or `llm_d` are no mistake",
        "silence",
        alert("vllm", "max(vllm:num_requests_waiting) > 50"),
    ),
    Caught(
        88,
        "a metric that has a successor",
        "SLO425",
        "vllm:time_per_output_token_seconds_bucket",
        alert(
            "vllm",
            "histogram_quantile(0.9, sum by (le) (\n"
            "  rate(vllm:time_per_output_token_seconds_bucket[5m]))) > 0.1",
        ),
    ),
)

MONITORING: tuple[Trap, ...] = (
    Out(89, "a block that Alloy does not know", ALLOY),
    Out(90, "a reference to a component that is not there", ALLOY),
    Out(91, "a file under two names", ALLOY),
    Out(92, "keys that the values of the chart do not have", ALLOY),
    Caught(
        93,
        "two samples in five minutes",
        "SLO465",
        "5m",
        {
            **alert("k8s-monitoring", "sum(rate(processor_runs_total[5m])) == 0"),
            **catalog(
                "scrapes: [{kind: alloy, interval: 120s}]\nmetrics: {processor_runs_total: {type: counter}}"
            ),
        },
        ("interval: 120s", "interval: 60s"),
    ),
    Caught(
        94,
        "a list of names to keep takes whole names",
        "SLO429",
        "my_processor_runs_total",
        {
            **alert("k8s-monitoring", "sum(rate(my_processor_runs_total[5m])) == 0"),
            **catalog(
                "scrapes: [{kind: alloy, keep: '"
                + (seeds.expression(seeds.PROCESSING, "up|processor.*") or "up|processor.*")
                + "'}]\nmetrics: {my_processor_runs_total: {type: counter}}"
            ),
        },
        ("keep: 'up|", "keep: 'up|my_|.*"),
        seed=True,
    ),
    Caught(
        95,
        "a label with one name by one route and another by the other",
        "SLO441",
        "endpoint",
        slo(
            "kysira-inference",
            events("kysira_inference_errors_total", "kysira_inference_requests_total"),
            more="group_by: [endpoint]\n",
        ),
    ),
    Caught(
        96,
        "a pod that is not ready has no `up`",
        "SLO619",
        'up{job="kysira-inference"}',
        alert("kysira", 'up{job="kysira-inference"} == 0'),
    ),
    Caught(
        97, "a target for each port of a container", "SLO845", "pod", {"slos/prometheus.yaml": EVERY_PORT}
    ),
    Out(98, "annotations that the guide leaves out", SCRAPING),
)

ANYWHERE: tuple[Trap, ...] = (
    Caught(
        99,
        "a burn rate that not even a total outage reaches",
        "SLO303",
        "60",
        slo("krypton-gateway", events(_KRYPTON, "krypton_invocations_total"), objective="60"),
        ("objective: 60", "objective: 99"),
    ),
    Caught(
        100,
        "an objective that is a ratio",
        "SLO302",
        "0.999",
        slo("krypton-gateway", events(_KRYPTON, "krypton_invocations_total"), objective="0.999"),
        ("0.999", "99.9"),
    ),
    Caught(
        101,
        "a range of one scrape interval",
        "SLO454",
        "1m",
        {
            **alert("shop", "sum(rate(shop_requests_total[1m])) == 0"),
            **settings("prometheus: {version: '3.0', scrape_interval: 1m}"),
        },
        ("[1m]", "[5m]"),
    ),
    Caught(
        102,
        "a period that outlives its samples",
        "SLO455",
        "15d",
        {
            **slo("krypton-gateway", events(_KRYPTON, "krypton_invocations_total")),
            **settings("prometheus: {retention: 15d}"),
        },
        ("15d", "90d"),
    ),
    Caught(
        103,
        "an average of `up` over targets that may be gone",
        "SLO619",
        'up{job="kysira-inference"}[5m]',
        alert("kysira", '1 - avg(avg_over_time(up{job="kysira-inference"}[5m])) > 0.1'),
    ),
)

TRAPS: tuple[Trap, ...] = (*KYSIRA, *KRYPTON, *KTHENA, *GIE, *VLLM, *MONITORING, *ANYWHERE)
