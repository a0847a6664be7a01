"""Whatever the input, slogen answers with files or with findings, never with both, nor with an exception.

Good documents are broken at random, with seeds, so that every failure can be repeated: the message names the
document and the number of the mutant. What compiles nevertheless, promtool and amtool must take. Specs of
other tools are compiled to Sloth's rules, too, and converted; what comes of that must compile.

The long run, with a thousand mutants of each document:

    PYTHONPATH=compiler:tests/convert python tests/test_never_crashes.py 1000

It may name an expression that only Prometheus 3 reads, such as `36h`, where promtool is older. No failure are
names of labels that only Prometheus 3 knows where a plugin of Sloth's sets them, as in an example of Sloth's.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import conversions
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import amtool
import promtool
from documents_of_other_tools import DOCUMENTS
from slogen import pipeline, render
from slogen.diagnostics import Diagnostic
from slogen.ir import Compat, Millis
from slogen.pipeline import Options, Result
from slogen.source import Node, Problem, Source, Span, documents

ROOT = Path(__file__).parent.parent
MUTANTS_OF_SMALL_DOCUMENTS = 120
MUTANTS_OF_DOCUMENTS_OF_OTHER_TOOLS = 60
MUTANTS_OF_FILES = 8
SPECS = 40
# PyYAML's own parser takes a second for a tenth of a megabyte; libyaml reads everything.
LARGE = 30_000

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
          total: "sum by (model) (rate(sales_total[{{.window}}]))"
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
            and on () hour() > 8
        for: 10m
        keep_firing_for: 5m
        labels: &l {severity: critical}
        annotations:
          summary: 'nothing sold in {{ $labels.shop }}'
      - {alert: Other, expr: 'absent(up) or (sum(up) < bool 1) == 1', labels: *l}
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
OWN_TESTS = """\
rule_files: ['[bs]*.yaml']
evaluation_interval: 1m
group_eval_order: [shop, empty]
tests:
  - interval: 30s
    name: down
    input_series:
      - {series: 'up{job="a"}', values: 1x5 0+0x10 _ stale NaN}
    external_labels: {zone: a}
    alert_rule_test:
      - {eval_time: 5m, alertname: ShopClosed}
      - eval_time: 10m
        alertname: Other
        exp_alerts: [{exp_labels: {job: a}, exp_annotations: {summary: down}}]
    promql_expr_test:
      - {expr: sum(up), eval_time: 1m, exp_samples: [{labels: '{}', value: 1}]}
"""
LIST = """\
{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "a"},
   "spec": {"groups": [{"name": "g", "rules": [{"record": "a:b", "expr": "up"}]}]}},
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {}}
]}
"""


# Beside the rules that it routes, so that nothing is left over.
ROUTING = """\
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: shop, namespace: monitoring, labels: {release: prometheus}}
spec:
  fallback: sales
  defaults: {group_by: [alertname, service], group_wait: 30s, repeat_interval: 4h}
  severities: {page: [critical], ticket: [warning]}
  time_intervals:
    office:
      - weekdays: ['monday:friday']
        times: [{start_time: '09:00', end_time: '18:00'}]
        location: Europe/Berlin
  owners:
    sales: {page: pager, ticket: tickets, hours: office}
    stock:
      page: {receiver: stock-pager, group_by: ['...']}
      ticket: {receiver: tickets, active: [office], repeat_interval: 1d}
      escalation: {to: sales, after: 30m}
  global: {slack_api_url: {secret: slack, key: url}}
  receivers:
    pager: {pagerduty: {routing_key: {secret: pagerduty, key: sales}}}
    stock-pager:
      opsgenie: [{api_key: {file: /etc/secrets/stock}}]
      slack: {channel: '#stock', http_config: {follow_redirects: true}}
    tickets: {webhook: {url: http://tickets.example.com/alerts, max_alerts: 10}}
  inhibit_rules:
    - source_matchers: ['alertname="AllIsDown"']
      target_matchers: ['severity="warning"']
      equal: [cluster]
---
groups:
  - name: shop
    rules:
      - {alert: ShopDown, expr: shop_up == 0, labels: {owner: sales, severity: critical}}
      - {alert: ShopSlow, expr: shop_wait_seconds > 9, labels: {owner: sales, severity: warning}}
      - {alert: StockDown, expr: stock_up == 0, labels: {owner: stock, severity: critical}}
      - {alert: StockLow, expr: stock_items < 9, labels: {owner: stock, severity: warning}}
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
        "a routing document": ROUTING,
        "tests for promtool": f"{RULE_FILE}---\n{OWN_TESTS}",
        "all documents in one file": everything,
    }


def files_of_the_project() -> dict[str, str]:
    paths = sorted([*(ROOT / "slos").rglob("*.yaml"), *(ROOT / "rules").rglob("*.yaml")])
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


SMALL = small_documents()
FILES = files_of_the_project()
# What the specs and rules of the project are judged by; findings that only they bring are allowed in these.
CATALOGS = {name: text for name, text in FILES.items() if name.endswith(".metrics.yaml")}
ALL = SMALL | DOCUMENTS | FILES


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

Mutation = Callable[[str, random.Random], str]


@cache
def places(text: str) -> tuple[Span, ...]:
    """The spans of all values and keys of the documents in a text."""
    found: list[Span] = []

    def visit(node: Node) -> None:
        found.append(node.span)
        found.extend(node.keys.values())
        children = list(node.value.values()) if isinstance(node.value, dict) else node.value
        if isinstance(children, list):
            for child in children:
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


def compiled(name: str, number: int) -> list[Result]:
    """Compile a mutant and look at everything that comes out; nothing for one that no source can hold.

    That of another tool also to Sloth's rules, and in every format that it can be converted to.
    """
    found = mutant(name, number)
    sources = [source for source in found if isinstance(source, Source)]
    for problem in found:
        if isinstance(problem, Problem):
            check_span(problem.at, [problem.at.source])
    if len(sources) < len(found):
        return []
    result = pipeline.compile(sources, OPTIONS[number % 10 if number % 10 < len(OPTIONS) else 0])
    check(result, sources)
    if name not in DOCUMENTS:
        return [result]
    to_sloths_rules = pipeline.compile(sources, Options(compat=Compat.SLOTH))
    check(to_sloths_rules, sources)
    return [result, to_sloths_rules, *compiled_after_conversion(sources)]


# What a note says where another format has no words for something that cannot be left out.
TOLD = re.compile(r"slogen refuses|Settings refer")


def is_broken(at: Span) -> bool:
    """Whether a place is in the broken document. Sound settings may name alert windows that nobody needed."""
    return at.source.path == "rules/broken.yaml"


def compiled_after_conversion(sources: Sequence[Source]) -> Iterator[Result]:
    """Convert sound sources to each format, and compile the texts: without errors, unless notes say so."""
    if pipeline.compile(sources).report.failed:
        return
    for target in ("native", "sloth", "openslo"):
        after, notes = conversions.converted(sources, target)
        for note in notes:
            check_span(note.at, sources)
        result = pipeline.compile(after)
        check(result, after)
        if not any(TOLD.search(note.text) for note in notes):
            errors = [found for found in result.report if found.severity == "error" and is_broken(found.at)]
            assert [f"{found.at} {found.message}" for found in errors] == [], f"converted to {target}"
        yield result


def check(result: Result, sources: Sequence[Source]) -> None:
    for diagnostic in result.report:
        check_diagnostic(diagnostic, sources)
    said = Counter((finding.at.source.path, finding.at.start, finding.message) for finding in result.report)
    assert said.total() == len(said), "one thing is said twice"
    for form in render.FORMATS.values():
        form(result.report.diagnostics).encode()
    assert result.files == () or not result.report.failed, "files in spite of an error"
    assert len({file.path for file in result.files}) == len(result.files), "two files of one path"
    sloths = any(slo.compat is Compat.SLOTH for slo in result.program.slos)
    for file in result.files:
        check_file(file.path, file.text, sloths=sloths)


def check_diagnostic(diagnostic: Diagnostic, sources: Sequence[Source]) -> None:
    assert diagnostic.code.id != "SLO900", diagnostic.message
    assert diagnostic.message
    assert "\n" not in diagnostic.code.title
    for span in (diagnostic.at, *(label.at for label in diagnostic.also)):
        check_span(span, sources)


def check_span(span: Span, sources: Sequence[Source]) -> None:
    assert span.source in sources
    assert 0 <= span.start <= span.end <= len(span.source.text)
    assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column)


class ReaderOfSloths(yaml.CSafeLoader):
    """Takes `<<` and `=` for texts, which Sloth writes without quotes, as Prometheus does."""


for _tag in ("merge", "value"):
    ReaderOfSloths.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda _, node: node.value)


@lru_cache(maxsize=64)
def check_file(path: str, text: str, *, sloths: bool) -> None:
    if path.endswith(".json"):
        json.loads(text)
        return
    if path.endswith((".md", ".tmpl")):
        return
    data = yaml.load(text, Loader=ReaderOfSloths if sloths else yaml.CSafeLoader)
    if len(text) < LARGE and not sloths:
        assert yaml.safe_load(text) == data
    if path.startswith(("alertmanager/", "tests/")):
        assert isinstance(data, dict)
        return
    if path.startswith("prometheusrules/"):
        assert data.keys() == {"apiVersion", "kind", "metadata", "spec"}
        metadata = data["metadata"]
        assert metadata.keys() <= {"name", "namespace", "labels", "annotations"}
        check_texts(metadata.get("labels", {}))
        check_texts(metadata.get("annotations", {}))
        data = data["spec"]
    if not path.startswith(("prometheusrules/", "rules/")):
        return
    assert data.keys() == {"groups"}
    for group in data["groups"]:
        check_group(group)


def check_group(group: dict[str, Any]) -> None:
    texts = {"name", "interval", "query_offset", "partial_response_strategy"}
    assert group.keys() <= {*texts, "limit", "labels", "rules"}
    assert all(isinstance(group.get(key, ""), str) for key in texts)
    assert type(group.get("limit", 0)) is int
    assert group["name"]
    check_texts(group.get("labels", {}))
    for rule in group["rules"]:
        check_rule(rule)


def check_rule(rule: dict[str, Any]) -> None:
    texts = {"record", "alert", "expr", "for", "keep_firing_for"}
    assert rule.keys() <= {*texts, "labels", "annotations"}
    assert ("record" in rule) != ("alert" in rule)
    assert all(isinstance(rule.get(key, ""), str) for key in texts)
    assert rule["expr"].strip()
    check_texts(rule.get("labels", {}))
    check_texts(rule.get("annotations", {}))


def check_texts(items: dict[str, str]) -> None:
    assert all(type(key) is str and type(value) is str for key, value in items.items()), items


# Prometheus' verdict -------------------------------------------------------------------------------------

# Fields of a group that are newer than the promtool of Debian.
NEWER = re.compile(r"^    (query_offset|labels):", re.MULTILINE)

# Names of labels that only Prometheus 3 knows, where a plugin of Sloth's sets them.
OF_A_PLUGIN = re.compile(r"\"(sloth_slo_info|slo:\S+)\": invalid label name: ")


def rule_files(results: Iterable[Result]) -> list[str]:
    texts = (file.text for result in results for file in result.files if file.path.startswith("rules/"))
    return [text for text in dict.fromkeys(texts) if not NEWER.search(text)]


def refused_by_promtool(texts: Iterable[str], folder: Path) -> list[str]:
    """What promtool says about the files that it refuses, with the file's path."""
    paths = []
    for i, text in enumerate(texts):
        paths.append(folder / f"{i}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    refused: list[str] = []
    for start in range(0, len(paths), 500):
        # Lint would object to two rules of one name, which an author may write.
        command = [promtool.needed(), "check", "rules", "--lint=none", *map(str, paths[start : start + 500])]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        refused += [line for line in result.stderr.splitlines() if line.strip() not in ("", "FAILED:")]
    return [line for line in refused if not OF_A_PLUGIN.search(line)]


def refused_by_amtool(results: Iterable[Result], folder: Path) -> list[str]:
    """What amtool says about the configurations that it refuses."""
    configurations = (
        file.text
        for result in results
        for file in result.files
        if file.path == "alertmanager/alertmanager.yaml"
    )
    paths = []
    for i, text in enumerate(dict.fromkeys(configurations)):
        paths.append(folder / f"alertmanager-{i}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    return [said for said in amtool.check_all(paths) if said] if paths else []


# the runs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_document_as_it_is_compiles(name: str) -> None:
    others = {"windows.yaml": WINDOWS} if "AlertWindows" not in ALL[name] else {}
    others |= CATALOGS if name in FILES.keys() - CATALOGS.keys() else {}
    if "kind: Routing" in ALL[name] and name in FILES:
        others = {path: text for path, text in FILES.items() if path != name}
    sources = [Source(path, text) for path, text in {"rules/sound.yaml": ALL[name], **others}.items()]
    report = pipeline.compile(sources).report
    assert [f"{d.at} {d.message}" for d in report] == []


@pytest.mark.parametrize("name", ALL)
def test_a_broken_document_gives_files_or_findings(name: str, tmp_path: Path) -> None:
    results: list[Result] = []
    for number in range(mutants_of(name)):
        try:
            results += compiled(name, number)
        except Exception as error:
            raise AssertionError(f"mutant {number} of {name}") from error
    if name not in FILES:
        clean = [result for result in results if not result.report.failed]
        assert refused_by_promtool(rule_files(clean), tmp_path) == []
        assert refused_by_amtool(clean, tmp_path) == []


def mutants_of(name: str) -> int:
    if name in DOCUMENTS:
        return MUTANTS_OF_DOCUMENTS_OF_OTHER_TOOLS
    return MUTANTS_OF_SMALL_DOCUMENTS if name in SMALL else MUTANTS_OF_FILES


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_another_tool_gives_sloths_rules(name: str) -> None:
    sources = [Source("slos/sound.yaml", DOCUMENTS[name])]
    result = pipeline.compile(sources, Options(compat=Compat.SLOTH))
    check(result, sources)
    assert [f"{d.at} {d.message}" for d in result.report] == []


# specs that are right by construction --------------------------------------------------------------------

# Every character, and what is special to YAML, PromQL or a template more often than by chance. `{{` would
# start an action of a template.
ODD_TEXTS = st.lists(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            [*"\n\t :#'\"\\`{}[]&*!|>%@,-?$\0\x85\xa0\ufeff", "\r\n", "\u2028", ": ", " #", "---\n"]
        ),
        st.sampled_from(
            ["yes", "null", "1e3", "0o17", "08", "12:30", "2024-01-01", "<<", "=", "~", "a", "Zoë"]
        ),
    ),
    max_size=12,
).map(lambda parts: "".join(parts).replace("{{", "{"))
NAMES = st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,8}[A-Za-z0-9])?", fullmatch=True)
LABEL_NAMES = st.one_of(
    st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True),
    st.sampled_from(
        ["by", "on", "sum", "offset", "bool", "and", "or", "end", "if", "y", "no", "null", "le_"]
    ),
).filter(lambda name: name not in {"__name__", "le", "owner", "service", "slo", "severity", "inf", "nan"})
LABEL_MAPS = st.dictionaries(LABEL_NAMES.map(lambda name: f"l_{name}"), ODD_TEXTS, max_size=3)
ANNOTATIONS = st.dictionaries(LABEL_NAMES.map(lambda name: f"a_{name}"), ODD_TEXTS, max_size=3)
GROUPINGS = st.lists(LABEL_NAMES.map(lambda name: f"g_{name}"), max_size=2, unique=True)
KUBERNETES_NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
OBJECTIVES = st.decimals("97", "99.999", places=3)
WINDOWS_OF_SLOS = st.sampled_from(["7d", "28d", "30d", "1w", "31d", "720h"])


def promql_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


MATCHERS = st.lists(
    st.one_of(
        st.tuples(LABEL_NAMES, st.sampled_from(["=", "!="]), ODD_TEXTS.map(promql_text)),
        st.tuples(LABEL_NAMES, st.sampled_from(["=~", "!~"]), st.sampled_from(['"5.."', "'a|b'", "`\\d+#`"])),
    ).map("".join),
    max_size=3,
).map(", ".join)
METRICS = st.sampled_from(["sales_total", "job:sales:total", "_a", "offset_total", "by"])
SELECTORS = st.tuples(METRICS, MATCHERS).map(lambda pair: f"{pair[0]}{{{pair[1]}}}")
BAD_SELECTORS = SELECTORS.map(lambda selector: f"bad_{selector}")


def indicator_strategies() -> st.SearchStrategy[dict[str, Any]]:
    one_or_more = st.one_of(SELECTORS, st.lists(SELECTORS, min_size=1, max_size=3))
    events = st.tuples(one_or_more, st.sampled_from(["bad", "good"]), BAD_SELECTORS)
    latency = st.tuples(st.sampled_from(["a_seconds", "a_milliseconds"]), MATCHERS, st.booleans())
    condition = st.tuples(SELECTORS, st.sampled_from(["<= 50", "== 1", "!= 0", "> -1.5e3", ">=.5"]))
    windowed = SELECTORS.map(lambda selector: f"sum(rate({selector}[{{{{.window}}}}]))")
    queries = st.tuples(windowed, st.sampled_from(["bad", "good"]), windowed.map("0 + {}".format))
    return st.one_of(
        events.map(lambda e: {"events": {"total": e[0], e[1]: e[2]}}),
        latency.map(
            lambda e: {
                "latency": {"histogram": e[0], "threshold": "500ms", "where": f"{{{e[1]}}}", "native": e[2]}
            }
        ),
        condition.map(lambda e: {"condition": {"metric": e[0], "good_when": e[1]}}),
        queries.map(lambda e: {"query": {"total": e[0], e[1]: e[2]}}),
        windowed.map(lambda query: {"ratio": {"error": query}}),
    )


def some_of(
    required: dict[str, Any], **optional: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def alerts(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return some_of({}, labels=LABEL_MAPS, annotations=ANNOTATIONS, **more)


def specs() -> st.SearchStrategy[dict[str, Any]]:
    one_alert = alerts(severity=ODD_TEXTS, **{"for": st.sampled_from(["0s", "1m30s", "500ms"])})
    slos = some_of(
        {"name": NAMES, "objective": OBJECTIVES.map(float), "sli": indicator_strategies()},
        window=WINDOWS_OF_SLOS,
        description=ODD_TEXTS,
        group_by=GROUPINGS,
        owner=ODD_TEXTS,
        labels=LABEL_MAPS,
        annotations=ANNOTATIONS,
        profile=st.sampled_from(["exact", "cheap"]),
        alerting=alerts(name=NAMES, page=one_alert, ticket=one_alert, absent=one_alert),
    )
    spec = some_of(
        {"service": NAMES, "slos": st.lists(slos, min_size=1, max_size=2, unique_by=lambda slo: slo["name"])},
        owner=ODD_TEXTS,
        labels=LABEL_MAPS,
        annotations=ANNOTATIONS,
    )
    metadata = some_of(
        {"name": KUBERNETES_NAMES},
        namespace=KUBERNETES_NAMES,
        annotations=st.dictionaries(KUBERNETES_NAMES, ODD_TEXTS, max_size=2),
    )
    return st.fixed_dictionaries(
        {
            "apiVersion": st.just("slogen.dev/v1"),
            "kind": st.just("ServiceLevels"),
            "metadata": metadata,
            "spec": spec,
        }
    )


def alert_rules(files: dict[str, str], spec: dict[str, Any]) -> list[dict[str, Any]]:
    data = yaml.load(files[f"rules/{spec['metadata']['name']}.yaml"], Loader=yaml.CSafeLoader)
    return [rule for group in data["groups"] for rule in group["rules"] if "alert" in rule]


def check_texts_come_back(spec: dict[str, Any], files: dict[str, str]) -> None:
    """Labels, annotations and owner are on the alerts as they were written; the nearest place wins."""
    manifest = yaml.load(files[f"prometheusrules/{spec['metadata']['name']}.yaml"], Loader=yaml.CSafeLoader)
    assert manifest["metadata"].get("annotations", {}) == spec["metadata"].get("annotations", {})
    service = spec["spec"]
    for slo in service["slos"]:
        alerting = slo.get("alerting", {})
        rules = [r for r in alert_rules(files, spec) if r["labels"]["sloth_slo"] == slo["name"]]
        assert len(rules) == 3
        for rule in rules:
            urgency = rule["labels"]["sloth_severity"]
            levels = (service, slo, alerting, alerting.get(urgency, {}))
            for kind in ("labels", "annotations"):
                merged: dict[str, str] = {}
                for level in levels:
                    merged |= level.get(kind, {})
                assert merged.items() <= rule[kind].items()
            owner = slo.get("owner") or service.get("owner")
            assert rule["labels"].get("owner") == (owner or None)
        page = next(rule for rule in rules if rule["labels"]["sloth_severity"] == "page")
        assert " ".join(slo.get("description", "").split()) in page["annotations"]["description"]


# What JSON has in quotes as it is, and YAML only as an escape.
ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")


def written(spec: dict[str, Any]) -> str:
    text = json.dumps(spec, ensure_ascii=False, indent=1)
    return ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def compile_written(spec: dict[str, Any]) -> Result:
    sources = [Source("spec.yaml", written(spec))]
    result = pipeline.compile(sources)
    assert [f"{d.at} {d.code.id} {d.message}" for d in result.report] == []
    check(result, sources)
    check_texts_come_back(spec, {file.path: file.text for file in result.files})
    return result


def test_a_spec_that_is_right_compiles_to_rules_that_prometheus_takes(tmp_path: Path) -> None:
    files: list[Path] = []

    @settings(
        max_examples=SPECS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(specs())
    def collect(spec: dict[str, Any]) -> None:
        [text] = rule_files([compile_written(spec)])
        files.append(tmp_path / f"{len(files)}.yaml")
        files[-1].write_text(text, encoding="utf-8")

    collect()
    result = promtool.check(*files)
    assert result.returncode == 0, result.stderr


# the long run --------------------------------------------------------------------------------------------


def place_of(error: BaseException) -> str:
    """Where in slogen or in this file the error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""


def long_run(count: int) -> int:
    """Try so many mutants of each document; print what failed, once each, and give the number of failures."""
    failures = Counter[str]()
    texts: dict[str, None] = {}
    for name in ALL:
        for number in range(count):
            try:
                results = compiled(name, number)
            except Exception as error:
                kind = f"{type(error).__name__} in {place_of(error)}: {str(error)[:150]}"
                failures[kind] += 1
                if failures[kind] == 1:
                    sys.stdout.write(f"mutant {number} of {name}: {kind}\n")
            else:
                if name not in FILES:
                    texts |= dict.fromkeys(rule_files(results))
    sys.stdout.write(f"{count} mutants of each of {len(ALL)} documents: {failures.total()} failed\n")
    with tempfile.TemporaryDirectory() as folder:
        refused = refused_by_promtool(texts, Path(folder))
    sys.stdout.write(
        "\n".join([*refused, f"{len(texts)} rule files, {len(refused)} rules refused by promtool\n"])
    )
    return failures.total() + len(refused)


if __name__ == "__main__":
    sys.exit(bool(long_run(int(sys.argv[1]))))
