"""out/prometheusrules: PrometheusRule manifests for the Prometheus Operator.

The operator refuses an object whose rules exceed half a mebibyte, and `kubectl apply` and Argo CD keep a
copy of the object in an annotation, for which Kubernetes has a quarter. A larger object is split between
SLOs or groups, never within one: its rules belong together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slogen import yamlout
from slogen.ir import Compat, Manifest, OutFile, Program, RuleSet
from slogen.layout import file_names, origin
from slogen.ruletext import group_texts, indented
from slogen.seal import seal

FOLDER = "prometheusrules"
# Kubernetes: TotalAnnotationSizeLimitB, which the copy of the object (as JSON) must fit into.
MOST_BYTES = 262_144
# JSON is mostly shorter than our YAML, but texts full of quotes are longer.
RESERVE = 0.9


def emit(program: Program) -> Iterator[OutFile]:
    """One object per rule set, or several where it is too large for one."""
    names = file_names(program.rule_sets)
    taken = {(rules.manifest.namespace, rules.manifest.name) for rules in program.rule_sets}
    for name, rules in zip(names, program.rule_sets, strict=True):
        for i, part in enumerate(_parts(_group_texts(rules)), 1):
            suffix = _suffix(i, name, rules.manifest, names, taken)
            body = _object(rules, rules.manifest.name + suffix, part)
            yield OutFile(f"{FOLDER}/{name}{suffix}.yaml", seal(body, origin(rules)))


def _group_texts(rules: RuleSet) -> list[str]:
    if rules.compat is Compat.SLOTH:
        from slogen import slothyaml  # noqa: PLC0415 - not for slogen's own rules

        return slothyaml.manifest_groups(rules.groups)
    return [indented(text, 2) for text in group_texts(rules, for_thanos=True)]


def _parts(texts: Sequence[str]) -> Iterator[list[str]]:
    """The groups in as few parts as fit, in order; always at least one part."""
    part: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode())
        if part and size + length > MOST_BYTES * RESERVE:
            yield part
            part, size = [], 0
        part.append(text)
        size += length
    yield part


def _suffix(
    number: int, name: str, manifest: Manifest, names: Sequence[str], taken: set[tuple[str | None, str]]
) -> str:
    """What tells a part of an object from the first one, and from all other objects and files."""
    if number == 1:
        return ""
    suffix = f"-{number}"
    while (manifest.namespace, manifest.name + suffix) in taken or name + suffix in names:
        suffix = f"-part{suffix}"
    return suffix


def _object(rules: RuleSet, name: str, groups: list[str]) -> str:
    manifest = rules.manifest
    if rules.compat is Compat.SLOTH:
        from slogen import slothyaml  # noqa: PLC0415 - not for slogen's own rules

        return slothyaml.manifest(manifest, name, groups)
    head = [
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n",
        f"  name: {yamlout.scalar(name)}\n",
    ]
    if manifest.namespace:
        head.append(f"  namespace: {yamlout.scalar(manifest.namespace)}\n")
    if manifest.labels:
        head.append(f"  labels:\n{yamlout.mapping(manifest.labels, 4)}")
    if manifest.annotations:
        head.append(f"  annotations:\n{yamlout.mapping(manifest.annotations, 4)}")
    head.append("spec:\n  groups:\n" if groups else "spec:\n  groups: []\n")
    return "".join(head) + "".join(groups)
