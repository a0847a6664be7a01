"""Sums that are never above zero, whatever is counted: every selector is taken off by one that holds it."""

from __future__ import annotations

import re
from functools import lru_cache

from slogen.promql.sums import Beyond, Choice, Form, Sum, Term, read_form
from slogen.promql.tokens import tokens
from slogen.promql.witnesses import Condition, meets

_UNSURE = re.compile(r"\b(?:abs|offset|clamp|clamp_max)\b|@")
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_OR_ZERO = re.compile(
    r"\bor\b\s*(?:on\s*\([^()]*\)\s*)?\(?\s*(?:vector\s*\(\s*0(?:\.0*)?\s*\)|0\s*\*)", re.IGNORECASE
)
_AT_LEAST_ZERO = re.compile(r",\s*0(?:\.0*)?\s*\)")
_OUTCOME = frozenset(
    (
        *("success", "successful", "succeeded", "successes", "ok", "good", "passed", "completed"),
        *("error", "errors", "failed", "failure", "failures", "bad"),
    )
)
_EPSILON = 1e-9
_QUOTED = re.compile(r""""[^"]*"|'[^']*'|`[^`]*`""")
_RANGE = re.compile(r"""([a-zA-Z_:][\w:]*)?\s*(\{(?:[^{}"'`]|"[^"]*"|'[^']*'|`[^`]*`)*\})?\s*\[""")
_LABEL = re.compile(r"[a-zA-Z_]\w*")
_NUMBER = re.compile(r"[\s(]*[0-9.]+\s*")


def may_cancel(kept: str, subtracted: str) -> bool:
    """Whether all that one text selects may be within what another one selects: a quick look at both."""
    own, others = _selected(kept), _selected(subtracted)
    return all(any(_may_hold(other, one) for other in others) for one in own)


def differs_in_vain(text: str) -> bool:
    """Whether a query may be one that is never above zero: a quick look at a difference, as most are."""
    code = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    before, minus, behind = code.partition("-")
    if not minus or "-" in behind or "/" in before:
        return True
    slash = code.find("/")
    middle = len(before)
    subtracted, below = (text[middle:slash], text[slash:]) if slash > 0 else (text[middle:], "")
    return may_cancel(below if _NUMBER.fullmatch(before) else text[:middle], subtracted)


def _selected(text: str) -> list[tuple[str, frozenset[str]]]:
    """The metrics and the names of the labels of selectors with ranges."""
    return [
        (name, frozenset(_LABEL.findall(_QUOTED.sub("", matchers))))
        for name, matchers in _RANGE.findall(text)
    ]


def _may_hold(whole: tuple[str, frozenset[str]], part: tuple[str, frozenset[str]]) -> bool:
    if whole[0] == part[0]:
        return whole[1] <= part[1]
    return not whole[0] or not part[0] or _counts_part_of(Choice(part[0]), Choice(whole[0]), by_name=True)


def errors_are_never_positive(total: str, part: str, part_is_good: bool) -> bool:
    """Whether the errors of queries over one window are zero or below, whatever their series are."""
    whole, chosen = _surely(total), _surely(part)
    if whole is None or chosen is None or whole.below is not None or chosen.below is not None:
        return False
    bad = whole.above.plus(chosen.above.times(-1)) if part_is_good else chosen.above
    return _is_not_negative(whole.above) and _is_never_positive(bad)


def ratio_is_never_positive(error: str) -> bool:
    """As `errors_are_never_positive`, of the query of an error ratio."""
    form = _surely(error)
    if form is None or (form.below is not None and not _is_not_negative(form.below)):
        return False
    return _is_never_positive(form.above)


@lru_cache(maxsize=2048)
def _surely(text: str) -> Form | None:
    """A query as a sum or a quotient, where that leaves nothing out that may be above zero."""
    if _UNSURE.search(text) or text.count("clamp_min") != len(_AT_LEAST_ZERO.findall(text)):
        return None
    if _OR.search(text) and sum(token.word == "or" for token in tokens(text)) != len(_OR_ZERO.findall(text)):
        return None
    form = read_form(text)
    return None if isinstance(form, Beyond) else form


def _is_not_negative(total: Sum) -> bool:
    return total.number >= 0 and all(term.weight >= 0 and _is_counted(term) for term in total.terms)


def _is_counted(term: Term) -> bool:
    """What a gauge says may be below zero."""
    return term.kind != "gauge"


def _is_never_positive(bad: Sum) -> bool:
    """Whether each term above zero is within one below it that is at least as heavy, and no other's."""
    if bad.number > 0 or bad.absent:
        return False
    terms = [term for term in bad.terms if term.weight and not _is_worth_nothing(term)]
    if not all(map(_is_counted, terms)):
        return False
    spent = [-term.weight for term in terms]
    for term in terms:
        weight = term.weight
        for place, other in enumerate(terms):
            if weight > _EPSILON and spent[place] > 0 and _is_within(term, other):
                taken = min(weight, spent[place])
                weight, spent[place] = weight - taken, spent[place] - taken
        if weight > _EPSILON:
            return False
    return True


def _is_worth_nothing(term: Term) -> bool:
    """Whether only values of zero or below pass, as in `sum_over_time((probe_success == 0)[1h:])`."""
    if term.kind != "gauge" or term.weight < 0:
        return False
    return any(operator in ("==", "<=", "<") and number <= 0 for operator, number in term.only)


def _is_within(part: Term, whole: Term) -> bool:
    """Whether what a term counts is counted by the other, too, element by element."""
    own = (part.kind, part.flow, part.partners, part.per_sample, part.only, part.over_time)
    if own != (whole.kind, whole.flow, whole.partners, whole.per_sample, whole.only, whole.over_time):
        return False
    return not part.partners and _selects_less(part.choice, whole.choice)


def _selects_less(part: Choice, whole: Choice) -> bool:
    given = dict.fromkeys(part.conditions)
    wanted = [one for one in whole.conditions if one not in given]
    if part.name == whole.name and part.name:
        return all(_is_implied(label, condition, part) for label, condition in wanted)
    if not _counts_part_of(part, whole):
        return False
    return all(_is_implied(label, condition, part) for label, condition in wanted if label != "le")


def _is_implied(label: str, condition: Condition, part: Choice) -> bool:
    """Whether a condition on a label holds for everything that a selector takes."""
    if condition == ("=~", ".*"):
        return True
    own = [found for name, found in part.conditions if name == label]
    if label == "le" and _holds_more(condition, own):
        return True
    return any(operator == "=" and meets(condition, value) for operator, value in own) or any(
        operator == "=~" and _WORDS.fullmatch(value) and all(meets(condition, v) for v in value.split("|"))
        for operator, value in own
    )


_WORDS = re.compile(r"\w+(?:\|\w+)*")


def _holds_more(condition: Condition, own: list[Condition]) -> bool:
    """Whether a bucket holds another one: its bound is not below."""
    try:
        bounds = [float(value) for operator, value in own if operator == "="]
        return bool(bounds) and condition[0] == "=" and min(bounds) <= float(condition[1])
    except ValueError:
        return False


def _counts_part_of(part: Choice, whole: Choice, by_name: bool = False) -> bool:
    """Whether the names say that one counts a part of the other: a bucket, or the events of an outcome."""
    if part.name.endswith("_bucket") and whole.name == part.name.removesuffix("_bucket") + "_count":
        if by_name:
            return True
        one_bucket = [condition for label, condition in part.conditions if label == "le"]
        return len(one_bucket) == 1 and one_bucket[0][0] == "="
    words = part.name.split("_")
    outcome = [word for word in words if word in _OUTCOME]
    return len(outcome) == 1 and whole.name == "_".join(word for word in words if word not in _OUTCOME)
