"""Whatever stands at any place of an OpenSLO document: files or findings, never an exception."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from slogen import pipeline
from slogen.source import Source

V1 = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: sold, displayName: x, labels: {team: [a, b], env: c}, annotations: {a: b, c.com/d: e}}
spec:
  service: shop
  description: d
  indicator:
    metadata: {name: i}
    spec:
      description: d
      ratioMetric:
        counter: true
        good: {metricSource: {metricSourceRef: main, spec: {query: 'sum by (a) (x_total{c="2"})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: sum(x_total)}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Timeslices
  objectives: [{displayName: o, target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: 2m}]
  alertPolicies:
    - fast
    - alertPolicyRef: fast
    - kind: AlertPolicy
      metadata: {name: slow}
      spec:
        alertWhenNoData: true
        alertWhenResolved: true
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: {name: c}
            spec:
              severity: low
              condition: {kind: burnrate, op: gt, threshold: 2, lookbackWindow: 1d, alertAfter: 0m}
        notificationTargets:
          - {kind: AlertNotificationTarget, metadata: {name: team}, spec: {target: mail}}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec: {conditions: [{conditionRef: burn}], notificationTargets: [{targetRef: team}]}
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: burn}
spec: {severity: page, condition: {threshold: 10, lookbackWindow: 1h}}
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
OTHERS = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: fast}
spec:
  service: shop
  timeWindow: [{duration: 28d, calendar: null}]
  budgetingMethod: Occurrences
  objectives:
    - {target: 0.99, indicatorRef: lag, op: lte, value: 5}
    - {targetPercent: 99, indicatorRef: share}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: lag}
spec: {thresholdMetric: {metricSource: {type: Prometheus, spec: {query: max(lag)}}}}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: share}
spec: {ratioMetric: {rawType: success, raw: {metricSource: {type: vm, spec: {query: 'avg(x[{{.window}}])'}}}}}
---
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: sold}
spec:
  service: shop
  timeWindows: [{unit: Day, count: 30, isRolling: true}]
  objectives:
    - target: 0.999
      ratioMetrics:
        counter: false
        bad: {source: prometheus, queryType: promql, query: busy}
        total: {source: prometheus, queryType: promql, query: slots}
"""
HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, -1, 5, 10**40, 0.5, 1e300, float("nan"), "", " ", "x", "\n", "{{", "{{.window}}"),
    *("[5m]", "1M", "-1d", "99999999999999999999d", "99999Y", "Prometheus", "fast", "sold", "ä" * 300),
    *([], {}, [None], [[]], {"a": None}, {"kind": "AlertPolicy"}, {"spec": {}}, {"alertPolicyRef": "fast"}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def mutants(text: str) -> Iterator[str]:
    """The documents with another value at one place, with a key that is missing, or with one too many."""
    documents = list(yaml.safe_load_all(text))
    for i, path in enumerate(places(documents)):
        for value in (*HOSTILE[i % 6 :: 6], copy):
            changed = copy.deepcopy(documents)
            parent: Any = changed
            for step in path[:-1]:
                parent = parent[step]
            if value is not copy:
                parent[path[-1]] = value
            elif isinstance(parent, dict):
                parent[f"{path[-1]}x"] = parent.pop(path[-1])
            else:
                parent.append(parent[path[-1]])
            yield yaml.safe_dump_all(changed, allow_unicode=True)


@pytest.mark.parametrize("text", [V1, OTHERS], ids=["one SLO with all that it may have", "the other forms"])
def test_files_or_findings(text: str) -> None:
    for mutant in mutants(text):
        result = pipeline.compile([Source("a.yaml", mutant)])
        codes = {finding.code.id for finding in result.report}
        assert "SLO900" not in codes, mutant
        assert result.report.failed or result.files or not list(yaml.safe_load_all(mutant)), mutant
        for finding in result.report:
            assert finding.message[0] not in "ABCDEFGHIJKLMNOPQRSTUVWXYZ", finding.message
            assert finding.help or finding.code.id.startswith("SLO4"), finding.message


def test_only_the_first_of_very_many_wrong_names_are_guessed_at() -> None:
    """Each guess takes as long as there are names, and nobody reads them all."""
    sli = "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: latency}\nspec: {}\n"
    slos = [
        f"apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: s{i}}}\n"
        f"spec: {{service: shop, indicatorRef: latency{i}, objectives: [{{target: 0.99}}]}}\n"
        for i in range(300)
    ]
    report = pipeline.compile([Source("a.yaml", "---\n".join([sli, *slos]))]).report
    missing = [finding for finding in report if "is called" in finding.message]
    guessed = [finding.help == "did you mean `latency`?" for finding in missing]
    assert len(missing) == 300
    assert guessed[:100] == [True] * 100
    assert guessed[-1] is False
