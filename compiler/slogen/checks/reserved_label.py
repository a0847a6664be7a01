"""A label that slogen sets itself

## Why
`sloth_id` and its companions say which SLO a series belongs to; another value would tie it to another SLO. A
label of `group_by` has its value from the series: a fixed one would make one series of all groups, and
Prometheus drops what collides.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      labels: {sloth_id: mine}
#             ^^^^^^^^^^^^^^^^
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
      labels: {tier: frontend}
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen import names
from slogen.adjustments import USUAL, BudgetAlert, InfoLabels
from slogen.diagnostics import Code, Report
from slogen.ir import IDENTITY, Labels, Slo
from slogen.source import Span

CODE = Code("SLO204", "error", __doc__, firm=True)

RESERVED = (*names.IDENTITY_LABELS, *names.INFO_LABELS)
# The bound of a bucket, and what PromQL reads as a number wherever a label to group by stands.
_NOT_TO_GROUP_BY = ("le", "inf", "nan")


def check_slo(slo: Slo, report: Report) -> None:
    """Report labels and groupings that collide with what slogen sets."""
    _check_labels(slo, report)
    if slo.compat is None:
        _check_alerts(slo, report)
    if slo.adjustments is not USUAL:
        _check_adjustments(slo, report)
    grouped = slo.grouping.labels
    for label in grouped:
        if label in RESERVED or label.lower() in _NOT_TO_GROUP_BY:
            report.report(
                CODE,
                slo.where["group_by"],
                f"no SLO can be grouped by `{label}`",
                help="group by a label of your own metric, such as `model`",
            )
        elif label in slo.labels:
            report.report(
                CODE,
                slo.where["group_by"],
                f"`{label}` has a fixed value in `labels`, so there is nothing to group by",
                help=f"delete `{label}` from `labels` or from `group_by`",
            )
    repeated = [label for i, label in enumerate(grouped) if label in grouped[:i]]
    for label in repeated:
        report.report(CODE, slo.where["group_by"], f"`{label}` is there twice", help="delete one of the two")


def _check_labels(slo: Slo, report: Report) -> None:
    """Report labels of the series. Sloth's rules work with any but those that tie a series to another SLO."""
    identity = names.identity(slo.id, slo.service, slo.name)
    for label, value in slo.labels.items():
        harmless = slo.compat is not None and identity.get(label, value) == value
        if label in RESERVED and not harmless:
            report.report(
                CODE,
                slo.where.of_label(label),
                f"`{label}` is set by slogen",
                help="choose another name for your label",
            )


def _check_alerts(slo: Slo, report: Report) -> None:
    """Report labels of alerts that would tie them to another SLO or kind of alert, or make all groups one."""
    identity = names.identity(slo.id, slo.service, slo.name)
    for urgency, labels, at in _alerts(slo):
        own = {**identity, names.SEVERITY_LABEL: urgency} if urgency else identity
        reserved = names.IDENTITY_LABELS if urgency else (*IDENTITY, names.WINDOW_LABEL)
        for label in reserved:
            if label in labels and label not in slo.labels and labels[label] != own.get(label):
                report.report(
                    CODE,
                    at,
                    f"`{label}` is set by slogen",
                    help="choose another name for the label of the alert",
                )
        for label in slo.grouping.labels:
            if label in labels and label not in RESERVED:
                report.report(
                    CODE,
                    at,
                    f"`{label}` has a fixed value on the alert, so all groups would be one alert",
                    help=f"delete `{label}` from the labels of the alert",
                )


def _alerts(slo: Slo) -> Iterator[tuple[str, Labels, Span]]:
    """The urgency of each alert where slogen sets it, its labels, and where they are written."""
    for alert in slo.alerts:
        yield alert.urgency.value, alert.labels, slo.where["alerting"]
    if slo.absence:
        yield "absent", slo.absence.labels, slo.where["alerting"]
    if slo.adjustments is not USUAL:
        for i, adjustment in enumerate(slo.adjustments):
            if isinstance(adjustment, BudgetAlert):
                yield "", adjustment.labels, _place(slo, i, "labels")


def _check_adjustments(slo: Slo, report: Report) -> None:
    """Report labels that adjustments add to series, or look for, and that are not the author's."""
    for i, adjustment in enumerate(slo.adjustments):
        if isinstance(adjustment, BudgetAlert):
            _check_selector(adjustment, _place(slo, i, "selector"), slo, report)
        elif isinstance(adjustment, InfoLabels):
            _check_info_labels(adjustment, _place(slo, i, "labels"), slo, report)


def _check_selector(alert: BudgetAlert, at: Span, slo: Slo, report: Report) -> None:
    identity = names.identity(slo.id, slo.service, slo.name)
    for label, value in alert.selector.items():
        if identity.get(label, value) != value:
            message = f"no series of this SLO has the `{label}` `{value}`"
            report.report(CODE, at, message, help=f"delete `{label}`: slogen selects the SLO")


def _check_info_labels(info: InfoLabels, at: Span, slo: Slo, report: Report) -> None:
    for label in info.labels:
        if label in RESERVED and slo.compat is None:
            report.report(CODE, at, f"`{label}` is set by slogen", help="choose another name for your label")
        elif label in slo.grouping.labels:
            report.report(
                CODE,
                at,
                f"`{label}` tells the groups apart, so it can have no fixed value",
                help=f"delete `{label}` from `labels` or from `group_by`",
            )


def _place(slo: Slo, index: int, part: str) -> Span:
    """Where a part of an adjustment is written, or else the nearest thing that is written."""
    parts = (f"adjustments.{index}.{part}", f"adjustments.{index}")
    return slo.where[next((name for name in parts if name in slo.where), "adjustments")]
