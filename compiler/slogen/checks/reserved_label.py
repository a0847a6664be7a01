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

from slogen import names
from slogen.diagnostics import Code, Report
from slogen.ir import Slo

CODE = Code("SLO204", "error", __doc__)

RESERVED = (*names.IDENTITY_LABELS, *names.INFO_LABELS)
# The bound of a bucket, and what PromQL reads as a number wherever a label to group by stands.
_NOT_TO_GROUP_BY = ("le", "inf", "nan")


def check_slo(slo: Slo, report: Report) -> None:
    """Report labels and groupings that collide with what slogen sets."""
    for label in slo.labels:
        if label in RESERVED:
            report.report(
                CODE,
                slo.where["labels"],
                f"`{label}` is set by slogen",
                help="choose another name for your label",
            )
    _check_identity(slo, report)
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
    fixed = [alert.labels for alert in slo.alerts] + ([slo.absence.labels] if slo.absence else [])
    for labels in fixed:
        for label in grouped:
            if label in labels and label not in RESERVED:
                report.report(
                    CODE,
                    slo.where["alerting"],
                    f"`{label}` has a fixed value on the alert, so all groups would be one alert",
                    help=f"delete `{label}` from the labels of the alert",
                )
    repeated = [label for i, label in enumerate(grouped) if label in grouped[:i]]
    for label in repeated:
        report.report(CODE, slo.where["group_by"], f"`{label}` is there twice", help="delete one of the two")


def _check_identity(slo: Slo, report: Report) -> None:
    """Report labels of alerts that would tie them to another SLO, or to another kind of alert."""
    alerts = [(alert.urgency.value, alert.labels) for alert in slo.alerts]
    if slo.absence:
        alerts.append(("absent", slo.absence.labels))
    for urgency, labels in alerts:
        own = {
            names.ID_LABEL: slo.id,
            names.SERVICE_LABEL: slo.service,
            names.SLO_LABEL: slo.name,
            names.SEVERITY_LABEL: urgency,
        }
        for label in names.IDENTITY_LABELS:
            if label not in slo.labels and labels.get(label) != own.get(label):
                report.report(
                    CODE,
                    slo.where["alerting"],
                    f"`{label}` is set by slogen",
                    help="choose another name for the label of the alert",
                )
