"""Whatever the input, slogen answers with files or with findings, never with an exception and never with both.

Good documents are broken at random, with seeds, so that every failure can be repeated: the message names the
document and the number of the mutant. `python tests/test_never_crashes.py 20000` tries that many of each
document, and gives what compiled to promtool at the end.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import promtool
from slogen import pipeline, render
from slogen.diagnostics import Diagnostic
from slogen.ir import Millis
from slogen.pipeline import Options, Result
from slogen.source import Node, Problem, Source, Span, documents

ROOT = Path(__file__).parent.parent
MUTANTS_OF_SMALL_DOCUMENTS = 150
MUTANTS_OF_FILES = 12

SERVICE = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: shop, namespace: monitoring, labels: {release: prometheus}, annotations: {a/b: c}}
spec:
  service: shop  # sells things
  owner: sales
  runbook: https://runbooks.example.com/shop
  labels: {tier: frontend}
  window: 28d
  slos:
    - name: sold
      objective: 99.5
      description: People can buy.
      group_by: [model]
      profile: cheap
      labels: {env: "1"}
      annotations: {hint: 'look at {{ $labels.model }}'}
      alerting:
        name: ShopDown
        labels: {a: b}
        page: {severity: critical, for: 2m, annotations: {x: "y\\n"}}
        ticket: {disable: true}
        absent: {for: 15m}
      sli:
"""
INDICATORS = {
    "events": """\
        events:
          total:
            - 'sales_total{code!~"4.."}'
            - refused_total
          bad: >-
            sales_total{code=~"5..",
              shop!="test"}
""",
    "latency": """\
        latency: {histogram: sale_duration_seconds, threshold: 500ms, where: '{code="200"}', native: false}
""",
    "condition": """\
        condition:
          metric: |
            max by (model) (queue_length{job="x"})  # one per model
              and up
          good_when: '<= 50'
""",
    "query": """\
        query:
          good: |-
            sum by (model) (
              rate(sales_total{code="200"}[{{ .window }}])
            )
          total: "sum(rate(sales_total[{{.window}}]))"
""",
    "ratio": """\
        ratio: {error: 'avg_over_time(job:errors:ratio[{{.window}}])'}
""",
}
SETTINGS = """\
apiVersion: slogen.dev/v1
kind: Settings
spec:
  window: 30d
  owner: sre
  runbook: https://runbooks.example.com/{service}/{slo}
  dashboard: https://grafana.example.com/d/{slo}
  labels: {region: eu}
  annotations: {by: slogen}
  severities: {page: p1, ticket: p3, absent: p3}
  alert_windows: strict
  profile: exact
  intervals: {fast: 30s, slow: 4m, long: 15m}
  manifest: {namespace: monitoring, labels: {release: prometheus}, annotations: {x: y}}
  rules:
    - paths: ['rules/**', '*.yaml']
      owner: ml-ops
      labels: {team: ml}
      annotations: {z: z}
"""
WINDOWS = """\
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: strict}
spec:
  window: 7d
  page:
    - {budget: 2, long: 1h, short: 5m}
    - {budget: 5, long: 6h, short: 30m}
  ticket:
    - {budget: 12.5, long: 1d, short: 2h}
"""
RULE_FILE = """\
groups:
  - name: shop
    interval: 1m
    limit: 10
    rules:
      - record: shop:sales:rate5m
        expr: sum by (shop) (rate(sales_total[5m]))
        labels: {team: a}
      - alert: ShopClosed
        expr: |
          # nothing sold
          shop:sales:rate5m{shop!~"test|a\\\\.b"} == 0
            and on (shop) hour() > 8
        for: 10m
        keep_firing_for: 5m
        labels: &l {severity: critical}
        annotations:
          summary: 'nothing sold in {{ $labels.shop }}'
      - {alert: Other, expr: 'absent(up) or vector(0) > bool 1', labels: *l}
  - name: empty
    rules: []
"""
MANIFEST = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: shop-rules
  namespace: shop
  labels: {release: prometheus, app.kubernetes.io/name: shop}
  creationTimestamp: null
spec:
  groups:
    - name: g
      partial_response_strategy: warn
      rules:
        - alert: A
          expr: histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m] offset 1h))) > 3 < +Inf
          for: 1h30m
"""
LIST = """\
{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "a"},
   "spec": {"groups": [{"name": "g", "rules": [{"record": "a:b", "expr": "up"}]}]}},
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {}}
]}
"""


def small_documents() -> dict[str, str]:
    services = {f"an SLO over {kind}": SERVICE + sli for kind, sli in INDICATORS.items()}
    everything = "---\n".join((SERVICE + INDICATORS["events"], SETTINGS, WINDOWS, RULE_FILE))
    return services | {
        "settings": SETTINGS,
        "alert windows": WINDOWS,
        "a rule file": RULE_FILE,
        "a manifest": MANIFEST,
        "a list in JSON": LIST,
        "all documents in one file": everything,
    }


def files_of_the_project() -> dict[str, str]:
    paths = sorted([*(ROOT / "slos").rglob("*.yaml"), *(ROOT / "rules").rglob("*.yaml")])
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


SMALL = small_documents()
FILES = files_of_the_project()
ALL = SMALL | FILES


# what goes wrong -----------------------------------------------------------------------------------------

# As they could stand in a file: some of another type, some at the limits of a type, some hostile.
ODD_VALUES = (
    *("", "null", "~", "true", "no", "0", "-1", "1", "08", "0x1F", "0o17", "1_000", "12:30", "2024-01-01"),
    *("1e400", "1e-300", "-1e308", "99999999999999999999", "0.1", "50", "99.9999999999999999999999999999999"),
    *("100", "1.0", ".5", ".inf", ".nan", "=", "<<", "''", "' '", '"\\n"', '"\\t"', '"\\0"', '"\\a"'),
    *('"\\ud800"', '"\\ud83d\\ude00"', '"\\uffff"', '"\\u2028"', '"\\x85"', '"\\ufeff"', "'\N{FIRE}'"),
    *("[]", "[1]", "[[]]", "[null]", "{}", "{a: b}", "{a: {b: [c]}}", "[a, a]", "[le]", "[sloth_id]"),
    *("'{{'", "'}}'", "'{{.window}}'", "'{{ $x }}'", "'[{{.window}}]'", '"{{ .x | y }}"', "'${x}'", "'%s'"),
    *(
        "'#'",
        "a # b",
        "'a # b'",
        '"\'"',
        "'\"'",
        '"`"',
        "'`'",
        "\\",
        "'\\'",
        "'a: b'",
        "'- a'",
        "'? a'",
        "'<<'",
    ),
    *("0s", "0", "1ms", "5m", "1h30m", "36h", "1w", "90d", "292y", "293y", "5 minutes", "1.5h", "-5m"),
    *("up", "'up{}'", "'{__name__=~\".+\"}'", "'up{a=\"b\"'", "'up[5m]'", "'rate(up[5m])'", "'1'", "'\"x\"'"),
    *("'up # c'", "'up{a=\"#\"}'", '"up\\n# c"', "'up offset 5m'", "'up @ 0'", "'sum(up) by (a)'", "'-up'"),
    *("'rate(x[{{.window}}])'", "'x[{{.window}}:1m]'", "'x[5m:{{.window}}]'", "'a) or (b'", "'a or b'"),
    *("'<= 50'", "'== NaN'", "'> 1e400'", "'<'", "'== bool 1'", "'>= +.5e-3'", "'== 0x10'"),
    *(
        "Aa.b",
        "a..b",
        "-a",
        "a-",
        "_",
        "__name__",
        "le",
        "sloth_id",
        "severity",
        "a/b",
        "ünï",
        "..",
        "x" * 300,
    ),
    *("'" + "long " * 3000 + "'", "'" + "(" * 400 + "up" + ")" * 400 + "'", "'" + "-" * 2000 + "up'"),
    *("*l", "&x a", "*x", "!!int a", "!!binary aa", "!env x", "|\n  a\n  b", ">-\n a\n\n b", "\t"),
    *("[" * 140 + "]" * 140, "@x", "%x", "]", "}", ",", ":", "?", "-", "---", "...", "&", "*", "!", "|", ">"),
)
TOKEN = re.compile(r"\s+|\w+|.", re.DOTALL)
VALUE = re.compile(r"(?<=: )[^\s&*{\[|>#][^\n#]*")

Mutation = Callable[[str, random.Random], str]


@cache
def places(text: str) -> tuple[Span, ...]:
    """The spans of all values and keys of the documents in a text."""
    found: list[Span] = []

    def visit(node: Node) -> None:
        found.append(node.span)
        found.extend(node.keys.values())
        children = node.value.values() if isinstance(node.value, dict) else node.value
        if isinstance(node.value, dict | list):
            for child in children:  # type: ignore[union-attr]
                visit(child)

    for node in documents(Source("places", text)).nodes:
        visit(node)
    return tuple(found)


def with_odd_value(text: str, rng: random.Random) -> str:
    return _replaced(text, rng, rng.choice(ODD_VALUES))


def with_value_of_another_place(text: str, rng: random.Random) -> str:
    found = places(text)
    return _replaced(text, rng, rng.choice(found).text) if found else text


def with_quoted_value(text: str, rng: random.Random) -> str:
    found = places(text)
    if not found:
        return text
    at = rng.choice(found)
    return text[: at.start] + json.dumps(at.text) + text[at.end :]


def _replaced(text: str, rng: random.Random, new: str) -> str:
    found = places(text)
    if not found:
        return text
    at = rng.choice(found)
    return text[: at.start] + new + text[at.end :]


def with_token_deleted(text: str, rng: random.Random) -> str:
    tokens = TOKEN.findall(text)
    del tokens[rng.randrange(len(tokens))]
    return "".join(tokens)


def with_token_twice(text: str, rng: random.Random) -> str:
    tokens = TOKEN.findall(text)
    i = rng.randrange(len(tokens))
    return "".join([*tokens[:i], *tokens[i : i + 1] * rng.randint(2, 3), *tokens[i + 1 :]])


def with_tokens_swapped(text: str, rng: random.Random) -> str:
    tokens = TOKEN.findall(text)
    i, j = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    tokens[i], tokens[j] = tokens[j], tokens[i]
    return "".join(tokens)


def with_line_deleted(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    del lines[rng.randrange(len(lines))]
    return "".join(lines)


def with_line_twice(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    i = rng.randrange(len(lines))
    return "".join([*lines[: i + 1], *lines[i:]])


def with_indentation_changed(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    i = rng.randrange(len(lines))
    lines[i] = (
        rng.choice((" ", "  ", "\t", "        ")) + lines[i] if rng.random() < 0.5 else lines[i].lstrip()
    )
    return "".join(lines)


def with_character_inserted(text: str, rng: random.Random) -> str:
    i = rng.randrange(len(text) + 1)
    char = rng.choice("\"'`{}[]()#&*!|>%@,:?-=~\\\t\r\n\0\x07\x1b\x7f\x85\xa0\u2028\ufeff\ufffe\N{FIRE}é$./0")
    return text[:i] + char + text[i:]


def with_other_line_ends(text: str, rng: random.Random) -> str:
    return text.replace("\n", rng.choice(("\r\n", "\r", "\x85", "\u2028", "\n\n")))


def with_byte_order_mark(text: str, rng: random.Random) -> str:
    return "\ufeff" * rng.randint(1, 2) + text


def with_end_cut_off(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text) + 1)]


def with_another_document(text: str, rng: random.Random) -> str:
    other = SMALL[rng.choice(list(SMALL))]
    parts = [text, other]
    rng.shuffle(parts)
    return rng.choice(("---\n", "\n---\n", "...\n", "--- ", "")).join(parts)


def with_alias(text: str, rng: random.Random) -> str:
    """An anchor at one value, and an alias or a merge key at another."""
    found = sorted(rng.sample(places(text), 2), key=lambda span: span.start) if len(places(text)) > 1 else []
    if not found:
        return text
    first, second = found
    alias = rng.choice(("*anchor", "{<<: *anchor}", "{<<: [*anchor, *anchor]}", "<<: *anchor"))
    if first.end > second.start:
        return (
            text[: first.start] + "&anchor " + text[first.start : second.start] + alias + text[second.end :]
        )
    between = text[first.start : second.start]
    return text[: first.start] + "&anchor " + between + alias + text[second.end :]


def with_flipped_bytes(text: str, rng: random.Random) -> bytes:
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(rng.randint(1, 3)):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


MUTATIONS: tuple[Mutation, ...] = (
    *(with_odd_value,) * 9,
    *(with_value_of_another_place,) * 3,
    with_quoted_value,
    *(with_token_deleted,) * 2,
    with_token_twice,
    with_tokens_swapped,
    with_line_deleted,
    with_line_twice,
    with_indentation_changed,
    *(with_character_inserted,) * 2,
    with_other_line_ends,
    with_byte_order_mark,
    with_end_cut_off,
    with_another_document,
    *(with_alias,) * 2,
)


def mutant(name: str, number: int) -> list[Source | Problem]:
    """The sources of a mutant: a broken document, often beside sound ones that refer to it."""
    rng = random.Random(f"{name}#{number}")
    text = ALL[name]
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        text = rng.choice(MUTATIONS)(text, rng) or " "
    data = with_flipped_bytes(text, rng) if rng.random() < 0.1 else text.encode("utf-8", "surrogatepass")
    found = [Source.decode("rules/broken.yaml", data)]
    for other in ("settings", "alert windows"):
        if other != name and rng.random() < 0.2:
            found.append(Source(f"{other}.yaml", SMALL[other]))
    rng.shuffle(found)
    return found


OPTIONS = (Options(), Options(Millis(7 * 86_400_000), {"cluster": "a"}), Options(Millis(1), {"severity": ""}))


# what must hold ------------------------------------------------------------------------------------------


def compiled(name: str, number: int) -> Result | None:
    """Compile a mutant and look at everything that comes out; None for one that no source can hold."""
    found = mutant(name, number)
    sources = [source for source in found if isinstance(source, Source)]
    for problem in found:
        if isinstance(problem, Problem):
            check_span(problem.at, [problem.at.source])
    if len(sources) < len(found):
        return None
    result = pipeline.compile(sources, OPTIONS[number % 10 if number % 10 < len(OPTIONS) else 0])
    for diagnostic in result.report:
        check_diagnostic(diagnostic, sources)
    check_rendering(result.report.diagnostics)
    assert result.files == () or not result.report.failed, "files in spite of an error"
    assert len({file.path for file in result.files}) == len(result.files), "two files of one path"
    for file in result.files:
        check_file(file.path, file.text)
    return result


def check_diagnostic(diagnostic: Diagnostic, sources: Sequence[Source]) -> None:
    assert diagnostic.code.id != "SLO900", diagnostic.message
    assert diagnostic.message
    for span in (diagnostic.at, *(label.at for label in diagnostic.also)):
        check_span(span, sources)


def check_span(span: Span, sources: Sequence[Source]) -> None:
    assert span.source in sources
    assert 0 <= span.start <= span.end <= len(span.source.text)
    assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column)


def check_rendering(diagnostics: Sequence[Diagnostic]) -> None:
    for form in render.FORMATS.values():
        form(diagnostics).encode()


@cache
def check_file(path: str, text: str) -> None:
    data = yaml.load(text, Loader=yaml.CSafeLoader)
    if len(text) < 30_000:
        assert yaml.safe_load(text) == data
    if path.startswith("prometheusrules/"):
        assert data.keys() == {"apiVersion", "kind", "metadata", "spec"}
        metadata = data["metadata"]
        assert metadata.keys() <= {"name", "namespace", "labels", "annotations"}
        check_texts(metadata.get("labels", {}))
        check_texts(metadata.get("annotations", {}))
        data = data["spec"]
    assert data.keys() == {"groups"}
    for group in data["groups"]:
        check_group(group)


def check_group(group: dict[str, Any]) -> None:
    assert isinstance(group["name"], str)
    texts = ("name", "interval", "query_offset", "partial_response_strategy")
    assert group.keys() <= {*texts, "limit", "labels", "rules"}
    assert all(isinstance(group.get(key, ""), str) for key in texts)
    assert type(group.get("limit", 0)) is int
    check_texts(group.get("labels", {}))
    for rule in group["rules"]:
        texts = ("record", "alert", "expr", "for", "keep_firing_for")
        assert rule.keys() <= {*texts, "labels", "annotations"}
        assert ("record" in rule) != ("alert" in rule)
        assert all(isinstance(rule.get(key, ""), str) for key in texts)
        assert rule["expr"].strip()
        check_texts(rule.get("labels", {}))
        check_texts(rule.get("annotations", {}))


def check_texts(items: dict[str, str]) -> None:
    assert all(type(key) is str and type(value) is str for key, value in items.items()), items


# the runs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_document_as_it_is_compiles(name: str) -> None:
    windows = Source("windows.yaml", WINDOWS if "AlertWindows" not in ALL[name] else "")
    report = pipeline.compile([Source("rules/sound.yaml", ALL[name]), windows]).report
    assert [f"{d.at} {d.message}" for d in report] == []


@pytest.mark.parametrize("name", ALL)
def test_a_broken_document_gives_files_or_findings(name: str) -> None:
    for number in range(MUTANTS_OF_SMALL_DOCUMENTS if name in SMALL else MUTANTS_OF_FILES):
        try:
            compiled(name, number)
        except Exception as error:
            raise AssertionError(f"mutant {number} of {name}") from error


def rule_files(results: Iterator[tuple[str, Result]]) -> dict[str, str]:
    """The plain rule files of all results, by a name that says which mutant each is of."""
    newer = re.compile(r"^    (query_offset|labels|partial_response_strategy):", re.MULTILINE)
    texts: dict[str, str] = {}
    for name, result in results:
        for file in result.files:
            if file.path.startswith("rules/") and not newer.search(file.text):
                texts.setdefault(file.text, f"{name} {Path(file.path).name}"[:200].replace("/", "_"))
    return {name: text for text, name in texts.items()}


def refused_by_promtool(files: dict[str, str], folder: Path) -> list[str]:
    """What promtool says about the files, in batches."""
    paths = []
    for i, (name, text) in enumerate(files.items()):
        paths.append(folder / f"{i} {name}")
        paths[-1].write_text(text, encoding="utf-8")
    refused = []
    for start in range(0, len(paths), 500):
        command = [promtool.needed(), "check", "rules", "--lint=none", *map(str, paths[start : start + 500])]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            refused.append(result.stderr)
    return refused


def main(count: int) -> None:
    failures = Counter[str]()
    results: list[tuple[str, Result]] = []
    clean = 0
    seen: set[str] = set()
    started = time.monotonic()
    for name in ALL:
        for number in range(count // len(ALL) + 1):
            try:
                result = compiled(name, number)
            except Exception as error:  # noqa: BLE001 - it is what is looked for
                trace = error.__traceback__
                while trace is not None and trace.tb_next is not None:
                    trace = trace.tb_next
                place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
                kind = f"{type(error).__name__} in {place}: {str(error)[:150]}"
                failures[kind] += 1
                if failures[kind] == 1:
                    print(f"mutant {number} of {name}: {kind}", flush=True)  # noqa: T201
                continue
            if result is not None and not result.report.failed:
                clean += 1
                if name in SMALL:
                    texts = {f.text for f in result.files if f.path.startswith("rules/")}
                    if not texts <= seen:
                        seen |= texts
                        results.append((f"{name} {number}", result))
        check_file.cache_clear()
    print(
        f"{count} mutants in {time.monotonic() - started:.0f} s, {clean} compiled, {sum(failures.values())} failed"
    )  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        files = rule_files(iter(results))
        refused = refused_by_promtool(files, Path(folder))
        print(f"{len(files)} rule files for promtool")  # noqa: T201
        print("\n".join(refused))  # noqa: T201
    sys.exit(bool(failures or refused))


if __name__ == "__main__":
    main(int(sys.argv[1]))
