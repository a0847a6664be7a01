"""Series that follow from an indicator would be accepted if an author stated them, and mix as they say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from slogen import pipeline, statements
from slogen.diagnostics import Report
from slogen.ir import Slo
from slogen.nativespec.proving import statements as read_statements
from slogen.source import Source, documents
from slogen.statements.judging import judged
from slogen.synthetic import Synthetic

ROOT = Path(__file__).parent.parent.parent
FILES = sorted(
    [
        *(ROOT / "slos").rglob("*.yaml"),
        *(ROOT / "tests/golden/every-kind-of-indicator/slos").rglob("*.yaml"),
        *(ROOT / "tests/golden/each-series/slos").rglob("*.yaml"),
        *(ROOT / "tests/golden/grouping/slos").rglob("*.yaml"),
    ]
)


def derived(path: Path) -> Iterator[tuple[Slo, Synthetic]]:
    """The SLOs of a file, and the series that follow from their indicators, of one budget or two."""
    for slo in pipeline.compile([Source(path.name, path.read_text(encoding="utf-8"))]).program.slos:
        numbers = (0, 1) if slo.grouping.labels or slo.grouping.each else (0,)
        for found in (slo.sli.synthetic(slo.grouping, number) for number in numbers):
            if isinstance(found, Synthetic):
                yield slo, found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_follows_from_an_indicator_is_what_it_says(path: Path) -> None:
    for slo, synthetic in derived(path):
        report = Report()
        found = judged((synthetic,), slo.sli, slo.grouping, slo.where.whole, report)
        assert (found, [d.message for d in report]) == ((synthetic,), []), slo.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_follows_from_an_indicator_can_be_stated(path: Path) -> None:
    for slo, synthetic in derived(path):
        if not _is_labelled(slo, synthetic):
            continue
        report = Report()
        # Series that are none of the SLO's business are not stated.
        counting = [counter for counter in synthetic.counters if counter.good or counter.bad]
        stated = replace(synthetic, counters=tuple(replace(each, ignored=0) for each in counting))
        lines = [f"- {_flow(item)}" for item in statements.written((stated,))]
        node = documents(Source("stated.yaml", "series:\n" + "\n".join(lines))).nodes[0]
        found = read_statements(node, report)
        assert found is not None, [d.message for d in report]
        budgets = statements.budgets(found, slo.grouping, report)
        assert budgets is not None, (slo.id, [d.message for d in report])
        assert [(each.counters, each.gauges) for each in budgets] == [(stated.counters, stated.gauges)], (
            slo.id
        )


def _is_labelled(slo: Slo, synthetic: Synthetic) -> bool:
    """Whether all series say which budget they are of, as stated ones must."""
    series = [counter.series for counter in synthetic.counters]
    series += [gauge.series for gauge in synthetic.gauges]
    return all(each.labels.keys() >= set(slo.grouping.labels) for each in series)


def _flow(item: Mapping[str, object]) -> str:
    """A statement on one line of YAML."""
    return f"{{series: {json.dumps(item['series'])}, good: {item['good']}, bad: {item['bad']}}}"
