"""A metric that does not exist

## Why
A query for a metric that nobody exports is valid, and its result is empty: the SLO looks like one without
data, and alerts on it never fire. A catalog of metrics that `owns` names says which of them there are: a name
that fits, that no catalog has and that no recording rule makes, does not exist. What `absent()` looks for is
not checked, and neither is a metric for which another one stands in by `or`.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  owns: ['shop_*']
  metrics:
    shop_http_requests_total: {type: counter, labels: [code]}
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
          total: shop_requests_total
#                ^^^^^^^^^^^^^^^^^^^
          bad: 'shop_http_requests_total{code=~"5.."}'
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  owns: ['shop_*']
  metrics:
    shop_http_requests_total: {type: counter, labels: [code]}
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
          total: shop_http_requests_total
          bad: 'shop_http_requests_total{code=~"5.."}'
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen import catalogued
from slogen.catalog import Catalog
from slogen.diagnostics import Code, Report, nearest
from slogen.examined import Examined

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO420", "error", __doc__)


def check_expression(expression: Examined, report: Report) -> None:
    """Report metrics whose names a catalog owns and none has."""
    if not expression.project.catalogs:
        return
    for part in expression.selectors:
        owners = catalogued.owners_of_unknown(part, expression)
        if owners and not catalogued.is_optional(expression, part):
            _report(part, owners, expression, report)


def _report(part: Meaning, owners: tuple[Catalog, ...], expression: Examined, report: Report) -> None:
    components = " and ".join(f"`{catalog.component}`" for catalog in owners[:2])
    plural = "s" if len(owners) > 1 else ""
    # slogen puts suffixes behind the name of a histogram.
    sli = expression.slo.sli.kind if expression.slo is not None else ""
    at = expression.at(part.name_at)
    name = at.text if sli == "latency" and part.name.startswith(at.text) else part.name
    report.report(
        CODE,
        at,
        f"there is no metric `{name}`: the name belongs to the component{plural} {components}, whose "
        f"catalog{plural} lack{'' if plural else 's'} it",
        also=catalogued.declared(owners[0].where, "owns the name"),
        help=_meant(part, owners, part.name.removeprefix(name)),
    )


def _meant(part: Meaning, owners: tuple[Catalog, ...], added: str) -> str:
    """The nearest name, of those that have the labels which the selector asks for if there are any."""
    asked = {one.name for one in part.matchers if one.name != "__name__"}
    suffixes = _suffixes(part.name)
    names: dict[str, bool] = {}
    for catalog in owners:
        for metric in catalog.metrics:
            if metric.status in ("removed", "broken"):
                continue
            fits = asked <= {"le", *(label.name for label in metric.labels)}
            for name, suffix in metric.series:
                if suffix in suffixes:
                    names[name] = fits
    fitting = [name for name, fits in names.items() if fits] if asked else []
    meant = nearest(part.name, fitting) or nearest(part.name, names)
    if meant is None:
        return "look the name up in what the component exports, or add the metric to the catalog"
    return f"did you mean `{meant.removesuffix(added)}`?"


def _suffixes(name: str) -> tuple[str, ...]:
    """The suffixes that series in place of a series may have."""
    return next(((suffix,) for suffix in ("_bucket", "_sum", "_count") if name.endswith(suffix)), ("",))
