"""Hand-written rules: variants of what is wrong, and sane rules that look alike and stay silent."""

from __future__ import annotations

import pytest

from slogen import pipeline
from slogen.diagnostics import Diagnostic
from slogen.source import Source

HEAD = "groups:\n  - name: g\n    rules:\n"
OURS = {f"SLO6{number:02}" for number in range(1, 41)}
CATALOG = """
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_orders_total: {type: counter, labels: {page: {}}}
    shop_load: {type: gauge, unit: ratio, range: [0, 1], labels: {page: {}}}
    shop_seconds: {type: histogram, unit: seconds, buckets: [0.1, 1, 10], labels: {page: {}}}
"""


def alert(expr: str, summary: str = "x", rest: str = "") -> str:
    indented = expr.replace("\n", "\n          ")
    quoted = summary.replace("'", "''")
    return (
        f"      - alert: A\n        expr: |\n          {indented}\n"
        f"        annotations: {{summary: '{quoted}'}}\n{rest}"
    )


def findings(text: str, *others: str) -> list[Diagnostic]:
    sources = [Source(f"{i}.yaml", one) for i, one in enumerate((text, *others))]
    return [one for one in pipeline.compile(sources).report if one.code.id in OURS or one.severity == "error"]


def codes(text: str, *others: str) -> list[str]:
    return [one.code.id for one in findings(text, *others)]


SANE = [
    # The condition is the existence of a series, or stands in another place than the end.
    "vector(1)",
    "up == 0",
    "sum by (job) (up) == 0",
    "a > 1 and on (instance) up{job='a'} == 1",
    "absent(up{job='a'})",
    "absent(up{job='a'} == 1)",
    "absent_over_time(up{job='a'}[10m])",
    'ALERTS{alertname="B"}',
    "(a > 1) * on (pod) group_left (node) kube_pod_info",
    "max_over_time((a > bool 1)[5m:]) > 0",
    "100 - a / b * 100 > 90",
    "a > 1 or absent(a)",
    "a and on (pod) b",
    "a unless b",
    # Bounds that are reached.
    "avg(up{job='a'}) < 1 or absent(up{job='a'})",
    "(count(a == 1) or vector(0)) == 0",
    "sum(a == bool 1) < 3",
    "(a / b >= 0) > 0.1",
    "delta(a[5m]) < 0",
    "rate(a[5m]) <= 0",
    "rate(a_total[5m]) == 0",
    "predict_linear(a[1h], 3600) < 0",
    "a_total - a_total offset 5m < 0",
    "sum(rate(a_total[5m])) / sum(rate(a_total[5m] offset 1d)) > 2",
    "sum(rate(a_total[5m])) / sum(rate(a_total[1h])) > 2",
    "sum(a{c='x'}) / sum(a) > 2",
    "x_sum < 0",
    # Sides that may well match.
    "sum by (cluster, job) (a) / sum by (job) (b) > 1",
    "a / on (job) group_left () sum by (job) (b) > 1",
    "a / ignoring (code) group_left () sum without (code) (b) > 1",
    "sum(a) > scalar(sum(b))",
    "sum by (job) (a) > on () group_left () sum(b)",
    'a{q="0.9"} / ignoring (q) a{q="0.5"} > 2',
    "a - job:b:sum > 1",
    # Quotients that are not NaN, or do not matter.
    "sum(rate(a_total[5m])) / sum(rate(b_total[5m])) > 0.05",
    "avg(rate(a_total[5m]) / (rate(b_total[5m]) > 0)) > 0.05",
    "sum(container_memory_bytes / container_limit_bytes) > 5",
    "max(rate(a_total[5m]) / rate(b_total[5m])) > 0.05",
    # Choices that do not tell alerts apart.
    "sum(topk(3, a)) > 5",
    "count by (node) (a * on (pod) group_left (node) topk by (pod) (1, kube_pod_info)) > 5",
    # Counters that are looked at, not compared.
    "a_total unless a_total offset 1h",
    "count(a_total) > 5",
    "changes(a_total[5m]) > 5",
    "rabbitmq_queue_messages_total > 1000",
    "a_total == 0",
    "histogram_quantile(0.99, rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m])) > 0.5",
    'label_replace(count by (__name__) ({__name__=~".+"}), "name", "$1", "__name__", "(.+)") > 1e4',
    'a{x=~"b.c"} > 1',
    'a{x=~"^b|c$"} > 1',
    'a{x=~"a\\\\$"} > 1',
    'a{x!~"b|c"} > 1',
]


@pytest.mark.parametrize("expr", SANE)
def test_a_sane_condition_is_silent(expr: str) -> None:
    assert codes(HEAD + alert(expr)) == []


WRONG = [
    ("a", "SLO601"),
    ("rate(a_total[5m]) >= 0", "SLO601"),
    ("up{job='a'} <= 1 or absent(up{job='a'})", "SLO601"),
    ("a > bool 1", "SLO601"),
    ("a > 1 or b", "SLO601"),
    ("(a > 1) or vector(0)", "SLO602"),
    ("a > 1 or on () vector(0) >= 0", "SLO602"),
    ("count(a == 1) < 1", "SLO620"),
    ("a > 5 < 3", "SLO620"),
    ("count by (job) (a == 0) / count by (job) (a) > 10", "SLO620"),
    ("sum(rate(a_total{c='x'}[5m])) / sum(rate(a_total[5m])) > 5", "SLO620"),
    ("100 * sum by (q) (rate(a_total{c='x'}[5m])) / sum by (q) (rate(a_total[5m])) > 100", "SLO620"),
    ("quantile_over_time(95, a[5m]) > 2", "SLO448"),
    ("a * on (pod) group_left (node) max by (pod) (b) > 1", "SLO610"),
    ("2 < avg(up{job='a'}) or absent(up{job='a'})", "SLO620"),
    ("absent(a) == 0", "SLO620"),
    ("a > 1 and on () vector(0) > 1", "SLO620"),
    ("sum by (pod) (a) / sum by (node) (b) > 1", "SLO621"),
    ("sum by (pod) (a) / on (pod) sum(b) > 1", "SLO621"),
    ('a{q="0.9"} / a{q="0.5"} > 2', "SLO621"),
    ("a / sum(b) > 1", "SLO637"),
    ("a * b / sum(b) > 1", "SLO637"),
    ("a > 1 unless sum(b) > 1", "SLO637"),
    ("sum by (job) (a) > 1 unless sum(b) > 1", "SLO610"),
    ("max by (pod) (sum by (job) (a)) > 1", "SLO610"),
    ("sum by (job) (a) * on (pod) sum by (job) (b) > 1", "SLO610"),
    ("(vector(0) or sum(a)) > 1", "SLO610"),
    ("sum(rate(a_total[5m]) / rate(b_total[5m])) > 1", "SLO611"),
    ("avg_over_time((rate(a_total[5m]) / rate(b_total[5m]))[1h:]) > 1", "SLO611"),
    ("topk(3, a) > 1", "SLO607"),
    ("sum by (pod) (bottomk(3, a)) > 1", "SLO607"),
    ("a_errors_total > 5", "SLO627"),
    ("5 < sum(a_errors_total)", "SLO627"),
    ("count(a == 1) <= 2", "SLO628"),
    ("up{job='a'} == 0", "SLO619"),
    ('up{namespace="b"} < 1', "SLO619"),
    ("avg(avg_over_time(up[5m])) < 0.9", "SLO619"),
    ('a{x=~"b"} > 1', "SLO608"),
    ('a{x!~"b\\\\.c"} > 1', "SLO608"),
    ('a{x=~".*"} > 1', "SLO608"),
    ("absent(a or vector(1))", "SLO622"),
]


@pytest.mark.parametrize(("expr", "code"), WRONG)
def test_what_is_wrong_with_a_condition(expr: str, code: str) -> None:
    assert code in codes(HEAD + alert(expr))


@pytest.mark.parametrize(
    "other",
    [
        "absent(up)",
        "absent(up{job='a'})",
        "count(up{job='a'}) < 3",
        "up{job='a'} offset 1h unless up{job='a'}",
        'absent(shop_orders{job="a"})',
    ],
)
def test_any_rule_that_sees_the_absence_is_company_for_up(other: str) -> None:
    rules = HEAD + alert("up{job='a'} == 0")
    assert "SLO619" in codes(rules)
    assert "SLO619" not in codes(rules, HEAD + alert(other))
    assert "SLO619" in codes(rules, HEAD + alert("absent(up{job='ab'})"))


TEXTS = [
    # What a template reads that the alert has, or may have, or does not need.
    ("a > 1", "{{ $labels.anything }} {{ .Labels.pod }} {{ $labels }} {{ $externalLabels.cluster }}", []),
    ("sum by (job) (a) > 1", "{{ $labels.job }} {{ .Value }} {{ $.Labels.job }}", []),
    ("sum by (job) (a) > 1", "{{ if $labels.cluster }}in {{ $labels.cluster }}{{ end }}", []),
    ("sum by (job) (a) > 1", "{{ with $labels.cluster }}in {{ . }}{{ end }}", []),
    ("sum by (job) (a) > 1", "{{ or $labels.cluster `here` }}", []),
    ("sum(a) > 1", "{{ range query `up` }}{{ .Labels.instance }}{{ .Value }}{{ end }}", []),
    ("absent(up{job='a'})", "{{ $labels.job }}", []),
    ("label_replace(sum(a), 'x', 'y', '', '') > 1", "{{ $labels.x }}", []),
    ("sum by (job) (a) > 1 or sum by (pod) (b) > 1", "{{ $labels.pod }} {{ $labels.job }}", []),
    ("a > 1", 'costs ${{ $value }}, 5% of {"a": 1}, run `echo ${HOME}` [[1]]', []),
    ("a > 1", "{{/* {% raw %} */ -}} text", []),
    ("100 * rate(a_total[5m]) / rate(b_total[5m]) > 1", '{{ $value | printf "%.2f" }}%', []),
    ("rate(a_total[5m]) / rate(b_total[5m]) > 1", "{{ $value | humanizePercentage }} above 5%", []),
    ("rate(a_total[5m]) / rate(b_total[5m]) * 100 > 1", "{{ $value | humanize }} %", []),
    ("node_temp_celsius > 1", "{{ $value }}% of something", []),
    # What it reads in vain.
    ("sum by (job) (a) > 1", "{{ $labels.pod }}", ["SLO603"]),
    ("sum by (job) (a) > 1", "{{ .Labels.pod }}", ["SLO603"]),
    ("sum by (job) (a) > 1", "{{ index $labels `pod` }}", ["SLO603"]),
    ("sum by (job) (a) > 1", "{{ range query `up` }}{{ $labels.pod }}{{ end }}", ["SLO603"]),
    ("absent(up{job=~'a|b'})", "{{ $labels.job }}", ["SLO603"]),
    ("vector(1)", "{{ $labels.instance }}", ["SLO603"]),
    ("sum(a) > 1", "{{ $labels.alertname }}", ["SLO603"]),
    ("a > 1", "{{ range query `sum(up)` }}{{ .Labels.instance }}{{ end }}", ["SLO636"]),
    ("a > 1", "{{ (query `sum(up)` | first).Labels.instance }}", ["SLO636"]),
    ("a > 1", "{{ with query `sum(up` }}{{ . | first | value }}{{ end }}", ["SLO636"]),
    ("a > 1", "{{ .value }}", ["SLO632"]),
    ("a > 1", "{{ .Values.name }}", ["SLO632"]),
    ("a > 1", "{% if x %} b", ["SLO606"]),
    ("a > 1", "on [[ $labels.pod ]]", ["SLO606"]),
    ("a > 1", "on ${labels.pod}", ["SLO606"]),
    ("a > 1", "is $value", ["SLO606"]),
    ("a > 1", '{{ "{{ $value }}" }}', ["SLO606"]),
    ("rate(a_total[5m]) / rate(b_total[5m]) > 0.1", '{{ printf "%.2f" $value }} %', ["SLO633"]),
    ("rate(a_total[5m]) / rate(b_total[5m]) > 0.1", '{{ printf "%.2f%%" $value }}', ["SLO633"]),
    (
        "sum(rate(a_total[5m])) * 100 / sum(rate(b_total[5m])) > 5",
        "{{ $value | humanizePercentage }}",
        ["SLO633"],
    ),
]


@pytest.mark.parametrize(("expr", "text", "expected"), TEXTS)
def test_texts_of_alerts(expr: str, text: str, expected: list[str]) -> None:
    quiet = {"SLO605", "SLO608"}
    assert [code for code in codes(HEAD + alert(expr, text)) if code not in quiet] == expected


@pytest.mark.parametrize(
    ("expr", "label", "is_wrong"),
    [
        ("a > 1", "{{ $value }}", True),
        ("a > 1", "{{ $value | humanize }}", True),
        ("a > 1", "{{ if gt $value 5.0 }}critical{{ else }}warning{{ end }}", False),
        ("a == 1", "{{ $value }}", False),
        ("a > 1", "{{ $labels.pod }}", False),
    ],
)
def test_a_value_in_a_label(expr: str, label: str, is_wrong: bool) -> None:
    found = codes(HEAD + alert(expr, rest=f"        labels: {{x: '{label}'}}\n"))
    assert ("SLO604" in found) == is_wrong


@pytest.mark.parametrize(
    ("written", "fixed"),
    [
        ('a{x=~"b"} > 1', 'x="b"'),
        ('a{x!~"b\\\\.c"} > 1', 'x!="b.c"'),
        ('a{x=~".+"} > 1', 'x!=""'),
        ('a{x!~".+"} > 1', 'x=""'),
        ('a{x=~"^b.c$"} > 1', '"b.c"'),
        ('a{x=~"^(b|c)$"} > 1', '"(b|c)"'),
    ],
)
def test_a_needless_regexp_has_its_fix(written: str, fixed: str) -> None:
    (found,) = findings(HEAD + alert(written))
    (fix,) = found.fixes
    assert fix.text == fixed
    text = fix.at.source.text
    mended = text[: fix.at.start] + fix.text + text[fix.at.end :]
    assert codes(mended) == []


def test_labels_of_recording_rules_and_catalogs_count() -> None:
    rules = HEAD + (
        "      - record: job:orders:rate5m\n        expr: sum by (job) (rate(shop_orders_total[5m]))\n"
        + alert("job:orders:rate5m > 1", "{{ $labels.cluster }} {{ $labels.job }} {{ $labels.pod }}")
    )
    assert codes(rules) == ["SLO603"]
    rule = HEAD + alert(
        "rate(shop_orders_total[5m]) > 1", "{{ $labels.page }} {{ $labels.pod }} {{ $labels.pag }}"
    )
    (found,) = pipeline.compile([Source("r.yaml", rule), Source("c.yaml", CATALOG)]).report
    # Without its scrapes, targets may have any label.
    told = (found.code.id, found.at.text, (found.help or "").partition("?")[0])
    assert told == ("SLO446", "$labels.pag", "did you mean `page`")
    scraped = CATALOG + "  scrapes: [{kind: podmonitor}]\n"
    (certain,) = findings(HEAD + alert("rate(shop_orders_total[5m]) > 1", "{{ $labels.pag }}"), scraped)
    assert (certain.code.id, certain.at.text, certain.help) == (
        "SLO603",
        "$labels.pag",
        "did you mean `page`?",
    )


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("shop_load > 1.5", ["SLO620"]),
        ("shop_load > 0.5", []),
        ("histogram_quantile(0.9, sum by (le) (rate(shop_seconds_bucket[5m]))) > 10", ["SLO620"]),
        ("histogram_quantile(0.9, sum by (le) (rate(shop_seconds_bucket[5m]))) > 5", []),
        ("histogram_quantile(0.9, rate(shop_seconds_bucket[5m])) > 5", ["SLO630"]),
        ('histogram_quantile(0.9, rate(shop_seconds_bucket{page="a"}[5m])) > 5', []),
        ("shop_load / sum(shop_load) > 1", ["SLO621"]),
        ("shop_orders_total > 5", ["SLO627"]),
    ],
)
def test_with_a_catalog(expr: str, expected: list[str]) -> None:
    assert codes(HEAD + alert(expr), CATALOG) == expected


RECORD = "      - record: {name}\n        expr: {expr}\n{rest}"


def record(name: str, expr: str, rest: str = "") -> str:
    return RECORD.format(name=name, expr=expr, rest=rest)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (record("a:x", "sum(a)") + record("b:x", "a:x * 2"), []),
        (record("b:x", "a:x * 2") + record("a:x", "sum(a)"), ["SLO609"]),
        (record("b:x", "sum_over_time(a:x[1h])") + record("a:x", "sum(a)"), []),
        (record("a:x", "a:x + 1 or vector(0)"), []),
        # Who records a series twice, under labels that may be different ones.
        (record("a:x", "sum by (p) (a)") + record("a:x", "sum by (p) (b)"), []),
        (record("a:x", "sum(a)") + record("a:x", "sum(b)", "        labels: {y: z}\n"), []),
        (record("a:x", "sum(a)") + record("a:x", "sum(b) > 0"), []),
        (record("a:x", "sum(a)") + record("a:x", "sum(b)"), ["SLO613"]),
        (record("a:x", "sum(a)") + record("a:x", "sum( a )"), ["SLO635"]),
        (record("a:x", "sum(a)") + record("a:x", "sum(a)"), ["SLO635"]),
        (record("a:x", "rate(a_total[5m]) / rate(b_total[5m])") + alert("avg(a:x) > 1"), ["SLO611"]),
        (record("a:x", "sum(a) > 1") + alert("a:x"), []),
    ],
)
def test_rules_of_one_group(rules: str, expected: list[str]) -> None:
    assert codes(HEAD + rules) == expected


def test_the_same_series_in_two_files_is_for_two_servers() -> None:
    assert codes(HEAD + record("a:x", "sum(a)"), HEAD + record("a:x", "sum(b)")) == []


@pytest.mark.parametrize(
    ("interval", "reader", "expected"),
    [
        ("10m", alert("a:x > 1"), ["SLO612"]),
        ("10m", alert("last_over_time(a:x[15m]) > 1"), []),
        ("10m", alert("a:x > 1", rest="        keep_firing_for: 15m\n"), []),
        ("5m", alert("a:x > 1"), []),
    ],
)
def test_a_slow_group(interval: str, reader: str, expected: list[str]) -> None:
    slow = f"groups:\n  - name: slow\n    interval: {interval}\n    rules:\n{record('a:x', 'sum(a)')}"
    assert codes(slow, HEAD + reader) == expected
