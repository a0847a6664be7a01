"""Proofs: unit tests of the rules that follow from what is promised, one module per kind of subject.

The arithmetic of error budgets and the meaning of an indicator say when an alert must fire; no proof looks at
a generated expression. A hand-written alert promises what its expression says.
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen.diagnostics import Report
from slogen.ir import Program
from slogen.ownproofs import firing
from slogen.proofs import Proof


def prove(program: Program, report: Report) -> Iterator[Proof]:
    """The proofs of every alert of a program, in the order of its rule sets.

    What cannot be proven is reported, and is no error. An alert that a test of the user's own expects to fire
    needs no other proof.
    """
    covered = firing(program.own_tests)
    for rules in program.rule_sets:
        if rules.slos:
            from slogen.prove.slos import prove_slos  # noqa: PLC0415 - only where there are SLOs

            yield from prove_slos(rules, report)
        else:
            from slogen.prove.alerts import prove_rules  # noqa: PLC0415 - only for hand-written rules

            yield from prove_rules(rules, covered, report)
