"""The codes that belong to no check: reading files, YAML, the shape of a document, and its PromQL.

A code is never reused and never changes its meaning. The documentation of each is what `slogen explain`
prints; its Wrong and Right sections run as tests.
"""

from __future__ import annotations

from slogen.codes.notifying import CIRCULAR_ESCALATION as CIRCULAR_ESCALATION
from slogen.codes.notifying import DEPRECATED_BY_ALERTMANAGER as DEPRECATED_BY_ALERTMANAGER
from slogen.codes.notifying import INLINE_SECRET as INLINE_SECRET
from slogen.codes.notifying import MATCHER_OF_TWO_READINGS as MATCHER_OF_TWO_READINGS
from slogen.codes.notifying import PATTERN_AS_VALUE as PATTERN_AS_VALUE
from slogen.codes.notifying import REFUSED_BY_ALERTMANAGER as REFUSED_BY_ALERTMANAGER
from slogen.codes.notifying import SECRET_IN_PLAIN_TEXT as SECRET_IN_PLAIN_TEXT
from slogen.codes.notifying import UNKNOWN_TIME_ZONE as UNKNOWN_TIME_ZONE
from slogen.codes.notifying import WITHOUT_TARGET as WITHOUT_TARGET
from slogen.diagnostics import Code

UNREADABLE = Code(
    "SLO100",
    "error",
    """An input cannot be read

## Why
A path that does not exist, that slogen may not read, or that holds something else than text would silently
leave its SLOs and alerts out of the output. Text is UTF-8, or UTF-16 with a byte order mark.

## Wrong
```console
$ slogen build slos/chekout.yaml
```

## Right
```console
$ slogen build slos/checkout.yaml
```
""",
    firm=True,
)

NOT_YAML = Code(
    "SLO101",
    "error",
    """The text is not YAML

## Why
Nothing behind the place where YAML ends can be understood, so no rule is generated from the document. Common
causes are a tab used for indentation, a quote that is not closed, and a value that holds `: ` without quotes.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: "checkout
  slos: []
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: "checkout"
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

DUPLICATE_KEY = Code(
    "SLO102",
    "error",
    """A key is written twice in one mapping

## Why
YAML readers keep one of the two values without a word, and not all keep the same one.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      objective: 99.5
#     ^^^^^^^^^
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

UNKNOWN_FORMAT = Code(
    "SLO103",
    "error",
    """The document is in no format that slogen reads

## Why
A file among the inputs that is not understood is more often a misspelt `kind` than a file that should not be
there; skipping it would drop its SLOs in silence. Kubernetes objects of other kinds are skipped and counted.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevel
#     ^^^^^^^^^^^^
spec:
  service: checkout
  slos: []
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

YAML_FEATURE = Code(
    "SLO104",
    "error",
    """A YAML feature that cannot be read faithfully

## Why
An alias that contains itself has no finite value, aliases of aliases grow without bound, tags such as
`!!binary` or `!include` have no meaning in a spec, and a key must be a plain text. Readers disagree about all
of them.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: !env SERVICE
#          ^^^^
  slos: []
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

EMPTY = Code(
    "SLO105",
    "error",
    """A file without any document

## Why
An empty file is mostly one that was never filled, or that something truncated: the SLOs that should be in it
would be missing from the output, and their alerts with them.

## Wrong
```yaml
# the SLOs of checkout: to be written
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

TWO_FORMATS = Code(
    "SLO106",
    "error",
    """Two formats in one document

## Why
Each format would read the document its own way and pass over the keys of the other, so what is compiled would
depend on which of them is asked first. A spec that was copied together from two others is the usual cause.
(A document that no format recognises is SLO103.)

## Wrong
```yaml
version: prometheus/v1
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: checkout-errors}
spec:
  target: "99.9"
  window: 4w
  indicator:
    ratio:
      errors: {metric: 'requests_total{code=~"5.."}'}
      total: {metric: requests_total}
```

## Right
```yaml
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: checkout-errors}
spec:
  target: "99.9"
  window: 4w
  indicator:
    ratio:
      errors: {metric: 'requests_total{code=~"5.."}'}
      total: {metric: requests_total}
```
""",
    firm=True,
)

UNKNOWN_KEY = Code(
    "SLO110",
    "error",
    """A key that the format does not have here

## Why
A misspelt key would be ignored and its default used instead: an alert that should be disabled is not, an
objective silently has another value. A key that excludes another, such as the second of two kinds of
indicator, would be ignored likewise.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objctive: 99.9
#     ^^^^^^^^
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

MISSING_KEY = Code(
    "SLO111",
    "error",
    """A key that must be there is missing

## Why
Without it the SLO has no meaning, and slogen does not guess: there is no sensible default objective and no
sensible default indicator.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

WRONG_TYPE = Code(
    "SLO112",
    "error",
    """A value has the wrong type

## Why
Label values, names and durations are text; YAML reads `true`, `1` and `1e3` without quotes as something
else, and readers disagree on what. An objective is a number.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  labels: {tier: 1}
#                ^
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  labels: {tier: "1"}
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

BAD_VALUE = Code(
    "SLO113",
    "error",
    """A value that is not allowed here

## Why
The value has the right type but no meaning at this place: a duration without a unit, an alert window that is
longer than the period, a name with characters that Prometheus or Kubernetes refuse, a word that is none of
the choices.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      window: 1.5d
#             ^^^^
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      window: 36h
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
""",
    firm=True,
)

NO_EQUIVALENT = Code(
    "SLO114",
    "error",
    """Something that slogen cannot map faithfully

## Why
The spec asks for something that no rule of slogen's does: a budget that starts anew each month, a metric of
another system than Prometheus. Something similar instead would measure another objective than the one that
was agreed on. (What changes neither the objective nor its alerts is SLO115, a warning.)

## Wrong
```yaml
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout-errors}
spec:
  service: checkout
  timeWindow:
    - duration: 1M
#               ^^
      isRolling: true
  budgetingMethod: Occurrences
  indicator:
    metadata: {name: checkout-errors}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'requests_total{code=~"5.."}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: requests_total}}}
  objectives: [{target: 0.999}]
```

## Right
```yaml
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout-errors}
spec:
  service: checkout
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  indicator:
    metadata: {name: checkout-errors}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'requests_total{code=~"5.."}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: requests_total}}}
  objectives: [{target: 0.999}]
```
""",
    firm=True,
)

NO_EFFECT = Code(
    "SLO115",
    "warning",
    """Something that has no effect in slogen

## Why
The spec asks for something that slogen's rules do not have, or do in another way. Its objective, its budget
and its alerts are what they should be, so it compiles; whoever counts on the part that is passed over should
know. (What would change the objective or its alerts is SLO114, an error.)

## Wrong
```yaml
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: checkout-errors}
spec:
  target: "99.9"
  window: 4w
  ruleOutput:
    enableDescriptionAsLabel: true
#   ^^^^^^^^^^^^^^^^^^^^^^^^
  indicator:
    ratio:
      errors: {metric: 'requests_total{code=~"5.."}'}
      total: {metric: requests_total}
```

## Right
```yaml
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: checkout-errors}
spec:
  target: "99.9"
  window: 4w
  indicator:
    ratio:
      errors: {metric: 'requests_total{code=~"5.."}'}
      total: {metric: requests_total}
```
""",
)

UNKNOWN_PLUGIN = Code(
    "SLO116",
    "error",
    """A plugin that slogen does not know

## Why
Sloth's plugins are Go programs, and slogen runs none of them. It knows what Sloth's own SLO plugins do and
what the SLI plugins of its common library measure. What any other would change in the rules cannot be
guessed, and without it the SLO would mean something else. What an SLI plugin of your own measures can be
stated as a query, under `raw`, or written as a Python file that `--sli-plugins` loads.

## Wrong
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      plugin:
        id: sloth-common/traefik/v2/availabilty
#           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        options: {service_name_regex: "checkout@.*"}
    alerting: {name: CheckoutErrors}
```

## Right
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      plugin:
        id: sloth-common/traefik/v2/availability
        options: {service_name_regex: "checkout@.*"}
    alerting: {name: CheckoutErrors}
```
""",
    firm=True,
)

PLUGIN_OPTIONS = Code(
    "SLO117",
    "error",
    """Options that a plugin does not take

## Why
A plugin passes over an option that it does not know, and the query then measures more than was meant:
without its filter an SLO counts the requests of all services. One that it needs has no sensible default.

## Wrong
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      plugin:
        id: sloth-common/traefik/v2/availability
        options:
          service_regex: "checkout@.*"
#         ^^^^^^^^^^^^^
    alerting: {name: CheckoutErrors}
```

## Right
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      plugin:
        id: sloth-common/traefik/v2/availability
        options:
          service_name_regex: "checkout@.*"
    alerting: {name: CheckoutErrors}
```
""",
    firm=True,
)

CATALOG_CONTRADICTS = Code(
    "SLO120",
    "error",
    """A catalog of metrics contradicts itself

## Why
Queries are judged by what a catalog says. One that says two things at once would pass a query that cannot
work, or refuse one that does: a threshold is looked up among the buckets, a metric among the versions that
have it, a value among those that a label can have.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_requests_total:
      type: counter
      buckets: [0.1, 1]
#     ^^^^^^^
    shop_request_duration_seconds:
      type: histogram
      buckets: [0.1, 1, 0.5]
#                       ^^^
    shop_request_duration_seconds_count:
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      type: counter
    shop_up:
      range: [1, 0]
#            ^^^^^^
      since: v2.0.0
      until: v1.4.0
#            ^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_requests_total:
      type: counter
    shop_request_duration_seconds:
      type: histogram
      buckets: [0.1, 0.5, 1]
    shop_up:
      range: [0, 1]
      since: v1.4.0
      until: v2.0.0
```
""",
    firm=True,
)

UNREADABLE_SCRAPE = Code(
    "SLO121",
    "error",
    """What a component exports cannot be read

## Why
A catalog that is made of half a scrape says of the other half that it does not exist, and sane queries would
be refused. So it is made of the whole or not at all. Prometheus itself drops a whole scrape for one broken
line.

## Wrong
```text
# TYPE shop_requests_total counter
shop_requests_total{code=200} 41
shop-errors 3
```

## Right
```text
# TYPE shop_requests_total counter
shop_requests_total{code="200"} 41
shop_errors 3
```
""",
    firm=True,
)

UNKNOWN_REFERENCE = Code(
    "SLO201",
    "error",
    """A name that no document declares

## Why
What a name leads to is a part of the SLO. One that names alert windows which do not exist would fall back to
others, with other thresholds; without its indicator or its data source there is nothing to measure.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      alert_windows: strict
#                    ^^^^^^
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      alert_windows: strict
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
---
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: strict}
spec:
  page:
    - {budget: 1, long: 1h, short: 5m}
```
""",
    firm=True,
)

DECLARED_TWICE = Code(
    "SLO203",
    "error",
    """Settings, or something with a name, are declared twice

## Why
A project has one set of defaults, and what others refer to by its name, such as alert windows or an indicator
of OpenSLO, has that name alone. Which of two counts would depend on the order of the files.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec: {window: 28d}
---
apiVersion: slogen.dev/v1
kind: Settings
#     ^^^^^^^^
spec: {window: 30d}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec: {window: 28d}
```
""",
    firm=True,
)

CIRCLE = Code(
    "SLO208",
    "error",
    """References that form a circle

## Why
What refers to itself, directly or by way of others, is nowhere defined: there is no indicator to measure and
no condition to alert on. (A name that leads to nothing is SLO201.)

## Wrong
```yaml
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout-errors}
spec:
  service: checkout
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  indicatorRef: checkout-errors
#               ^^^^^^^^^^^^^^^
  objectives: [{target: 0.999}]
```

## Right
```yaml
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout-errors}
spec:
  service: checkout
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  indicatorRef: checkout-errors
  objectives: [{target: 0.999}]
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: checkout-errors}
spec:
  ratioMetric:
    counter: true
    bad: {metricSource: {type: Prometheus, spec: {query: 'requests_total{code=~"5.."}'}}}
    total: {metricSource: {type: Prometheus, spec: {query: requests_total}}}
```
""",
    firm=True,
)

NOT_PROMQL = Code(
    "SLO401",
    "error",
    """A query or selector is not valid PromQL

## Why
Prometheus would refuse the whole rule file, with every other SLO in it.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          bad: sum(rate(errors_total[{{.window}}])
#                 ^
          total: sum(rate(requests_total[{{.window}}]))
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          bad: sum(rate(errors_total[{{.window}}]))
          total: sum(rate(requests_total[{{.window}}]))
```
""",
    firm=True,
)

NO_WINDOW = Code(
    "SLO402",
    "error",
    """A query ignores the burn-rate window

## Why
Each alert compares a short and a long window. A query with a fixed range gives every window the same answer,
so the long window no longer keeps a short blip from paging anyone.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          bad: sum(rate(errors_total[5m]))
#                                    ^^
          total: sum(rate(requests_total[{{.window}}]))
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          bad: sum(rate(errors_total[{{.window}}]))
          total: sum(rate(requests_total[{{.window}}]))
```
""",
    firm=True,
)

BAD_TEMPLATE = Code(
    "SLO403",
    "error",
    """A template that cannot be run for a query

## Why
Queries are templates of Go, as in Sloth: they know the window as `{{.window}}`, conditions such as
`{{if eq .window "5m"}}`, and the functions of Go. There is nothing else to fill in, so an action that names
something else gives no query at all, and dashboards' variables such as `$__rate_interval` do not exist in
rules.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          bad: sum(rate(errors_total[{{.windw}}]))
#                                      ^^^^^^
          total: sum(rate(requests_total[{{.window}}]))
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          bad: sum(rate(errors_total[{{.window}}]))
          total: sum(rate(requests_total[{{.window}}]))
```
""",
    firm=True,
)

NOT_A_VECTOR = Code(
    "SLO404",
    "error",
    """A query does not give the kind of value that is needed here

## Why
Errors and totals are instant vectors. A range vector, a number or a text cannot be recorded, and Prometheus
refuses the rule.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          bad: errors_total[{{.window}}]
#              ^^^^^^^^^^^^^^^^^^^^^^^^^
          total: sum(rate(requests_total[{{.window}}]))
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        query:
          bad: sum(rate(errors_total[{{.window}}]))
          total: sum(rate(requests_total[{{.window}}]))
```
""",
    firm=True,
)

SAME_QUERY = Code(
    "SLO405",
    "error",
    """Errors and total are the same query

## Why
The error ratio would be 1 for ever (or 0, where the good events are given): the SLO pages from the first
minute on, or never.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          bad: requests_total
#              ^^^^^^^^^^^^^^
          total: requests_total
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          bad: requests_total{code=~"5.."}
          total: requests_total
```
""",
    firm=True,
)

HISTORY_LOST = Code(
    "SLO461",
    "warning",
    """An edit that cuts recorded series off from their past

## Why
A series is its name and its labels. An SLO with another name, service or grouping has other series: for a
whole period the budget knows only what happened since, and the old series go on to be counted as budgets of
their own. With the rules of Sloth, another label makes Prometheus refuse to record the error ratio of the
period until the old series have left it. Hand-written recording rules are cut off the same way. `build` and
`check` compare the rules with those in the output folder; after a build there is nothing more to say. What is
deleted is meant to be gone.

## Wrong
```console
$ git diff slos/cart.yaml
-    - name: availability
+    - name: requests
$ slogen build
warning[SLO461]: the series of `cart-availability` end, and those of `cart-requests` begin without a past
```

## Right
Keep the name, and change what people read: the description, or the name of the alerts. Or fill in the past of
the new series, as with `promtool tsdb create-blocks-from rules`.
""",
)

UNPROVEN_INDICATOR = Code(
    "SLO701",
    "warning",
    """There is no proof that the SLO measures what it should

## Why
The alerts of every SLO are proven by tests on series that are made for its queries: all is well, a part of
the events is bad, everything is. This query is beyond analysis, so the tests begin behind it, with the error
ratio that it would give. Whether it ever gives one is not tested.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: freshness
      objective: 99
      sli:
        ratio:
          error: stddev_over_time(lag_seconds[{{.window}}]) > bool 10
#                ^^^^^^^^^^^^^^^^
```

## Right
The series are stated: how they move while all is well, and while nothing is.
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: freshness
      objective: 99
      sli:
        ratio:
          error: avg_over_time(shop:stale:ratio[{{.window}}])
      proof:
        series:
          - {series: 'shop:stale:ratio', good: 0, bad: 1}
```
""",
)

UNPROVEN_ALERT = Code(
    "SLO702",
    "warning",
    """There is no proof that the alert can fire

## Why
A test is made for every hand-written alert: it fires just above its threshold, is silent just below, and
resolves. This expression is beyond analysis, so nobody knows whether the alert would ever fire.

## Wrong
```yaml
groups:
  - name: meta
    rules:
      - alert: SomethingFires
        expr: count(ALERTS{alertstate="firing"}) > 10
#                   ^^^^^^
```

## Right
Write a promtool test beside the rules, in a file of its own; it is checked and run with the others. Or say it
in a way that can be analysed:
```yaml
groups:
  - name: meta
    rules:
      - alert: QueueIsLong
        expr: queue_length > 10
```
""",
)

CRASHED = Code(
    "SLO900",
    "error",
    """A check failed

## Why
This is a bug in slogen, not in your spec. The other checks have run; nothing is emitted, because what the
failed check would have said is not known. Please report it with the file that caused it.

## Wrong
A file that makes a check fail.

## Right
The same file, with a version of slogen that has the bug fixed.
""",
    firm=True,
)

BAD_ALLOWANCE = Code(
    "SLO902",
    "error",
    """An allowance that cannot be understood, or that allows too much

## Why
A finding that is meant to be there is allowed by its code and a reason, in a comment or in Settings. Without
the reason nobody dares to delete the comment later. With a misspelt word or code it would allow nothing, and
what cannot be compiled cannot be allowed: a file that is not YAML, or an objective of 100.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    # slogen: alow SLO414 the metric counts the requests that went well
#             ^^^^
    - name: availability
      objective: 99.9
      sli:
        events:
          bad: requests_total{code=~"5.."}
          total: requests_total
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    # slogen: allow SLO414 here a code of 200 is what a probe of an attacker gets
    - name: availability
      objective: 99.9
      sli:
        events:
          bad: requests_total{code="200"}
          total: requests_total
```
""",
    firm=True,
)

UNUSED_ALLOWANCE = Code(
    "SLO903",
    "warning",
    """An allowance of something that is not there

## Why
What was allowed has been mended since, or the comment stands at another place than the finding. Left where it
is, it would hide the same mistake when somebody makes it again. A comment at the end of a line is about that
line and about the block that the line opens; one on a line of its own is about the item below it.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    # slogen: allow SLO414 the metric counts the requests that went well
#                   ^^^^^^
    - name: availability
      objective: 99.9
      sli:
        events:
          bad: requests_total{code=~"5.."}
          total: requests_total
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          bad: requests_total{code=~"5.."}
          total: requests_total
```
""",
    firm=True,
)
