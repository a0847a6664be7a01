"""Reads an indicator as it stands below `sli:` in a spec."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from slogen import slis
from slogen.diagnostics import Report
from slogen.ir import Sli
from slogen.source import Source, documents


def read(text: str) -> tuple[Sli | None, list[tuple[str, str]]]:
    """The indicator, and the code and place of every finding."""
    [node] = documents(Source("sli.yaml", text)).nodes
    report = Report()
    found = slis.indicator(node, report)
    return found, [(d.code.id, d.at.text) for d in report]


def sound(text: str) -> Sli:
    """The indicator of a text without findings."""
    found, findings = read(text)
    assert findings == []
    assert found is not None
    return found


def written(spec: Mapping[str, object]) -> str:
    """What `Sli.spec()` gives, as YAML."""
    return json.dumps(spec, default=_number, ensure_ascii=False)


def _number(value: object) -> object:
    assert isinstance(value, Decimal)
    return int(value) if value == int(value) else float(value)
