"""The border: what a document must look like, and located findings where it does not.

A `Shape` is a pydantic model of what a spec *says*. `read` validates a node against one and turns pydantic's
errors into diagnostics at the place that must change, all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from slogen import codes, durations
from slogen.diagnostics import Label, Report, is_clear, nearest, quoted, respelt
from slogen.ir import Labels, Millis
from slogen.source import Node, Span


class Shape(BaseModel):
    """A mapping with exactly these keys. Strict: a text is not a number and a number is not a text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def refusal(problem: str, fix: str) -> PydanticCustomError:
    """A value that is not allowed, in the words of a diagnostic."""
    return PydanticCustomError("slogen", "{problem}", {"problem": problem, "fix": fix})


def _number(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise PydanticCustomError("type", "a number")


_NOT_FINITE = re.compile(r"[-+]?\.?inf(?:inity)?|\.?nan", re.IGNORECASE)


def _any_number(value: object) -> Decimal:
    """A number, also one that is not finite: those are texts in YAML as slogen reads it."""
    if isinstance(value, str) and _NOT_FINITE.fullmatch(value):
        return Decimal(value.replace(".", ""))
    return _number(value)


def _duration(value: object) -> Millis:
    if isinstance(value, int) and not isinstance(value, bool):
        raise refusal(f"`{value}` has no unit", f"write `{value}s` or `5m`")
    if not isinstance(value, str):
        raise PydanticCustomError("type", "a duration such as `5m`")
    try:
        return durations.parse(value)
    except durations.DurationError as error:
        raise refusal(error.problem, error.remedy) from None


def _positive_duration(value: object) -> Millis:
    millis = _duration(value)
    if millis <= 0:
        raise refusal(f"`{value}` is no time at all", "write a duration above zero")
    return millis


def _url(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("type", "a URL in text")
    if not re.match(r"(https?://|/)\S+$", value):
        raise refusal(f"`{value}` is no URL", "start it with `https://` and leave no blanks in it")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("type", "a name in text")
    if not re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", value):
        raise refusal(
            f"`{value}` is no name",
            "use letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
        )
    return value


def _object_name(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("type", "a name in text")
    if not _is_object_name(value):
        raise refusal(
            f"`{value}` is no name of a Kubernetes object",
            "use lower case letters, digits, `-` and `.`, at most 253 characters",
        )
    return value


def _is_object_name(text: str) -> bool:
    pattern = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
    return re.fullmatch(pattern, text) is not None and len(text) <= 253


def _namespace(value: object) -> str:
    name = _object_name(value)
    if "." in name or len(name) > 63:
        raise refusal(
            f"`{name}` is no Kubernetes namespace",
            "use lower case letters, digits and `-`, at most 63 characters",
        )
    return name


def label_name(value: object) -> str:
    """The name of a label; a refusal if it is none."""
    if not isinstance(value, str):
        raise PydanticCustomError("type", "a label name in text")
    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", value) or value == "__name__":
        raise refusal(f"`{value}` is no label name", _as_label_name(value))
    return value


def _as_label_name(text: str) -> str:
    if text == "__name__":
        return "choose another name: this one holds the name of the metric"
    name = re.sub(r"[^a-zA-Z0-9_]+", "_", text) or "label"
    return f"use letters, digits and `_`, such as `{'_' if name[0].isdigit() else ''}{name}`"


def _kubernetes_key(value: object) -> str:
    text = _text(value)
    prefix, slash, name = text.rpartition("/")
    if not re.fullmatch(_KUBERNETES_NAME, name) or (slash and not _is_object_name(prefix)):
        raise refusal(
            f"`{text}` is no key that Kubernetes takes",
            "use at most 63 letters, digits, `-`, `_` and `.`, as in `example.com/team`",
        )
    return text


def _kubernetes_value(value: object) -> str:
    text = _text(value)
    if text and not re.fullmatch(_KUBERNETES_NAME, text):
        raise refusal(
            f"`{text}` is no label value that Kubernetes takes",
            "use at most 63 letters, digits, `-`, `_`, `.`, with a letter or digit at both ends",
        )
    return text


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise PydanticCustomError("type", "a text")


Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
AnyNumber = Annotated[
    Decimal,
    Field(allow_inf_nan=True),
    BeforeValidator(_any_number),
    WithJsonSchema({"type": "number"}),
]
Text = Annotated[str, BeforeValidator(_text)]
Name = Annotated[
    str,
    BeforeValidator(_name),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"}),
]
ObjectName = Annotated[str, BeforeValidator(_object_name)]
Namespace = Annotated[str, BeforeValidator(_namespace)]
LabelName = Annotated[
    str,
    BeforeValidator(label_name),
    WithJsonSchema({"type": "string", "pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"}),
]
Url = Annotated[str, BeforeValidator(_url)]
_DURATION_SCHEMA = {
    "type": "string",
    "pattern": "^([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
    "examples": ["5m", "1h", "28d"],
}
Duration = Annotated[Millis, BeforeValidator(_duration), WithJsonSchema(_DURATION_SCHEMA)]
PositiveDuration = Annotated[Millis, BeforeValidator(_positive_duration), WithJsonSchema(_DURATION_SCHEMA)]
LabelMap = Annotated[
    dict[LabelName, Text],
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"},
            "additionalProperties": {"type": "string"},
        }
    ),
]
# Kubernetes' own labels and annotations have other keys than Prometheus' (release, app.kubernetes.io/name).
_KUBERNETES_NAME = r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]"
KubernetesKey = Annotated[str, BeforeValidator(_kubernetes_key)]
KubernetesValue = Annotated[
    str,
    BeforeValidator(_kubernetes_value),
    WithJsonSchema({"type": "string", "pattern": f"^({_KUBERNETES_NAME})?$"}),
]
KubernetesLabels = dict[KubernetesKey, KubernetesValue]
KubernetesAnnotations = dict[KubernetesKey, Text]

S = TypeVar("S", bound=Shape)


def read(node: Node | None, shape: type[S], report: Report, what: str = "") -> S | None:
    """Validate a node against a shape. Findings go to the report; None when there is an error.

    `what` names the mapping in messages, such as `an SLO`.
    """
    if node is None:
        return None
    try:
        return shape.model_validate(node.plain())
    except ValidationError as error:
        _report_all(error, node, shape, report, what)
        return None


def _report_all(error: ValidationError, node: Node, shape: type[Shape], report: Report, what: str) -> None:
    problems = error.errors(include_url=False)
    misspelt: set[tuple[tuple[int | str, ...], str]] = set()
    for problem in problems:
        if problem["type"] == "extra_forbidden":
            path = _in_tree(node, problem["loc"])
            meant = _report_unknown_key(node, path, shape, report)
            if meant:
                misspelt.add((path[:-1], meant))
    for problem in problems:
        kind = problem["type"]
        path = _in_tree(node, problem["loc"])
        if kind == "extra_forbidden":
            continue
        if kind == "missing":
            key = str(problem["loc"][-1])
            if (path, key) not in misspelt:
                _report_missing_key(node, path, key, report, what)
            continue
        _report_value(node, problem["loc"], path, kind, problem, report)


def _in_tree(node: Node, loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The part of pydantic's location that exists in the document, in order (it names types as well)."""
    path: list[int | str] = []
    for step in loc:
        if node.get(*path, step) is not None:
            path.append(step)
    return tuple(path)


def _fields_at(shape: type[Shape], path: Iterable[int | str]) -> Mapping[str, FieldInfo]:
    """The fields of the mapping that a path leads to; empty for a mapping with free keys."""
    fields: Mapping[str, FieldInfo] = shape.model_fields
    for step in path:
        if isinstance(step, int):
            continue
        field = next((f for name, f in fields.items() if (f.alias or name) == step), None)
        inner = _shape_in(field.annotation) if field else None
        if inner is None:
            return {}
        fields = inner.model_fields
    return fields


def _shape_in(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    for argument in get_args(annotation):
        found = _shape_in(argument)
        if found is not None:
            return found
    return None


def _report_unknown_key(
    node: Node, path: tuple[int | str, ...], shape: type[Shape], report: Report
) -> str | None:
    key = str(path[-1])
    mapping = node.get(*path[:-1])
    present = mapping.keys if mapping is not None else {}
    allowed = [field.alias or name for name, field in _fields_at(shape, path[:-1]).items()]
    free = [name for name in allowed if name not in present]
    meant = nearest(key, free)
    if meant:
        text = f"did you mean `{meant}`?"
    elif nearest(key, allowed):
        text = f"`{nearest(key, allowed)}` is already there; delete one of the two"
    else:
        text = f"the keys here are {quoted(allowed)}" if allowed else "delete it"
    at = node.key_at(*path)
    fixes = respelt(at, key, meant) if meant and is_clear(key, free) else ()
    report.report(codes.UNKNOWN_KEY, at, f"unknown key `{key}`", help=text, fixes=fixes)
    return meant


def _report_missing_key(node: Node, path: tuple[int | str, ...], key: str, report: Report, what: str) -> None:
    at = _head(node, path)
    owner = f"`{path[-1]}`" if path and isinstance(path[-1], str) else (what or "the mapping")
    report.report(codes.MISSING_KEY, at, f"`{key}` is missing in {owner}", help=f"add `{key}:`")


def _head(node: Node, path: tuple[int | str, ...]) -> Span:
    """The place to show for a whole mapping: the key that introduces it, else its first key."""
    inner = node.get(*path)
    if path and isinstance(path[-1], str):
        return node.key_at(*path)
    if inner is not None and inner.keys:
        return next(iter(inner.keys.values()))
    return node.span_at(*path)


_TYPE_WORDS = {
    "string_type": "a text",
    "bool_type": "`true` or `false`",
    "bool_parsing": "`true` or `false`",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def _report_value(
    node: Node,
    loc: tuple[int | str, ...],
    path: tuple[int | str, ...],
    kind: str,
    problem: Any,
    report: Report,
) -> None:
    value = node.get(*path)
    at = node.span_at(*path)
    if loc and loc[-1] == "[key]":
        at = node.key_at(*path)
        value = None
    context = problem.get("ctx") or {}
    if kind == "slogen":
        report.report(codes.BAD_VALUE, at, str(context["problem"]), help=str(context["fix"]))
        return
    if kind == "type" or kind in _TYPE_WORDS:
        wanted = _TYPE_WORDS.get(kind, problem["msg"])
        _report_type(value, at, path, wanted, report)
        return
    if kind in ("literal_error", "enum"):
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        written = at.text.strip() or "nothing"
        meant = nearest(written, choices)
        text = f"did you mean `{meant}`?" if meant else f"write {quoted(choices, 'or')}"
        report.report(codes.BAD_VALUE, at, f"`{written}` is not allowed here", help=text)
        return
    if kind in {"too_short", "string_too_short"}:
        text = "add at least one item" if kind == "too_short" else "write a text"
        report.report(codes.BAD_VALUE, at, f"`{_last_key(path)}` is empty", help=text)
        return
    report.report(codes.BAD_VALUE, at, _sentence(problem["msg"]))


def _report_type(
    value: Node | None, at: Span, path: tuple[int | str, ...], wanted: str, report: Report
) -> None:
    written = at.text.strip().partition("\n")[0]
    if value is None or value.value is None:
        named = path and isinstance(path[-1], str)
        what = f"`{path[-1]}` has no value" if named else "a value is missing here"
        report.report(codes.WRONG_TYPE, at, what, help=f"write {wanted}")
        return
    found = _found(value)
    fix = f"write {wanted}"
    if "text" in wanted or "name" in wanted or "duration" in wanted:
        if isinstance(value.value, bool | int | Decimal):
            fix = f'put it in quotes: `"{written}"`'
    elif wanted == "a number" and isinstance(value.value, str):
        fix = "write it as a number, without quotes and without `%`"
    shown = f"`{written}` is {found}" if isinstance(value.value, str | int | Decimal) else f"this is {found}"
    report.report(codes.WRONG_TYPE, at, f"{shown}, not {wanted}", help=fix)


def _found(node: Node) -> str:
    value = node.value
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | Decimal):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "a mapping"


def _last_key(path: tuple[int | str, ...]) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "this")


def _sentence(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def exactly_one(node: Node, keys: tuple[str, ...], what: str, report: Report) -> str | None:
    """The only one of the keys that a mapping has. Reports when it has none or several."""
    present = [key for key in node.keys if key in keys]
    if len(present) == 1:
        return present[0]
    if not present:
        report.report(
            codes.MISSING_KEY,
            node.span if not node.keys else next(iter(node.keys.values())),
            f"{what} needs one of {quoted(keys, 'or')}",
            help=f"add `{keys[0]}:`",
        )
        return None
    first, second = present[:2]
    report.report(
        codes.UNKNOWN_KEY,
        node.key_at(second),
        f"{what} has both `{first}` and `{second}`",
        also=(Label(node.key_at(first), "the first one"),),
        help="keep one of them",
    )
    return None


def merged(*maps: Labels) -> Labels:
    """The maps in one, the later winning."""
    result: dict[str, str] = {}
    for mapping in maps:
        result.update(mapping)
    return result


def duration(node: Node, report: Report) -> Millis | None:
    """The duration that a node holds, in milliseconds; None after a finding."""
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        report.report(
            codes.BAD_VALUE, node.span, f"`{node.value}` has no unit", help=f"write `{node.value}s` or `5m`"
        )
        return None
    if not isinstance(node.value, str):
        _report_type(node, node.span, (), "a duration such as `5m`", report)
        return None
    try:
        return durations.parse(node.value)
    except durations.DurationError as error:
        report.report(codes.BAD_VALUE, node.span, error.problem, help=error.remedy)
        return None
