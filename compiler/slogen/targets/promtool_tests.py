"""out/tests: the proofs as unit tests, to be run by `promtool test rules out/tests/*.test.yaml`.

One file per rule file and evaluation interval, which promtool has only one of in a file. Tests with native
histograms are in a folder of their own, because promtool before 2.47 cannot read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from slogen.durations import render
from slogen.ir import OutFile, Program
from slogen.layout import file_names, origin
from slogen.proofs import Proof
from slogen.seal import seal
from slogen.targets import prometheus_rule_files
from slogen.testtext import document
from slogen.units import Millis

FOLDER = "tests"
NATIVE = "native-histograms"
SUFFIX = ".test.yaml"
_NONE: tuple[None, Iterator[Proof]] = (None, iter(()))


def emit(program: Program) -> Iterator[OutFile]:
    """The test files, in the order of the rule sets, the shortest step first."""
    by_object = groupby(program.proofs, key=lambda proof: proof.object)
    proven, found = next(by_object, _NONE)
    for name, rules in zip(file_names(program.rule_sets), program.rule_sets, strict=True):
        if proven != (rules.manifest.namespace, rules.manifest.name):
            continue
        proofs = [(proof, _is_native(proof)) for proof in found if proof.scenarios]
        proven, found = next(by_object, _NONE)
        for native in (False, True):
            folder = f"{FOLDER}/{NATIVE}" if native else FOLDER
            rule_file = f"{'../' * (1 + native)}{prometheus_rule_files.FOLDER}/{name}.yaml"
            for step, members in _by_step(proofs, native=native):
                path = f"{folder}/{name}.{render(step)}{SUFFIX}"
                yield OutFile(path, seal(document(rule_file, members), origin(rules)))


def _by_step(proofs: list[tuple[Proof, bool]], *, native: bool) -> Iterator[tuple[Millis, list[Proof]]]:
    chosen = [proof for proof, needs_native in proofs if needs_native == native]
    for step in sorted({proof.step for proof in chosen}):
        yield step, [proof for proof in chosen if proof.step == step]


def _is_native(proof: Proof) -> bool:
    return any(
        "{{" in run for scenario in proof.scenarios for series in scenario.inputs for run in series.values
    )
