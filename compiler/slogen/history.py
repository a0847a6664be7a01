"""Which recorded series an edit cuts off from their past, judged by the rule files before and after it.

A series is its name and its labels. Whatever an edit changes of either, the old series ends and a new one
begins, and what is counted over days knows only what is new. Only groups that differ are looked at, so where
nothing has changed nothing is read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from textwrap import dedent
from typing import Literal

from slogen import names, promql
from slogen.diagnostics import nearest
from slogen.durations import DurationError, parse, render
from slogen.ir import IDENTITY
from slogen.source import Source, documents
from slogen.units import Millis

Kind = Literal["renamed", "period", "grouping", "labels", "source", "recording", "recording labels"]
DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Loss:
    """What was cut off of an SLO (`owner` is the id that it has now) or of a hand-written rule (its record).

    `before` and `after` are, by kind: the ids of a `renamed` SLO; the `period`; the labels of the `grouping`;
    a label with its value; the `source` that the budget is counted from; the name of a `recording`, or one of
    its labels. An empty text is none. `period` is how long the budget is incomplete, empty if unknown.
    """

    kind: Kind
    owner: str
    before: str
    after: str
    period: str = ""


@dataclass(frozen=True)
class _Recorded:
    """A recording rule of a rule file."""

    record: str
    expr: str
    labels: Mapping[str, str]

    @property
    def id(self) -> str:
        """The SLO that it is of; empty for one that is written by hand."""
        return self.labels.get(names.ID_LABEL, "")

    @property
    def identity(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What tells its series from all others, as far as the rule says it."""
        return self.record, tuple(sorted(self.labels.items()))


_MEASURED = ("slo:sli_error:", "slo:sli_errors:", "slo:sli_total:")
_IDENTITY = re.compile(rf"""({"|".join(IDENTITY)})="(?:[^"\\]|\\.)*\"""")


@dataclass(frozen=True)
class _SloRules:
    """The recording rules of one SLO."""

    id: str
    rules: tuple[_Recorded, ...]

    @cached_property
    def by_record(self) -> Mapping[str, _Recorded]:
        """The rules by what they record."""
        return {rule.record: rule for rule in self.rules}

    @cached_property
    def meaning(self) -> frozenset[tuple[str, str]]:
        """What is measured within the period and how, without the id: the same if only the name is new."""
        return frozenset(
            (rule.record, _IDENTITY.sub(r"\1", rule.expr))
            for rule in self.rules
            if rule.record.startswith(_MEASURED) and not (self.period and rule.record.endswith(self.period))
        )

    @property
    def period(self) -> str:
        """The period of the objective; empty where it is not recorded."""
        rule = self.by_record.get(names.TIME_PERIOD)
        match = re.fullmatch(r"vector\(([0-9.]+)\)", rule.expr.strip()) if rule else None
        try:
            return render(Millis(round(Decimal(match[1]) * DAY))) if match else ""
        except (InvalidOperation, ValueError):
            return ""

    @cached_property
    def remembered(self) -> tuple[str, ...]:
        """The series of this SLO that it reads over a day or more, in order."""
        found = (name for rule in self.rules for name in _read_over_days(rule.expr))
        return tuple(dict.fromkeys(name for name in found if name in self.by_record))

    @property
    def grouping(self) -> str | None:
        """The labels that keep its budgets apart, such as `model, region`; None if no rule decides them."""
        for rule in self.rules:
            labels = promql.result_labels(rule.expr) if "(" in rule.expr else None
            if labels is not None and names.ID_LABEL not in rule.expr and not _is_constant(rule):
                return ", ".join(sorted(labels))
        return None


def losses(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Loss, ...]:
    """What an edit cuts off, one loss for each SLO and hand-written rule.

    `old` and `new` are the texts of the rule files that differ, by path; those without a counterpart are gone
    or new. That an SLO or a rule is deleted is no loss.
    """
    before, after = _chunks(old.values()), _chunks(new.values())
    changed_before = [chunk for chunk in before if chunk not in after]
    changed_after = [chunk for chunk in after if chunk not in before]
    if not changed_before:
        return ()
    outlines = _outlines(changed_before), _outlines(changed_after)
    differing = {
        id_: None for each in outlines for id_ in each if outlines[0].get(id_) != outlines[1].get(id_)
    }
    return (
        *(_of_slos(before, after, differing) if differing else ()),
        *_of_recordings(_written_by_hand(changed_before), _written_by_hand(changed_after)),
    )


# texts ------------------------------------------------------------------------------------------------

_GROUP = re.compile(r"^(?=(?: {2})?- name: )", re.MULTILINE)
_ID = re.compile(rf"^ +{names.ID_LABEL}: (.+)$", re.MULTILINE)


def _chunks(texts: Iterable[str]) -> dict[str, None]:
    """The texts of all groups, as a set in order."""
    return {chunk: None for text in texts for chunk in _GROUP.split(text)[1:]}


_ALERTS = re.compile(r"^ *- alert: ", re.MULTILINE)
# Records, labels, groupings, the period, and what is read over days.
_TELLING = re.compile(
    r"^ *(?:- )?record: .+|^ {6,}[a-zA-Z_]\w*: [^|>].*|\bby ?\([^)]*\)|\bvector\([0-9.]+\)"
    r"|\[\w*[dwy]\w*[\]:]",
    re.MULTILINE,
)


def _outlines(chunks: Iterable[str]) -> dict[str, list[str]]:
    """What an SLO's identity depends on, by its id as it is written: where it is the same, nothing is lost.

    All rules of a group are of one SLO. Reading YAML takes a hundred times longer.
    """
    found: dict[str, list[str]] = {}
    for chunk in chunks:
        match = _ID.search(chunk)
        if match:
            recorded = _ALERTS.split(chunk, maxsplit=1)[0]
            found.setdefault(match[1], []).extend(_TELLING.findall(recorded))
    return found


def _written_by_hand(chunks: Iterable[str]) -> tuple[_Recorded, ...]:
    return _rules(chunk for chunk in chunks if not _ID.search(chunk))


_RULE = re.compile(
    r"^(?P<indent> *)- record: (?P<record>.+)\n(?P<fields>(?:(?P=indent)  .*\n|\n)*)", re.MULTILINE
)
_FIELD = re.compile(
    r"^(?P<indent> *)(?P<quote>[\"']?)(?P<key>[^\s:\"']+)(?P=quote):(?P<value>.*)\n"
    r"(?P<block>(?:(?P=indent) .*\n|\n)*)",
    re.MULTILINE,
)
_PLAIN = re.compile(r"[\w(](?:[^\n#:]|:(?![ \n]|$)|(?<! )#)*")


def _rules(chunks: Iterable[str]) -> tuple[_Recorded, ...]:
    """The recording rules of groups in the layouts that slogen writes; YAML is read where it must be."""
    return tuple(rule for chunk in chunks for rule in _of_group(chunk))


def _of_group(chunk: str) -> Iterator[_Recorded]:
    rules = list(_RULE.finditer(chunk if chunk.endswith("\n") else f"{chunk}\n"))
    if not rules:
        return
    head = chunk[: rules[0].start()]
    shared = _labels(_FIELD.finditer(head[head.find("\n") + 1 :]))
    for rule in rules:
        fields = list(_FIELD.finditer(rule["fields"]))
        expr = next((_value(field) for field in fields if field["key"] == "expr"), "")
        yield _Recorded(_scalar(rule["record"]), expr, {**shared, **_labels(fields)})


def _labels(fields: Iterable[re.Match[str]]) -> dict[str, str]:
    """What stands below `labels:` among the fields of a rule or group."""
    blocks = (field["block"] for field in fields if field["key"] == "labels")
    return {one["key"]: _value(one) for block in blocks for one in _FIELD.finditer(block)}


def _value(field: re.Match[str]) -> str:
    # Of what is white space to Python, only this is to YAML.
    value = field["value"].strip(" \t\n")
    if value in ("|", "|-"):
        return dedent(field["block"]).strip("\n")
    return _scalar(value if not field["block"].strip() else f"{value}\n{field['block']}")


@lru_cache(maxsize=8192)
def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    nodes = documents(Source("", f"a: {text}")).nodes
    node = nodes[0].get("a") if nodes else None
    return str(node.value) if node is not None and isinstance(node.value, str | int | Decimal) else ""


# SLOs -------------------------------------------------------------------------------------------------


def _of_slos(before: Iterable[str], after: Iterable[str], written: Collection[str]) -> Iterator[Loss]:
    """What is lost of the SLOs with these ids, each of which has groups that differ."""
    old, new = _by_id(before, written), _by_id(after, written)
    gone = {id_: slo for id_, slo in old.items() if id_ not in new}
    for id_, slo in new.items():
        former = old.get(id_) or _former(slo, gone)
        loss = _between(former, slo) if former is not None else None
        if loss is not None:
            yield loss


def _by_id(chunks: Iterable[str], written: Collection[str]) -> dict[str, _SloRules]:
    """All rules of the SLOs, those in groups that are as before among them."""
    found: defaultdict[str, list[_Recorded]] = defaultdict(list)
    own = [chunk for chunk in chunks if (match := _ID.search(chunk)) and match[1] in written]
    for rule in _rules(own) if own else ():
        if rule.id:
            found[rule.id].append(rule)
    return {id_: _SloRules(id_, tuple(rules)) for id_, rules in found.items()}


def _former(slo: _SloRules, gone: Mapping[str, _SloRules]) -> _SloRules | None:
    """The SLO that is gone and measured the same; of several the one with the most similar id."""
    alike = [id_ for id_, other in gone.items() if slo.meaning and other.meaning == slo.meaning]
    return gone[nearest(slo.id, alike) or alike[0]] if alike else None


def _between(old: _SloRules, new: _SloRules) -> Loss | None:
    """The loss that explains the others."""
    period = new.period
    if old.id != new.id:
        return Loss("renamed", new.id, old.id, new.id, period)
    if old.grouping is not None and new.grouping is not None and old.grouping != new.grouping:
        return Loss("grouping", new.id, old.grouping, new.grouping, period)
    for series in new.remembered:
        former = old.by_record.get(series)
        if former is None:
            return Loss("source", new.id, "", series, period)
        label = _first_difference(former.labels, new.by_record[series].labels)
        if label is not None:
            return Loss("labels", new.id, *label, period)
    if old.period and period and old.period != period:
        return Loss("period", new.id, old.period, period, period)
    return None


def _first_difference(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, str] | None:
    """The first label that differs, before and after, as a matcher; empty where it is not there."""
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            return _shown(name, old.get(name)), _shown(name, new.get(name))
    return None


def _shown(name: str, value: str | None) -> str:
    return "" if value is None else f"{name}={promql.quote(value)}"


_RANGE = re.compile(r"(?<![\w:])(?P<series>[a-zA-Z_:][\w:]*)(?:\{[^{}]*\})?\[(?P<range>\w+)[\]:]")


def _read_over_days(expr: str) -> Iterator[str]:
    for match in _RANGE.finditer(expr):
        try:
            if parse(match["range"]) >= DAY:
                yield match["series"]
        except DurationError:
            continue


def _is_constant(rule: _Recorded) -> bool:
    return rule.expr.strip().startswith("vector(")


# hand-written rules -----------------------------------------------------------------------------------


def _of_recordings(old: Sequence[_Recorded], new: Sequence[_Recorded]) -> Iterator[Loss]:
    """What is lost of the recording rules that are written by hand."""
    before, after = [rule for rule in old if not rule.id], [rule for rule in new if not rule.id]
    still, known = {rule.identity for rule in after}, {rule.identity for rule in before}
    ended = [rule for rule in before if rule.identity not in still]
    begun = [rule for rule in after if rule.identity not in known]
    for rule in after:
        former = _only(other for other in before if other.record == rule.record)
        alone = _only(other for other in after if other.record == rule.record)
        if former is not None and alone is not None:
            loss = _between_rules(former, rule)
            if loss is not None:
                yield loss
        elif former is None and rule in begun:
            renamed = _only(other for other in ended if _is_renamed(other, rule, after))
            if renamed is not None and _only(o for o in begun if _is_renamed(renamed, o, after)) is not None:
                yield Loss("recording", rule.record, renamed.record, rule.record)


def _between_rules(old: _Recorded, new: _Recorded) -> Loss | None:
    label = _first_difference(old.labels, new.labels)
    if label is not None:
        return Loss("recording labels", new.record, *label)
    if old.expr == new.expr:
        return None
    had, has = promql.result_labels(old.expr), promql.result_labels(new.expr)
    if had is None or has is None or had == has:
        return None
    # What the rule sets itself, the query cannot change.
    lost, gained = had - has - new.labels.keys(), has - had - new.labels.keys()
    if not lost and not gained:
        return None
    return Loss("recording labels", new.record, ", ".join(sorted(lost)), ", ".join(sorted(gained)))


def _is_renamed(old: _Recorded, new: _Recorded, after: Sequence[_Recorded]) -> bool:
    return (
        old.expr == new.expr
        and old.labels == new.labels
        and old.record != new.record
        and all(rule.record != old.record for rule in after)
    )


def _only(found: Iterable[_Recorded]) -> _Recorded | None:
    """The only one; None for none or several."""
    some = list(found)
    return some[0] if len(some) == 1 else None
