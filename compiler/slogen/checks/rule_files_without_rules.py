"""The rule files of a test are missing, or hold no rules

## Why
Where a path or pattern in `rule_files` leads to no file, promtool prints a warning and goes on without the
rules: no alert fires, so every test that expects silence passes. A file without rules does the same without a
warning. Paths are relative to the file of the tests. What slogen makes of SLOs and of PrometheusRule
manifests, which promtool cannot read, is below `out/rules`.

## Wrong
```yaml
# rules/shop.yaml
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: shop_open == 0
# rules/tests/shop.yaml
rule_files: [shop.yml]
#            ^^^^^^^^
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: shop_open, values: 1x10}
    alert_rule_test:
      - {eval_time: 10m, alertname: ShopClosed}
```

## Right
```yaml
# rules/shop.yaml
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: shop_open == 0
# rules/tests/shop.yaml
rule_files: [../shop.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: shop_open, values: 1x10}
    alert_rule_test:
      - {eval_time: 10m, alertname: ShopClosed}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report, nearest
from slogen.ir import Program
from slogen.ownproofs import OwnTests, RulePattern
from slogen.testedrules import File, Kind, Library, relative

_ALONG = "name a rule file that is compiled along with these tests, by its path relative to them"

CODE = Code("SLO705", "error", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report patterns that lead to no rules, or to what promtool cannot read as rules."""
    # Where tests alone are compiled, their rules are elsewhere.
    if not program.own_tests or not program.rule_sets:
        return
    library = Library(program)
    for test in program.own_tests:
        for pattern in test.rule_files:
            found = library.read_by(test, pattern)
            # In a part of a project, it may be one of the files that were not read.
            if not found and not program.is_part:
                _report_missing(test, pattern, library, report)
            for file in found:
                _check_file(file, test, pattern, report)


def _report_missing(test: OwnTests, pattern: RulePattern, library: Library, report: Report) -> None:
    written = sorted(library.files, key=lambda file: not file.generated)
    paths = [relative(file.path, test) for file in written if file.kind is Kind.RULES]
    meant = _meant(pattern.text, paths)
    report.report(
        CODE,
        pattern.at,
        f"`{pattern.text}` leads to no rule file among the inputs and outputs",
        help=f"did you mean `{meant}`?" if meant else _ALONG,
    )


def _meant(text: str, paths: list[str]) -> str | None:
    """A path with the same file name, whatever the suffix, or else one that is written almost like it."""
    stem = _stem(text)
    return next((path for path in paths if _stem(path) == stem), None) or nearest(text, paths)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _check_file(file: File, test: OwnTests, pattern: RulePattern, report: Report) -> None:
    if file.kind is Kind.RULES:
        if not file.rules:
            report.report(
                CODE,
                pattern.at,
                f"`{file.path}` holds no rules, so nothing is tested",
                help="name a file with rules, or delete this one",
            )
        return
    what = {
        Kind.MANIFEST: "is a PrometheusRule, which promtool cannot read",
        Kind.SPEC: "holds SLOs, which promtool cannot read",
        Kind.TESTS: "is a file of tests, and promtool would read it as a rule file",
    }
    instead = f"name `{relative(file.generated, test)}` instead" if file.generated else "narrow the pattern"
    report.report(CODE, pattern.at, f"`{file.path}` {what[file.kind]}", help=instead)
