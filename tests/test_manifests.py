"""Every manifest and rule file of out/ and of the goldens is one that its readers take."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import promtool

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SCHEMA = ROOT.parent / "shared" / "crds" / "PrometheusRule_v1.json"
# prometheus-operator: MaxConfigMapDataSize, half of the mebibyte that etcd takes.
OPERATOR_TAKES = 524_288
# kubectl apply keeps the object, as JSON, in an annotation: TotalAnnotationSizeLimitB.
ANNOTATION_TAKES = 262_144
LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?")


def outputs(folder: str) -> list[Path]:
    return sorted([*ROOT.glob(f"out/{folder}/*.yaml"), *TESTS.glob(f"golden/*/expected/{folder}/*.yaml")])


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def load(path: Path) -> dict[str, Any]:
    [document] = yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    if not SCHEMA.exists():
        pytest.skip(f"the schema of the operator's CRD is not there: {SCHEMA}")
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_there_is_something_to_look_at() -> None:
    assert len(outputs("prometheusrules")) > 10
    assert len(outputs("rules")) > 10


@pytest.mark.parametrize("path", outputs("prometheusrules"), ids=name)
def test_a_manifest_fits_the_schema(path: Path, schema: jsonschema.Draft202012Validator) -> None:
    assert [error.message for error in schema.iter_errors(load(path))] == []


@pytest.mark.parametrize("path", outputs("prometheusrules"), ids=name)
def test_a_manifest_is_small_enough(path: Path) -> None:
    assert path.stat().st_size < OPERATOR_TAKES
    assert len(json.dumps(load(path), ensure_ascii=False).encode()) < ANNOTATION_TAKES


@pytest.mark.parametrize("path", outputs("prometheusrules"), ids=name)
def test_the_labels_of_a_manifest_are_labels_to_kubernetes(path: Path) -> None:
    labels = load(path)["metadata"].get("labels", {})
    assert all(isinstance(value, str) and LABEL_VALUE.fullmatch(value) for value in labels.values()), labels


@pytest.mark.parametrize("path", outputs("prometheusrules"), ids=name)
def test_a_manifest_holds_what_its_rule_files_hold(path: Path) -> None:
    """Group by group: a large object is split, its rule file is not."""
    groups = load(path)["spec"]["groups"]
    for group in groups:
        group.pop("partial_response_strategy", None)
    rule_file = path.parent.parent / "rules" / path.name
    if not rule_file.exists():
        rule_file = rule_file.with_stem(re.sub(r"(-part)*-\d+$", "", path.stem))
    written = load(rule_file)["groups"]
    assert all(group in written for group in groups)


@pytest.mark.promtool
def test_promtool_accepts_every_rule_file() -> None:
    paths = outputs("rules")
    result = promtool.check(*paths)
    assert result.returncode == 0, result.stderr
