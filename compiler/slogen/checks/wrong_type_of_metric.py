"""A metric of the wrong type for what is done with it

## Why
Counters only ever grow: their rate is what counts. Gauges go up and down: their rate means nothing, since it
takes every fall for a restart. Quantiles need the buckets of a histogram; a classic one has them in series of
their own, `<name>_bucket`, and none that is called `<name>`, while a native one has just that. A catalog says
which type each metric has.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_tokens_total: {type: histogram, unit: tokens}
    engine_busy: {type: gauge}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: tokens
      objective: 99.9
      sli:
        events:
          total: engine_tokens_total
#                ^^^^^^^^^^^^^^^^^^^
          bad: engine_busy
#              ^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: engine}
spec:
  metrics:
    engine_tokens_total: {type: histogram, unit: tokens}
    engine_busy: {type: gauge}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: engine
  slos:
    - name: busy
      objective: 99.9
      sli:
        condition: {metric: engine_busy, good_when: '== 0'}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen import catalogued
from slogen.catalog import Sample
from slogen.diagnostics import Code, Report
from slogen.examined import Examined
from slogen.promql.functions import RATES

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO424", "error", __doc__)
_OF_GAUGES = frozenset(("delta", "idelta", "deriv", "predict_linear", "double_exponential_smoothing"))
_NO_COUNTER = frozenset(("gauge", "info", "stateset"))
_NAMES = {
    "native_histogram": "native histogram",
    "histogram": "classic histogram",
    "stateset": "state set",
    "info": "metric of facts",
}


def check_expression(expression: Examined, report: Report) -> None:
    """Report metrics whose type does not go with what reads them."""
    if not expression.project.catalogs:
        return
    for part in expression.selectors:
        if part.sample is None:
            _check_family(part, expression, report)
    for call in expression.calls:
        _check_call(call, expression, report)
    if expression.role == "value":
        _check_value(expression, report)


def _report(
    part: Meaning, sample: Sample, message: str, help_: str, expression: Examined, report: Report
) -> None:
    report.report(
        CODE,
        expression.at(part.name_at),
        message,
        also=catalogued.declared(sample.metric.where),
        help=help_,
    )


def _type(sample: Sample) -> str:
    return _NAMES.get(sample.metric.type, sample.metric.type)


# series that the type does not have -------------------------------------------------------------------


def _check_family(part: Meaning, expression: Examined, report: Report) -> None:
    """A series that the metric would have if it were of another type."""
    name = part.name
    if not name or part.recorded is not None or catalogued.is_made_elsewhere(name, expression):
        return
    sample = catalogued.family(name, expression)
    if sample is None or catalogued.gone(sample) or catalogued.is_optional(expression, part):
        return
    base, suffix = sample.metric.name, name.removeprefix(sample.metric.name)
    if expression.slo is not None and expression.slo.sli.kind == "latency":
        _check_latency(part, sample, expression, report)
    elif suffix == "" and sample.metric.type == "histogram":
        message = f"`{base}` is a {_type(sample)}: there is no series of that name"
        _report(part, sample, message, _of_histogram(base), expression, report)
    elif suffix in _LACKED.get(sample.metric.type, ()) and expression.project.catalogs.owners(name):
        help_ = f"read `{base}` itself" if sample.metric.type != "summary" else f"read its `{base}_count`"
        _report(
            part, sample, f"`{base}` is a {_type(sample)}: it has no `{suffix}`", help_, expression, report
        )


_LACKED = {
    **dict.fromkeys(("counter", "gauge", "native_histogram"), ("_bucket", "_sum", "_count")),
    "summary": ("_bucket",),
}


def _check_latency(part: Meaning, sample: Sample, expression: Examined, report: Report) -> None:
    """slogen puts the suffixes of a classic histogram behind the name, and none for a native one."""
    kind, base = sample.metric.type, sample.metric.name
    if kind == "native_histogram":
        help_ = "add `native: true`"
    elif kind == "histogram":
        help_ = "delete `native: true`"
    elif kind in ("counter", "gauge", "summary", "info", "stateset"):
        help_ = "name a histogram"
    else:
        return
    message = f"`{base}` is a {_type(sample)}, by which no latency is measured in this way"
    _report(part, sample, message, help_, expression, report)


def _of_histogram(base: str) -> str:
    return f"write `{base}_count` for how many there were, or `{base}_bucket` for quantiles"


# functions --------------------------------------------------------------------------------------------


def _check_call(call: Meaning, expression: Examined, report: Report) -> None:
    if call.name in RATES:
        _check_rate(call, expression, report)
    elif call.name in _OF_GAUGES:
        part = call.operand.bare
        sample = catalogued.in_use(part)
        if sample is not None and sample.type == "counter":
            wanted = "increase" if call.name in ("delta", "idelta") else "rate"
            message = f"`{part.name}` is a counter, and `{call.name}()` takes its restarts for falls"
            _report(part, sample, message, f"write `{wanted}()`", expression, report)
    elif call.name.startswith("histogram_") and call.name != "histogram_fraction":
        for part in call.operand.selectors:
            _check_buckets(call, part, expression, report)


def _check_rate(call: Meaning, expression: Examined, report: Report) -> None:
    part = call.operand.bare
    part = part.parts[0].bare if part.is_subquery else part
    sample = catalogued.in_use(part)
    if sample is None or sample.type not in _NO_COUNTER:
        return
    is_summary = sample.metric.type == "summary"
    what = "a quantile of a summary" if is_summary else f"a {_type(sample)}"
    _report(
        part,
        sample,
        f"`{part.name}` is {what}, and `{call.name}()` works on counters only",
        f"write `{part.name}_count` for how many there were" if is_summary else _of_gauge(expression),
        expression,
        report,
    )


def _of_gauge(expression: Examined) -> str:
    if expression.slo is not None:
        return "compare it with a threshold, by `condition:`"
    return "compare it with a threshold, or see how it moves by `delta()`"


def _check_buckets(call: Meaning, part: Meaning, expression: Examined, report: Report) -> None:
    sample = catalogued.in_use(part)
    if sample is None or sample.metric.type in ("native_histogram", "unknown"):
        return
    name, is_quantile = sample.metric.name, call.name == "histogram_quantile"
    if sample.suffix == "_bucket" and is_quantile:
        return
    if sample.metric.type == "histogram":
        message = f"`{call.name}()` needs the buckets, and `{part.name}` is another series of the histogram"
        help_ = f"write `{name}_bucket`"
        if not is_quantile:
            message = f"`{name}` is a classic histogram, and `{call.name}()` works on native ones only"
            help_ = f"read `{name}_count` and `{name}_sum` themselves"
    else:
        message = f"`{part.name}` is a {_type(sample)}: it has no buckets for `{call.name}()`"
        help_ = "name a histogram"
    _report(part, sample, message, help_, expression, report)


# conditions -------------------------------------------------------------------------------------------


def _check_value(expression: Examined, report: Report) -> None:
    """A condition on a counter is met once and for all, until the process restarts."""
    if not expression.meaning.nature.is_raw_counter:
        return
    for part in expression.selectors:
        sample = catalogued.in_use(part)
        if sample is not None and sample.type == "counter":
            message = f"`{part.name}` is a counter: compared with a number, it says how old the process is"
            _report(
                part, sample, message, "take its `rate()`, or count events by `events:`", expression, report
            )
            return
