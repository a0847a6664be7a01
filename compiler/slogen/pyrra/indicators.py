"""From the kinds of Pyrra's indicators to slogen's, which measure the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from slogen import burn, codes, durations, names, promql, shapes
from slogen.diagnostics import Report, is_clear, nearest, respelt
from slogen.ir import HOLE, Labels, Millis, Query, Sli
from slogen.pyrra import written
from slogen.pyrra.metrics import Metric, bound, differ, metric, portable
from slogen.slis.events import Events
from slogen.slis.latency import PER_SECOND, Latency
from slogen.slis.query import Queries
from slogen.source import Node, Span

# Labels of alerts that a matcher never gives: they say which SLO it is, how urgent, and whose.
_OF_ALERTS = (names.SLO, names.SEVERITY, names.OWNER, *names.IDENTITY_LABELS, *names.INFO_LABELS)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured, the labels that it is kept apart by, and those that all events have in common."""

    sli: Sli
    group_by: tuple[str, ...]
    labels: Labels


def indicator(node: Node | None, report: Report) -> Indicator | None:
    """The indicator of an objective; None after findings."""
    if node is None:
        return None
    if not isinstance(node.value, dict):
        report.report(
            codes.WRONG_TYPE,
            node.span,
            "`indicator` is not a mapping",
            help=f"write one of {', '.join(f'`{kind}:`' for kind in _KINDS)} below it",
        )
        return None
    kind = _kind(node, report)
    inner = node.get(kind) if kind else None
    if kind is None or inner is None:
        return None
    shape, mean = _KINDS[kind]
    read = shapes.read(inner, shape, report, f"`{kind}`")
    grouping = _grouping(inner, report)
    sli = mean(inner, report)
    if not read or sli is None or grouping is None:
        return None
    return Indicator(sli, grouping, _common_labels(inner, grouping))


def _common_labels(inner: Node, grouping: tuple[str, ...]) -> Labels:
    """The labels that the matchers of all events fix. Pyrra's alerts have them, and routes look at them.

    `service` is among them: Pyrra has no such label of its own, and what a team wrote there says more than
    the namespace that slogen would put.
    """
    total = metric(inner.get("total", "metric") or inner.get("metric"), Report())
    return {
        matcher.name: matcher.value
        for matcher in (total.selector.matchers if total is not None else ())
        if matcher.op == "=" and matcher.name not in grouping and _is_plain_label(matcher)
    }


def _is_plain_label(matcher: promql.Matcher) -> bool:
    """Whether a matcher can be a label of an alert, whose text Prometheus takes as a template."""
    named = promql.is_label_name(matcher.name) and matcher.name not in ("__name__", *_OF_ALERTS)
    return named and matcher.value != "" and "{{" not in matcher.value


def _kind(node: Node, report: Report) -> str | None:
    """The kind that is written; one without a value counts as not written, as it does in Pyrra."""
    assert isinstance(node.value, dict)
    present = {key: child for key, child in node.value.items() if child.value is not None}
    unknown = [key for key in present if key not in _KINDS]
    for key in unknown:
        meant = nearest(key, _KINDS)
        report.report(
            codes.UNKNOWN_KEY,
            node.key_at(key),
            f"`{key}` is no kind of indicator",
            help=f"did you mean `{meant}`?" if meant else f"the kinds are {', '.join(_KINDS)}",
            fixes=respelt(node.key_at(key), key, meant) if meant and is_clear(key, _KINDS) else (),
        )
    if unknown:
        return None
    kept = Node(present, node.span, {key: node.keys[key] for key in present})
    return shapes.exactly_one(kept if present else node, tuple(_KINDS), "`indicator`", report)


def _grouping(node: Node, report: Report) -> tuple[str, ...] | None:
    """The labels of `grouping`, in the author's order; None after findings."""
    listed = node.get("grouping")
    if listed is None or not isinstance(listed.value, list):
        return ()
    seen: dict[object, Span] = {}
    for item in listed.value:
        if isinstance(item.value, str) and item.value in seen:
            report.report(
                codes.BAD_VALUE, item.span, f"`{item.value}` is there twice", help="delete one of the two"
            )
            return None
        seen[str(item.value)] = item.span
    return tuple(map(str, seen))


def _ratio(node: Node, report: Report) -> Sli | None:
    errors = metric(node.get("errors", "metric"), report)
    total = metric(node.get("total", "metric"), report)
    if errors is None or total is None or not differ("errors", errors, total, report):
        return None
    return Events((portable(total),), (portable(errors),), good_given=False)


def _latency(node: Node, report: Report) -> Sli | None:
    success = metric(node.get("success", "metric"), report)
    total = metric(node.get("total", "metric"), report)
    fast = bound(success, report) if success else None
    if success is None or total is None or fast is None or not differ("success", success, total, report):
        return None
    if _is_one_histogram(success, total):
        found = _histogram(total, total.name.removesuffix("_count"), fast, native=False)
        if found is not None:
            return found
    return Events((portable(total),), (portable(success),), good_given=True)


def _is_one_histogram(success: Metric, total: Metric) -> bool:
    """Whether the good events and all events are series of one histogram, with the same matchers."""
    name = success.name.removesuffix("_bucket")
    same_name = f"{name}_bucket" == success.name and f"{name}_count" == total.name
    return same_name and success.matchers_but("le") == total.matchers_but()


def _histogram(total: Metric, name: str, fast: Decimal, *, native: bool) -> Latency | None:
    """The indicator on a histogram whose unit its name says; None if slogen's threshold cannot say that."""
    unit = _unit(name) or ("seconds" if native else None)
    millis = fast / PER_SECOND[unit] * 1000 if unit else Decimal(0)
    if millis <= 0 or millis != millis.to_integral_value():
        return None
    matchers = _matchers(total)
    assert total.selector.name_at is not None, "a metric is named in front"
    start = total.selector.name_at[0]
    return Latency(
        histogram=name,
        matchers=matchers.text if matchers else "",
        bound=fast,
        threshold=Millis(int(millis)),
        native=native,
        name=Query(name, total.place((start, start + len(name)))),
        where=matchers,
    )


def _matchers(total: Metric) -> Query | None:
    """What stands between the braces of a selector, on one line."""
    selector = promql.parse_selector(total.query.text)
    if not isinstance(selector, promql.Selector) or not selector.matchers:
        return None
    first, last = total.selector.matchers[0], total.selector.matchers[-1]
    text = total.query.text[selector.matchers[0].at[0] : selector.matchers[-1].at[1]]
    return Query(text, total.place((first.at[0], last.at[1])))


def _latency_native(node: Node, report: Report) -> Sli | None:
    total = metric(node.get("total", "metric"), report)
    written_latency = node.get("latency")
    latency = _duration(written_latency, report) if written_latency else None
    if total is None or latency is None or written_latency is None:
        return None
    if not _is_histogram_itself(total, report):
        return None
    # Pyrra takes the latency as seconds, whatever the unit of the histogram is.
    seconds = Decimal(latency) / 1000
    found = _histogram(total, total.name, seconds, native=True)
    if found is None:
        meant = Millis(int(seconds * PER_SECOND[_unit(total.name) or "seconds"] * 1000))
        report.report(
            codes.BAD_VALUE,
            written_latency.span,
            f"Pyrra takes this as {burn.decimal_text(seconds)}, whatever the unit of `{total.name}` is",
            help=f"write `{durations.render(meant)}` for {written_latency.value} in that unit",
        )
    return found


def _duration(node: Node, report: Report) -> Millis | None:
    """A latency, which is a duration and no number of seconds; None after findings."""
    value = node.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and 0 < value < 10**6:
        meant = durations.render(Millis(max(1, round(value * 1000))))
        report.report(codes.BAD_VALUE, node.span, f"`{value}` has no unit", help=f"write `{meant}`")
        return None
    latency = shapes.duration(node, report)
    if latency == 0:
        report.report(codes.BAD_VALUE, node.span, "no event is that fast", help="write a duration above zero")
    return latency or None


def _unit(name: str) -> str | None:
    return next((unit for unit in PER_SECOND if name.endswith(f"_{unit}")), None)


def _is_histogram_itself(total: Metric, report: Report) -> bool:
    suffix = next((s for s in ("_bucket", "_count", "_sum") if total.name.endswith(s)), None)
    if suffix is None:
        return True
    assert total.selector.name_at is not None, "a metric is named in front"
    end = total.selector.name_at[1]
    report.report(
        codes.BAD_VALUE,
        total.place((end - len(suffix), end)),
        f"`{total.name}` is a series of a classic histogram; a native one has no suffix",
        help=f"write `{total.name.removesuffix(suffix)}`, or use `latency:`",
    )
    return False


def _bool_gauge(node: Node, report: Report) -> Sli | None:
    """Pyrra counts the samples that were scraped, not those of the rules' evaluations."""
    gauge = metric(node.get("metric"), report)
    grouping = _grouping(node, Report())
    if gauge is None or grouping is None:
        return None
    total, good = (_over_time(f, gauge, grouping) for f in ("count_over_time", "sum_over_time"))
    return Queries(total, good, good_given=True)


def _over_time(function: str, gauge: Metric, grouping: tuple[str, ...]) -> Query:
    by = f" by ({', '.join(grouping)}) " if grouping else ""
    before = f"sum{by}({function}({gauge.query.text}["
    whole = Span(gauge.at.source, gauge.at.start, gauge.at.end, "nodes")
    return Query(f"{before}{HOLE}]))", whole, ((len(before), len(before) + len(HOLE)),))


_Mean = Callable[[Node, Report], Sli | None]
_KINDS: Mapping[str, tuple[type[shapes.Shape], _Mean]] = {
    "ratio": (written.Ratio, _ratio),
    "latency": (written.Latency, _latency),
    "latencyNative": (written.LatencyNative, _latency_native),
    "bool_gauge": (written.BoolGauge, _bool_gauge),
}
