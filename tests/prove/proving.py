"""Proves hand-written rules, and runs the proofs with the real promtool."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import promtool
from slogen import reading, ruletext, testtext
from slogen.diagnostics import Report
from slogen.ir import Extensions, RuleSet
from slogen.proofs import Proof
from slogen.prove.alerts import prove_rules
from slogen.source import Source


def rule_set(text: str) -> RuleSet:
    """The rules of a file."""
    report = Report()
    documents = reading.read([Source("rules.yaml", text)], report, Extensions(), lambda _done, _total: None)
    assert not report.failed, [diagnostic.message for diagnostic in report]
    (rules,) = documents.of(RuleSet)
    return rules


def proven(text: str) -> tuple[Proof, ...]:
    """The proofs of a rule file in which every alert can be proven."""
    report = Report()
    proofs = tuple(prove_rules(rule_set(text), (), report))
    assert not list(report), [diagnostic.message for diagnostic in report]
    return proofs


def run(folder: Path, text: str, proofs: Sequence[Proof]) -> subprocess.CompletedProcess[str]:
    """Run promtool with proofs on the rules of a file, which need not be those that were proven."""
    rules = "\n".join(ruletext.group_texts(rule_set(text)))
    (folder / "rules.yaml").write_text(f"groups:\n{rules}", encoding="utf-8")
    tests = []
    for step in sorted({proof.step for proof in proofs}):
        tests.append(folder / f"{step}.test.yaml")
        some = [proof for proof in proofs if proof.step == step]
        tests[-1].write_text(testtext.document("rules.yaml", some), encoding="utf-8")
    command = [promtool.needed(), "test", "rules", *map(str, tests)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
