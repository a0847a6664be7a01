"""Alert windows and periods of any length make rules that Prometheus takes, for every kind of indicator."""

from __future__ import annotations

from pathlib import Path

import pytest

import promtool

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      window: {period}
      profile: {profile}
      alert_windows: w
      sli: {{{sli}}}
---
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {{name: w}}
spec:
  page:
    - {{budget: 100, long: {long}, short: {short}}}
"""
INDICATORS = (
    "events: {total: t, bad: b}",
    "condition: {metric: up, good_when: '== 1'}",
    "ratio: {error: 'avg_over_time(x[{{.window}}])'}",
)
LENGTHS = (
    ("5m", "1m", "5m"),
    ("1h", "5m", "1h"),
    ("1h", "59m59s999ms", "1h1ms"),
    ("2h", "5m", "2h"),
    ("3h", "90m", "4h"),
    ("6h", "1h", "12h"),
    ("1d", "1h", "1d"),
    ("10m", "7m", "30m"),
    ("30d", "5m", "30d"),
    ("90d", "30m", "90d"),
    ("1d", "2h", "1d12h"),
    ("3d", "6h", "7d"),
    ("7d", "1d", "28d"),
)


@pytest.mark.parametrize(("long", "short", "period"), LENGTHS)
def test_alert_windows_of_any_length(long: str, short: str, period: str, tmp_path: Path) -> None:
    paths = []
    for i, sli in enumerate(INDICATORS):
        for profile in ("exact", "cheap"):
            spec = SPEC.format(period=period, profile=profile, sli=sli, long=long, short=short)
            paths.append(tmp_path / f"{i}-{profile}.yaml")
            paths[-1].write_text(promtool.compiled(spec)["rules/shop.yaml"], encoding="utf-8")
    result = promtool.check(*paths)
    assert result.returncode == 0, result.stderr
