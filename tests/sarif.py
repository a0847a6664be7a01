"""What the schema of SARIF 2.1.0 asks of the parts that slogen writes.

By hand, from the schema of the standard (OASIS, with errata 01): required properties, choices, bounds, unique
items, and no other properties than those it has, as far as slogen uses them.
"""

from __future__ import annotations

from typing import Any

import jsonschema

Schema = dict[str, Any]


def _object(*required: str, **properties: Schema) -> Schema:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def _list(items: Schema, *, unique: bool = False, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "uniqueItems": unique, "minItems": least}


def _choice(*values: str) -> Schema:
    return {"enum": list(values)}


_TEXT: Schema = {"type": "string"}
_FROM_ONE: Schema = {"type": "integer", "minimum": 1}
_INDEX: Schema = {"type": "integer", "minimum": -1}
_LEVEL = _choice("none", "note", "warning", "error")
_MESSAGE = _object("text", text=_TEXT)
_MULTIFORMAT = _object("text", text=_TEXT, markdown=_TEXT)
_URI: Schema = {
    "type": "string",
    # What RFC 3986 has, with every percent sign before two digits.
    "pattern": r"^(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$",
    # The first part of a relative reference has no colon; a path that begins with two slashes names a host.
    "not": {"pattern": r"^(?!file:///)[^/]*:|^//"},
}
_ARTIFACT = _object(uri=_URI)
_REGION = _object(
    "startLine", startLine=_FROM_ONE, startColumn=_FROM_ONE, endLine=_FROM_ONE, endColumn=_FROM_ONE
)
_LOCATION = _object(
    id=_INDEX,
    physicalLocation=_object("artifactLocation", artifactLocation=_ARTIFACT, region=_REGION),
    message=_MESSAGE,
)
_SUPPRESSION = _object(
    "kind",
    kind=_choice("inSource", "external"),
    status=_choice("accepted", "underReview", "rejected"),
    justification=_TEXT,
    location=_LOCATION,
)
_REPLACEMENT = _object("deletedRegion", deletedRegion=_REGION, insertedContent=_object(text=_TEXT))
_CHANGE = _object(
    "artifactLocation",
    "replacements",
    artifactLocation=_ARTIFACT,
    replacements=_list(_REPLACEMENT, least=1),
)
_RESULT = _object(
    "message",
    ruleId=_TEXT,
    ruleIndex=_INDEX,
    level=_LEVEL,
    message=_MESSAGE,
    locations=_list(_LOCATION),
    relatedLocations=_list(_LOCATION, unique=True),
    suppressions=_list(_SUPPRESSION, unique=True),
    fixes=_list(
        _object(
            "artifactChanges", description=_MESSAGE, artifactChanges=_list(_CHANGE, unique=True, least=1)
        ),
        unique=True,
    ),
)
_RULE = _object(
    "id",
    id=_TEXT,
    shortDescription=_MULTIFORMAT,
    fullDescription=_MULTIFORMAT,
    help=_MULTIFORMAT,
    defaultConfiguration=_object(level=_LEVEL),
)
_DRIVER = _object("name", name={**_TEXT, "minLength": 1}, version=_TEXT, rules=_list(_RULE, unique=True))
_RUN = _object(
    "tool",
    tool=_object("driver", driver=_DRIVER),
    columnKind=_choice("utf16CodeUnits", "unicodeCodePoints"),
    results=_list(_RESULT),
)
_LOG = _object("version", "runs", **{"$schema": _URI}, version=_choice("2.1.0"), runs=_list(_RUN))
_LOG["properties"]["$schema"] = {"type": "string", "format": "uri"}

SARIF = jsonschema.Draft202012Validator(_LOG)
