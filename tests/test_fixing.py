"""Changes that findings propose, made to texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import fixing, pipeline
from slogen.diagnostics import Code, Diagnostic, Fix
from slogen.source import Source, Span

BAD = Code("SLO777", "warning", "A bad word")
WORSE = Code("SLO778", "warning", "A worse word")


def words(sources: Sequence[Source]) -> list[Diagnostic]:
    """A judge that wants each `bad` to be `good` and each `ugly` to be `bad`, but no `good good`."""
    found = []
    for source in sources:
        for match in re.finditer(r"bad|ugly|good good", source.text):
            at = Span(source, *match.span())
            fixes = {"bad": (Fix(at, "good"),), "ugly": (Fix(at, "bad"),)}.get(match[0], ())
            found.append(Diagnostic(BAD if fixes else WORSE, f"`{match[0]}`", at, fixes=fixes))
    return found


SLOTH = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: kthena-slo}
spec:
  service: "kthena"
  slos:
    - name: "latency"
      objective: 95.0
      sli:
        events:
          error_query: sum(rate(duration_seconds_bucket{le="1.0"}[5m]))  # within a second
          total_query: sum(rate(duration_seconds_count[5m]))
      alerting: {name: KthenaHighLatency, labels: {severity: warning}}
"""


def everywhere(_source: Source) -> bool:
    return True


@pytest.mark.parametrize(
    ("text", "after", "mended", "withdrawn"),
    [
        ("nothing", "nothing", 0, 0),
        ("a bad word, bad!", "a good word, good!", 2, 0),
        ("ugly", "ugly", 0, 1),
        ("bad good", "bad good", 0, 1),
        ("bad good, bad, bad bad.", "bad good, good, good bad.", 2, 2),
        ("\tbad\r\n\r\n# bad \ufeff\n", "\tgood\r\n\r\n# good \ufeff\n", 2, 0),
    ],
)
def test_what_helps_is_kept(text: str, after: str, mended: int, withdrawn: int) -> None:
    found = fixing.fixed([Source("a", text)], words, everywhere)
    assert found.sources[0].text == after
    assert (len(found.mended), len(found.withdrawn)) == (mended, withdrawn)


def test_closed_sources_stay_as_they_are() -> None:
    sources = [Source("a", "bad"), Source("b", "bad")]
    found = fixing.fixed(sources, words, lambda source: source.path == "b")
    assert [source.text for source in found.sources] == ["bad", "good"]
    assert [finding.at.source.path for finding in found.elsewhere] == ["a"]


def insertions(sources: Sequence[Source]) -> list[Diagnostic]:
    """A judge that wants an `x` in front of each other letter, and of some two at once."""
    (source,) = sources
    starts = [match.start() for match in re.finditer(r"(?<!x)[a-w]", source.text)]
    found = [
        Diagnostic(BAD, "no x", Span(source, i, i + 1), fixes=(Fix(Span(source, i, i), "x"),)) for i in starts
    ]
    if len(starts) > 1:
        both = tuple(Fix(Span(source, i, i), "x") for i in (starts[0], starts[-1]))
        found.append(Diagnostic(WORSE, "two", Span(source, starts[0], starts[0] + 1), fixes=both))
    return found


@given(st.text("abx -\n", max_size=30))
def test_changes_that_meet_are_made_once(text: str) -> None:
    found = fixing.fixed([Source("a", text)], insertions, everywhere)
    assert found.sources[0].text == re.sub(r"(?<!x)([a-w])", r"x\1", text)


# the fixes of real findings -----------------------------------------------------------------------------

HEAD = "apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec:\n  service: checkout\n  slos:\n"


def judge(sources: Sequence[Source]) -> Sequence[Diagnostic]:
    return pipeline.compile(sources).report.diagnostics


SLO = HEAD + "    - name: a\n      objective: 99\n"
RULE = "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: "
EVENTS = "      sli: {events: {bad: 'e_total', total: 'r_total'}}\n"
QUERY = "      group_by: [job]\n      sli:\n        query:\n"
TOTAL = "          total: sum by (job) (rate(r_total[{{.window}}]))\n"
RATIO = "      sli:\n        ratio:\n          error: |\n            "


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        # Keys, in the spelling of the format; quotes and comments stay.
        (HEAD + "    - name: a\n      objctive: 99 # %\n" + EVENTS, "      objective: 99 # %\n"),
        (SLO + "      'windw': 28d\r\n" + EVENTS, "      'window': 28d\r\n"),
        (SLO + "      wind: 28d\n" + EVENTS, None),
        # What cannot be read with the right key, either.
        (SLO + "      windw: soon\n" + EVENTS, None),
        # The window.
        (
            SLO + RATIO + "sum(rate(e[5m])) / sum(rate(r[5m]))\n",
            "sum(rate(e[{{.window}}])) / sum(rate(r[{{.window}}]))",
        ),
        (SLO + RATIO + "sum(rate(e[5m])) / sum(rate(r[1h]))\n", None),
        (
            SLO + RATIO.replace(": |\n            ", ": ") + "sum(rate(e[5m]))\n",
            "error: sum(rate(e[{{.window}}]))",
        ),
        (SLO + "      sli: {ratio: {error: 'max_over_time((sum(e) > bool 1)[1h:5m])'}}\n", None),
        # Labels that the other side has.
        (
            SLO + QUERY + "          bad: sum(rate(e_total[{{.window}}]))\n" + TOTAL,
            "bad: sum by (job) (rate(e_",
        ),
        (
            SLO + QUERY + "          bad: sum by () (rate(e_total[{{.window}}]))\n" + TOTAL,
            "sum by (job) (rate(e_",
        ),
        (SLO + QUERY + "          bad: sum(rate(e_total[{{.window}}])) * 1\n" + TOTAL, None),
        (
            SLO + QUERY + '          bad: "sum(rate(e_total{a=\\"b\\"}[{{.window}}]))"\n' + TOTAL,
            '"sum by (job) (rate(',
        ),
        # Regular expressions, within the quotes of YAML.
        (RULE + "'sum(x_total{a=~\"b''c\",d=~\"e\"}) > 1'\n", 'a="b\'\'c",d="e"}'),
        (RULE + '"sum(x_total{a=~\\"b\\\\\\\\.c\\"}) > 1"\n', 'a=\\"b.c\\"}'),
        (RULE + "\"sum(x_total{a=~'b.*$'}) > 1\"\n", None),
        # Buckets.
        (
            SLO
            + RATIO
            + "histogram_quantile(0.9,\n              sum(rate(h_bucket[{{.window}}]))) > bool 1\n",
            "              sum by (le) (rate(h_bucket[",
        ),
        (
            SLO + RATIO + "histogram_quantile(0.9, sum by (job) (rate(h_bucket[{{.window}}]))) > bool 1\n",
            "sum by (le, job) (rate(h_bucket[",
        ),
        (SLO + RATIO + "histogram_quantile(0.9, sum(rate(h_bucket[{{.window}}])) by (a)) > bool 1\n", None),
    ],
)
def test_findings_are_mended(wrong: str, right: str | None) -> None:
    before = judge([Source("a.yaml", wrong)])
    assert before
    found = fixing.fixed([Source("a.yaml", wrong)], judge, everywhere)
    if right is None:
        assert found.sources[0].text == wrong
        return
    assert right in found.sources[0].text
    proposed = {finding.code for finding in before if finding.fixes}
    assert not proposed & {finding.code for finding in judge(found.sources)}
    # Nothing else of the text is changed.
    old, new = wrong.splitlines(keepends=True), found.sources[0].text.splitlines(keepends=True)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_all_of_a_spec_is_mended_at_once() -> None:
    found = fixing.fixed([Source("a.yaml", SLOTH)], judge, everywhere)
    written = SLOTH.replace("error_query", "errorQuery").replace("total_query", "totalQuery")
    written = written.replace("[5m]", "[{{.window}}]").replace('le="1.0"', 'le=~"1|1\\\\.0"')
    assert found.sources[0].text == written
    # What the fast requests do among the errors is for people to say.
    assert {finding.severity for finding in judge(found.sources)} == {"warning"}
