"""An SLO whose author leaves out recordings or alerts: they are elsewhere, and the rest reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slogen import reading
from slogen.adjustments import Adjustment, BudgetAlert, BurnAlerts, MetadataRecordings, RatioRecordings
from slogen.diagnostics import Report
from slogen.ir import Draft, Extensions, Settings
from slogen.lower import lower
from slogen.resolve import Context, resolve
from slogen.source import Source

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: sales_total, bad: refused_total}}
"""


def emitted(*adjustments: Adjustment) -> set[str]:
    """The names of the series and alerts, those over a window without it."""
    report = Report()
    documents = reading.read([Source("shop.yaml", SPEC)], report, Extensions(), lambda done, total: None)
    [draft] = documents.of(Draft)
    context = Context(Settings(), {}, {})
    slo = resolve(replace(draft, adjustments=adjustments), context, report)
    assert slo is not None
    names = {rule.name for group in lower(slo) for rule in group.rules}
    return {name.partition(":rate")[0].partition(":increase")[0].partition("ratio_rate")[0] for name in names}


RATIOS = {"slo:sli_total", "slo:sli_errors", "slo:sli_error:"}
METADATA = {
    *("slo:objective:ratio", "slo:error_budget:ratio", "slo:time_period:days", "slo:current_burn_rate:ratio"),
    *("slo:period_burn_rate:ratio", "slo:period_error_budget_remaining:ratio", "sloth_slo_info"),
}


@pytest.mark.parametrize(
    ("adjustments", "expected"),
    [
        (
            [RatioRecordings(), MetadataRecordings(), BurnAlerts()],
            {*RATIOS, *METADATA, "ShopSoldBudgetBurn", "ShopSoldNoData"},
        ),
        ([RatioRecordings(), MetadataRecordings()], RATIOS | METADATA),
        ([RatioRecordings(), BurnAlerts()], {*RATIOS, "ShopSoldBudgetBurn", "ShopSoldNoData"}),
        # Who records the events also watches that there are some.
        ([MetadataRecordings(), BurnAlerts()], {*METADATA, "ShopSoldBudgetBurn"}),
        ([BurnAlerts(), BudgetAlert()], {"ShopSoldBudgetBurn", "ErrorBudgetExhausted"}),
        ([], set()),
    ],
)
def test_what_is_left_out_is_not_emitted(adjustments: list[Adjustment], expected: set[str]) -> None:
    assert emitted(*adjustments) == expected
