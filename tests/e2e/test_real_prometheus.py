"""Generated rules in a real Prometheus: they load, evaluate without an error, page in time and resolve."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from servers import Prometheus, exporter, program, prometheus, until

import promtool

OUT = Path(__file__).parent.parent.parent / "out" / "rules"

# Windows a few hundred times shorter than usual, so that an outage pages and resolves while a test waits.
SPEC = """
apiVersion: slogen.dev/v1
kind: Settings
spec:
  intervals: {fast: 1s, slow: 1s, long: 1s}
---
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: compressed}
spec:
  page:
    - {budget: 2, long: 20s, short: 5s}
  ticket:
    - {budget: 2, long: 1m, short: 10s}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  window: 30m
  alert_windows: compressed
  slos:
    - name: sold
      objective: 90
      group_by: [till]
      sli:
        events: {total: sales_total, bad: 'sales_total{code="500"}'}
    - name: quick
      objective: 90
      sli:
        latency: {histogram: sale_seconds, threshold: 1s}
    - name: queue
      objective: 90
      sli:
        condition: {metric: queue_length, good_when: '<= 5'}
"""


class Shop:
    """The state of an exporter: one till of two can break down."""

    def __init__(self) -> None:
        self.broken = False
        self.counts: Counter[tuple[str, str]] = Counter()
        self.scrapes = 0

    def metrics(self) -> str:
        self.scrapes += 1
        for till in ("a", "b"):
            code = "500" if self.broken and till == "a" else "200"
            self.counts[till, code] += 100
        lines = [f'sales_total{{till="{till}",code="{code}"}} {n}' for (till, code), n in self.counts.items()]
        lines += [
            f'sale_seconds_bucket{{le="1"}} {self.scrapes * 95}',
            f'sale_seconds_bucket{{le="+Inf"}} {self.scrapes * 100}',
            f"sale_seconds_count {self.scrapes * 100}",
            f"queue_length {9 if self.broken else 1}",
        ]
        return "\n".join(lines) + "\n"


def firing(server: Prometheus, **labels: str) -> set[str]:
    matchers = ",".join(f'{name}="{value}"' for name, value in labels.items())
    found = server.query(f'ALERTS{{alertstate="firing",{matchers}}}')
    return {f"{s['metric']['sloth_slo']}/{s['metric'].get('till', '')}" for s in found}


def unhealthy(server: Prometheus) -> list[str]:
    return [f"{rule['name']}: {rule.get('lastError')}" for rule in server.rules() if rule["health"] == "err"]


def test_an_outage_pages_its_group_in_time_and_resolves(tmp_path: Path) -> None:
    program("prometheus")
    shop = Shop()
    rules = tmp_path / "rules.yaml"
    rules.write_text(promtool.compiled(SPEC)["rules/shop.yaml"], encoding="utf-8")
    with exporter(shop.metrics) as port, prometheus(tmp_path, [rules], port) as server:
        short = 'slo:sli_error:ratio_rate5s{till="a"}'
        until(lambda: server.query(short), 30, "the windows are recorded")
        assert server.query(short)[0]["value"][1] == "0"
        until(lambda: server.query("slo:sli_total:rate20s offset 20s"), 60, "the long window is full")
        assert firing(server, sloth_severity="page") == set()

        # 2 % of half an hour's budget, which is 10 % of the time, are spent by 3.6 s of total outage.
        shop.broken = True
        until(lambda: "sold/a" in firing(server, sloth_severity="page"), 20, "the page fires")
        until(lambda: "queue/" in firing(server, sloth_severity="page"), 20, "the condition's page fires")
        assert "sold/b" not in firing(server, sloth_severity="page")
        assert "quick/" not in firing(server, sloth_severity="page")
        [ratio] = server.query('slo:sli_error:ratio_rate5s{sloth_id="shop-quick"}')
        assert float(ratio["value"][1]) == pytest.approx(0.05, abs=0.001)

        shop.broken = False
        until(
            lambda: not firing(server, sloth_severity="page"), 30, "the page resolves after the short window"
        )
        values = {sample["value"][1] for sample in server.query('{__name__=~"slo:.*"}')}
        assert "NaN" not in values
        assert unhealthy(server) == []


@pytest.mark.skipif(not OUT.is_dir(), reason="out/ is not built")
def test_everything_in_out_loads_and_evaluates(tmp_path: Path) -> None:
    program("prometheus")
    copies = []
    expected = 0
    for path in sorted(OUT.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        expected += len(re.findall(r"^      - (?:record|alert): ", text, re.MULTILINE))
        copy = tmp_path / path.name
        # Every group at once, instead of after up to half an hour.
        copy.write_text(re.sub(r"(?m)^    interval: .*$", "    interval: 5s", text), encoding="utf-8")
        copies.append(copy)
    with prometheus(tmp_path, copies, every="5s") as server:
        rules = server.rules()
        assert len(rules) == expected > 1000
        until(
            lambda: all(rule["health"] != "unknown" for rule in server.rules()), 60, "all rules are evaluated"
        )
        assert unhealthy(server) == []
        absences = 'ALERTS{sloth_severity="absent"}'
        # Nothing is scraped: every SLO says that it has no data, and nothing else is claimed.
        until(lambda: server.query(absences), 30, "absence is noticed")

        assert server.query('ALERTS{sloth_severity=~"page|ticket"}') == []
