"""What catalogs say of the metrics of an expression, as checks need it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from slogen.catalog import Catalog, Caution, KnownLabel, Metric, Sample
from slogen.diagnostics import Label, nearest
from slogen.examined import Examined
from slogen.ir import Excerpt, Role, Slo
from slogen.promql.overlap import values_of
from slogen.slis.condition import COMPARISON, Condition
from slogen.slis.latency import Latency
from slogen.slis.timeslice import Timeslice
from slogen.source import Span
from slogen.versions import is_at_least, is_before

if TYPE_CHECKING:
    from slogen.promql.matchers import Matcher
    from slogen.promql.meaning import Meaning

_PROBES = frozenset(("absent", "absent_over_time"))
_MOST_NAMES = 12


def in_use(part: Meaning) -> Sample | None:
    """What a catalog says of the metric of a selector; None without one, and for metrics that are gone.

    What is wrong with a metric that is gone is that it is gone.
    """
    sample = part.sample
    return sample if sample is not None and not gone(sample) else None


def is_catalogued(meaning: Meaning) -> bool:
    """Whether a catalog knows one of the metrics that an expression reads."""
    return any(one.sample is not None for one in meaning.selectors)


_OF_PROMETHEUS = re.compile(r"up|ALERTS|ALERTS_FOR_STATE|scrape_\w+|slo:.*|sloth_slo_info")
_PARTS = ("_bucket", "_sum", "_count")


def is_made_elsewhere(name: str, expression: Examined) -> bool:
    """Whether a series is none of a component, but of Prometheus, slogen, or a recording rule."""
    if _OF_PROMETHEUS.fullmatch(name) is not None:
        return True
    return name in expression.project.recordings or expression.project.is_recorded_elsewhere(name)


def owners_of_unknown(part: Meaning, expression: Examined) -> tuple[Catalog, ...]:
    """The catalogs that own the name of a selector's metric, if nothing knows the metric.

    Names with a `:` are mostly those of recording rules, maybe of another project: only a catalog whose own
    metrics are named like that owns them. A name that a metric of the family has by another type is known.
    """
    name = part.name
    if not name or part.sample is not None or part.recorded is not None:
        return ()
    found = expression.project.catalogs.owners(name)
    if ":" in name:
        prefix = name.partition(":")[0] + ":"
        found = tuple(one for one in found if any(metric.name.startswith(prefix) for metric in one.metrics))
    if not found or is_made_elsewhere(name, expression) or family(name, expression) is not None:
        return ()
    return found


def family(name: str, expression: Examined) -> Sample | None:
    """The metric that a series would belong to if its type were another; None if there is none."""
    catalogs, subject = expression.project.catalogs, expression.subject
    for suffix in _PARTS:
        found = catalogs.sample(name + suffix, subject)
        if found is not None and found.suffix == suffix:
            return found
    for suffix in (*_PARTS, "_created"):
        if not name.endswith(suffix):
            continue
        base = name.removesuffix(suffix)
        for stem in (base, f"{base}_total") if suffix == "_created" else (base,):
            found = catalogs.sample(stem, subject) or catalogs.sample(f"{stem}_count", subject)
            if found is not None:
                return found
    return None


def gone(sample: Sample) -> str:
    """Why a metric is not there, as the end of a sentence; empty if it is."""
    metric = sample.metric
    if not metric.since and not metric.until and metric.status not in ("removed", "broken"):
        return ""
    version = sample.catalogs[0].version if len(sample.catalogs) == 1 else ""
    at = f" ({sample.catalogs[0].component} {version} is in use)" if version else ""
    if metric.since and version and is_before(version, metric.since):
        return f"comes with {metric.since}{at}"
    if metric.status == "broken":
        return "is declared but has no series"
    if metric.until and version and is_at_least(version, metric.until):
        return f"is gone since {metric.until}{at}"
    if metric.status == "removed":
        return f"is gone since {metric.until}" if metric.until else "is gone"
    return ""


def replacement(metric: Metric) -> str:
    """What to use instead of a metric, as a help; empty if the catalog names nothing."""
    names = [f"`{name}`" for name in metric.replacements]
    if not names:
        return ""
    return f"use {' or '.join(names)} instead" if len(names) < 3 else f"use one of {', '.join(names)} instead"


def declared(where: Span | None, text: str = "declared here") -> tuple[Label, ...]:
    """The place in a catalog that says so."""
    return (Label(where, text),) if where is not None else ()


def around(expression: Examined, part: Meaning) -> Iterator[tuple[Meaning, Meaning]]:
    """The parts around a part, from the inside out, each with its own part that leads to it."""
    parents = {id(inner): outer for outer in expression.parts for inner in outer.parts}
    while (outer := parents.get(id(part))) is not None:
        yield outer, part
        part = outer


def is_optional(expression: Examined, part: Meaning) -> bool:
    """Whether it is no mistake that a selector finds nothing: `absent` asks for just that, and with `or`
    another metric stands in."""
    for outer, inner in around(expression, part):
        if outer.is_call and outer.name in _PROBES:
            return True
        if outer.is_operation and outer.name == "or":
            other = next(side for side in outer.parts if side is not inner)
            if other.selectors and all(one.sample is None or in_use(one) for one in other.selectors):
                return True
    return False


def labels_of(sample: Sample) -> tuple[str, ...]:
    """The names of a metric's own labels, as queries have them."""
    names = [label.name for label in sample.metric.labels]
    return tuple(f"exported_{name}" if sample.renames(name) else name for name in names)


def meant_label(name: str, sample: Sample) -> str:
    """A help that names the label which was meant, or those that there are."""
    own = labels_of(sample)
    if name.startswith("exported_") and name.removeprefix("exported_") in own:
        return f"write `{name.removeprefix('exported_')}`: the scrape keeps the labels of the metric"
    near = _akin(name, own)
    if near:
        return f"did you mean `{near}`?"
    if not own:
        return "the metric has no labels of its own; aggregate without it"
    more = ", ..." if len(own) > _MOST_NAMES else ""
    return f"its own labels are {', '.join(f'`{one}`' for one in own[:_MOST_NAMES])}{more}"


def _akin(name: str, candidates: Sequence[str]) -> str | None:
    """The candidate that has all words of a name or all of whose words a name has, or else the nearest."""
    words = set(name.split("_"))
    akin = [one for one in candidates if words <= set(one.split("_")) or set(one.split("_")) <= words]
    return akin[0] if len(akin) == 1 else nearest(name, candidates)


def matchers_of(part: Meaning, label: str) -> tuple[Matcher, ...]:
    """The matchers of a selector on a label."""
    return tuple(one for one in part.matchers if one.name == label)


def takes(matchers: Sequence[Matcher], value: str) -> bool:
    """Whether all matchers take a value; the empty one stands for a label that is not there."""
    from slogen.promql.witnesses import satisfies  # noqa: PLC0415 - most expressions do not need it

    return all(satisfies(one, value) for one in matchers)


def asks_for(matcher: Matcher) -> tuple[str, ...]:
    """The values that a matcher names: one, or those that a regular expression lists."""
    if matcher.op in ("=", "!="):
        return (matcher.value,)
    return values_of(matcher.value) or ()


def is_bound(part: Meaning, label: str) -> bool:
    """Whether a selector takes only values of a label that it names."""
    return any(one.op in ("=", "=~") and asks_for(one) for one in matchers_of(part, label))


def concerns(caution: Caution, part: Meaning, grouped: Sequence[str] = ()) -> bool:
    """Whether a caution concerns a query that selects `part` and groups by the labels `grouped`."""
    matched = {one.name.removeprefix("exported_") for one in part.matchers}
    if any(label in matched or label in grouped for label in caution.unless):
        return False
    return all(takes(matchers_of(part, label), value) for label, value in caution.matchers.items())


def groupings(expression: Examined) -> tuple[str, ...]:
    """All labels that an expression, or its SLO, groups by."""
    listed = [label for part in expression.aggregations if part.is_by for label, _ in part.labels_at]
    if expression.slo is not None:
        listed += expression.slo.grouping.labels
    return tuple(dict.fromkeys(listed))


def latency_of(expression: Examined) -> Latency | None:
    """The classic latency indicator that an expression is of, also in slices of time."""
    sli = expression.slo.sli if expression.slo is not None else None
    found = sli.of if isinstance(sli, Timeslice) else sli
    return found if isinstance(found, Latency) and not found.native else None


def countless(name: str, operand: Meaning) -> KnownLabel | None:
    """The label of a name whose values nobody can count, if what it groups takes all of them."""
    for part in operand.selectors:
        sample = in_use(part)
        label = sample.own_label(name) if sample is not None else None
        if label is not None and label.unbounded and not is_bound(part, name):
            return label
    return None


def sentence(caution: Caution) -> str:
    """What a caution says, as the end of a message."""
    text = " ".join(caution.text.split()).removesuffix(".")
    is_word = text[1:2].islower() or text[1:2] == " "
    return text[:1].lower() + text[1:] if is_word else text


def texts_of(slo: Slo, role: Role) -> tuple[str, ...]:
    """The queries of an SLO that an author wrote for a role."""
    pieces = (piece for measured in slo.sli.measured if measured.role == role for piece in measured.pieces)
    return tuple(piece.query.text for piece in pieces if isinstance(piece, Excerpt))


def compared_with(expression: Examined) -> tuple[str, float] | None:
    """What the value of a condition is compared with: the operator, and the number."""
    if expression.slo is None or expression.role != "value":
        return None
    sli = expression.slo.sli
    found = sli.of if isinstance(sli, Timeslice) else sli
    match = COMPARISON.fullmatch(found.comparison) if isinstance(found, Condition) else None
    return (match[1], float(match[2])) if match is not None else None


def key_of_slo(expression: Examined, *keys: str) -> Span:
    """The place of the first of some parts of an SLO that was written; else that of the expression."""
    slo = expression.slo
    found = (slo.where[key] for key in keys if key in slo.where) if slo is not None else iter(())
    return next(found, expression.whole)
