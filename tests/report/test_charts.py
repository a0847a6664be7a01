"""The pictures say what the figures say."""

from __future__ import annotations

from fractions import Fraction

import pytest

from slogen import pipeline
from slogen.ir import Slo, Urgency
from slogen.report import charts
from slogen.report.elements import Element
from slogen.source import Source
from slogen.timelinetext import first, time_text, times

SPEC = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: {objective}
      sli: {{events: {{total: sales_total, bad: 'sales_total{{code="500"}}'}}}}
"""


def slo(objective: str) -> Slo:
    result = pipeline.compile([Source("shop.yaml", SPEC.format(objective=objective))])
    assert not result.report.failed
    return result.program.slos[0]


def points(drawing: Element, kind: str) -> list[tuple[float, float]]:
    curves = [one for one in drawing.iter("polyline") if one.get("class") == f"curve {kind}"]
    return [
        (float(x), float(y))
        for one in curves
        for x, y in (point.split(",") for point in one.attrib["points"].split())
    ]


@pytest.mark.parametrize("objective", ["99.999", "99.9", "95"])
def test_fewer_errors_are_found_later_and_pages_before_tickets(objective: str) -> None:
    drawing = charts.detection(slo(objective))
    for kind in ("page", "ticket", "gone"):
        found = points(drawing, kind)
        assert found == sorted(found, key=lambda point: (point[0], -point[1])), kind
        assert all(0 <= x <= 380 and 0 <= y <= 232 for x, y in found)
    # The vertical axis points down: a page stands below a ticket.
    assert points(drawing, "page")[0][1] > points(drawing, "ticket")[0][1]


def test_the_page_ends_where_nothing_pages_any_more() -> None:
    one = slo("99.9")
    drawing = charts.detection(one)
    assert first(one, Urgency.PAGE, Fraction(1, 1000)) is None
    assert points(drawing, "page")[-1][0] < points(drawing, "ticket")[-1][0]


def test_every_pair_of_windows_has_its_bars() -> None:
    one = slo("99.9")
    drawing = charts.tiers(one)
    texts = [element.text for element in drawing.iter("text")]
    for alert in one.alerts:
        for tier in alert.tiers:
            firing = times(one, alert, tier, Fraction(1))
            assert firing is not None
            assert f"fires {time_text(firing.after)}" in texts
            assert f"resolves {time_text(firing.until)}" in texts
    widths = [float(bar.attrib["width"]) for bar in drawing.iter("rect")]
    assert len(widths) == 2 * sum(len(alert.tiers) for alert in one.alerts)
