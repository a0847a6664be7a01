"""Which results have a series wherever others have one, and which are finite and never negative.

Both follow from expressions and recording rules alone, whatever the input is. Series are compared without the
labels that the recording rules set: all rules that are looked into set the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slogen import promql
from slogen.ir import Labels
from slogen.mutants.mutant import Recording, Subject
from slogen.mutants.pieces import COMPARISONS, Form, Piece, pieces
from slogen.promql.selectors import Selector

_DEEPEST = 64
# Rules written by hand may be tangled: then nothing is certain.
_MOST_STEPS = 5_000
# They give a series for each series that they are given, with its labels.
_ONE_TO_ONE = frozenset(("clamp", "clamp_min", "clamp_max", "abs", "round", "ceil", "floor"))
# Of counters, a number that is not negative.
_COUNTS = frozenset(("rate", "increase", "irate", "count_over_time", "changes", "resets"))
_MEANS = frozenset(("last_over_time", "avg_over_time", "sum_over_time", "max_over_time", "min_over_time"))
_GATHERING = frozenset(("sum", "avg", "min", "max"))


@dataclass(frozen=True, slots=True)
class _Term:
    """A part of an expression, with the text that it is a part of."""

    text: str
    piece: Piece

    def part(self, index: int) -> _Term:
        return _Term(self.text, self.piece.parts[index])

    @property
    def words(self) -> str:
        return " ".join(self.text[self.piece.start : self.piece.end].split())


@dataclass(frozen=True, slots=True)
class Presence:
    """Answers for the rules of one subject."""

    subject: Subject
    _steps: list[int] = field(default_factory=list)

    def same_series(self, one: str, other: str) -> bool:
        """Whether two recorded series of the subject, given as selectors, come and go together."""
        return self.covers(one, other) and self.covers(other, one)

    def covers(self, one: str, other: str) -> bool:
        """Whether the first, a recorded series, is there wherever the second is."""
        known = self.subject.covered.get((one, other))
        if known is None:
            a, b = _term(one), _term(other)
            self._steps.clear()
            known = a is not None and b is not None and self._covers(a, b, None, 0)
            self.subject.covered[(one, other)] = known
        return known

    def is_count(self, expr: str) -> bool:
        """Whether all values are finite and not negative."""
        term = _term(expr)
        return term is not None and self._is_number(term, 0, signed=False)

    def is_finite(self, expr: str) -> bool:
        """Whether all values are finite."""
        term = _term(expr)
        return term is not None and self._is_number(term, 0, signed=True)

    # whether `b` has a series wherever `a` has one ----------------------------------------------------

    def _covers(self, b: _Term, a: _Term, common: Recording | None, depth: int) -> bool:
        """`common` is a recording: whatever is looked into has its group and its labels."""
        self._steps.append(depth)
        if depth > _DEEPEST or len(self._steps) > _MOST_STEPS:
            return False
        b, a = _stripped(b), _stripped(a)
        if b.words == a.words:
            return True
        if a.piece.form is Form.BINARY:
            return self._covers_operation(b, a, common, depth + 1)
        if b.piece.form is Form.BINARY:
            return self._operation_covers(b, a, common, depth + 1)
        if a.piece.form is b.piece.form is Form.AGGREGATION:
            return self._aggregations(b, a, common, depth + 1)
        if a.piece.form is b.piece.form is Form.CALL:
            same = a.piece.operator == b.piece.operator and len(a.piece.parts) == len(b.piece.parts) == 1
            return same and self._covers(b.part(0), a.part(0), common, depth + 1)
        if _is_plain_subset(b, a):
            return True
        return self._unfolded(b, a, common, depth + 1)

    def _covers_operation(self, b: _Term, a: _Term, common: Recording | None, depth: int) -> bool:
        left, right = a.part(0), a.part(1)
        if a.piece.operator == "or":
            return self._covers(b, left, common, depth) and self._covers(b, right, common, depth)
        if a.piece.operator in ("and", "unless"):
            return self._covers(b, left, common, depth)
        vectors = [side for side in (left, right) if not side.piece.is_constant]
        if len(vectors) == 1:
            return self._covers(b, vectors[0], common, depth)
        if not self._compares_all_labels(a):
            return False
        return any(self._covers(b, side, common, depth) for side in vectors)

    def _operation_covers(self, b: _Term, a: _Term, common: Recording | None, depth: int) -> bool:
        left, right = b.part(0), b.part(1)
        if b.piece.operator == "or":
            if self._covers(left, a, common, depth):
                return True
            return self._compares_all_labels(b) and self._covers(right, a, common, depth)
        if b.piece.operator in COMPARISONS or b.piece.operator in ("and", "unless"):
            return False
        vectors = [side for side in (left, right) if not side.piece.is_constant]
        if len(vectors) > 1 and not self._compares_all_labels(b):
            return False
        return bool(vectors) and all(self._covers(side, a, common, depth) for side in vectors)

    def _compares_all_labels(self, operation: _Term) -> bool:
        """Whether two series match only if they are the same: what `on` lists is all the labels they have."""
        if operation.piece.group:
            return False
        if operation.piece.labels is None:
            return True
        keyword, listed = _listed(operation)
        return keyword == "on" and all(self._has_only(operation.part(i), listed, 0) for i in (0, 1))

    def _has_only(self, term: _Term, labels: frozenset[str], depth: int) -> bool:
        """Whether a result has no other labels, but for those that the recording rules set."""
        term = _stripped(term)
        piece = term.piece
        if depth > _DEEPEST:
            return False
        if piece.selector:
            found = recording_of(piece.selector, self.subject)
            source = _term(found.rule.expr) if found else None
            return source is not None and self._has_only(source, labels, depth + 1)
        if piece.form is Form.BINARY:
            sides = [term.part(i) for i in (0, 1) if not piece.parts[i].is_constant]
            return all(self._has_only(side, labels, depth + 1) for side in sides)
        if piece.form is Form.CALL and piece.operator in _MEANS:
            return self._has_only(term.part(0), labels, depth + 1)
        have = promql.result_labels(term.text[piece.start : piece.end])
        return have is not None and have <= labels

    def _aggregations(self, b: _Term, a: _Term, common: Recording | None, depth: int) -> bool:
        if {a.piece.operator, b.piece.operator} - _GATHERING or _listed(a) != _listed(b):
            return False
        if self._covers(_unlabelled(b), _unlabelled(a), common, depth):
            return True
        keyword, labels = _listed(a)
        return keyword == "by" and self._covers_groups(b.part(-1), a.part(-1), labels, common, depth)

    def _covers_groups(
        self, b: _Term, a: _Term, labels: frozenset[str], common: Recording | None, depth: int
    ) -> bool:
        """Whether `b` has a series in each group, by these labels, in which `a` has one."""
        self._steps.append(depth)
        if depth > _DEEPEST or len(self._steps) > _MOST_STEPS:
            return False
        a, b = _grouped(a, labels), _grouped(b, labels)
        if a.piece.form is Form.BINARY and a.piece.operator == "or":
            return all(self._covers_groups(b, a.part(i), labels, common, depth + 1) for i in (0, 1))
        if b.piece.form is Form.BINARY and b.piece.operator == "or":
            # What the right has is there, or a series of the left with the same labels.
            listed = _listed_by(b, "on")
            sides = (0, 1) if b.piece.labels is None or (listed and labels <= listed) else (0,)
            return any(self._covers_groups(b.part(i), a, labels, common, depth + 1) for i in sides)
        return self._covers(b, a, common, depth + 1)

    def _unfolded(self, b: _Term, a: _Term, common: Recording | None, depth: int) -> bool:
        """Looks into the rules behind recorded series.

        Of two that are recorded side by side, their rules tell. One alone is as good as its rule only where
        both are evaluated at the same instant, and have the same labels in the end.
        """
        if a.piece.selector and b.piece.selector and _time_of(a) != _time_of(b):
            return False
        of_a, of_b = self._behind(a), self._behind(b)
        if of_a and of_b and _are_alike(of_a, of_b):
            next_b, next_a = _term(of_b.rule.expr), _term(of_a.rule.expr)
            if next_b and next_a and self._covers(next_b, next_a, of_a, depth):
                return True
        if common is None:
            return False
        if of_a and _are_alike(of_a, common) and not _time_of(a):
            next_a = _term(of_a.rule.expr)
            if next_a and self._covers(b, next_a, common, depth):
                return True
        if of_b and _are_alike(of_b, common) and not _time_of(b):
            next_b = _term(of_b.rule.expr)
            return next_b is not None and self._covers(next_b, a, common, depth)
        return False

    def _behind(self, term: _Term) -> Recording | None:
        """The one rule that records what a selector finds."""
        selector = term.piece.selector
        return recording_of(selector, self.subject) if selector else None

    # values -------------------------------------------------------------------------------------------

    def _is_number(self, term: _Term, depth: int, *, signed: bool) -> bool:
        """Whether all values are finite and, unless `signed`, not negative."""
        term = _Term(term.text, term.piece.bare)
        piece = term.piece
        if depth > _DEEPEST:
            return False
        if piece.form is Form.NUMBER:
            return piece.word is not None and piece.word.word not in ("inf", "nan")
        if piece.form is Form.SIGNED:
            return signed and self._is_number(term.part(0), depth + 1, signed=True)
        if piece.selector:
            found = recording_of(piece.selector, self.subject)
            source = _term(found.rule.expr) if found else None
            return source is not None and self._is_number(source, depth + 1, signed=signed)
        if piece.form is Form.AGGREGATION:
            gathers = piece.operator in _GATHERING and self._is_number(
                term.part(-1), depth + 1, signed=signed
            )
            return piece.operator == "count" or gathers
        if piece.form is Form.CALL:
            return self._is_number_of_call(term, depth, signed=signed)
        return piece.form is Form.BINARY and self._is_number_of_operation(term, depth, signed=signed)

    def _is_number_of_call(self, term: _Term, depth: int, *, signed: bool) -> bool:
        name = term.piece.operator
        if name in _COUNTS:
            return True
        if name == "clamp_min":
            positive = signed or term.piece.parts[1].bare.form is Form.NUMBER
            return positive and self._is_number(term.part(0), depth + 1, signed=True)
        inner = name in _MEANS or name == "label_replace"
        return inner and self._is_number(term.part(0), depth + 1, signed=signed)

    def _is_number_of_operation(self, term: _Term, depth: int, *, signed: bool) -> bool:
        left, right = term.part(0), term.part(1)
        operator = term.piece.operator
        if not self._is_number(left, depth + 1, signed=signed):
            return False
        if operator == "/":
            return _is_positive(right.piece)
        if operator in ("and", "unless") or operator in COMPARISONS:
            return True
        sound = operator in ("+", "*", "or") or (signed and operator == "-")
        return sound and self._is_number(right, depth + 1, signed=signed)


def recording_of(selector: Selector, subject: Subject) -> Recording | None:
    """The only rule of the program that records what a selector finds, if it finds all of that."""
    found = subject.recordings.get(selector.name, ())
    if len(found) != 1:
        return None
    labels = found[0].rule.labels
    own = [m for m in selector.matchers if m.name != "__name__"]
    if any(m.op != "=" or labels.get(m.name) != m.value for m in own):
        return None
    return found[0] if own or selector.name not in subject.elsewhere else None


def _term(text: str) -> _Term | None:
    tree = pieces(text)
    return _Term(text, tree) if tree else None


def _stripped(term: _Term) -> _Term:
    """Without what changes neither which series there are nor their labels."""
    while True:
        piece = term.piece
        if (piece.form is Form.PARENTHESES and not piece.is_subquery and not piece.offset) or (
            piece.form is Form.CALL and piece.operator in _ONE_TO_ONE and piece.parts
        ):
            term = term.part(0)
        else:
            return term


def _unlabelled(aggregation: _Term) -> _Term:
    """What is aggregated, without setting a label that the aggregation drops."""
    term = _stripped(aggregation.part(-1))
    while term.piece.form is Form.CALL and term.piece.operator == "label_replace":
        target = term.text[term.piece.parts[1].start + 1 : term.piece.parts[1].end - 1]
        if target in _listed(aggregation)[1]:
            return term
        term = _stripped(term.part(0))
    return term


def _grouped(term: _Term, labels: frozenset[str]) -> _Term:
    """Without what changes neither which groups there are, nor their labels."""
    while True:
        term = _stripped(term)
        piece = term.piece
        if piece.form is Form.CALL and piece.operator == "label_replace":
            target = term.text[piece.parts[1].start + 1 : piece.parts[1].end - 1]
            if target in labels:
                return term
            term = term.part(0)
        elif piece.form is Form.AGGREGATION and piece.operator in _GATHERING:
            listed = _listed_by(term, "by")
            if listed is None or not labels <= listed:
                return term
            term = term.part(-1)
        else:
            return term


def _listed_by(term: _Term, keyword: str) -> frozenset[str] | None:
    """The labels behind a keyword; None where another or none stands."""
    labels = term.piece.labels
    return _listed(term)[1] if labels and labels.keyword.word == keyword else None


def _listed(term: _Term) -> tuple[str, frozenset[str]]:
    labels = term.piece.labels
    if labels is None:
        return ("by", frozenset())
    return (labels.keyword.word, frozenset(name.text for name in labels.names))


def _is_plain_subset(b: _Term, a: _Term) -> bool:
    """Whether `a` is a selector of the same metric as `b`, over the same time, with more matchers."""
    one, other = a.piece.selector, b.piece.selector
    if one is None or other is None or one.name != other.name or _time_of(a) != _time_of(b):
        return False
    return {(m.name, m.op, m.value) for m in other.matchers} <= {
        (m.name, m.op, m.value) for m in one.matchers
    }


def _time_of(term: _Term) -> str:
    """The range, offset and time behind a selector."""
    selector = term.piece.selector
    return "".join(term.text[selector.end : term.piece.end].split()) if selector else ""


def _are_alike(one: Recording, other: Recording) -> bool:
    first: Labels = one.rule.labels
    return one.group == other.group and first == other.rule.labels


def _is_positive(piece: Piece) -> bool:
    bare = piece.bare
    return bare.form is Form.NUMBER and bare.word is not None and bare.word.text.strip("0._") != ""
