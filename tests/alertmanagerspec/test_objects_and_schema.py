"""What slogen takes for an AlertmanagerConfig, against the schemas of the operator."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from slogen.alertmanagerspec.objectfields import KINDS, VERSIONS, Field, Holds
from slogen.alertmanagerspec.objects import TIMES_KEY, read_object
from slogen.diagnostics import Report
from slogen.source import Source, documents

FOLDER = Path(__file__).parent.parent.parent.parent / "shared" / "crds"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/crds is not there")

TYPES = {
    Holds.FLAG: "boolean",
    Holds.WHOLE: "integer",
    Holds.TEXTS: "array",
    Holds.PAIRS: "array",
    Holds.GROUPS: "array",
    **dict.fromkeys((Holds.TEXT, Holds.WORD, Holds.URL, Holds.PROXY_URL), "string"),
    **dict.fromkeys((Holds.DURATION, Holds.FILE), "string"),
    **dict.fromkeys((Holds.MAP, Holds.SECRET, Holds.CORE_SECRET, Holds.ASSET), "object"),
    **dict.fromkeys((Holds.HEADERS, Holds.GROUP), "object"),
}


@cache
def schema(version: str) -> Any:
    return json.loads((FOLDER / f"AlertmanagerConfig_{version}.json").read_text(encoding="utf-8"))


@cache
def validator(version: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_fields_are_those_of_the_schema(version: str) -> None:
    receivers = schema(version)["properties"]["spec"]["properties"]["receivers"]["items"]["properties"]
    assert sorted(receivers) == sorted([*(f"{kind}Configs" for kind in KINDS), "name"])
    for kind, fields in KINDS.items():
        compare(receivers[f"{kind}Configs"]["items"], fields, version, kind)


def compare(shape: Mapping[str, Any], fields: Mapping[str, Field], version: str, path: str) -> None:
    known = {name: field for name, field in fields.items() if field.only in ("", version)}
    assert sorted(shape["properties"]) == sorted(known), path
    assert sorted(shape.get("required", [])) == sorted(n for n, one in known.items() if one.is_required), path
    for name, field in known.items():
        stated, inner = shape["properties"][name], f"{path}.{name}"
        of_type = stated["type"] if isinstance(stated["type"], str) else stated["type"][0]
        assert of_type == TYPES[field.holds], inner
        assert sorted(stated.get("enum", [])) == sorted(field.choices), inner
        if field.holds is Holds.WORD:
            assert stated["minLength"] == 1, inner
        if field.holds is Holds.URL:
            assert stated["pattern"].startswith(("^https?:", "^(http|https):")), inner
        if field.holds in (Holds.SECRET, Holds.CORE_SECRET):
            is_strict = field.holds is Holds.SECRET and version == "v1beta1"
            assert sorted(stated["required"]) == (["key", "name"] if is_strict else ["key"]), inner
        if field.holds in (Holds.GROUP, Holds.GROUPS):
            compare(stated if field.holds is Holds.GROUP else stated["items"], field.parts, version, inner)


# objects that hold everything, and what a slip makes of them ------------------------------------------

KEY = {"name": "kept", "key": "there"}
VALUES: Mapping[Holds, Any] = {
    Holds.TEXT: "{{ .CommonLabels.alertname }}",
    Holds.WORD: "some text",
    Holds.URL: "https://example.com/api",
    Holds.PROXY_URL: "socks5://proxy:1080",
    Holds.DURATION: "1m30s",
    Holds.FLAG: True,
    Holds.WHOLE: 12,
    Holds.TEXTS: ["text"],
    Holds.MAP: {"name": "value"},
    Holds.PAIRS: [{"key": "Name", "value": "value"}],
    Holds.SECRET: KEY,
    Holds.CORE_SECRET: KEY,
    Holds.FILE: "/etc/secret",
    Holds.ASSET: {"secret": KEY},
    Holds.HEADERS: {"X-Proxy": [KEY]},
}
TWO_LOGINS = ("authorization", "basicAuth", "bearerTokenSecret", "monospace")


def full(fields: Mapping[str, Field], version: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if field.only not in ("", version) or name in TWO_LOGINS:
            continue
        if field.holds in (Holds.GROUP, Holds.GROUPS):
            inner = full(field.parts, version)
            found[name] = inner if field.holds is Holds.GROUP else [inner]
        elif name == "smarthost":
            found[name] = "smtp.example.com:587"
        else:
            found[name] = field.choices[0] if field.choices else VALUES[field.holds]
    return found


def everything(version: str, kinds: Iterable[str] = tuple(KINDS)) -> dict[str, Any]:
    matcher = {"name": "team", "value": "shop|pay", "matchType": "=~"}
    child = {"receiver": "all", "matchers": [matcher], "continue": True, "groupWait": "0s"}
    interval = {
        "times": [{"startTime": "09:00", "endTime": "24:00"}],
        "weekdays": ["Monday:friday", "sunday"],
        "daysOfMonth": [{"start": 1, "end": 5}, {"start": -5, "end": -1}],
        "months": ["January:march", "12"],
        "years": ["2026:2027", "2030"],
    }
    return {
        "apiVersion": f"monitoring.coreos.com/{version}",
        "kind": "AlertmanagerConfig",
        "metadata": {"name": "team", "namespace": "shop", "labels": {"a": "b"}},
        "spec": {
            "route": {
                "receiver": "all",
                "groupBy": ["alertname", "job"],
                "groupWait": "30s",
                "groupInterval": "5m",
                "repeatInterval": "1d12h",
                "matchers": [matcher, {"name": "severity", "value": "page"}],
                "muteTimeIntervals": ["office"],
                "routes": [{**child, "routes": [child]}, {"activeTimeIntervals": ["office"]}],
            },
            "inhibitRules": [{"sourceMatch": [matcher], "targetMatch": [matcher], "equal": ["job"]}],
            TIMES_KEY[version]: [{"name": "office", "timeIntervals": [interval]}],
            "receivers": [
                {
                    "name": "all",
                    **{f"{kind}Configs": [full(KINDS[kind], version)] for kind in kinds},
                },
                {"name": "nobody"},
            ],
        },
    }


def findings(written: Any, version: str) -> list[str]:
    report = Report()
    (node,) = documents(Source("object.yaml", yaml.safe_dump(written, sort_keys=False, width=1000))).nodes
    read_object(node, version, report)
    return [f"{one.code.id} {one.at}: {one.message}" for one in report]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_that_holds_everything_is_right(version: str) -> None:
    written = everything(version)
    assert [error.message for error in validator(version).iter_errors(written)] == []
    assert findings(written, version) == []


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each mapping or list within a value, with each of its keys or positions."""
    if isinstance(value, (dict, list)):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield value, key
            yield from places(value[key])


def slips(value: Any, key: Any, chance: random.Random) -> None:
    """One slip at one place."""
    old = value[key]
    # Kubernetes drops keys without a value before it looks at anything.
    kinds = ["other", *(["lost", "renamed"] if isinstance(value, dict) else ["null"])]
    slip = chance.choice(kinds)
    if slip == "lost":
        del value[key]
    elif slip == "renamed":
        value[f"{key}s"] = value.pop(key)
    elif slip == "null":
        value[key] = None
    else:
        others: list[Any] = ["", "x", 5, 0, -40, False, [], {}, ["y"], {"z": 1}, "5", "0", "25:00", "=~~"]
        value[key] = chance.choice([other for other in others if other != old])


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_schema_refuses_is_found(version: str) -> None:
    chance = random.Random(6)
    refused = 0
    for kind in [*KINDS] * 15:
        original = everything(version, [kind])
        written = copy.deepcopy(original)
        slips(*chance.choice(list(places(written))), chance)
        if (written.get("apiVersion"), written.get("kind")) != (original["apiVersion"], original["kind"]):
            continue
        errors = [f"{list(error.path)} {error.message}" for error in validator(version).iter_errors(written)]
        refused += bool(errors)
        assert findings(written, version) or not errors, errors
    assert refused > 75
