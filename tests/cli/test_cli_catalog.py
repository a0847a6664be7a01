"""`slogen catalog`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

SCRAPE = """\
# TYPE shop_requests_total counter
shop_requests_total{code="200"} 1
# TYPE shop_seconds histogram
shop_seconds_bucket{le="1"} 1
shop_seconds_bucket{le="+Inf"} 1
shop_seconds_sum 1
shop_seconds_count 1
"""
CATALOG = """\
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata:
  name: shop
spec:
  owns: [shop_*]
  exposition: go
  metrics:
    shop_requests_total:
      type: counter
      labels:
        code: ["200"]
    shop_seconds:
      type: histogram
      unit: seconds
      buckets: [1]
"""


class TestImport:
    def test_prints_a_catalog_that_is_sound(self, run: Run, write: Write) -> None:
        write("shop.prom", SCRAPE)
        result = run("catalog", "import", "shop.prom", "--owns", "auto")
        assert (result.exit_code, result.stdout) == (0, CATALOG)
        assert result.stderr == "2 metrics -> standard output\n"
        write("slos/metrics.yaml", result.stdout)
        assert run("check").exit_code == 0

    def test_of_standard_input_needs_a_name(self, run: Run) -> None:
        assert run("catalog", "import", "-", stdin=SCRAPE).exit_code == 2
        assert "name: cart" in run("catalog", "import", "-", "--name", "cart", stdin=SCRAPE).stdout

    def test_of_what_is_compressed(self, run: Run, project: Path) -> None:
        (project / "shop.prom.gz").write_bytes(gzip.compress(SCRAPE.encode()))
        assert run("catalog", "import", "shop.prom.gz", "--owns", "shop_*").stdout == CATALOG
        data = gzip.compress(SCRAPE.encode())
        result = run("catalog", "import", "-", "--name", "shop", "--owns", "shop_*", stdin=data)
        assert result.stdout == CATALOG
        result = run("catalog", "import", "-", "--name", "shop", stdin=data[:-12])
        assert result.exit_code == 1
        assert "what gzip has compressed ends too early" in result.stderr

    def test_a_broken_scrape_writes_nothing(self, run: Run, write: Write, project: Path) -> None:
        write("shop.prom", SCRAPE + "shop-errors 1\n" * 30)
        result = run("catalog", "import", "shop.prom", "-o", "shop.yaml")
        assert result.exit_code == 1
        assert " --> shop.prom:8:1\n" in result.stderr
        assert "30 errors; the first 20 are shown; no catalog was written\n" in result.stderr
        assert not (project / "shop.yaml").exists()

    def test_does_not_overwrite_another_file(self, run: Run, write: Write, project: Path) -> None:
        write("shop.prom", SCRAPE)
        write("shop.yaml", "mine\n")
        args = ("catalog", "import", "shop.prom", "--owns", "auto", "-o", "shop.yaml")
        refused = run(*args)
        assert (refused.exit_code, (project / "shop.yaml").read_text()) == (1, "mine\n")
        assert "--merge shop.yaml" in refused.stderr
        assert run(*args, "--force").exit_code == 0
        assert (project / "shop.yaml").read_text() == CATALOG
        assert run(*args).exit_code == 0
        assert sorted(path.name for path in project.iterdir()) == ["shop.prom", "shop.yaml"]

    @pytest.mark.parametrize("path", ["missing.prom", "."])
    def test_what_is_not_there(self, run: Run, path: str) -> None:
        result = run("catalog", "import", path, "--name", "x")
        assert result.exit_code == 1
        assert result.stderr.startswith(f"error: {path}: ")


class TestMerge:
    def test_adds_what_is_new_in_place(self, run: Run, write: Write, project: Path) -> None:
        write("shop.yaml", "# ours\n" + CATALOG)
        write("shop.prom", SCRAPE)
        place = project / "shop.yaml"
        before = place.stat().st_mtime_ns
        result = run("catalog", "import", "shop.prom", "--merge", "shop.yaml")
        assert result.stderr == "2 metrics (nothing new) -> shop.yaml\n"
        assert place.stat().st_mtime_ns == before
        write("shop.prom", SCRAPE + "# TYPE shop_up gauge\nshop_up 1\n")
        result = run("catalog", "import", "shop.prom", "--merge", "shop.yaml")
        assert result.stderr == "3 metrics (1 new, 0 completed) -> shop.yaml\n"
        assert place.read_text() == "# ours\n" + CATALOG + "    shop_up:\n      type: gauge\n"

    def test_tells_what_the_catalog_contradicts(self, run: Run, write: Write, project: Path) -> None:
        write("shop.yaml", CATALOG.replace("type: counter", "type: gauge"))
        write("shop.prom", SCRAPE)
        result = run("catalog", "import", "shop.prom", "--merge", "shop.yaml", "-o", "-")
        assert result.exit_code == 0
        assert result.stdout == (project / "shop.yaml").read_text()
        assert "note: `shop_requests_total` is a gauge in the catalog, and a counter here" in result.stderr

    @pytest.mark.parametrize("option", ["--name=cart", "--owns=cart_*"])
    def test_does_not_change_what_a_catalog_is_of(self, run: Run, write: Write, option: str) -> None:
        write("shop.yaml", CATALOG)
        write("shop.prom", SCRAPE)
        assert run("catalog", "import", "shop.prom", "--merge", "shop.yaml", option).exit_code == 2

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_keeps_encoding_and_line_ends(self, run: Run, write: Write, project: Path, encoding: str) -> None:
        text = CATALOG.replace("\n", "\r\n")
        (project / "shop.yaml").write_bytes(text.encode(encoding))
        write("new.prom", "# TYPE shop_up gauge\nshop_up 1\n")
        assert run("catalog", "import", "new.prom", "--merge", "shop.yaml").exit_code == 0
        after = (project / "shop.yaml").read_bytes()
        assert after == (text + "    shop_up:\r\n      type: gauge\r\n").encode(encoding)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (CATALOG.replace("[1]", "[1, 1]"), "error[SLO120]: the bound `1` is listed twice"),
            (
                CATALOG + "---\n" + CATALOG.replace("name: shop", "name: cart"),
                "holds 2 catalogs, but one is needed",
            ),
            ("spec: [", "error[SLO101]"),
        ],
    )
    def test_a_catalog_that_cannot_be_added_to(self, run: Run, write: Write, text: str, told: str) -> None:
        write("shop.yaml", text)
        write("shop.prom", SCRAPE)
        result = run("catalog", "import", "shop.prom", "--merge", "shop.yaml")
        assert result.exit_code == 1
        assert told in result.stderr


class TestDiff:
    def test_of_the_same(self, run: Run, write: Write) -> None:
        write("shop.yaml", CATALOG)
        write("shop.prom", SCRAPE + "go_goroutines 1\n")
        for pair in (("shop.yaml", "shop.prom"), ("shop.prom", "shop.yaml")):
            result = run("catalog", "diff", *pair)
            assert (result.exit_code, result.stdout) == (0, "")
            assert result.stderr == "no difference; 1 metric of other components left out\n"

    def test_of_others(self, run: Run, write: Write) -> None:
        write("shop.yaml", CATALOG.replace("[1]", "[1, 2]"))
        write("shop.prom", SCRAPE.replace("shop_requests_total", "shop_calls_total"))
        result = run("catalog", "diff", "shop.yaml", "shop.prom")
        assert result.exit_code == 1
        assert result.stdout.splitlines() == [
            "- shop_requests_total (counter)",
            "+ shop_calls_total (counter)",
            "~ shop_seconds",
            "    buckets: -2",
        ]
        assert result.stderr == "1 only in shop.yaml, 1 only in shop.prom, 1 different\n"
        result = run("catalog", "diff", "shop.yaml", "shop.prom", "--format", "json")
        assert result.exit_code == 1
        assert json.loads(result.stdout) == {
            "only_in_first": ["shop_requests_total"],
            "only_in_second": ["shop_calls_total"],
            "changed": [{"metric": "shop_seconds", "what": "buckets", "first": ["1", "2"], "second": ["1"]}],
        }

    @pytest.mark.parametrize(
        "text", ["kind: Settings\napiVersion: slogen.dev/v1\nspec: {}\n", '{"kind": "A"}']
    )
    def test_of_another_document(self, run: Run, write: Write, text: str) -> None:
        write("a.yaml", text)
        write("b.prom", SCRAPE)
        result = run("catalog", "diff", "a.yaml", "b.prom")
        assert result.exit_code == 1
        assert "SLO121" not in result.stderr

    def test_tells_of_a_scrape_that_may_be_cut_off(self, run: Run, write: Write) -> None:
        write("b.prom", SCRAPE.rstrip())
        assert (
            run("catalog", "diff", "b.prom", "b.prom").stderr.count(
                "note: the last line of b.prom has no end"
            )
            == 2
        )

    def test_of_a_scrape_that_is_broken(self, run: Run, write: Write) -> None:
        write("a.prom", "a b c d\n")
        write("b.prom", SCRAPE)
        result = run("catalog", "diff", "a.prom", "b.prom")
        assert result.exit_code == 1
        assert "error[SLO121]: `b` is no value of `a`" in result.stderr


RULES = "groups: [{name: a, rules: [{record: 'a:b', expr: shop_typo_total}]}]\n"


@pytest.mark.parametrize("args", [(), ("rules/a.yaml",), ("-",)])
def test_a_part_of_a_project_is_judged_by_all_its_catalogs(
    run: Run, write: Write, args: tuple[str, ...]
) -> None:
    write("slos/shop/metrics.yaml", CATALOG)
    write("rules/a.yaml", RULES)
    result = run("check", *args, "--format", "concise", stdin=RULES)
    assert "`shop_typo_total`" in result.stdout
    assert result.exit_code == 1
