"""`slogen init` and `slogen schema`: a project to start from, and the schema that editors use for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import Result

from slogen.cli.init import FILES, SCHEMA

Run = Callable[..., Result]


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


class TestInit:
    def test_writes_a_project_and_says_what_is_next(self, run: Run, project: Path) -> None:
        result = run("init")
        assert result.exit_code == 0
        assert tree(project) == {**FILES, SCHEMA: run("schema").stdout}
        assert "wrote slos/settings.yaml\n" in result.stdout
        assert "slogen build" in result.stdout

    def test_the_project_compiles_without_a_finding(self, run: Run) -> None:
        run("init")
        result = run("check", "--strict")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no errors in 4 files\n")

    def test_the_rules_of_the_project_are_valid(self, run: Run, project: Path) -> None:
        promtool = shutil.which("promtool")
        if promtool is None:
            pytest.skip("promtool is not installed")
        run("init")
        assert run("build").exit_code == 0
        files = sorted(map(str, (project / "out/rules").glob("*.yaml")))
        assert len(files) >= 1
        subprocess.run([promtool, "check", "rules", *files], check=True, capture_output=True)
        written = "".join(Path(file).read_text() for file in files)
        assert "PrometheusMissing" in written
        assert "slo:sli_error:ratio_rate5m" in written

    def test_every_file_tells_editors_its_schema(self, project: Path, run: Run) -> None:
        run("init")
        for name in FILES:
            path = project / name
            first = path.read_text().partition("\n")[0]
            modeline, _, target = first.partition("=")
            assert modeline == "# yaml-language-server: $schema"
            if not target.startswith("https://"):
                schema = json.loads((path.parent / target).read_text())
                for document in yaml.safe_load_all(path.read_text()):
                    jsonschema.validate(document, schema)

    def test_a_folder_that_does_not_exist_is_made(self, run: Run, project: Path) -> None:
        result = run("init", "deep/new")
        assert result.exit_code == 0
        assert set(tree(project / "deep/new")) == {*FILES, SCHEMA}
        assert "cd deep/new" in result.stdout

    def test_files_that_start_with_a_dot_are_no_obstacle(self, run: Run, project: Path) -> None:
        (project / ".git").mkdir()
        (project / ".gitignore").write_text("x\n")
        assert run("init").exit_code == 0
        assert (project / ".gitignore").read_text() == "x\n"

    @pytest.mark.parametrize("name", ["README.md", "slos/settings.yaml", SCHEMA])
    def test_nothing_is_overwritten(self, run: Run, project: Path, name: str) -> None:
        path = project / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine\n")
        result = run("init")
        assert result.exit_code == 1
        assert result.stderr.startswith("error: ")
        assert tree(project) == {name: "mine\n"}
        assert run("init").exit_code == 1

    def test_a_file_is_no_folder(self, run: Run, project: Path) -> None:
        (project / "file").write_text("mine\n")
        result = run("init", "file")
        assert (result.exit_code, result.stderr) == (1, "error: file is not a folder\n")

    def test_what_cannot_be_finished_is_not_begun(self, run: Run, project: Path) -> None:
        (project / ".slogen").write_text("in the way of a folder\n")
        result = run("init")
        assert result.exit_code == 1
        assert set(tree(project)) == {".slogen"}


class TestSchema:
    def test_is_a_schema_on_standard_output(self, run: Run) -> None:
        result = run("schema")
        assert (result.exit_code, result.stderr) == (0, "")
        schema = json.loads(result.stdout)
        jsonschema.validators.validator_for(schema).check_schema(schema)
        assert result.stdout.startswith('{\n  "$schema"')
        assert result.stdout.endswith("}\n")

    def test_or_in_a_file(self, run: Run, project: Path) -> None:
        result = run("schema", "-o", "schema.json")
        assert (result.exit_code, result.stdout) == (0, "")
        assert (project / "schema.json").read_text() == run("schema").stdout

    def test_a_file_that_cannot_be_written(self, run: Run) -> None:
        result = run("schema", "-o", "no/where/schema.json")
        assert result.exit_code == 1
        assert result.stderr == "error: no/where/schema.json: No such file or directory\n"
