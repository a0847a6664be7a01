"""Expressions as checks see them: what they mean, whose they are, and where each character was written.

An expression is one of an SLO, with what slogen puts around the author's text, or that of a hand-written
rule. What its metrics are is looked up in the catalogs and the recording rules of the project.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from slogen.catalog import Catalogs, Sample
from slogen.expressions import ANY_WINDOW, written_at
from slogen.ir import HOLE, Excerpt, Measured, Role, Rule, RuleGroup, RuleSet, Settings, Slo
from slogen.panels import PanelQuery
from slogen.promql.measures import ODD_SECONDS, ODD_WINDOW
from slogen.promql.problem import Place
from slogen.source import Span

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning, Recorded

T = TypeVar("T")


@dataclass(eq=False)
class Project:
    """What expressions are judged by: settings, catalogs, and the hand-written rules.

    `elsewhere` has the names that are recorded in files of the project which were not read; None where all
    was read.
    """

    settings: Settings = field(default_factory=Settings)
    catalogs: Catalogs = field(default_factory=Catalogs)
    rule_sets: tuple[RuleSet, ...] = ()
    elsewhere: frozenset[str] | None = None
    _recorded: dict[str, Recorded | None] = field(default_factory=dict, repr=False)

    @property
    def is_part(self) -> bool:
        """Whether there is more of the project than what was read: then nothing is known to be missing."""
        return self.elsewhere is not None

    def is_recorded_elsewhere(self, name: str) -> bool:
        """Whether a file of the project that was not read records a series."""
        return self.elsewhere is not None and name in self.elsewhere

    def knowing(self, subject: str) -> ProjectKnowledge:
        """What is known of series by those who read them: a service, or a rule file by its path."""
        return ProjectKnowledge(self, subject)

    @cached_property
    def recordings(self) -> Mapping[str, Sequence[tuple[Rule, RuleGroup, RuleSet]]]:
        """The hand-written recording rules by the names of their series."""
        found: dict[str, list[tuple[Rule, RuleGroup, RuleSet]]] = {}
        for rules in self.rule_sets:
            for group in rules.groups:
                for rule in group.rules:
                    if rule.record:
                        found.setdefault(rule.record, []).append((rule, group, rules))
        return found

    def recorded(self, name: str) -> Recorded | None:
        """What recording rules make of a series; None if there are none, they cannot be read, or a rule reads
        itself."""
        if name not in self.recordings:
            return None
        if name not in self._recorded:
            # While it is looked at it counts as unknown, so that a rule may read its own series.
            self._recorded[name] = None
            self._recorded[name] = self._read(name)
        return self._recorded[name]

    def _read(self, name: str) -> Recorded | None:
        from slogen.promql.meaning import Recorded, meaning_of  # noqa: PLC0415 - it loads promql_parser

        listed = self.recordings[name]
        meanings = [
            meaning_of(rule.expr, self.knowing(path_of(rules)), places=False) for rule, _, rules in listed
        ]
        known = tuple(meaning for meaning in meanings if meaning is not None)
        if len(known) != len(listed):
            return None
        labels = tuple({**group.labels, **rule.labels} for rule, group, _ in listed)
        return Recorded(known, labels, tuple(group.name for _, group, _ in listed))


@dataclass(frozen=True, slots=True)
class ProjectKnowledge:
    """The knowledge of one reader (see `slogen.promql.meaning.Knowledge`)."""

    project: Project
    subject: str

    @property
    def added_labels(self) -> Collection[str]:
        return tuple(self.project.settings.prometheus.external_labels)

    def sample(self, name: str) -> Sample | None:
        return self.project.catalogs.sample(name, self.subject)

    def recorded(self, name: str) -> Recorded | None:
        return self.project.recorded(name)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Characters of the expression that its author wrote: from `start` up to `end`."""

    start: int
    end: int
    excerpt: Excerpt
    window: str

    def at(self, place: Place) -> Span:
        """Where characters of the expression within the stretch were written."""
        first, last = (max(min(offset, self.end), self.start) - self.start for offset in place)
        query, shift = self.excerpt.query, self.excerpt.start
        if self.excerpt.end is not None or shift:
            return query.at.slice(first + shift, last + shift)
        return written_at(query, (first, last), self.window)


@dataclass(frozen=True, slots=True)
class _Panel:
    """All of the query of a dashboard, with values in place of its variables."""

    start: int
    end: int
    query: PanelQuery

    def at(self, place: Place) -> Span:
        """Where characters of the query were written."""
        return self.query.place(*place)


@dataclass(frozen=True, eq=False)
class Examined:
    """An expression with its model.

    Of an SLO: `slo` and the `role` of the expression. Of a hand-written rule: `rule`, its `group` and its
    `rules`. Of a dashboard: none of these. Places of the model are characters of `text`; `at` says where they
    were written.
    """

    text: str
    meaning: Meaning
    project: Project
    whole: Span
    slo: Slo | None = None
    role: Role | None = None
    rule: Rule | None = None
    group: RuleGroup | None = None
    rules: RuleSet | None = None
    is_template: bool = False
    """Whether the text is what a template gives for one window, of which no place is known."""
    _stretches: tuple[_Stretch | _Panel, ...] = ()
    _judged: dict[object, tuple[Any, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def parts(self) -> tuple[Meaning, ...]:
        """All parts of the expression, from the outside in."""
        return tuple(self.meaning.walk())

    @cached_property
    def selectors(self) -> tuple[Meaning, ...]:
        """All selectors, in order."""
        return tuple(part for part in self.parts if part.is_selector)

    @cached_property
    def calls(self) -> tuple[Meaning, ...]:
        """All function calls, from the outside in."""
        return tuple(part for part in self.parts if part.is_call)

    @cached_property
    def aggregations(self) -> tuple[Meaning, ...]:
        """All aggregations, from the outside in."""
        return tuple(part for part in self.parts if part.is_aggregation)

    @cached_property
    def operations(self) -> tuple[Meaning, ...]:
        """All operators between two operands, from the outside in."""
        return tuple(part for part in self.parts if part.is_operation)

    @property
    def is_alert(self) -> bool:
        """Whether it is the condition of a hand-written alert."""
        return self.rule is not None and bool(self.rule.alert)

    @property
    def subject(self) -> str:
        """The service of the SLO, or the path of the file: whose catalogs come first."""
        return _subject(self.slo, self.whole)

    def shown(self, part: Meaning) -> str:
        """The text of a part; what its author wrote of it, where slogen added something."""
        span = self.at(part.at)
        return span.text if self._stretches and part.at != (0, 0) else self.text[slice(*part.at)]

    def at(self, place: Place) -> Span:
        """Where characters of the expression were written; what slogen added is where it belongs to."""
        if place == (0, 0):
            return self.whole
        for stretch in self._stretches:
            if place[0] < stretch.end and stretch.start < place[1]:
                return stretch.at(place)
        return self.whole if self._stretches or self.is_template else self.whole.slice(*place)


def once(judge: Callable[[Examined], Iterable[T]]) -> Callable[[Examined], tuple[T, ...]]:
    """A judge of expressions that is asked once of each, though several checks tell what it finds."""

    @wraps(judge)
    def judged(expression: Examined) -> tuple[T, ...]:
        if judge not in expression._judged:
            expression._judged[judge] = tuple(judge(expression))
        return expression._judged[judge]

    return judged


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """An expression to be examined: first without places, which is fast, and where anything was found with
    them."""

    text: str
    whole: Span
    project: Project
    window: float | None
    slo: Slo | None = None
    role: Role | None = None
    rule: Rule | None = None
    group: RuleGroup | None = None
    rules: RuleSet | None = None
    is_template: bool = False
    stretches: tuple[_Stretch | _Panel, ...] = ()

    def examined(self, *, places: bool) -> Examined | None:
        """The expression with its model; None where only Prometheus can read it."""
        from slogen.promql.meaning import meaning_of  # noqa: PLC0415 - it loads promql_parser

        knowledge = self.project.knowing(_subject(self.slo, self.whole))
        places = places and not self.is_template
        meaning = meaning_of(self.text, knowledge, places=places, window=self.window)
        if meaning is None:
            return None
        return Examined(
            self.text,
            meaning,
            self.project,
            self.whole,
            self.slo,
            self.role,
            self.rule,
            self.group,
            self.rules,
            self.is_template,
            self.stretches,
        )


def of_slo(slo: Slo, project: Project) -> Iterator[Examination]:
    """The expressions of an SLO's indicator, but for those in a dialect that slogen does not know."""
    for measured in slo.sli.measured:
        queries = [piece.query for piece in measured.pieces if isinstance(piece, Excerpt)]
        if not any(query.opaque for query in queries):
            yield _of_measured(measured, slo, project)


def of_rules(rules: RuleSet, project: Project) -> Iterator[Examination]:
    """The expressions of hand-written rules; none of those that slogen generated."""
    if rules.slos:
        return
    for group in rules.groups:
        for rule in group.rules:
            if rule.where is not None:
                at = rule.where["expr"]
                yield Examination(rule.expr, at, project, None, rule=rule, group=group, rules=rules)


def of_dashboards(queries: Iterable[PanelQuery], project: Project) -> Iterator[Examination]:
    """The queries of dashboards, but for those with variables in place of metrics and labels."""
    for query in queries:
        if not query.is_guess:
            whole = _Panel(0, len(query.text), query)
            yield Examination(query.text, query.at, project, None, stretches=(whole,))


def _subject(slo: Slo | None, whole: Span) -> str:
    return slo.service if slo is not None else whole.source.path


def path_of(rules: RuleSet) -> str:
    """The path of the file that rules were written in."""
    return rules.where.whole.source.path


def _of_measured(measured: Measured, slo: Slo, project: Project) -> Examination:
    excerpts = [piece for piece in measured.pieces if isinstance(piece, Excerpt)]
    is_template = any(excerpt.query.template is not None for excerpt in excerpts)
    window = ANY_WINDOW if is_template else ODD_WINDOW
    text = ""
    stretches: list[_Stretch] = []
    for piece in measured.pieces:
        if isinstance(piece, str):
            text += piece.replace(HOLE, window)
            continue
        shown = piece.query.over(window)[piece.start : piece.end]
        stretches.append(_Stretch(len(text), len(text) + len(shown), piece, window))
        text += shown
    seconds = None if is_template else ODD_SECONDS
    return Examination(
        text,
        excerpts[0].query.at,
        project,
        seconds,
        slo=slo,
        role=measured.role,
        is_template=is_template,
        stretches=tuple(stretches),
    )
