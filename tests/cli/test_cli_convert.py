"""`slogen convert`: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from slogen import convert
from slogen.cli.convert import TARGETS

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

SLOTH = """\
version: prometheus/v1
service: checkout
labels: {team: shop}
slos:
  - name: availability
    objective: 99.9 # three nines
    sli:
      events:
        error_query: sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total[{{.window}}]))
    alerting: {name: CheckoutFails}
"""
NATIVE = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  labels:
    team: shop
  slos:
    - name: availability
      objective: 99.9 # three nines
      sli:
        query:
          total: sum(rate(http_requests_total[{{.window}}]))
          bad: sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))
      alerting:
        name: CheckoutFails
"""
CART = SLOTH.replace("checkout", "cart")
PAGED = NATIVE + "        page: {for: 2m}\n"
SETTINGS = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {window: 28d}\n"
RULES = "groups:\n  - name: g\n    rules:\n      - {alert: Down, expr: up == 0, for: 5m}\n"


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_formats_are_those_that_can_be_written() -> None:
    assert set(TARGETS) == set(convert.targets())


def test_standard_input_becomes_standard_output(run: Run) -> None:
    result = run("convert", "-", "--to", "native", stdin=SLOTH)
    assert (result.exit_code, result.stdout) == (0, NATIVE)
    assert result.stderr == "1 SLO -> 1 file of native\n"


def test_a_folder_becomes_one_stream(run: Run, write: Write) -> None:
    write("slos/b.yaml", CART)
    write("slos/deep/a.yml", SLOTH)
    write("slos/settings.yaml", SETTINGS)
    write("rules/r.yaml", RULES)
    write("slos/config.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n")
    result = run("convert", "--to", "native")
    assert result.exit_code == 0
    assert result.stdout == NATIVE.replace("checkout", "cart") + "---\n" + NATIVE
    assert result.stderr == (
        "2 SLOs -> 2 files of native; left alone: Settings, 1 file of hand-written rules, "
        "1 Kubernetes object of other kinds\n"
    )


def test_notes_are_located(run: Run, write: Write) -> None:
    write("a.yaml", PAGED)
    result = run("convert", "a.yaml", "--to", "sloth")
    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout)["version"] == "prometheus/v1"
    assert result.stderr == (
        "a.yaml:16:15: note: `for: 2m` is left out: the page will fire at once\n"
        "1 SLO -> 1 file of sloth; 1 note\n"
    )


def test_settings_count_although_they_are_not_converted(run: Run, write: Write) -> None:
    spec = NATIVE.replace("      sli:", "      window: 28d\n      sli:")
    write("slos/a.yaml", spec)
    assert "the window will be 30d" in run("convert", "slos/a.yaml", "--to", "sloth").stderr
    assert (
        "the window" not in run("convert", "slos/a.yaml", "--to", "sloth", "--default-window", "28d").stderr
    )
    write("slos/settings.yaml", SETTINGS)
    result = run("convert", "slos/a.yaml", "--to", "sloth")
    assert result.stderr == "1 SLO -> 1 file of sloth\n"
    assert "Settings" not in result.stdout


@pytest.mark.parametrize("style", ["full", "concise", "json"])
def test_errors_of_the_input_go_to_standard_error(run: Run, write: Write, project: Path, style: str) -> None:
    write("slos/a.yaml", SLOTH)
    write("slos/b.yaml", CART.replace("objective", "objectve"))
    result = run("convert", "--to", "native", "-o", "new", "--format", style)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "objectve" in result.stderr
    assert result.stderr.endswith("1 error in 2 files\n")
    assert not (project / "new").exists()


def test_a_path_that_does_not_exist(run: Run) -> None:
    result = run("convert", "gone.yaml", "--to", "native")
    assert result.exit_code == 1
    assert "gone.yaml" in result.stderr


@pytest.mark.parametrize("text", [RULES, SETTINGS])
def test_an_input_without_slos_fails(run: Run, write: Write, text: str) -> None:
    write("slos/a.yaml", text)
    result = run("convert", "--to", "native")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error: there is no SLO to convert in 1 file; " in result.stderr


@pytest.mark.parametrize("args", [[], ["--to", "slth"]])
def test_the_format_must_be_one(run: Run, write: Write, args: list[str]) -> None:
    write("slos/a.yaml", SLOTH)
    result = run("convert", *args)
    assert result.exit_code == 2
    assert "openslo" in result.stderr


def test_a_plugin_of_the_user(run: Run, write: Write) -> None:
    write(
        "plugins/p.py",
        'ID = "own/p"\ndef query(meta, labels, options):\n    return "sum(rate(e[{{.window}}]))"\n',
    )
    events = SLOTH[SLOTH.index("      events:") : SLOTH.index("    alerting")]
    write("a.yaml", SLOTH.replace(events, "      plugin: {id: own/p}\n"))
    assert run("convert", "a.yaml", "--to", "native").exit_code == 1
    result = run("convert", "a.yaml", "--to", "native", "--sli-plugins", "plugins")
    assert result.exit_code == 0
    assert "error: sum(rate(e[{{.window}}]))" in result.stdout


class TestFiles:
    def test_have_the_names_that_they_have_below_the_path(
        self, run: Run, write: Write, project: Path
    ) -> None:
        write("old/deep/a.yaml", SLOTH)
        write("old/b.json", json.dumps(yaml.safe_load(CART)))
        write("old/rules.yaml", RULES)
        result = run("convert", "old", "--to", "native", "-o", "new/slos")
        assert (result.exit_code, result.stdout) == (0, "")
        found = tree(project / "new/slos")
        assert set(found) == {"deep/a.yaml", "b.yaml"}
        assert found["deep/a.yaml"] == NATIVE
        assert run("check", "new/slos").exit_code == 0

    def test_of_single_paths_and_standard_input(self, run: Run, write: Write, project: Path) -> None:
        write("x/a.yaml", SLOTH)
        result = run("convert", "x/a.yaml", "-", "--to", "native", "-o", "new", stdin=CART)
        assert result.exit_code == 0
        assert set(tree(project / "new")) == {"a.yaml", "stdin.yaml"}

    def test_that_say_the_same_stay(self, run: Run, write: Write, project: Path) -> None:
        write("old/a.yaml", SLOTH)
        run("convert", "old", "--to", "native", "-o", "new")
        inode = (project / "new/a.yaml").stat().st_ino
        assert run("convert", "old", "--to", "native", "-o", "new").exit_code == 0
        assert (project / "new/a.yaml").stat().st_ino == inode

    def test_that_differ_are_kept_without_force(self, run: Run, write: Write, project: Path) -> None:
        write("old/a.yaml", SLOTH)
        write("old/b.yaml", CART)
        write("new/b.yaml", "mine\n")
        write("new/other.txt", "mine, too\n")
        result = run("convert", "old", "--to", "native", "-o", "new")
        assert result.exit_code == 1
        assert "error: new/b.yaml exists and differs\n" in result.stderr
        assert tree(project / "new") == {"b.yaml": "mine\n", "other.txt": "mine, too\n"}
        result = run("convert", "old", "--to", "native", "-o", "new", "--force")
        assert result.exit_code == 0
        found = tree(project / "new")
        assert found["a.yaml"] == NATIVE
        assert found["b.yaml"] == NATIVE.replace("checkout", "cart")
        assert found["other.txt"] == "mine, too\n"

    @pytest.mark.parametrize(("path", "out"), [("old", "old"), ("old", "old/new"), (".", "new")])
    def test_are_not_written_into_an_input_folder(
        self, run: Run, write: Write, project: Path, path: str, out: str
    ) -> None:
        write("old/a.yaml", SLOTH)
        before = tree(project)
        result = run("convert", path, "--to", "native", "-o", out, "--force")
        assert result.exit_code == 2
        assert "is in the input folder" in result.stderr
        assert tree(project) == before

    def test_are_not_written_over_an_input(self, run: Run, write: Write, project: Path) -> None:
        write("a.yaml", SLOTH)
        (project / "link").symlink_to(project)
        for out in (".", "link"):
            result = run("convert", "a.yaml", "--to", "native", "-o", out, "--force")
            assert result.exit_code == 1
            assert "is an input" in result.stderr
        assert (project / "a.yaml").read_text() == SLOTH

    def test_may_stand_beside_an_input(self, run: Run, write: Write, project: Path) -> None:
        write("old/a.yaml", SLOTH)
        assert run("convert", "old", "--to", "native", "-o", ".").exit_code == 0
        assert set(tree(project)) == {"a.yaml", "old/a.yaml"}

    def test_of_one_name_are_refused(self, run: Run, write: Write, project: Path) -> None:
        write("one/a.yaml", SLOTH)
        write("two/a.yaml", CART)
        result = run("convert", "one", "two", "--to", "native", "-o", "new")
        assert result.exit_code == 1
        assert "one/a.yaml and two/a.yaml would both become `a.yaml`" in result.stderr
        assert not (project / "new").exists()

    @pytest.mark.parametrize("blocked", ["new", "new/deep", "new/deep/a.yaml/x"])
    def test_need_their_place(self, run: Run, write: Write, project: Path, blocked: str) -> None:
        write("old/deep/a.yaml", SLOTH)
        write(blocked, "in the way\n")
        result = run("convert", "old", "--to", "native", "-o", "new", "--force")
        assert result.exit_code == 1
        assert result.stderr.splitlines()[-1].startswith("error: new")
        assert (project / blocked).read_text() == "in the way\n"

    def test_a_folder_that_must_not_be_written_to(self, run: Run, write: Write, project: Path) -> None:
        write("old/a.yaml", SLOTH)
        (project / "new").mkdir()
        (project / "new").chmod(0o500)
        result = run("convert", "old", "--to", "native", "-o", "new")
        (project / "new").chmod(0o700)
        if result.exit_code == 0:
            pytest.skip("whoever runs this may write everywhere")
        assert result.exit_code == 1
        assert "Permission denied" in result.stderr
        assert tree(project / "new") == {}


def test_a_reader_that_goes_away_is_no_error(write: Write, project: Path) -> None:
    big = "---\n".join(SLOTH.replace("checkout", f"s{i}") for i in range(400))
    write("a.yaml", big)
    command = [sys.executable, "-m", "slogen", "convert", "a.yaml", "--to", "native"]
    source = Path(convert.__file__).parents[2]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=project, env={"PYTHONPATH": str(source)}
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == 141
    assert said == ""


def test_text_is_utf8_whatever_the_terminal_is(write: Write, project: Path) -> None:
    write("a.yaml", SLOTH.replace("three nines", "drei Neuner: 99,9 \u2030 \u2713"))
    source = Path(convert.__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-m", "slogen", "convert", "a.yaml", "--to", "native"],
        capture_output=True,
        cwd=project,
        env={"PYTHONPATH": str(source), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        check=True,
    )
    assert "99,9 \u2030 \u2713" in ran.stdout.decode("utf-8")


def test_two_settings_are_an_error(run: Run, write: Write) -> None:
    settings = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {window: 28d}\n"
    write("slos/settings.yaml", settings)
    write("slos/more.yaml", settings.replace("28d", "7d"))
    write("slos/a.yaml", "version: prometheus/v1\nservice: a\nslos: []\n")
    result = run("convert", "--to", "native")
    assert result.exit_code == 1
    assert "error[SLO203]" in result.stderr
