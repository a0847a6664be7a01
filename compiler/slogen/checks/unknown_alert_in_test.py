"""A test names an alert that its rule files do not have

## Why
promtool looks for the alerts of that name, finds that none fires, and is content: a test that expects silence
passes for ever, whatever becomes of the alert. That happens when an alert is renamed and its test is not.

## Wrong
```yaml
# rules/shop.yaml
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: shop_open == 0
# rules/shop.test.yaml
rule_files: [shop.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: shop_open, values: 1x10}
    alert_rule_test:
      - {eval_time: 10m, alertname: ShopClose}
#                                   ^^^^^^^^^
```

## Right
```yaml
# rules/shop.yaml
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: shop_open == 0
# rules/shop.test.yaml
rule_files: [shop.yaml]
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

import re

from slogen.diagnostics import Code, Report, nearest
from slogen.ir import Program
from slogen.ownproofs import AlertTest, OwnTests
from slogen.testedrules import Kind, Library, relative

CODE = Code("SLO704", "error", __doc__)
_GLOB = re.compile(r"[*?\[]")


def check_program(program: Program, report: Report) -> None:
    """Report alerts that the rule files of a test do not have; nothing where one of these is unknown."""
    # Where tests alone are compiled, their rules are elsewhere.
    if not program.own_tests or not program.rule_sets:
        return
    library = Library(program)
    for test in program.own_tests:
        if program.is_part and any(_GLOB.search(pattern.text) for pattern in test.rule_files):
            continue  # It may match a file that was not read, too.
        found = [library.read_by(test, pattern) for pattern in test.rule_files]
        files = [file for files in found for file in files]
        if all(found) and all(file.kind is Kind.RULES for file in files):
            known = {name for file in files for name in file.alerts}
            for check in test.alerts:
                if check.alert and check.alert not in known:
                    report.report(
                        CODE,
                        check.at,
                        f"the rule files of this test have no alert `{check.alert}`",
                        help=_help(check, known, test, library),
                    )


def _help(check: AlertTest, known: set[str], test: OwnTests, library: Library) -> str:
    elsewhere = library.with_alert(check.alert)
    if elsewhere is not None:
        return f"it is in another file: add `{relative(elsewhere.path, test)}` to `rule_files`"
    meant = nearest(check.alert, known)
    return f"did you mean `{meant}`?" if meant else "name an alert of these files, or delete the check"
