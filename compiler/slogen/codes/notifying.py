"""Diagnostic codes of Routing documents and of configurations of Alertmanager; each with its page."""

from __future__ import annotations

from slogen.diagnostics import Code

WITHOUT_TARGET = Code(
    "SLO514",
    "error",
    """A receiver that notifies nobody

## Why
Alertmanager takes a receiver without a single way to notify, and drops what reaches it without a word. The
team believes that it is paged.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Routing
spec:
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager:
#   ^^^^^^^^^^
    shop-tickets:
      webhook: {url: http://tickets.example.com/alerts}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Routing
spec:
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager:
      pagerduty: {routing_key: {secret: pagerduty, key: shop}}
    shop-tickets:
      webhook: {url: http://tickets.example.com/alerts}
---
groups:
  - name: shop
    rules:
      - alert: ShopIsDown
        expr: shop_up == 0
        labels: {owner: shop, severity: critical}
```
""",
    firm=True,
)

INLINE_SECRET = Code(
    "SLO515",
    "error",
    """A secret that is written into a Routing document

## Why
Specs and what is made of them are kept in git, where a secret can be read by all who read the project, and in
its history for ever. A file on the Alertmanager's disk, or a key of a Kubernetes Secret, holds it instead.
What has been committed once is no secret any more: replace it.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Routing
spec:
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager:
      pagerduty: {routing_key: 0123456789abcdef}
#                              ^^^^^^^^^^^^^^^^
    shop-tickets:
      webhook: {url: http://tickets.example.com/alerts}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Routing
spec:
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager:
      pagerduty: {routing_key: {secret: pagerduty, key: shop}}
    shop-tickets:
      webhook: {url: http://tickets.example.com/alerts}
---
groups:
  - name: shop
    rules:
      - alert: ShopIsDown
        expr: shop_up == 0
        labels: {owner: shop, severity: critical}
```
""",
    firm=True,
)

CIRCULAR_ESCALATION = Code(
    "SLO516",
    "error",
    """Escalations that form a circle

## Why
An escalation goes on to somebody who has not been paged yet. In a circle there is no end of the way: nobody
can say who is paged last, and a team would be paged again by an alert that it has passed on.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Routing
spec:
  fallback: shop
  owners:
    shop:
      page: shop-pager
      ticket: shop-tickets
      escalation: {to: platform, after: 30m}
#                      ^^^^^^^^
    platform:
      page: platform-pager
      ticket: platform-tickets
      escalation: {to: shop, after: 30m}
  receivers:
    shop-pager: {pagerduty: {routing_key: {secret: pagerduty, key: shop}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com/shop'}}
    platform-pager: {pagerduty: {routing_key: {secret: pagerduty, key: platform}}}
    platform-tickets: {webhook: {url: 'http://tickets.example.com/platform'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Routing
spec:
  fallback: shop
  owners:
    shop:
      page: shop-pager
      ticket: shop-tickets
      escalation: {to: platform, after: 30m}
    platform:
      page: platform-pager
      ticket: platform-tickets
  receivers:
    shop-pager: {pagerduty: {routing_key: {secret: pagerduty, key: shop}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com/shop'}}
    platform-pager: {pagerduty: {routing_key: {secret: pagerduty, key: platform}}}
    platform-tickets: {webhook: {url: 'http://tickets.example.com/platform'}}
---
groups:
  - name: all
    rules:
      - alert: ShopIsDown
        expr: shop_up == 0
        labels: {owner: shop, severity: critical}
      - alert: PlatformIsDown
        expr: platform_up == 0
        labels: {owner: platform, severity: critical}
```
""",
    firm=True,
)

UNKNOWN_TIME_ZONE = Code(
    "SLO517",
    "error",
    """A time zone that does not exist

## Why
Alertmanager loads no configuration with a time zone that the IANA database does not have, and goes on with
the one before. Zones have the names of cities, such as `Europe/Berlin`: `CEST` and `GMT+2` are none.

## Wrong
```yaml
route:
  receiver: team
  routes:
    - matchers: ['severity="warning"']
      active_time_intervals: [office]
time_intervals:
  - name: office
    time_intervals:
      - weekdays: ['monday:friday']
        location: Berlin
#                 ^^^^^^
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
```

## Right
```yaml
route:
  receiver: team
  routes:
    - matchers: ['severity="warning"']
      active_time_intervals: [office]
time_intervals:
  - name: office
    time_intervals:
      - weekdays: ['monday:friday']
        location: Europe/Berlin
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
```
""",
    firm=True,
)

REFUSED_BY_ALERTMANAGER = Code(
    "SLO520",
    "error",
    """A configuration that Alertmanager refuses

## Why
Alertmanager takes a configuration as a whole or not at all. One that is refused leaves the one before in
force, or lets a new Alertmanager not start; `amtool check-config` would say so, with the first of all
mistakes and without a line. What is refused: values of the wrong kind, a receiver that lacks what it cannot
notify without, a tree whose root has conditions, and more of that kind.

## Wrong
```yaml
route:
  receiver: team
  group_wait: 30
#             ^^
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
```

## Right
```yaml
route:
  receiver: team
  group_wait: 30s
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
```
""",
    firm=True,
)

DEPRECATED_BY_ALERTMANAGER = Code(
    "SLO521",
    "warning",
    """A field that Alertmanager has replaced

## Why
`match` and `match_re` are deprecated since Alertmanager 0.22, and top-level `mute_time_intervals` since
0.24. They still work and will not for ever, and what they cannot say, such as that a label is not
something, people then look for elsewhere.

## Wrong
```yaml
route:
  receiver: team
  routes:
    - match:
#     ^^^^^
        severity: critical
      receiver: pager
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /etc/secrets/pagerduty}]
```

## Right
```yaml
route:
  receiver: team
  routes:
    - matchers:
        - 'severity="critical"'
      receiver: pager
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /etc/secrets/pagerduty}]
```
""",
)

MATCHER_OF_TWO_READINGS = Code(
    "SLO523",
    "warning",
    """A matcher that versions of Alertmanager read differently

## Why
Alertmanager has two parsers of matchers. The older one takes single backslashes, quotes in the middle and
values that are missing; the one of UTF-8 mode, which is there since 0.27, refuses them, or reads another
value. As long as both are there the older one wins, with a line in the log. `name="value"` and
`name=~"pattern"`, with `\\\\` for a backslash, are read alike by all.

## Wrong
```yaml
route:
  receiver: team
  routes:
    - matchers: ['service=~"shop\\.eu"']
#                ^^^^^^^^^^^^^^^^^^^^^
      receiver: shop
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
  - name: shop
    webhook_configs: [{url: 'http://shop/alerts'}]
```

## Right
```yaml
route:
  receiver: team
  routes:
    - matchers: ['service=~"shop\\\\.eu"']
      receiver: shop
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
  - name: shop
    webhook_configs: [{url: 'http://shop/alerts'}]
```
""",
)

SECRET_IN_PLAIN_TEXT = Code(
    "SLO534",
    "warning",
    """A secret in plain text in a configuration of Alertmanager

## Why
Whoever can read the file, or the history of the repository, can write into the channel, page the team, or
send mail in its name. For every secret there is a field that names a file instead. What has been committed
once is no secret any more: replace it. Blanks that are filled in later, such as `${SLACK_URL}` or
`<secret>`, are no secrets.

## Wrong
```yaml
route:
  receiver: team
receivers:
  - name: team
    slack_configs:
      - channel: '#alerts'
        api_url: https://hooks.slack.com/services/T0AB12CD3/B0EF45GH6/k9XbVq2mN7
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
route:
  receiver: team
receivers:
  - name: team
    slack_configs:
      - channel: '#alerts'
        api_url_file: /etc/alertmanager/secrets/slack/url
```
""",
)

PATTERN_AS_VALUE = Code(
    "SLO535",
    "warning",
    """A matcher with `=` whose value is meant as a pattern

## Why
`=` and `match` compare letter by letter. No alert has a label with the value `critical|warning`, so none
takes the route, and none is ever inhibited. Patterns stand behind `=~`, and match the whole value.

## Wrong
```yaml
route:
  receiver: team
  routes:
    - matchers: ['severity="critical|warning"']
#                           ^^^^^^^^^^^^^^^^
      receiver: pager
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /etc/secrets/pagerduty}]
```

## Right
```yaml
route:
  receiver: team
  routes:
    - matchers: ['severity=~"critical|warning"']
      receiver: pager
receivers:
  - name: team
    webhook_configs: [{url: 'http://tickets/alerts'}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /etc/secrets/pagerduty}]
```
""",
)
