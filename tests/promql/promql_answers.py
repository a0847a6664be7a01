"""What Prometheus itself says that expressions are worth: one run of promtool for many of them."""

from __future__ import annotations

import json
import math
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import promtool
from slogen.promql.evaluation import Element, Failed, Sample, Storage, Unknown, evaluate

LEFT_OPEN = promtool.version() >= (3, 0)
MINUTE = 60_000

Answer = dict[Element, float] | str
"""The elements of a result, or in one word why there is none."""

_BLOCK = re.compile(r'^    expr: "', re.MULTILINE)
_GOT = re.compile(r"^        got:(.*)$", re.MULTILINE)
_STRING = r'"(?:[^"\\]|\\.)*"'
_ELEMENT = re.compile(rf"\{{((?:(?:\w+|{_STRING})={_STRING}(?:, )?)*)\}} (\S+?)(?:, |$)")
_LABEL = re.compile(rf"(\w+|{_STRING})=({_STRING})")


def samples(values: str, spacing: int) -> list[Sample]:
    """The samples that promtool's notation stands for, such as `0+10x3 _x2 stale 5`."""
    found: list[Sample] = []
    at = 0
    for item in values.split():
        missing = re.fullmatch(r"_(?:x([0-9]+))?", item)
        if missing:
            at += int(missing[1] or 1)
            continue
        match = re.fullmatch(
            r"(stale|[-+]?(?:NaN|Inf|[0-9.]+(?:e[-+]?[0-9]+)?))(?:([-+][0-9.]+))?(?:x([0-9]+))?", item
        )
        assert match, item
        value = None if match[1] == "stale" else float(match[1])
        for _ in range(int(match[3] or 0) + 1):
            found.append((at * spacing, value))
            at += 1
            if value is not None:
                value += float(match[2] or 0)
    return found


def storage(series: Mapping[str, str], spacing: int = MINUTE) -> Storage:
    """The series of a test of promtool, by their text."""
    return Storage((_labels(text), samples(values, spacing)) for text, values in series.items())


def _labels(text: str) -> dict[str, str]:
    name, _, rest = text.partition("{")
    return {"__name__": name, **{key: json.loads(value) for key, value in _LABEL.findall(rest)}}


def of_prometheus(
    folder: Path, series: Mapping[str, str], asked: Sequence[tuple[int, str]], spacing: int = MINUTE
) -> list[Answer]:
    """The answers of promtool to expressions at instants (milliseconds, whole minutes)."""
    never = [{"labels": "never", "value": 1}]
    # Samples beyond the last evaluation are not loaded: without this one, offsets into the future miss them.
    far = (max((at for at, _ in asked), default=0) + 60 * MINUTE, "vector(1)")
    test = {
        "interval": f"{spacing}ms",
        "input_series": [{"series": text, "values": values} for text, values in series.items()],
        "promql_expr_test": [
            {"expr": expr, "eval_time": f"{at}ms", "exp_samples": never} for at, expr in (*asked, far)
        ],
    }
    path = folder / "questions.yaml"
    document = {"rule_files": [], "evaluation_interval": "1m", "tests": [test]}
    path.write_text(json.dumps(document), encoding="utf-8")
    command = [promtool.needed(), "test", "rules", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    blocks = _BLOCK.split(done.stdout + done.stderr)[1:]
    assert len(blocks) == len(asked) + 1, done.stderr[-2000:]
    return [_answer(block) for block in blocks[:-1]]


def _answer(block: str) -> Answer:
    got = _GOT.search(block)
    if got is None:
        return "failed"
    text = got[1].strip()
    found: dict[Element, float] = {}
    for labels, value in _ELEMENT.findall("" if text == "nil" else text):
        pairs = _LABEL.findall(labels)
        element = frozenset((key.strip('"'), json.loads(quoted)) for key, quoted in pairs)
        if element in found:
            # Some versions give out what no rule of theirs could record.
            return "failed"
        found[element] = float(value)
    assert found or text == "nil", text
    return found


def of_slogen(series: Storage, at: int, expr: str, left_open: bool = LEFT_OPEN) -> Answer:
    """The evaluator's answer, in the same form."""
    try:
        found = evaluate(expr, series, at, left_open=left_open)
    except Failed:
        return "failed"
    except Unknown as unknown:
        return f"unknown: {unknown}"
    return found if isinstance(found, dict) else {frozenset(): found}


def same(ours: Answer, theirs: Answer) -> bool:
    """Whether two answers agree up to 1e-9."""
    if isinstance(ours, str) or isinstance(theirs, str):
        return ours == theirs
    return ours.keys() == theirs.keys() and all(_close(ours[key], theirs[key]) for key in ours)


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
