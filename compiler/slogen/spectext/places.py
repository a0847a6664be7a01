"""What a key says, in words that all formats share."""

from __future__ import annotations

Place = tuple[str, ...]
"""The SLO, document or alert windows that something belongs to, such as `slo:3`, and what it says of it."""

# Keys of other formats, as slogen's own format calls them.
_WORDS = {
    "errorquery": "bad",
    "totalquery": "total",
    "errorratioquery": "error",
    "errors": "bad",
    "success": "good",
    "pagealert": "page",
    "ticketalert": "ticket",
    "target": "objective",
    "targetpercent": "objective",
    "timewindow": "window",
    "timewindows": "window",
    "indicator": "sli",
    "grouping": "group_by",
    "sloplugins": "adjustments",
    "plugins": "adjustments",
    "displayname": "display_name",
}
# Keys that only hold others together.
_SCAFFOLD = {
    *("spec", "events", "query", "raw", "ratio", "ratiometric", "ratiometrics", "thresholdmetric"),
    *("metricsource", "objectives", "chain"),
}
# Keys that hold what another key is.
_VALUES = {"query", "metric"}
_QUERIES = {"total", "bad", "good", "error"}


def role(path: tuple[str | int, ...]) -> Place:
    """What the key at the end of a path is for, as a path in slogen's own words.

    The path starts below what holds the SLO. Keys on the way that only hold others together are left out:
    `total.metricSource.spec.query` of one format and `total_query` of another are both `total`.
    """
    found: list[str] = []
    for i, step in enumerate(path):
        folded = str(step).replace("_", "").lower()
        is_item = isinstance(step, int) and i and str(path[i - 1]).lower() in _SCAFFOLD
        is_value = folded in _VALUES and found and found[-1] in _QUERIES
        if not is_item and not is_value and (folded not in _SCAFFOLD or i == len(path) - 1):
            found.append(_WORDS.get(folded, str(step)))
    return tuple(found)
