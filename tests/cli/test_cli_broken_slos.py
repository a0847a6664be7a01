"""SLOs that cannot work: `slogen test` fails, and says why."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from promtool import needed

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

BROKEN = Path(__file__).parent.parent / "prove" / "broken"
CAUSES = {
    "never-above-zero": (
        "error[SLO409]",
        "can never be above zero: everything that is counted is subtracted",
    ),
    "sides-without-match": ("error[SLO410]", "the two sides of `/` never match"),
    "other-unit": ("error[SLO411]", "the error ratio depends on the length of the window"),
    "quantile-without-buckets": ("error[SLO412]", "this `sum` drops the label `le`"),
    "rate-of-gauge": ("warning[SLO413]", "`boarding_queue_length` is a gauge by its name"),
    "inverted": ("warning[SLO414]", "this counts all that succeeds as an error"),
    "inverted-latency": ("warning[SLO414]", "this counts all that succeeds as an error"),
}


def test_every_broken_slo_has_a_cause() -> None:
    assert sorted(CAUSES) == sorted(path.stem for path in BROKEN.glob("*.yaml"))


@pytest.mark.parametrize("name", CAUSES)
def test_a_broken_slo_fails_by_its_cause(
    name: str, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(needed()).parent}{os.pathsep}{os.environ['PATH']}")
    write("slos/ferry.yaml", (BROKEN / f"{name}.yaml").read_text(encoding="utf-8"))
    result = run("test", "slos")
    assert result.exit_code == 1
    for words in CAUSES[name]:
        assert words in result.stderr
    # A warning is not enough: the synthetic series fail, too.
    is_warning = CAUSES[name][0].startswith("warning")
    assert ("FAIL  ferry-" in result.stdout) == is_warning
