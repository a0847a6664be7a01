"""What is converted builds to the same rules; where it does not, a note has said so."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from conversions import converted, differences, groups, notes_on, read, text_in

import promtool
from slogen import pipeline
from slogen.ir import Draft
from slogen.source import Source

ROOT = Path(__file__).parent.parent.parent
SHARED = ROOT.parent / "shared" / "conformance"
TARGETS = ("native", "sloth", "openslo")
PROJECTS = sorted(
    path for path in (ROOT / "tests" / "golden").iterdir() if path.is_dir() and "errors" not in path.name
)


def project(folder: Path) -> list[Source]:
    """The inputs of a project, with settings in files of their own: they are left alone."""
    found: list[Source] = []
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        if name.startswith("expected/"):
            continue
        documents = re.split(r"(?m)^---.*\n", path.read_text(encoding="utf-8"))
        aside = [text for text in documents if re.search(r"(?m)^kind: (Settings|Prom.*Rule)|^groups:", text)]
        rest = [text for text in documents if text not in aside]
        found += [Source(f"aside/{name}", "---\n".join(aside))] if aside else []
        found += [Source(name, "---\n".join(rest))] if "".join(rest).strip() else []
    return found


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: path.name)
def test_projects_without_notes_build_to_the_same_rules(folder: Path, target: str) -> None:
    """And what notes were given for builds at least, unless they say that it does not."""
    sources = project(folder)
    if not read(sources).of(Draft):
        pytest.skip("no SLO in it")
    after, notes = converted(sources, target)
    texts = " ".join(note.text for note in notes)
    if "slogen refuses" in texts or "Settings refer" in texts:
        pytest.skip("a note says that it does not build")
    found = list(differences(groups(sources), groups(after)))
    if not notes:
        assert found == []
    again = {source.path: source.text for source in converted(after, target)[0]}
    for source in after:
        assert source in sources or again[source.path] == source.text


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: path.name)
def test_every_difference_is_at_an_slo_with_a_note(folder: Path) -> None:
    """Each SLO without a note builds to the same rules."""
    sources = project(folder)
    for target in TARGETS:
        drafts = read(sources).of(Draft)
        after, notes = converted(sources, target)
        if any("slogen refuses" in note.text or "Settings refer" in note.text for note in notes):
            continue
        changed = {name.partition(":")[0] for name in differences(groups(sources), groups(after))}
        for draft in drafts:
            own = draft.where.whole.source
            spans = [part for part in notes if part.at.source == own]
            if f"slogen-{draft.service}-{draft.name}" in changed:
                assert spans, (target, draft.name)


# own specs --------------------------------------------------------------------------------------------

BASE = """apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: all_total, bad: 'bad_total{code=~"5.."}'}}
"""
DESCRIBED = (
    BASE
    + """      description: People can buy.
      runbook: https://runbooks.example.com/{service}/{slo}
      dashboard: https://grafana.example.com/d/x
      labels: {env: prod, tier: "1"}
      annotations: {hint: 'look at {{ $labels.env }}'}
      alerting: {annotations: {more: text}}
"""
)


def slo(*lines: str, sli: str = "") -> str:
    """The base spec with further lines of its SLO, or another indicator."""
    text = re.sub(r"sli: .*", lambda _: f"sli: {sli}", BASE) if sli else BASE
    return text + "".join(f"      {line}\n" for line in lines)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "text",
    [
        BASE,
        DESCRIBED,
        slo("group_by: [code]"),
        slo("each_series: true"),
        slo(sli="{ratio: {error: 'sum(rate(a[{{.window}}])) / sum(rate(b[{{.window}}]))'}}"),
        slo(
            sli="{query: {total: 'sum(rate(a[{{.window}}]))', bad: 'sum(rate(b[{{.window}}])) or vector(0)'}}"
        ),
        slo(sli="{query: {total: 'rate(a[{{.window}}])', bad: 'sum by (x) (rate(b[{{.window}}]))'}}"),
        slo(
            "group_by: [x]",
            sli="{query: {total: 'sum by (x, y) (rate(a[{{.window}}]))', bad: 'rate(b[{{.window}}])'}}",
        ),
        slo("each_series: true", sli="{query: {total: 'rate(a[{{.window}}])', bad: 'rate(b[{{.window}}])'}}"),
        slo("each_series: true", sli="{ratio: {error: '1 - avg_over_time(up[{{.window}}])'}}"),
        slo("window: 30d"),
    ],
)
def test_what_every_format_can_say(text: str, target: str) -> None:
    sources = [Source("slos/a.yaml", text)]
    after, notes = converted(sources, target)
    texts = [note.text for note in notes if "that there is no data `" not in note.text]
    found = [each for each in differences(groups(sources), groups(after)) if "NoData" not in each]
    assert (texts, found) == ([], [])


ABSENT = r"slogen will call the alert that there is no data `ShopSoldBudgetBurnNoData`"
# The target, a spec, what is noted, and what is different then: the names of the rules and their parts.
NOTED = [
    (
        "sloth",
        BASE,
        [ABSENT],
        {"ShopSoldNoData absent only before", "ShopSoldBudgetBurnNoData absent only after"},
    ),
    (
        "sloth",
        slo("alerting: {name: Sold, ticket: {name: SoldSlowly}, page: {for: 2m}}"),
        [
            r"the ticket will be called `Sold`: Sloth has one name for both",
            r"`for: 2m` is left out: the page will fire at once",
        ],
        {"Sold page for", "Sold ticket only after", "SoldSlowly ticket only before"},
    ),
    (
        "sloth",
        slo("alerting: {name: Sold, absent: {severity: p3, for: 20m, labels: {a: b}}}"),
        [r"`severity`, `for`, `labels` of the alert that there is no data: left out"],
        {
            "SoldNoData absent for",
            "SoldNoData absent labels",
            "SoldNoData absent annotations",
        },
    ),
    (
        "sloth",
        slo("alerting: {name: Sold, absent: {disable: true}}"),
        [r"slogen will raise the alert that there is no data: Sloth has none"],
        {"SoldNoData absent only after"},
    ),
    (
        "sloth",
        slo("alerting: {name: Sold, page: {severity: [p1, p2]}}"),
        [r"one alert with `severity: p1` for all alert windows: Sloth has one"],
        {"Sold page expr", "Sold page annotations", "Sold page labels"},
    ),
    (
        "sloth",
        slo("adjustments: [{budget_alert: {for: 0s}}]", "alerting: {name: Sold}"),
        [r"the alert on the budget will wait for 5m, as Sloth does for `0s`"],
        {"ErrorBudgetExhausted budget for"},
    ),
    ("sloth", slo("profile: cheap", "alerting: {name: Sold}"), [r"`profile: cheap` is left out"], None),
    (
        "sloth",
        slo("window: 7d", "alerting: {name: Sold}"),
        [r"the window will be 30d", r"the alert windows will be"],
        None,
    ),
    (
        "sloth",
        slo("group_by: [b, a]", "alerting: {name: Sold}"),
        [r"the labels will be in the order a, b"],
        None,
    ),
    (
        "sloth",
        slo("alerting: {name: Sold}", sli="{events: {total: [a_total, b_total], good: a_total}}"),
        [r"Sloth counts errors: `good` becomes", r"a list of counters becomes one query"],
        None,
    ),
    (
        "openslo",
        slo("alerting: {name: Sold, labels: {a: b}, page: {labels: {c: d}}}"),
        [
            r"the alerts will be called `ShopSoldBudgetBurn`",
            r"the recorded series will have the labels of the alerts, too",
            r"`labels` of one alert: left out",
        ],
        None,
    ),
    (
        "openslo",
        slo("alerting: {page: {severity: p9}}"),
        [r"`severity: p9` becomes `page`"],
        {"ShopSoldBudgetBurn page labels"},
    ),
    ("openslo", slo("profile: cheap"), [r"`profile: cheap` is left out"], None),
    (
        "openslo",
        slo("partial_response_strategy: warn"),
        [r"`partial_response_strategy` is left out"],
        {"partial_response_strategy"},
    ),
    (
        "openslo",
        slo("adjustments: [{budget_alert: {}}]"),
        [r"the adjustments of the rules \(Sloth's plugins\) are left out"],
        {"ErrorBudgetExhausted budget only before"},
    ),
    (
        "openslo",
        slo("group_by: [x]", sli="{condition: {metric: 'max by (x) (up)', good_when: '== 1'}}"),
        [r"`== 1` becomes 1 for good samples and 0 for others"],
        {"slo:sli_total:samples expr", "slo:sli_errors:samples expr"},
    ),
    (
        "openslo",
        BASE.replace("spec:", "metadata: {name: x, namespace: y}\nspec:", 1),
        [
            r"namespace, labels and annotations of the object are left out",
            r"the object will be called `shop`",
        ],
        {"object"},
    ),
]


@pytest.mark.parametrize(("target", "text", "notes", "expected"), NOTED)
def test_what_is_noted_is_what_is_different(
    target: str, text: str, notes: list[str], expected: set[str] | None
) -> None:
    sources = [Source("slos/a.yaml", text)]
    after, found = converted(sources, target)
    texts = sorted(note.text for note in found)
    assert len(texts) == len(notes)
    assert all(any(re.match(pattern, said) for said in texts) for pattern in notes), texts
    changed = {re.sub(r"^[^ ]*: ", "", each) for each in differences(groups(sources), groups(after))}
    assert changed if expected is None else changed == expected


def test_the_alert_windows_of_an_slo_become_policies() -> None:
    tiers = "{page: [{budget: 3, long: 2h, short: 10m}], ticket: [{budget: 12.5, long: 1d, short: 2h}]}"
    text = slo("window: 14d", f"alert_windows: {tiers}", "owner: sales")
    sources = [Source("slos/a.yaml", text)]
    after, notes = converted(sources, "openslo")
    assert notes == []
    assert list(differences(groups(sources), groups(after))) == []
    policies = yaml.safe_load(after[0].text)["spec"]["alertPolicies"]
    conditions = [policy["spec"]["conditions"][0]["spec"] for policy in policies]
    assert [(c["severity"], c["condition"]["threshold"]) for c in conditions] == [
        ("critical", 5.04),
        ("warning", 1.75),
    ]


PYRRA = """apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: sold, namespace: shops}
spec:
  target: "80"
  window: 2w
  indicator: {ratio: {errors: {metric: 'bad_total{x="y"}'}, total: {metric: all_total}, grouping: [region]}}
"""


def test_tiers_that_were_fitted_to_an_objective_are_written_out() -> None:
    sources = [Source("slos/a.yaml", PYRRA)]
    after, notes = converted(sources, "native")
    assert notes == []
    assert list(differences(groups(sources), groups(after))) == []
    written = yaml.safe_load(after[0].text)["spec"]["slos"][0]
    assert "budget" in written["alert_windows"]["page"][0]


def test_a_window_from_elsewhere_is_noted_where_tiers_are_written_out() -> None:
    text = dedent(
        """\
        apiVersion: openslo/v1
        kind: SLO
        metadata: {name: sold}
        spec:
          service: shop
          indicator:
            spec:
              ratioMetric:
                counter: true
                good: {metricSource: {type: prometheus, spec: {query: a}}}
                total: {metricSource: {type: prometheus, spec: {query: b}}}
          budgetingMethod: Occurrences
          objectives: [{target: 0.8}]
        """
    )
    sources = [Source("slos/a.yaml", text)]
    assert list(differences(groups(sources), groups(converted(sources, "native")[0]))) == []
    assert notes_on("native", text) == [
        "13: `alert_windows` are for a window of 30d, which is not written here"
    ]


OF_SLOTH = """version: prometheus/v1
service: shop
labels: {owner: sales}
slo_plugins:
  overridePrevious: true
  chain:
    - {id: sloth.dev/contrib/validate_victoria_metrics/v1}
    - {id: sloth.dev/core/sli_rules/v1}
    - {id: sloth.dev/core/metadata_rules/v1}
    - {id: sloth.dev/core/alert_rules/v1}
slos:
  - name: sold
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(sales_total{code="500" or code="503"}[{{.window}}] keep_metric_names))
        total_query: sum(rate(sales_total[{{.window}}]))
    alerting: {page_alert: {labels: {severity: critical}}}
"""


def test_openslo_names_the_dialect_of_the_queries_and_says_the_owner_once() -> None:
    text = text_in("openslo", OF_SLOTH)
    assert text.count("type: VictoriaMetrics") == 2
    assert "type: Prometheus" not in text
    assert "owner: sales" in text
    assert "notificationTargets" not in text
    assert text_in("openslo", text) == text
    assert list(groups([Source("slos/a.yaml", text)])) == list(groups([Source("slos/a.yaml", OF_SLOTH)]))


def test_names_that_two_services_share_are_told_apart_in_openslo() -> None:
    text = BASE + "---\n" + BASE.replace("shop", "till")
    names = [document["metadata"]["name"] for document in yaml.safe_load_all(text_in("openslo", text))]
    assert names == ["shop-sold", "till-sold"]
    assert len(notes_on("openslo", text)) == 2


def test_sloth_gets_an_object_where_the_spec_names_one() -> None:
    named = BASE.replace("spec:", "metadata: {labels: {release: x}}\nspec:", 1)
    assert yaml.safe_load(text_in("sloth", BASE))["version"] == "prometheus/v1"
    assert yaml.safe_load(text_in("sloth", named))["metadata"] == {"name": "shop", "labels": {"release": "x"}}


CHAINS = [
    "adjustments: [{info_labels: {labels: {a: b}}}, {intervals: {default: 1m, alerts: 30s}}]",
    "adjustments: [{bare_series: {keep: [env], all_but: ['slo:sli_error:ratio_rate5m']}}]",
    "adjustments: [{budget_alert: {name: Spent, threshold: 0.1, for: 1m, labels: {a: b}, selector: {c: d}}}]",
]


@pytest.mark.parametrize("line", CHAINS)
def test_adjustments_become_plugins_of_sloth(line: str) -> None:
    sources = [Source("slos/a.yaml", slo(line, "alerting: {name: Sold}"))]
    after, notes = converted(sources, "sloth")
    assert notes == []
    assert list(differences(groups(sources), groups(after))) == []
    assert read(after).of(Draft)[0].adjustments == read(sources).of(Draft)[0].adjustments


CHAIN = """version: prometheus/v1
service: shop
slo_plugins: {{chain: [{service}]}}
slos:
  - name: sold
    objective: 99.9
    sli:
      events:
        error_query: 'sum(rate(a[{{{{.window}}}}]))'
        total_query: 'sum(rate(b[{{{{.window}}}}]))'
    alerting: {{name: Sold}}
    plugins: {slo}
"""
CORE = ", ".join(
    f"{{id: sloth.dev/core/{name}/v1}}" for name in ("sli_rules", "metadata_rules", "alert_rules")
)
INFO = "{id: sloth.dev/contrib/info_labels/v1, config: {labels: {a: b}}"


@pytest.mark.parametrize(
    ("service", "slo_"),
    [
        ("", "{}"),
        (f"{INFO}}}", "{chain: [{id: sloth.dev/core/sli_rules/v1, config: {disableOptimized: true}}]}"),
        (f"{INFO}, priority: -5}}", "{chain: [{id: sloth.dev/contrib/denominator_corrected_rules/v1}]}"),
        ("", f"{{overridePrevious: true, chain: [{CORE}]}}"),
        ("", "{overridePrevious: true, chain: [{id: sloth.dev/core/sli_rules/v1}]}"),
        (
            "",
            "{overridePrevious: true, chain: [{id: sloth.dev/contrib/validate_victoria_metrics/v1}, "
            + CORE
            + "]}",
        ),
    ],
)
def test_chains_of_plugins_stay_what_they_are(service: str, slo_: str) -> None:
    text = CHAIN.format(service=service, slo=slo_)
    if "victoria" in slo_:
        text = text.replace("sum(rate(a[", "sum(rate_if(a[")
    before, after = (read([Source("a.yaml", each)]).of(Draft) for each in (text, text_in("sloth", text)))
    assert [draft.adjustments for draft in before] == [draft.adjustments for draft in after]
    assert [draft.sli for draft in before] == [draft.sli for draft in after]


CONFORMANCE = [
    *sorted(path for path in SHARED.glob("sloth/*.yml") if "golden" not in path.name),
    *sorted(SHARED.glob("sloth/windows/*.yaml")),
    *sorted(SHARED.glob("pyrra/*.yaml")),
]


@pytest.mark.parametrize("target", TARGETS)
def test_specs_of_other_projects(target: str) -> None:
    """Into slogen's own format without a difference; into others with one only where there is a note."""
    if not CONFORMANCE:
        pytest.skip(f"the specs of other projects are not at {SHARED}")
    for path in CONFORMANCE:
        sources = [Source(path.name, path.read_text(encoding="utf-8"))]
        after, notes = converted(sources, target)
        if not after or any("slogen refuses" in note.text for note in notes):
            continue
        found = list(differences(groups(sources), groups(after)))
        if target == "native":
            assert {note.text for note in notes if "is no label name" not in note.text} == set(), path.name
            assert [each for each in found if "sloth_slo_info labels" not in each] == [], path.name
        assert notes or found == [], path.name


# what the rules measure -------------------------------------------------------------------------------


@pytest.mark.parametrize("group_by", ["", "group_by: [x]"])
def test_total_without_good_is_right_even_where_nothing_is_good(group_by: str, tmp_path: Path) -> None:
    """Half of `a` is good, nothing of `b` ever was, of `c` there is one counter alone."""
    sli = "{events: {total: [all_total, more_total], good: 'good_total'}}"
    text = text_in("sloth", slo(group_by, sli=sli))
    series = {
        'all_total{x="a"}': "0+10x40",
        'good_total{x="a"}': "0+5x40",
        'all_total{x="b"}': "0+10x40",
        'more_total{x="c"}': "0+10x40",
        'good_total{x="c"}': "0+10x40",
    }
    each = [(f'{{x="{x}"}}', ratio) for x, ratio in (("a", 0.5), ("b", 1), ("c", 0))]
    expected = each if group_by else [("{}", 0.5)]
    rules = promtool.compiled(text)["rules/shop.yaml"]
    ratio = "max by (x) (slo:sli_error:ratio_rate5m)"
    ran = promtool.run_tests(tmp_path, rules, series, expressions=[("15m", ratio, expected)])
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_format_names_itself() -> None:
    for target, spec in (("native", "slogen.dev/v1"), ("sloth", "prometheus/v1"), ("openslo", "openslo/v1")):
        result = pipeline.compile([Source("a.yaml", text_in(target, BASE))])
        assert [found.spec for found in result.program.slos] == [spec]
