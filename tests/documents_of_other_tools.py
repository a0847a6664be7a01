"""Sound documents in the formats of Sloth, OpenSLO and Pyrra, to be broken at random.

Each has about all that its format has words for. Each compiles without a finding, also to Sloth's rules.
"""

from __future__ import annotations

SLOTH = """\
version: "prometheus/v1"  # of Sloth
service: shop
labels: {owner: sales, tier: 1}
slo_plugins:
  chain:
    - {id: sloth.dev/contrib/rule_intervals/v1, config: {interval: {default: 1m, alert: 1m30s}}}
    - {id: sloth.dev/core/debug/v1, priority: -10, config: {msg: hello}}
slos:
  - name: sold
    objective: 99.5
    description: "People can buy."
    labels: {category: availability}
    sli:
      events:
        error_query: sum by (model) (rate(sales_total{code=~"5.."}[{{.window}}]))
        total_query: |
          sum by (model) (rate(sales_total[{{ .window }}]))
    alerting:
      name: ShopDown
      labels: {a: b}
      annotations: {hint: 'look at {{ $labels.model }}'}
      page_alert: {labels: {severity: critical}, annotations: {x: "y\\n"}}
      ticket_alert: {disable: true}
  - name: settled
    objective: 95
    sli:
      raw:
        error_ratio_query: >-
          1 - avg_over_time(settled:ratio{bank!="test"}[{{.window}}])
    plugins:
      chain:
        - id: sloth.dev/contrib/error_budget_exhausted_alert/v1
          config: {threshold: 0.1, for: 15m, alert_labels: {severity: info}, alert_name: BudgetLow}
        - id: sloth.dev/contrib/info_labels/v1
          config: {labels: {ledger: main}}
        - id: sloth.dev/contrib/remove_labels/v1
          config: {preserveLabels: [owner]}
    alerting: {page_alert: {labels: {severity: p1}}, ticket_alert: {labels: {severity: p3}}}
  - name: dns
    objective: 99.9
    sli:
      plugin:
        id: sloth-common/coredns/availability
        options: {filter: 'job="dns"'}
    alerting: {page_alert: {disable: true}, ticket_alert: {disable: true}}
"""
SLOTH_TEMPLATES = """\
version: prometheus/v1
service: shop
slos:
  - name: sold
    objective: 99.9
    sli:
      events:
        error_query: |
          {{- /* slower windows are recorded */ -}}
          {{ $w := .window }}{{ if or (eq $w "5m") (eq .window "30m") -}}
          sum(rate(sales_total{job="shop", code=~"5.."}[{{ $w }}]))
          {{- else -}}
          avg_over_time(job:refused:rate5m{slo={{ printf "%s-%d" "sold" 1 | printf "%q" }}}[{{ .window }}])
          {{- end }}
        total_query: '{{ with .window }}sum(rate(sales_total[{{ . | printf "%s" }}])){{ end }}'
    plugins:
      chain: [{id: sloth.dev/contrib/denominator_corrected_rules/v1, priority: 5}]
    alerting: {name: Sold, page_alert: {}, ticket_alert: {}}
---
version: prometheus/v1
service: kiosk
slos:
  - name: open
    objective: 99
    sli: {raw: {error_ratio_query: '1 - (sum(rate(a[{{ .window }}])) / sum(rate(b[{{ .window }}])))'}}
    plugins: {overridePrevious: true, chain: [{id: sloth.dev/core/sli_rules/v1}]}
"""
SLOTH_OBJECT = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata:
  name: checkout-slos
  namespace: shop
  labels: {release: prometheus}
  annotations: {example.com/owner: sales}
  creationTimestamp: null
spec:
  service: checkout
  labels: {owner: sales}
  sloPlugins:
    chain: [{id: sloth.dev/contrib/denominator_corrected_rules/v1, config: {disableOptimized: true}}]
  slos:
    - name: availability
      objective: 99.9
      description: Orders go through.
      sli:
        events:
          errorQuery: rate(refused_orders_total[{{.window}}])
          totalQuery: rate(orders_total[{{.window}}])
      alerting:
        name: CheckoutAvailability
        labels: {category: availability}
        annotations: {summary: 'orders fail'}
        pageAlert: {labels: {severity: critical}}
        ticketAlert: {labels: {severity: warning}, annotations: {hint: 'see {{ $labels.sloth_id }}'}}
status: {processedSLOs: 1}
"""
SLOTH_WINDOWS = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 1, shortWindow: 2m, longWindow: 30m}
    slow: {errorBudgetPercent: 2, shortWindow: 15m, longWindow: 3h}
  ticket:
    quick: {errorBudgetPercent: 5, shortWindow: 1h, longWindow: 12h}
    slow: {errorBudgetPercent: 5, shortWindow: 3h, longWindow: 36h}
"""
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: sold, displayName: Sold, labels: {team: [a, b], env: c}, annotations: {a: b, c.com/d: e}}
spec:
  service: shop
  description: People can buy.
  indicator:
    metadata: {name: sales}
    spec:
      description: d
      ratioMetric:
        counter: true
        good: {metricSource: {metricSourceRef: main, spec: {query: 'sum(sales_total{code="200"})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: sum(sales_total)}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Timeslices
  objectives: [{displayName: o, target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: 2m}]
  alertPolicies:
    - fast
    - kind: AlertPolicy
      metadata: {name: slow}
      spec:
        alertWhenNoData: true
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: {name: c}
            spec:
              severity: low
              condition: {kind: burnrate, op: gt, threshold: 2, lookbackWindow: 1d, alertAfter: 0m}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec: {conditions: [{conditionRef: burn}], notificationTargets: [{targetRef: team}], alertWhenBreaching: true}
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: burn}
spec: {severity: page, condition: {op: gte, threshold: 10, lookbackWindow: 1h, alertAfter: 0m}}
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: {name: team}
spec: {target: mail, description: d}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: main}
spec: {type: Prometheus, connectionDetails: {url: u}}
---
apiVersion: openslo/v1
kind: Service
metadata: {name: shop}
spec: {description: d}
"""
OPENSLO_INDICATORS = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: fast}
spec:
  service: shop
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives:
    - {target: 0.99, indicatorRef: lag, op: lte, value: 5, displayName: lag}
    - {targetPercent: 99, indicatorRef: share, displayName: share}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: lag}
spec: {thresholdMetric: {metricSource: {type: Prometheus, spec: {query: max(lag)}}}}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: share}
spec:
  ratioMetric:
    rawType: success
    raw: {metricSource: {type: prometheus, spec: {query: 'avg_over_time(x[{{.window}}])'}}}
"""
OPENSLO_ALPHA = """\
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: sold, displayName: Sold}
spec:
  service: shop
  description: d
  budgetingMethod: Occurrences
  timeWindows: [{unit: Day, count: 30, isRolling: true}]
  objectives:
    - target: 0.999
      ratioMetrics:
        good: {source: prometheus, queryType: promql, query: 'sum(rate(x{code!~"5.."}[{{.window}}]))'}
        total: {source: prometheus, queryType: promql, query: 'sum(rate(x[{{.window}}]))'}
    - displayName: in time
      target: 0.95
      ratioMetrics:
        counter: true
        bad: {source: prometheus, queryType: promql, query: busy}
        total: {source: prometheus, queryType: promql, query: slots}
"""
PYRRA = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: sales
  namespace: shop
  labels: {prometheus: k8s, pyrra.dev/team: tills}
  annotations: {pyrra.dev/runbook_url: 'https://runbooks.example.com/sales'}
spec:
  description: Sales succeed.
  target: "99.5"
  window: 2w
  indicator:
    ratio:
      errors: {metric: 'sales_total{job="shop",code=~"5.."}'}
      total: {metric: 'sales_total{job="shop"}'}
      grouping: [route]
  alerting:
    name: SalesBurn
    absentName: SalesGone
    severities: {fastBurn: page, mediumBurn: urgent, longTermBurn: info}
---
apiVersion: v1
kind: List
items:
  - apiVersion: pyrra.dev/v1alpha1
    kind: ServiceLevelObjective
    metadata: {name: fast}
    spec:
      target: 99
      window: 4w
      partial_response_strategy: warn
      indicator:
        latency:
          success: {metric: 'sale_duration_seconds_bucket{job="shop",le="0.5"}'}
          total: {metric: 'sale_duration_seconds_count{job="shop"}'}
      alerting: {burnrates: false}
  - apiVersion: pyrra.dev/v1alpha1
    kind: ServiceLevelObjective
    metadata: {name: fast-native}
    spec:
      target: "99"
      window: 4w
      indicator: {latencyNative: {latency: 200ms, total: {metric: 'sale_duration_seconds{job="shop"}'}}}
      alerting: {absent: false}
  - apiVersion: pyrra.dev/v1alpha1
    kind: ServiceLevelObjective
    metadata: {name: probes}
    spec: {target: "99.0", window: 1w, indicator: {bool_gauge: {metric: probe_success, grouping: [target]}}}
"""


def _indented(text: str) -> str:
    return "".join(f"    {line}" for line in text.splitlines(keepends=True))


CONFIG_MAP = f"""\
apiVersion: v1
kind: ConfigMap
metadata: {{name: slos, namespace: shop}}
data:
  sloth.yaml: |
{_indented(SLOTH_TEMPLATES)}\
  pyrra.yaml: |
{_indented(PYRRA.partition("---")[0])}\
  rules.yaml: |
    {{"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {{"name": "closed"}},
      "spec": {{"groups": [{{"name": "g", "rules": [{{"alert": "Closed", "expr": "up == 0"}}]}}]}}}}
  notes.md: |
    # Not for us
    version: of these notes
"""
DOCUMENTS = {
    "Sloth's specs": SLOTH,
    "Sloth's specs with templates": SLOTH_TEMPLATES,
    "an object of Sloth": SLOTH_OBJECT,
    "alert windows of Sloth": SLOTH_WINDOWS,
    "OpenSLO with all its kinds": OPENSLO,
    "OpenSLO's other indicators": OPENSLO_INDICATORS,
    "OpenSLO v1alpha": OPENSLO_ALPHA,
    "every indicator of Pyrra": PYRRA,
    "a ConfigMap that holds specs": CONFIG_MAP,
}
