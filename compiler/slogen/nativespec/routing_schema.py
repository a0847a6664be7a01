"""The JSON Schema of Routing documents, for editors: the parts that are read by themselves, put in place.

The fields of receivers come from the table of `slogen.alertmanagerspec.kinds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, create_model

from slogen import shapes
from slogen.alertmanagerspec import fieldtypes, kinds
from slogen.alertmanagerspec.fieldtypes import Form
from slogen.nativespec import written_routing as written

Schema = dict[str, Any]

_DURATION = "^([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
_BY_NAME: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
_PLAIN: Mapping[Form, Schema] = {
    Form.TEXTS: _TEXTS,
    Form.TEXT_BY_NAME: _BY_NAME,
    Form.FLAG: {"type": "boolean"},
    Form.WHOLE: {"type": "integer"},
    Form.COUNT: {"type": "integer", "minimum": 0},
    Form.NUMBER: {"type": "number"},
    Form.DURATION: {"type": "string", "pattern": _DURATION},
    Form.TREE: {},
    Form.TREE_BY_NAME: {"type": "object"},
}
_SECRET: Schema = {
    "type": "object",
    "description": "Where a secret is kept: a file of the Alertmanager, or a key of a Kubernetes Secret.",
    "oneOf": [
        {"required": ["file"], "properties": {"file": {"type": "string"}}, "additionalProperties": False},
        {
            "required": ["secret", "key"],
            "properties": {"secret": {"type": "string"}, "key": {"type": "string"}},
            "additionalProperties": False,
        },
    ],
}
_RANGES: Schema = {"type": "array", "items": {"type": ["string", "integer"]}}
_CLOCK: Schema = {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
_TIMES: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["start_time", "end_time"],
        "properties": {"start_time": _CLOCK, "end_time": _CLOCK},
        "additionalProperties": False,
    },
}
_INTERVALS: Schema = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "description": "Instants that fit all that is given.",
        "properties": {
            "times": _TIMES,
            "weekdays": {**_RANGES, "examples": [["monday:friday"]]},
            "days_of_month": {**_RANGES, "examples": [["1:5", "-3:-1"]]},
            "months": {**_RANGES, "examples": [["december"]]},
            "years": _RANGES,
            "location": {"type": "string", "examples": ["Europe/Berlin"], "description": "UTC if not given."},
        },
        "additionalProperties": False,
    },
}
_MATCHERS: Schema = {**_TEXTS, "examples": [['alertname="ClusterDown"', 'severity=~"warning|info"']]}
_INHIBITION: Schema = {
    "type": "object",
    "description": "While an alert fires that matches the source, those that match the target are not told.",
    "properties": {
        "name": {"type": "string"},
        "source_matchers": _MATCHERS,
        "target_matchers": _MATCHERS,
        **{
            f"{side}_{part}": {**_BY_NAME, "deprecated": True}
            for side in ("source", "target")
            for part in ("match", "match_re")
        },
        "equal": {**_TEXTS, "description": "Labels that both alerts must have alike."},
    },
    "additionalProperties": False,
}


def document() -> Any:
    """The shape of a Routing document with its owners; `complete` adds what is Alertmanager's."""
    owners = dict[shapes.Text, written.OwnerShape]
    spec: Any = create_model(
        "RoutingSpec",
        __base__=written.RoutingSpec,
        __doc__="Teams, and how alerts reach them.",
        owners=(owners, Field(default_factory=dict, description=_OWNERS)),
    )
    return create_model("Routing", __base__=written.Routing, __doc__="Who gets the alerts.", spec=(spec, ...))


_OWNERS = "The teams, by the value of the owner label of their alerts."


def complete(definitions: dict[str, Schema]) -> None:
    """Add what receivers, time intervals, inhibit rules and globals are to the definitions of a schema."""
    parts = _Parts(definitions)
    properties = definitions["RoutingSpec"]["properties"]
    receivers = {kind.name: parts.one_or_several(kind.name, kind.holds) for kind in kinds.KINDS.values()}
    globals_ = {name: parts.field(name, field) for name, field in kinds.GLOBALS.items()}
    for part, schema, description in (
        (
            "receivers",
            _named({**_object(receivers), "minProperties": 1}),
            "Who is notified, and how, by name.",
        ),
        ("time_intervals", _named(_INTERVALS), "By name; an instant counts if it lies in any item."),
        ("inhibit_rules", {"type": "array", "items": _INHIBITION}, "Besides those that slogen makes."),
        ("global", _object(globals_), "What holds for all receivers."),
    ):
        properties[part] = {**schema, "title": properties[part]["title"], "description": description}


def _named(item: Schema) -> Schema:
    return {"type": "object", "additionalProperties": item}


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


class _Parts:
    """The schemas of fields. What has fields inside is a definition, once for all that share it."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions
        self._names: dict[int, str] = {}
        definitions["Secret"] = _SECRET

    def one_or_several(self, name: str, field: fieldtypes.Field) -> Schema:
        """The ways to notify of one kind: one, or a list."""
        one = self.field(name, field)
        return {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}

    def field(self, name: str, field: fieldtypes.Field) -> Schema:
        """What a field may hold."""
        plain = _PLAIN.get(field.form)
        if plain is None:
            plain = self._composed(name, field) if field.inside else _text(field)
        if field.form is Form.TREE or (field.file_since is None and not field.is_secret):
            return plain
        secret = _reference("Secret")
        return secret if field.is_secret else {"anyOf": [plain, secret]}

    def _composed(self, name: str, field: fieldtypes.Field) -> Schema:
        inside = self._definition(name, field.inside)
        if field.form is Form.MAPPINGS:
            return {"type": "array", "items": inside}
        if field.form is Form.NAMED:
            return _named(inside)
        return {"anyOf": [{"type": "string"}, inside]} if field.form is Form.TEXT_OR_MAPPING else inside

    def _definition(self, name: str, inside: Mapping[str, fieldtypes.Field]) -> Schema:
        known = self._names.get(id(inside))
        if known is None:
            known = f"Alertmanager.{name}"
            while known in self._definitions:
                known += "_"
            self._names[id(inside)] = known
            self._definitions[known] = {}
            self._definitions[known] = _object(
                {inner: self.field(inner, field) for inner, field in inside.items()}
            )
        return _reference(known)


def _reference(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _text(field: fieldtypes.Field) -> Schema:
    return {"type": "string", **({"enum": list(field.choices)} if field.choices else {})}
