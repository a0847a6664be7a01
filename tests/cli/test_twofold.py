"""Two processes give what one gives, and where they might not, one does the work."""

from __future__ import annotations

import os

import pytest

from slogen import pipeline
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


def compared(sources: list[Source]) -> tuple[twofold.Compiled, pipeline.Result]:
    """What two processes give, and what one gives; their files and findings are the same."""
    both = twofold.compile_sources(sources, pipeline.DEFAULTS, lambda stage, done, total: None)
    one = pipeline.compile(sources)
    assert {file.path: file.text for file in both.files} == {file.path: file.text for file in one.files}
    assert both.diagnostics == one.report.diagnostics
    assert both.slos == len(one.program.slos)
    return both, one


def apart(sources: list[Source]) -> bool:
    return twofold._compiled_apart(sources, pipeline.DEFAULTS, lambda stage, done, total: None) is not None


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
    alert = Source(path, "groups: [{name: g, rules: [{alert: Burns, expr: up}]}]\n")
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


def test_a_second_process_that_dies_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twofold, "_send", lambda *_: os._exit(9))
    assert not apart(many())
    compared(many())
