"""What each of Sloth's own SLO plugins does, by id.

A plugin is one entry of `PLUGINS`: the keys of its configuration, and what that means as an adjustment of
the rules. Plugins that only check or print something mean nothing to the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from slogen import codes
from slogen.adjustments import (
    Adjustment,
    BareSeries,
    BudgetAlert,
    BurnAlerts,
    InfoLabels,
    Intervals,
    MetadataRecordings,
    RatioRecordings,
)
from slogen.ir import Millis
from slogen.sloth.table import Table

METRICSQL = "sloth.dev/contrib/validate_victoria_metrics/v1"
"""Checks queries as VictoriaMetrics' dialect, MetricsQL, instead of PromQL."""


@dataclass(frozen=True, slots=True)
class SloPlugin:
    """An SLO plugin: the `keys` of its configuration, and what a configuration `means`; None for nothing.

    `needs_events` holds for one that cannot work with an error ratio.
    """

    keys: tuple[str, ...]
    means: Callable[[Table], Adjustment | None]
    needs_events: bool = False


def _nothing(_config: Table) -> None:
    return None


def _debug(config: Table) -> None:
    config.text("msg")
    config.flag("result")
    config.flag("request")


def _info_labels(config: Table) -> Adjustment:
    labels = config.any_labels("labels")
    node = config.get("labels")
    if node is None:
        config.report_missing("labels", codes.PLUGIN_OPTIONS)
    elif node.value == {}:
        config.report.report(codes.BAD_VALUE, node.span, "`labels` is empty", help="write at least one label")
    return InfoLabels(labels, config.text("metricName") or InfoLabels({}).series)


def _intervals(config: Table) -> Adjustment:
    interval = config.table(
        "interval", ("default", "sliError", "metadata", "alert"), unknown=codes.PLUGIN_OPTIONS
    )
    if config.get("interval") is None:
        config.report_missing("interval", codes.PLUGIN_OPTIONS)
    elif interval.get("default") is None:
        interval.report_missing("default", codes.PLUGIN_OPTIONS)
    return Intervals(
        default=interval.duration("default") or Millis(60_000),
        ratios=interval.duration("sliError", or_zero=True) or None,
        metadata=interval.duration("metadata", or_zero=True) or None,
        alerts=interval.duration("alert", or_zero=True) or None,
    )


def _budget_alert(config: Table) -> Adjustment:
    usual = BudgetAlert()
    threshold = config.number("threshold")
    return BudgetAlert(
        name=config.text("alert_name") or usual.name,
        threshold=Decimal(0) if threshold is None else threshold,
        for_=config.duration("for", or_zero=True) or usual.for_,
        labels=config.labels("alert_labels"),
        selector=config.labels("selector_labels"),
        annotations=config.labels("annotations"),
    )


PLUGINS: Mapping[str, SloPlugin] = MappingProxyType(
    {
        "sloth.dev/core/validate/v1": SloPlugin((), _nothing),
        "sloth.dev/core/sli_rules/v1": SloPlugin(
            ("disableOptimized",),
            lambda config: RatioRecordings(plain_period=config.flag("disableOptimized")),
        ),
        "sloth.dev/core/metadata_rules/v1": SloPlugin((), lambda _: MetadataRecordings()),
        "sloth.dev/core/alert_rules/v1": SloPlugin((), lambda _: BurnAlerts()),
        "sloth.dev/core/debug/v1": SloPlugin(("msg", "result", "request"), _debug),
        "sloth.dev/core/noop/v1": SloPlugin((), _nothing),
        "sloth.dev/contrib/info_labels/v1": SloPlugin(("labels", "metricName"), _info_labels),
        "sloth.dev/contrib/remove_labels/v1": SloPlugin(
            ("preserveLabels", "skipMetrics"),
            lambda config: BareSeries(config.texts("preserveLabels"), config.texts("skipMetrics")),
        ),
        "sloth.dev/contrib/rule_intervals/v1": SloPlugin(("interval",), _intervals),
        "sloth.dev/contrib/error_budget_exhausted_alert/v1": SloPlugin(
            ("threshold", "for", "alert_name", "alert_labels", "selector_labels", "annotations"),
            _budget_alert,
        ),
        "sloth.dev/contrib/denominator_corrected_rules/v1": SloPlugin(
            ("disableOptimized",),
            lambda config: RatioRecordings(plain_period=config.flag("disableOptimized"), corrected=True),
            needs_events=True,
        ),
        METRICSQL: SloPlugin((), _nothing),
    }
)

USUAL: tuple[str, ...] = (
    "sloth.dev/core/validate/v1",
    "sloth.dev/core/sli_rules/v1",
    "sloth.dev/core/metadata_rules/v1",
    "sloth.dev/core/alert_rules/v1",
)
"""The plugins that run unless an author overrides them."""
