"""What values of labels mean by convention: that something went well, or that it did not."""

from __future__ import annotations

import re
from functools import lru_cache

_HTTP = re.compile(r"[1-5](?:[0-9]{2}|xx|XX)")
_IS_CODE = re.compile(r".*(?:code|status).*")
_WELL = frozenset(
    (
        *("success", "succeeded", "successful", "ok", "pass", "passed", "completed", "complete", "accepted"),
        *("healthy", "delivered", "none", "no_error", "noerror", "hit"),
    )
)
_BADLY = frozenset(
    (
        *("error", "errors", "fail", "failed", "failure", "rejected", "timeout", "aborted", "exception"),
        *("internal", "unavailable", "unknown", "deadlineexceeded", "deadline_exceeded", "dataloss"),
        *("data_loss", "unimplemented", "servfail", "unhealthy", "crashed", "dropped", "critical"),
    )
)
_YES, _NO = frozenset(("true", "yes", "1")), frozenset(("false", "no", "0"))
_GOOD_NAME = re.compile(r"(?:is_|was_)?(?:success|successful|ok|healthy|up|valid)")
_BAD_NAME = re.compile(
    r"(?:is_|was_|has_)?(?:error|errors|failed|failure|failing|is_error|timeout|timed_out)"
)


PLACES = frozenset(
    (
        *("job", "instance", "service", "namespace", "pod", "container", "cluster", "app", "application"),
        *("region", "zone", "env", "environment", "handler", "path", "route", "method", "uri", "host"),
    )
)
"""Labels that say where an event happened, never how it went."""


@lru_cache(maxsize=4096)
def meaning(label: str, value: str) -> int:
    """1 if the value says that an event went well, -1 if it says that it did not, 0 if it says neither."""
    name, word = label.lower(), value.lower()
    if _HTTP.fullmatch(value) and _IS_CODE.fullmatch(name):
        return _of_http(value)
    if word in _YES or word in _NO:
        said = 1 if word in _YES else -1
        if _GOOD_NAME.fullmatch(name):
            return said
        return -said if _BAD_NAME.fullmatch(name) else 0
    if "grpc" in name and word.isdigit():
        return 1 if word == "0" else -1
    if word in _WELL:
        return 1
    return -1 if word in _BADLY else 0


def measures_time(histogram: str) -> bool:
    """Whether a histogram is one of durations, by its name: then less is better."""
    return _TIME.search(histogram) is not None


_TIME = re.compile(r"duration|latency|seconds|_(?:ms|us|ns|millis|time)(?:_|$)")


def _of_http(value: str) -> int:
    """Of a client's error nobody knows whose fault it is."""
    return {"2": 1, "3": 1, "5": -1}.get(value[0], 0)
