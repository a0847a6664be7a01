"""Reads what Prometheus' API answers: the metadata of metrics, and the series that there are.

Of `/api/v1/metadata` and `/api/v1/targets/metadata` come types, units and help; of `/api/v1/series` and
`/api/v1/query` the series. The items of a long list are read one by one.
API: https://prometheus.io/docs/prometheus/latest/querying/api/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from slogen.exposition.broken import Broken
from slogen.exposition.lines import TYPES
from slogen.exposition.observed import MADE_OF_DATA, MAX_LABELS, Observed
from slogen.source import Source, Span

_LIST = re.compile(r'"(?:data|result)"\s*:\s*\[')
_BLANK = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
_HOW = "give the answer of `/api/v1/metadata` or `/api/v1/series`, or a scrape"


def read_answer(source: Source, observed: Observed, broken: Broken) -> None:
    """Add an answer to what was observed; what cannot be read goes to `broken`."""
    listed = _LIST.search(source.text)
    try:
        if listed is not None and _is_at_top(source.text[: listed.start()]):
            _read_items(_items(source.text, listed.end()), observed, source, broken)
            return
        answer = json.loads(source.text)
    except json.JSONDecodeError as error:
        at = Span(source, error.pos, min(error.pos + 1, len(source.text)))
        ends = error.pos >= len(source.text.rstrip()) or error.msg.startswith("Unterminated")
        message = "the answer ends in the middle" if ends else f"this is no JSON: {_sentence(error.msg)}"
        broken.span(at, message, "ask for it again, and keep it as it comes")
        return
    except RecursionError:
        broken.whole(source.path, "this JSON is nested too deep for an answer of Prometheus", _HOW)
        return
    if isinstance(answer, list):
        _read_items(iter(answer), observed, source, broken)
    else:
        _read_mapping(answer, observed, source, broken)


def _is_at_top(head: str) -> bool:
    """Whether a list is that of the answer itself: before it there are only texts such as `"status"`."""
    return len(head) < 2_000 and "[" not in head and head.count("{") <= 2


def _items(text: str, at: int) -> Iterator[Any]:
    """The items of a list behind its bracket, each as soon as it is read."""
    while True:
        blank = _BLANK.match(text, at)
        assert blank is not None
        at = blank.end()
        if text.startswith("]", at):
            return
        item, at = _DECODER.raw_decode(text, at)
        yield item


def _read_items(items: Iterator[Any], observed: Observed, source: Source, broken: Broken) -> None:
    others = 0
    for item in items:
        if not isinstance(item, dict):
            others += 1
        elif isinstance(item.get("metric"), str):
            _add_metadata(item["metric"], item, observed)
        else:
            others += not _add_series(item.get("metric", item), observed)
    for name, seen in observed.series.items():
        if seen.has_too_many_labels:
            broken.whole(source.path, f"`{name}` has more than {MAX_LABELS:,} labels", MADE_OF_DATA)
    if others:
        message = f"{others} of the items are no series and no metadata"
        broken.whole(source.path, message, _HOW)


def _add_series(labels: Any, observed: Observed) -> bool:
    """Whether the item is a series: its labels with its name among them."""
    name = labels.get("__name__") if isinstance(labels, dict) else None
    if not isinstance(name, str) or not name or not all(isinstance(value, str) for value in labels.values()):
        return False
    observed.is_of_server = True
    observed.named(name).add((label, value) for label, value in labels.items() if label != "__name__")
    return True


def _read_mapping(answer: Any, observed: Observed, source: Source, broken: Broken) -> None:
    if not isinstance(answer, dict):
        broken.whole(source.path, "this JSON is no answer of Prometheus", _HOW)
        return
    if answer.get("status") == "error":
        said = str(answer.get("error", "nothing more"))[:200]
        broken.whole(source.path, f"Prometheus answered with an error: {said}", "ask again")
        return
    data = answer.get("data", answer)
    metrics = [item for item in data.items() if _is_metadata(item[1])] if isinstance(data, dict) else []
    if not metrics and data:
        broken.whole(source.path, "this JSON is no answer of Prometheus that tells of metrics", _HOW)
    for name, said in metrics:
        for item in said:
            _add_metadata(name, item, observed)


def _is_metadata(said: Any) -> bool:
    return isinstance(said, list) and all(isinstance(item, dict) and "type" in item for item in said)


def _add_metadata(name: str, item: Mapping[str, Any], observed: Observed) -> None:
    """Where targets say different things of a metric, its type is unknown."""
    known = TYPES.get(str(item.get("type", "")), "unknown")
    metric = observed.metric(name)
    metric.type = known if metric.type in ("", known) else "unknown"
    metric.help = metric.help or str(item.get("help") or "").strip()
    metric.unit = metric.unit or str(item.get("unit") or "").strip()


def _sentence(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
