"""out/rules: plain rule files for Prometheus, promtool, vmalert and Mimir, one document each.

Prometheus reads only the first document of a file, so there is never a second.
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import Compat, OutFile, Program, RuleSet
from slogen.layout import file_names, origin
from slogen.ruletext import group_texts
from slogen.seal import seal

FOLDER = "rules"


def emit(program: Program) -> Iterator[OutFile]:
    """One rule file per rule set."""
    for name, rules in zip(file_names(program.rule_sets), program.rule_sets, strict=True):
        yield OutFile(f"{FOLDER}/{name}.yaml", seal(_text(rules), origin(rules)))


def _text(rules: RuleSet) -> str:
    if rules.compat is Compat.SLOTH:
        from slogen import slothyaml  # noqa: PLC0415 - not for slogen's own rules

        return slothyaml.rule_file(rules.groups)
    if not rules.groups:
        return "groups: []\n"
    return "groups:\n" + "".join(group_texts(rules))
