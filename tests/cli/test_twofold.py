"""Two processes give what one gives, and where they might not, one does the work."""

from __future__ import annotations

import os

import pytest

from slogen import pipeline, render
from slogen.cli import twofold
from slogen.source import Source

pytestmark = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core compiles in one process")

SETTINGS = Source(
    "settings.yaml",
    "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {window: 28d, manifest: {namespace: monitoring}}\n",
)


def spec(number: int, *, service: str = "", objective: str = "99.9") -> Source:
    text = f"""apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: {service or f"service-{number}"}
  slos:
    - name: sold
      objective: {objective}
      sli: {{events: {{bad: 'errors_total', total: 'requests_total'}}}}
"""
    return Source(f"{number:03}.yaml", text)


def many(*others: Source) -> list[Source]:
    return [*others, *(spec(number) for number in range(twofold.MANY))]


RENAMED = Source(
    "-2.yaml",
    spec(39)
    .text.replace("spec:", "metadata: {name: other}\nspec:", 1)
    .replace("objective: 99.9", "objective: 99.9\n      alerting: {name: Other}"),
)


SAME_ALERT = [
    Source(
        f"{number:03}.yaml",
        spec(number).text.replace("objective: 99.9", "objective: 99.9\n      alerting: {name: Burns}"),
    )
    for number in range(twofold.MANY)
]


def in_namespace(path: str, namespace: str) -> Source:
    metadata = f"metadata: {{name: sales, namespace: {namespace}}}\nspec:"
    return Source(path, spec(0, service=namespace).text.replace("spec:", metadata, 1))


def openslo(path: str, kind: str, name: str, spec: str) -> Source:
    return Source(path, f"apiVersion: openslo/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n")


SHARE = (
    "{ratioMetric: {rawType: failure, raw: {metricSource: {type: prometheus, "
    "spec: {query: 'avg_over_time(x[{{.window}}])'}}}}}"
)
REFERS = (
    "{service: %s, indicatorRef: share, budgetingMethod: Occurrences, objectives: [{target: 0.99}], "
    "timeWindow: [{duration: 28d, isRolling: true}]}"
)


def rules(path: str, record: str) -> Source:
    return Source(path, f"groups: [{{name: g, rules: [{{record: {record}, expr: up}}]}}]\n")


def proof(path: str, slo: str) -> Source:
    series = "[{series: requests_total, good: 1/s, bad: 1/s}, {series: errors_total, bad: 1/s}]"
    text = f"apiVersion: slogen.dev/v1\nkind: Proof\nspec: {{slo: {slo}, series: {series}}}\n"
    return Source(path, text)


PROVING = pipeline.Options(prove=True)


def compared(
    sources: list[Source], options: pipeline.Options = pipeline.DEFAULTS
) -> tuple[twofold.Compiled, pipeline.Result]:
    """What two processes give, and what one gives; their files and findings are the same."""
    both = twofold.compile_sources(sources, options, lambda stage, done, total: None)
    one = pipeline.compile(sources, options)
    assert {file.path: file.text for file in both.files} == {file.path: file.text for file in one.files}
    assert both.diagnostics == one.report.diagnostics
    assert both.allowed == one.report.allowed
    for drawn in render.FORMATS.values():
        assert drawn(both.diagnostics, both.allowed) == drawn(one.report.diagnostics, one.report.allowed)
    assert both.slos == len(one.program.slos)
    return both, one


def apart(sources: list[Source], options: pipeline.Options = pipeline.DEFAULTS) -> bool:
    return twofold._compiled_apart(sources, options, lambda stage, done, total: None) is not None


def test_halves_of_a_sound_project_are_compiled_apart() -> None:
    sources = many(SETTINGS, rules("rules/a.yaml", "shop:up"))
    assert apart(sources)
    compiled, _ = compared(sources)
    assert compiled.rule_files == 1
    assert all(
        "namespace: monitoring" in f.text for f in compiled.files if f.path.startswith("prometheusrules")
    )


def test_slos_may_share_the_name_of_their_alerts() -> None:
    assert apart(SAME_ALERT)
    compared(SAME_ALERT)


@pytest.mark.parametrize("path", ["rules/a.yaml", "zz.yaml"])
def test_no_written_alert_shares_the_name_of_a_generated_one_of_either_half(path: str) -> None:
    alert = Source(path, "groups: [{name: g, rules: [{alert: Burns, expr: up == 0}]}]\n")
    other = [spec(number) for number in range(100, 100 + twofold.MANY)]
    for sources in ([*SAME_ALERT, *other, alert], [*other, *SAME_ALERT, alert], [alert, *SAME_ALERT, *other]):
        compiled, _ = compared(sources)
        assert [d.code.id for d in compiled.diagnostics] == ["SLO205"]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([spec(900, objective="100")], id="a finding"),
        pytest.param([spec(-1, service="service-39")], id="an SLO declared in both halves"),
        pytest.param([RENAMED], id="an SLO declared in both halves, with other alerts in another object"),
        pytest.param([rules("rules/service-39.yaml", "shop:up")], id="an object written by both halves"),
        pytest.param([rules("rules/a.yaml", "slo:sli_total:rate5m")], id="a series that both halves record"),
        pytest.param([rules("rules/a.yaml", "x"), rules("rules/zz.yaml", "x")], id="a name in both halves"),
        pytest.param([SETTINGS, SETTINGS], id="settings declared twice"),
        pytest.param(
            [in_namespace("-a.yaml", "a"), in_namespace("-b.yaml", "b"), in_namespace("zz.yaml", "c")],
            id="files that have the name of their namespace because of those of the other half",
        ),
        pytest.param(
            [
                openslo("-a.yaml", "SLO", "a", REFERS % "a"),
                openslo("-b.yaml", "SLI", "share", SHARE),
                openslo("y.yaml", "SLO", "b", REFERS % "b"),
                openslo("z.yaml", "SLI", "share", SHARE),
            ],
            id="what SLOs refer to declared in both halves",
        ),
        pytest.param([proof("-.yaml", "service-39-sold")], id="series stated for an SLO of the other half"),
        pytest.param(
            [proof("-.yaml", "service-0-sold"), proof("zz.yaml", "service-0-sold")],
            id="series stated in both halves",
        ),
        pytest.param([Source("broken.yaml", "a: [")], id="no YAML"),
    ],
)
def test_findings_are_made_on_the_whole(others: list[Source]) -> None:
    sources = sorted(many(*others), key=lambda source: source.path)
    compared(sources)


def test_what_refers_across_files_is_compiled_together() -> None:
    slis = [openslo(f"y{i}.yaml", "SLI", f"share{i}", SHARE) for i in range(10)]
    sources = many(
        openslo("-.yaml", "SLO", "a", REFERS % "a"), openslo("z.yaml", "SLI", "share", SHARE), *slis
    )
    assert apart(sources)
    compared(sources)
    only = [openslo(f"{i}.yaml", "SLO", f"a{i}", REFERS % "a") for i in range(twofold.MANY)]
    assert not apart([*only, sources[1]])
    compared([*only, openslo("z.yaml", "SLI", "share", SHARE)])


def beyond(number: int) -> Source:
    """An SLO whose indicator cannot be proven."""
    bad = "sum(predict_linear(x_total[{{.window}}], 9))"
    query = f"{{query: {{bad: '{bad}', total: 'sum(rate(y_total[{{{{.window}}}}]))'}}}}"
    event = "{events: {bad: 'errors_total', total: 'requests_total'}}"
    return Source(f"{number:03}.yaml", spec(number).text.replace(event, query))


def unproven_alert(path: str, name: str) -> Source:
    return Source(path, f"groups: [{{name: g, rules: [{{alert: {name}, expr: hour() > 5}}]}}]\n")


def in_config_map(path: str, name: str) -> Source:
    """A spec with something that has no effect, as the text of another document."""
    refers = REFERS.replace("target: 0.99", "target: 0.99, op: lte") % name
    text = openslo(path, "SLI", "share", SHARE).text + "---\n" + openslo(path, "SLO", name, refers).text
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    return Source(path, f"apiVersion: v1\nkind: ConfigMap\ndata:\n  slo.yaml: |\n{indented}")


def test_warnings_of_both_halves_are_those_of_the_whole() -> None:
    others = [
        unproven_alert("Zz.yaml", "Last"),
        unproven_alert("-Aa.yaml", "First"),
        in_config_map("sli.yaml", "mapped"),
        beyond(900),
    ]
    sources = many(SETTINGS, *(beyond(number) for number in range(-3, 0)), *others)
    for order in (sources, sorted(sources, key=lambda source: source.path), sources[::-1]):
        assert apart(order, PROVING)
        compiled, _ = compared(order, PROVING)
        assert {found.severity for found in compiled.diagnostics} == {"warning"}
        assert {found.code.id for found in compiled.diagnostics} == {"SLO115", "SLO701", "SLO702"}
        assert {found.at.source.path for found in compiled.diagnostics} >= {"900.yaml", "-01.yaml", "Zz.yaml"}


ALLOWED = "settings.yaml", "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {allow: [%s]}\n"


@pytest.mark.parametrize("path", ["000.yaml", "039.yaml", "**", "none.yaml"])
def test_what_is_allowed_in_either_half_is_allowed_in_the_whole(path: str) -> None:
    entry = f"{{paths: ['{path}'], code: SLO414, reason: a demo}}"
    settings = Source(ALLOWED[0], ALLOWED[1] % entry)
    inverted = [
        Source(f"{number:03}.yaml", spec(number).text.replace("errors_total", 'requests_total{code="200"}'))
        for number in range(twofold.MANY)
    ]
    commented = [
        Source(source.path, source.text.replace("sli:", "# slogen: allow SLO414, SLO413 a demo\n      sli:"))
        for source in inverted[:2]
    ]
    sources = [settings, *commented, *inverted[2:]]
    assert apart(sources)
    both, _ = compared(sources)
    # That of the settings is of no use to the whole where neither half needs it, or comments are nearer.
    unused = {found.at.source.path for found in both.diagnostics if found.code.id == "SLO903"}
    assert ("settings.yaml" in unused) == (path in {"000.yaml", "none.yaml"})


def test_warnings_along_with_an_error() -> None:
    sources = [beyond(900), *many(beyond(901), spec(902, objective="100")), beyond(903)]
    assert not apart(sources, PROVING)
    compiled, _ = compared(sources, PROVING)
    assert [found.code.id for found in compiled.diagnostics] == ["SLO301"]


def test_tests_of_the_users_own_are_judged_by_the_whole() -> None:
    own = Source(
        "tests.yaml",
        """rule_files: [a.yaml, zz.yaml]
tests:
  - input_series: []
    alert_rule_test: [{eval_time: 1m, alertname: A}, {eval_time: 1m, alertname: Z}]
""",
    )
    alerts = [
        Source(path, f"groups: [{{name: g, rules: [{{alert: {name}, expr: up == 0}}]}}]\n")
        for path, name in (("a.yaml", "A"), ("zz.yaml", "Z"))
    ]
    sources = many(alerts[0], own, alerts[1])
    compared(sources, PROVING)
    assert not apart(sources, PROVING)


ROUTING = """\
apiVersion: slogen.dev/v1
kind: Routing
spec:
  owners: {sre: {page: pager, ticket: tickets}, nobody: {page: pager, ticket: tickets}}
  fallback: sre
  receivers:
    pager: {webhook: {url: 'http://pager.example.com'}}
    tickets: {webhook: {url: 'http://tickets.example.com'}}
"""
CONFIGURATION = """\
route: {receiver: all, routes: [{receiver: sre, matchers: [service="service-1"]}]}
receivers: [{name: all}, {name: sre}]
"""


@pytest.mark.parametrize(
    "text", [ROUTING, CONFIGURATION, ROUTING.replace("kind: Routing", 'kind: "Routing"')]
)
def test_who_gets_which_alert_is_said_of_the_whole(text: str) -> None:
    owner = Source("settings.yaml", "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {owner: sre}\n")
    sources = many(owner, Source("slos/routing.yaml", text))
    assert not twofold._are_worth_it(sources)
    compared(sources)


def test_a_second_process_that_dies_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twofold, "_send", lambda *_: os._exit(9))
    assert not apart(many())
    compared(many())


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        # Three groups of each SLO: each half is below the limit, both together are not.
        (f"ruler: {{kind: mimir, max_groups: {3 * twofold.MANY - 1}}}", {"SLO802"}),
        (f"ruler: {{kind: mimir, max_groups: {3 * twofold.MANY}}}", set()),
        ("window: 30d, prometheus: {retention: 15d}", {"SLO455"}),
        ("severities: {page: a, ticket: a}", {"SLO460"}),
        ("labels: {a: b}, prometheus: {external_labels: {a: c}}", {"SLO809"}),
    ],
)
def test_what_settings_are_told_of_is_told_once(spec: str, expected: set[str]) -> None:
    settings = Source("settings.yaml", f"apiVersion: slogen.dev/v1\nkind: Settings\nspec: {{{spec}}}\n")
    compiled, _ = compared(many(settings))
    assert len(compiled.diagnostics) == len(expected)
    assert {diagnostic.code.id for diagnostic in compiled.diagnostics} == expected
