"""Regular expressions of queries, as Python's engine runs them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from slogen.promql.evaluation.refusals import Failed, Unknown
from slogen.promql.patterns import compiled_pattern
from slogen.promql.regexps import regexp_problem


@lru_cache(maxsize=2048)
def pattern_of(pattern: str, dot_takes_newline: bool) -> re.Pattern[str]:
    """The expression of Python that finds what `pattern` finds, to be used with `fullmatch`.

    `dot_takes_newline` since Prometheus 3. Raises Failed for a wrong pattern, Unknown for one beyond Python.
    """
    problem = regexp_problem(pattern)
    if problem:
        raise Failed(f"the regular expression `{pattern}` is wrong: {problem}")
    compiled = compiled_pattern(pattern, dot_takes_newline)
    if compiled is None:
        raise Unknown(f"has the regular expression `{pattern}`, which is beyond Python's")
    return compiled


@lru_cache(maxsize=2048)
def takes(pattern: str, dot_takes_newline: bool) -> Callable[[str], bool]:
    """Whether a regular expression of RE2, anchored at both ends, matches a text. Raises as `pattern_of`."""
    fullmatch = pattern_of(pattern, dot_takes_newline).fullmatch
    return lambda text: fullmatch(text) is not None
