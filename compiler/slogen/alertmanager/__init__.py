"""What Alertmanager does with an alert: matchers, the tree of routes, inhibition.

The configuration as it means, not as it is written; nothing here reads YAML.
Source: https://prometheus.io/docs/alerting/latest/configuration/.
"""
