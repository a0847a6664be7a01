"""Why an expression has no value."""

from __future__ import annotations


class Unknown(Exception):  # noqa: N818 - it is no error of the user
    """The expression is beyond this evaluator; the text says what of it, as the end of a sentence.

    The sentence begins with "the query", such as: "calls `info`, which is experimental".
    """


class Failed(Exception):  # noqa: N818 - nor need this be one
    """Prometheus refuses to evaluate the expression on these series; the text says why, in few words."""
