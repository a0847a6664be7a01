"""A label that the metric probably does not have

## Why
A catalog names the labels of a metric, and the query asks for another one. Either the label is misspelt:
then the matcher selects nothing or excludes nothing, an aggregation by it has one group for everything, `on`
it compares nothing, and the text of an alert that reads it has a gap.
Or it is a label of the targets, which nobody has declared. It is SLO421, an error, where the catalog says how
the component is scraped, and so which labels its targets have.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_requests_total: {type: counter, labels: [model_name, finished_reason]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: engine_requests_total
          bad: 'engine_requests_total{finish_reason="error"}'
#                                     ^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_requests_total: {type: counter, labels: [model_name, finished_reason]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: engine_requests_total
          bad: 'engine_requests_total{finished_reason="error"}'
```
"""

from __future__ import annotations

from collections.abc import Set

from slogen import catalogued
from slogen.diagnostics import Code, Report, nearest
from slogen.examined import Examined
from slogen.handwritten.texts import labels_read

CODE = Code("SLO446", "warning", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of labels that a metric lacks unless its targets have them, or that do no harm."""
    lacking = tuple(catalogued.lacking_labels(expression))
    for found in lacking:
        if not found.is_certain:
            catalogued.report_lacking(found, CODE, expression, report)
    if expression.project.catalogs and expression.is_alert and expression.rule is not None:
        _check_texts(expression, {found.name for found in lacking}, report)


def _check_texts(expression: Examined, told: Set[str], report: Report) -> None:
    """Warn of texts that read such a label, unless it is told of the expression itself."""
    labels = expression.meaning.labels
    for text, read in labels_read(expression.rule) if expression.rule is not None else ():
        # What certainly is missing is SLO603.
        if read.name in told or labels.lacks(read.name) or not labels.probably_lacks(read.name):
            continue
        meant = nearest(read.name, [name for name in labels.names if not labels.probably_lacks(name)])
        did_you_mean = f"did you mean `{meant}`? " if meant is not None else ""
        report.report(
            CODE,
            text.place(read.place),
            f"{labels[read.name].why}, so {text} probably shows nothing there",
            help=f"{did_you_mean}where targets have it, declare it under `scrapes`, as one of their "
            "`target_labels`",
        )
