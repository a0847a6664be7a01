"""A template is run for every window that the rules of its SLO look back on, and no other."""

from __future__ import annotations

import pytest

from slogen import pipeline
from slogen.source import Source

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      window: %s
      sli:
        query:
          total: sum(rate(sales_total[{{.window}}]))
          bad: >-
            %s
"""
IF = "{{if %s}}%s{{else}}sum(rate(errors_total[{{.window}}])){{end}}"


def findings(window: str, condition: str, otherwise: str) -> list[tuple[str, str, str, str]]:
    report = pipeline.compile([Source("a.yaml", SPEC % (window, IF % (condition, otherwise)))]).report
    return [(one.code.id, one.at.text, one.message, one.label) for one in report]


@pytest.mark.parametrize(
    ("window", "condition", "otherwise", "expected"),
    [
        ("30d", 'eq .window "6h" "3d"', "sum(rate(other_total[{{.window}}]))", []),
        ("30d", "eq (index .window 0) 54", "x +", [("SLO406", "+", "nothing follows `+`", "`6h`")]),
        ("28d", "eq (index .window 0) 52", "x +", [("SLO406", "+", "nothing follows `+`", "`4w`")]),
        ("30d", "eq (index .window 0) 52", "x +", []),
        ("30d", "eq (index .window 0) 54", "1", [("SLO406", "", "this gives no instant vector", "`6h`")]),
        (
            "30d",
            "ge .window `6`",
            "{{index .window 9}}",
            [("SLO406", "index .window 9", "the text has no place 9", "`6h`")],
        ),
        (
            "30d",
            "eq (slice .window 1) `h`",
            "{{if ne .window `1h`}}x +{{else}}sum(rate(y[1h])){{end}}",
            [("SLO406", "+", "nothing follows `+`", "`2h` or `6h`")],
        ),
    ],
)
def test_windows_of_the_rules(
    window: str, condition: str, otherwise: str, expected: list[tuple[str, str, str, str]]
) -> None:
    found = findings(window, condition, otherwise)
    assert len(found) == len(expected)
    for (code, at, message, label), (wanted, where, why, windows) in zip(found, expected, strict=True):
        assert code == wanted
        assert not where or at == where
        assert why in message
        assert not windows or label == f"where the window is {windows}"
