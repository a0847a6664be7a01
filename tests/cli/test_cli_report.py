"""`slogen report`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: sales_total, bad: 'sales_total{code="500"}'}}
    - name: returned
      objective: 90
      sli: {latency: {histogram: return_seconds, threshold: 1s}}
"""


def test_the_page_goes_to_standard_output(run: Run, write: Write) -> None:
    write("slos/shop.yaml", SPEC.replace("90", "99"))
    result = run("report")
    assert result.exit_code == 0
    assert result.stdout.startswith("<!DOCTYPE html>\n<html")
    assert result.stdout.endswith("</html>\n")
    assert "2 SLOs · 1 service · 6 alerts" in result.stdout
    assert "scenarios prove them" in result.stdout


def test_the_page_goes_to_a_file(run: Run, write: Write, project: Path) -> None:
    write("slos/shop.yaml", SPEC.replace("90", "99"))
    result = run("report", "-o", "report.html")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (project / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_after_an_error_there_is_no_page(run: Run, write: Write, project: Path) -> None:
    write("slos/shop.yaml", SPEC)
    result = run("report", "-o", "report.html")
    assert result.exit_code == 1
    assert "slos/shop.yaml:10" in result.stderr
    assert not (project / "report.html").exists()


def test_a_warning_stands_with_its_slo(run: Run, write: Write) -> None:
    write(
        "slos/shop.yaml", SPEC.replace("90", "99").replace("sales_total, ", "'sales_total{code=~\"500\"}', ")
    )
    page = run("report").stdout
    _, _, article = page.partition('<article class="slo" id="shop-sold">')
    assert '<span class="warning">warning SLO' in article.partition("</article>")[0]


def test_without_slos_there_is_nothing_to_report(run: Run, write: Write) -> None:
    write("rules/a.yaml", "groups: [{name: a, rules: [{record: 'a:b', expr: sum(up)}]}]")
    result = run("report")
    assert result.exit_code == 1
    assert "there is no SLO to report on" in result.stderr
