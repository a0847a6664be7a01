"""A metric that is probably misspelt

## Why
Nobody knows this metric, and the catalog that judges this service, or this file, has one whose name differs
in a letter, in a word, or in what it begins with. A query for a metric that does not exist has no result and
says so to nobody. It is SLO420, an error, where a catalog `owns` the name.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  services: [shop]
  metrics:
    http_requests_total: {type: counter, labels: [code]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: http_request_total
#                ^^^^^^^^^^^^^^^^^^
          bad: 'http_requests_total{code=~"5.."}'
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  services: [shop]
  metrics:
    http_requests_total: {type: counter, labels: [code]}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          total: http_requests_total
          bad: 'http_requests_total{code=~"5.."}'
```
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from slogen import catalogued
from slogen.catalog import Catalog
from slogen.diagnostics import Code, Report
from slogen.examined import Examined

CODE = Code("SLO443", "warning", __doc__)
_NEAR = 0.75
_LEAST_WORDS = 3


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of unknown metrics with names like those of the service's own catalogs."""
    catalogs = expression.project.catalogs
    if not catalogs:
        return
    unknown = [
        part for part in expression.selectors if part.name and part.sample is None and not part.recorded
    ]
    own = catalogs.of(expression.subject) if unknown else ()
    for part in unknown if own else ():
        name = part.name
        if ":" in name and not any(name.partition(":")[0] in metric for metric in _names(own)):
            continue
        if catalogs.owners(name) or catalogued.is_made_elsewhere(name, expression):
            continue
        if catalogued.family(name, expression) is not None or catalogued.is_optional(expression, part):
            continue
        meant = next((one for one in _names(own) if _is_near(name, one)), None)
        if meant is not None:
            report.report(
                CODE,
                expression.at(part.name_at),
                f"no catalog has a metric `{name}`, but `{own[0].component}` has `{meant}`",
                help=f"write `{meant}` if that is meant; else declare the metric in a catalog",
            )


def _names(catalogs: Sequence[Catalog]) -> Iterator[str]:
    for catalog in catalogs:
        for metric in catalog.metrics:
            if metric.status not in ("removed", "broken"):
                yield from (name for name, _ in metric.series)


def _is_near(name: str, other: str) -> bool:
    """Whether a name is another one but for one word that is nearly the same, or for how it begins."""
    words, others = name.split("_"), other.split("_")
    if len(words) == len(others):
        different = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
        return len(different) == 1 and _is_like(*different[0])
    fewer, more = sorted((words, others), key=len)
    if more[:-1] == fewer and more[-1] == "total":
        return True
    return len(fewer) >= _LEAST_WORDS and fewer == words and more[-len(fewer) :] == fewer


def _is_like(word: str, other: str) -> bool:
    if min(len(word), len(other)) < 3 or word.isdigit() or other.isdigit():
        return False
    return difflib.SequenceMatcher(None, word, other).ratio() >= _NEAR
