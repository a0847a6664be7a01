"""Converts projects, and compares what they compile to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from slogen import pipeline, promql, reading
from slogen.conversion import convert_all
from slogen.convert import Note
from slogen.diagnostics import Report
from slogen.ir import Extensions
from slogen.source import Source

Group = Mapping[str, Any]


def read(sources: Sequence[Source]) -> reading.Documents:
    """What sources say. Fails with the findings when there are errors."""
    report = Report()
    documents = reading.read(sources, report, Extensions(), lambda done, total: None)
    assert not report.failed, [f"{found.at} {found.message}" for found in report]
    return documents


def converted(sources: Sequence[Source], target: str) -> tuple[list[Source], list[Note]]:
    """The sources, those that hold SLOs or alert windows in the format of the target, and the notes."""
    result = convert_all(sources, target)
    assert not result.report.failed, [f"{found.at} {found.message}" for found in result.report]
    found: list[Source] = []
    for source in sources:
        converted = result.converted.get(source.path)
        if converted is None:
            found.append(source)
        elif converted.text:
            found.append(Source(source.path, converted.text))
    notes = [note for each in result.converted.values() for note in each.notes]
    return found, notes


def text_in(target: str, text: str, path: str = "slos/a.yaml") -> str:
    """One text in the format of the target."""
    sources, _ = converted([Source(path, text)], target)
    return sources[0].text


def notes_on(target: str, text: str) -> list[str]:
    """What is noted when a text is converted: the line, and what is said."""
    _, notes = converted([Source("slos/a.yaml", text)], target)
    return [f"{note.at.line}: {note.text}" for note in notes]


def groups(sources: Sequence[Source]) -> dict[str, Group]:
    """The generated rule groups of sources, by name, with their object.

    Without the label that names the format.
    """
    result = pipeline.compile(sources)
    assert not result.report.failed, [
        f"{found.at} {found.message}" for found in result.report if found.severity == "error"
    ]
    found: dict[str, Group] = {}
    for file in result.files:
        if not file.path.startswith("prometheusrules/"):
            continue
        document = yaml.safe_load(file.text)
        for group in document["spec"]["groups"]:
            if group["name"].startswith("slogen-"):
                rules = [_rule(rule) for rule in group["rules"]]
                found[group["name"]] = {**group, "object": document["metadata"], "rules": rules}
    return found


def _rule(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = {name: text for name, text in rule.get("labels", {}).items() if name != "sloth_spec"}
    return {**rule, "labels": labels, "expr": without_layout(rule["expr"])}


def without_layout(expr: str) -> str:
    """PromQL without comments, white space, and parentheses around parentheses."""
    tokens = [token for token in promql.tokens(expr) if token.kind is not promql.Kind.COMMENT]
    pairs, opened = {}, []
    for i, token in enumerate(tokens):
        if token.text == "(":
            opened.append(i)
        elif token.text == ")":
            pairs[opened.pop()] = i
    doubled = {start for start, end in pairs.items() if pairs.get(start + 1) == end - 1}
    dropped = doubled | {pairs[start] for start in doubled}
    return " ".join(token.text for i, token in enumerate(tokens) if i not in dropped)


def differences(before: Mapping[str, Group], after: Mapping[str, Group]) -> Iterator[str]:
    """What is different between groups: the name of the group, and the rule and the part of it."""
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            yield f"{name}: only {'after' if name in after else 'before'}"
            continue
        old, new = before[name], after[name]
        yield from (f"{name}: {key}" for key in old.keys() | new.keys() if _differs(old, new, key))
        by_name = [{_key(rule): rule for rule in group["rules"]} for group in (old, new)]
        for key in sorted(by_name[0].keys() | by_name[1].keys()):
            first, second = by_name[0].get(key), by_name[1].get(key)
            if first is None or second is None:
                yield f"{name}: {key} only {'before' if first else 'after'}"
            else:
                parts = sorted(first.keys() | second.keys())
                yield from (f"{name}: {key} {part}" for part in parts if first.get(part) != second.get(part))


def _differs(old: Group, new: Group, key: str) -> bool:
    return key != "rules" and old.get(key) != new.get(key)


def _key(rule: Mapping[str, Any]) -> str:
    severity = rule["labels"].get("sloth_severity", "")
    return re.sub(r" $", "", f"{rule.get('record') or rule['alert']} {severity}")
