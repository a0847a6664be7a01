"""`slogen build`, with the real compiler and a real folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import Result

from slogen import pipeline

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

RULES = "groups:\n  - name: presence\n    rules:\n      - {alert: Down, expr: up == 0, for: 5m}\n"


def spec(service: str, objective: str = "99.9") -> str:
    return dedent(
        f"""\
        apiVersion: slogen.dev/v1
        kind: ServiceLevels
        spec:
          service: {service}
          slos:
            - name: availability
              objective: {objective}
              sli:
                events:
                  bad: requests_total{{job="{service}", code=~"5.."}}
                  total: requests_total{{job="{service}"}}
        """
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def out(project: Path, write: Write) -> Path:
    """The output folder of a project with two specs and a rule file, not built yet."""
    write("slos/cart.yaml", spec("cart"))
    write("slos/pay.yaml", spec("pay"))
    write("rules/presence.yaml", RULES)
    return project / "out"


def outputs(name: str, *steps: str) -> list[str]:
    """What comes out of one spec or rule file: rules, and tests at each of these evaluation intervals."""
    tests = [f"tests/{name}.{step}.test.yaml" for step in steps]
    return [f"prometheusrules/{name}.yaml", f"rules/{name}.yaml", *tests]


CART, PAY = outputs("cart", "5m", "3d"), outputs("pay", "5m", "3d")
FILES = sorted([*CART, *PAY, *outputs("presence", "1m", "5m")])


class TestBuild:
    def test_writes_what_the_compiler_gives(self, run: Run, out: Path) -> None:
        result = run("build")
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "2 SLOs, 1 rule file -> 12 files in out (12 new)\n"
        assert sorted(tree(out)) == FILES
        assert b"slo:sli_error:ratio_rate5m" in tree(out)["rules/cart.yaml"]
        assert b"alertname: CartAvailabilityBudgetBurn" in tree(out)["tests/cart.5m.test.yaml"]
        assert b"alertname: Down" in tree(out)["tests/presence.1m.test.yaml"]

    def test_again_changes_nothing(self, run: Run, out: Path) -> None:
        run("build")
        before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
        result = run("build")
        assert result.stderr == "2 SLOs, 1 rule file -> 12 files in out (12 unchanged)\n"
        assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before

    def test_a_changed_and_a_removed_spec(self, run: Run, write: Write, project: Path, out: Path) -> None:
        run("build")
        write("slos/cart.yaml", spec("cart", "99"))
        (project / "slos/pay.yaml").unlink()
        result = run("build")
        assert result.stderr == ("1 SLO, 1 rule file -> 8 files in out (4 changed, 4 removed, 4 unchanged)\n")
        assert sorted(tree(out)) == [name for name in FILES if "pay" not in name]

    @pytest.mark.parametrize("where", ["generated", "deep/er/out", "../beside"])
    def test_into_another_folder(self, run: Run, out: Path, project: Path, where: str) -> None:
        result = run("build", "-o", where)
        assert result.exit_code == 0
        assert sorted(tree(project / where)) == FILES
        assert f"in {where} (" in result.stderr
        assert not out.exists()

    def test_an_error_leaves_the_folder_as_it_was(self, run: Run, write: Write, out: Path) -> None:
        run("build")
        before = tree(out)
        write("slos/cart.yaml", spec("cart", "100"))
        result = run("build")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("error[SLO301]: ")
        assert result.stderr.endswith("\n\n1 error in 3 files\n")
        assert tree(out) == before

    def test_an_error_makes_no_folder(self, run: Run, write: Write, out: Path) -> None:
        write("slos/cart.yaml", "a: [")
        assert run("build").exit_code == 1
        assert not out.exists()

    def test_a_file_that_cannot_be_read_stops_the_build(self, run: Run, out: Path) -> None:
        result = run("build", "slos", "rules", "gone.yaml", "--format", "concise")
        assert result.exit_code == 1
        assert "gone.yaml:1:1: error[SLO100]" in result.stderr
        assert not out.exists()

    def test_findings_can_be_read_by_machines(self, run: Run, write: Write, out: Path) -> None:
        write("slos/cart.yaml", spec("cart", "100"))
        result = run("build", "--format", "github")
        assert result.stderr.startswith("::error file=slos/cart.yaml,line=7,")

    def test_nothing_to_compile_is_an_error_and_removes_nothing(
        self, run: Run, project: Path, out: Path
    ) -> None:
        run("build")
        before = tree(out)
        for path in (*(project / "slos").iterdir(), *(project / "rules").iterdir()):
            path.unlink()
        result = run("build")
        assert (result.exit_code, result.stderr) == (1, "error: there is no SLO and no rule in 0 files\n")
        assert tree(out) == before

    def test_objects_of_other_kinds_are_counted(self, run: Run, write: Write, out: Path) -> None:
        write(
            "slos/deploy.yaml", "apiVersion: apps/v1\nkind: Deployment\n---\napiVersion: v1\nkind: Service\n"
        )
        for command in ("build", "check"):
            result = run(command)
            assert result.exit_code == 0
            assert result.stderr.endswith("; 2 Kubernetes objects of other kinds skipped\n")

    def test_settings_alone_are_nothing_to_compile(self, run: Run, write: Write) -> None:
        write("slos/settings.yaml", "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {}\n")
        result = run("build")
        assert (result.exit_code, result.stderr) == (1, "error: there is no SLO and no rule in 1 file\n")

    def test_options_reach_the_compiler(self, run: Run, out: Path) -> None:
        run("build", "--default-window", "7d", "--extra-label", "team=shop=1")
        text = tree(out)["rules/cart.yaml"].decode()
        assert "team: shop=1" in text
        assert "30d" not in text

    @pytest.mark.parametrize("args", [["-o", "slos"], ["-o", "."], ["out/rules/cart.yaml"], ["out"]])
    def test_outputs_are_no_inputs(self, run: Run, project: Path, out: Path, args: list[str]) -> None:
        run("build")
        before = tree(project)
        result = run("build", *args)
        assert result.exit_code == 2
        assert "which is never read as input" in result.stderr
        assert tree(project) == before

    def test_a_walk_past_the_output_folder_reads_nothing_of_it(self, run: Run, out: Path) -> None:
        run("build")
        result = run("build", ".")
        assert result.stderr == "2 SLOs, 1 rule file -> 12 files in out (12 unchanged)\n"

    def test_a_folder_that_must_not_be_replaced(self, run: Run, out: Path) -> None:
        result = run("build", "slos", "-o", "..")
        assert result.exit_code in (1, 2)
        assert "Traceback" not in result.stderr

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_may_not_be_written_to(self, run: Run, project: Path, out: Path) -> None:
        project.chmod(0o500)
        result = run("build")
        project.chmod(0o700)
        assert result.exit_code == 1
        assert result.stderr.startswith("error: ")

    def test_a_file_in_the_place_of_the_folder(self, run: Run, out: Path) -> None:
        out.write_text("mine\n")
        result = run("build")
        assert result.exit_code == 1
        assert result.stderr.startswith("error: ")
        assert out.read_text() == "mine\n"


class TestWithoutTests:
    def test_the_tests_stay_as_they_are(self, run: Run, write: Write, out: Path) -> None:
        run("build")
        test, rules = out / "tests/pay.3d.test.yaml", out / "rules/cart.yaml"
        test.write_text("# mine\n")
        rules.unlink()
        assert run("build", "--no-tests").exit_code == 0
        assert test.read_text() == "# mine\n"
        assert rules.exists()
        assert run("build", "--no-tests", "--check").exit_code == 0
        assert run("build", "--check").exit_code == 1


class TestHandEdits:
    def test_are_not_lost(self, run: Run, write: Write, out: Path) -> None:
        run("build")
        for name in ("rules/cart.yaml", "tests/pay.3d.test.yaml"):
            edited = out / name
            edited.write_text(edited.read_text() + "# by hand\n")
        before = tree(out)
        result = run("build")
        assert result.exit_code == 1
        assert result.stderr == (
            "error: out/rules/cart.yaml was edited by hand\n"
            "error: out/tests/pay.3d.test.yaml was edited by hand\n"
            "  = help: move the change into the spec, or use --force; nothing was changed\n"
        )
        assert tree(out) == before

    @pytest.mark.parametrize("name", CART)
    def test_are_lost_on_request(self, run: Run, out: Path, name: str) -> None:
        run("build")
        before = tree(out)
        edited = out / name
        edited.write_text(edited.read_text() + "# by hand\n")
        result = run("build", "--force")
        assert result.exit_code == 0
        assert result.stderr == "2 SLOs, 1 rule file -> 12 files in out (1 changed, 11 unchanged)\n"
        assert tree(out) == before

    def test_of_another_spec_are_nothing_to_a_part_of_the_project(
        self, run: Run, write: Write, out: Path
    ) -> None:
        run("build")
        edited = out / "rules/pay.yaml"
        edited.write_text(edited.read_text() + "# by hand\n")
        write("slos/cart.yaml", spec("cart", "99"))
        assert run("build", "slos/cart.yaml").exit_code == 0
        assert run("build", "slos/pay.yaml").exit_code == 1
        assert edited.read_text().endswith("# by hand\n")

    @pytest.mark.parametrize("options", [[], ["--force"]])
    def test_what_slogen_did_not_write_is_never_overwritten(
        self, run: Run, write: Write, out: Path, options: list[str]
    ) -> None:
        write("out/rules/cart.yaml", "mine\n")
        result = run("build", *options)
        assert result.exit_code == 1
        assert result.stderr == (
            "error: out/rules/cart.yaml was not written by slogen\n"
            "  = help: move it away, or delete it; nothing was changed\n"
        )
        assert tree(out) == {"rules/cart.yaml": b"mine\n"}


class TestPartOfAProject:
    @pytest.mark.parametrize("paths", [["slos/cart.yaml"], ["slos"], ["slos/cart.yaml", "rules"]])
    def test_no_other_output_is_removed(self, run: Run, write: Write, out: Path, paths: list[str]) -> None:
        run("build")
        write("slos/cart.yaml", spec("cart", "99"))
        result = run("build", *paths)
        assert result.exit_code == 0
        assert sorted(tree(out)) == FILES
        assert "4 changed" in result.stderr
        assert "removed" not in result.stderr
        assert run("build", "--check").exit_code == 0

    def test_standard_input(self, run: Run, out: Path) -> None:
        run("build")
        result = run("build", "-", stdin=spec("extra"))
        assert (result.exit_code, result.stderr) == (0, "1 SLO -> 4 files in out (4 new)\n")
        assert sorted(tree(out)) == sorted([*FILES, *outputs("extra", "5m", "3d")])

    @pytest.mark.parametrize("options", [[], ["--check"], ["--force"]])
    def test_an_output_of_several_specs_is_not_torn(
        self, run: Run, write: Write, out: Path, options: list[str]
    ) -> None:
        for name in ("a", "b", "c", "d", "e"):
            text = spec("shop").replace("availability", name)
            write(f"slos/{name}.yaml", text.replace("spec:", "metadata: {name: shop}\nspec:", 1))
        run("build")
        before = tree(out)
        result = run("build", "slos/a.yaml", "slos/d.yaml", *options)
        assert result.exit_code == 1
        assert result.stderr.startswith(
            "error: out/prometheusrules/shop.yaml is made from slos/b.yaml, slos/c.yaml and 2 more, too\n"
        )
        assert tree(out) == before
        whole = run("build", *(f"slos/{name}.yaml" for name in "abcde"), *options)
        assert (whole.exit_code, tree(out)) == (0, before)

    @pytest.mark.parametrize("options", [[], ["--check"]])
    def test_a_spec_whose_outputs_have_other_names_in_the_whole(
        self, run: Run, write: Write, out: Path, options: list[str]
    ) -> None:
        for namespace in ("blue", "green"):
            metadata = f"metadata: {{name: shop, namespace: {namespace}}}\nspec:"
            write(f"slos/{namespace}.yaml", spec(namespace).replace("spec:", metadata, 1))
        run("build")
        before = tree(out)
        named = sorted(name for name in before if "blue" in name)
        assert len(named) == 4
        result = run("build", "slos/blue.yaml", *options)
        assert result.exit_code == 1
        assert result.stderr.startswith(
            f"error: out/{named[0]} was made from what is compiled now, which gives other files\n"
        )
        assert tree(out) == before

    def test_a_spec_that_has_a_new_name(self, run: Run, write: Write, out: Path) -> None:
        run("build")
        before = tree(out)
        write("slos/cart.yaml", spec("basket"))
        result = run("build", "slos/cart.yaml")
        assert result.exit_code == 1
        assert result.stderr.startswith(
            "error: out/prometheusrules/cart.yaml was made from what is compiled now"
        )
        assert tree(out) == before
        assert run("build").exit_code == 0
        assert "rules/basket.yaml" in tree(out)
        assert "rules/cart.yaml" not in tree(out)

    def test_the_summary_counts_only_the_outputs_of_the_part(self, run: Run, out: Path) -> None:
        run("build")
        assert run("build", "slos/cart.yaml").stderr == "1 SLO -> 4 files in out (4 unchanged)\n"
        assert run("build", "rules/presence.yaml").stderr == "1 rule file -> 4 files in out (4 unchanged)\n"

    def test_a_check_looks_at_no_other_output(self, run: Run, write: Write, project: Path, out: Path) -> None:
        run("build")
        (project / "slos/pay.yaml").unlink()
        assert run("build", "--check").exit_code == 1
        assert run("build", "--check", "slos/cart.yaml").exit_code == 0
        write("slos/cart.yaml", spec("cart", "99"))
        assert run("build", "--check", "slos/cart.yaml").exit_code == 1

    @pytest.mark.parametrize(
        ("paths", "files"),
        [(["slos/cart.yaml"], 4), (["slos/cart.yaml", "slos/settings.yaml"], 4), (["slos"], 8)],
    )
    def test_the_settings_of_the_project_count(
        self, run: Run, write: Write, out: Path, paths: list[str], files: int
    ) -> None:
        settings = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {window: 7d, owner: shop}\n"
        write("slos/settings.yaml", settings)
        run("build")
        assert b"owner: shop" in tree(out)["rules/cart.yaml"]
        assert run("build", *paths).stderr.endswith(f"({files} unchanged)\n")

    def test_another_folder_of_specs_is_a_whole(
        self, run: Run, write: Write, project: Path, out: Path
    ) -> None:
        write("examples/a.yaml", spec("a"))
        write("examples/b.yaml", spec("b"))
        run("build", "examples", "-o", "built")
        (project / "examples/b.yaml").unlink()
        result = run("build", "examples", "-o", "built")
        assert "4 removed" in result.stderr
        assert sorted(tree(project / "built")) == sorted(outputs("a", "5m", "3d"))


class TestCheck:
    def test_a_current_folder(self, run: Run, out: Path) -> None:
        run("build")
        result = run("build", "--check")
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "2 SLOs, 1 rule file -> 12 files in out (current)\n"

    def test_a_folder_that_is_not_there(self, run: Run, out: Path) -> None:
        result = run("build", "--check")
        assert result.exit_code == 1
        assert result.stderr == "error: out is stale (12 new); run `slogen build`\n"
        assert result.stdout.count("\n") == 12
        assert not out.exists()

    def test_a_stale_folder(self, run: Run, write: Write, project: Path, out: Path) -> None:
        run("build")
        write("slos/cart.yaml", spec("cart", "99.8"))
        write("slos/new.yaml", spec("new"))
        (project / "slos/pay.yaml").unlink()
        before = tree(out)
        result = run("build", "--check")
        assert result.exit_code == 1
        assert result.stderr == "error: out is stale (4 new, 4 changed, 4 removed); run `slogen build`\n"
        lines = result.stdout.splitlines()
        for name in ("cart", "new", "pay"):
            assert sum(f"out/rules/{name}.yaml" in line for line in lines) >= 1
            assert sum(f"out/tests/{name}.3d.test.yaml" in line for line in lines) >= 1
        assert any(line.startswith("-") and "0.001" in line for line in lines)
        assert any(line.startswith("+") and "0.002" in line for line in lines)
        assert tree(out) == before

    @pytest.mark.parametrize("name", [name for name in FILES if "tests/" in name])
    def test_a_test_file_that_is_gone_or_of_old(self, run: Run, out: Path, name: str) -> None:
        run("build")
        (out / name).rename(out / "tests/gone.5m.test.yaml")
        result = run("build", "--check")
        assert (result.exit_code, result.stderr) == (
            1,
            "error: out is stale (1 new, 1 removed); run `slogen build`\n",
        )
        assert f"out/{name}" in result.stdout
        assert "out/tests/gone.5m.test.yaml" in result.stdout
        assert run("build").exit_code == 0
        assert sorted(tree(out)) == FILES

    @pytest.mark.parametrize("name", ["rules/cart.yaml", "tests/cart.3d.test.yaml"])
    def test_a_hand_edit(self, run: Run, out: Path, name: str) -> None:
        run("build")
        edited = out / name
        edited.write_text(edited.read_text() + "# \x1b[31mby hand\n")
        result = run("build", "--check")
        assert result.exit_code == 1
        assert "-# ␛[31mby hand" in result.stdout.splitlines()
        assert result.stderr == "error: out is stale (1 changed); run `slogen build`\n"

    def test_what_is_in_the_way(self, run: Run, write: Write, out: Path) -> None:
        write("out/rules/cart.yaml", "mine\n")
        result = run("build", "--check")
        assert result.exit_code == 1
        assert result.stderr == "error: out is stale (1 in the way, 11 new); run `slogen build`\n"

    def test_an_error_in_a_spec_comes_first(self, run: Run, write: Write, out: Path) -> None:
        write("slos/cart.yaml", spec("cart", "100"))
        result = run("build", "--check")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "stale" not in result.stderr


def test_a_bug_of_the_compiler_is_told_as_one(run: Run, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(pipeline, "compile", fail)
    result = run("build")
    assert result.exit_code == 1
    assert result.stderr.startswith("error[SLO900]: slogen failed with ZeroDivisionError: division by zero\n")
    assert not out.exists()


def test_a_warning_stops_a_strict_build(run: Run, write: Write, project: Path) -> None:
    inverted = spec("cart").replace('"5.."', '"2.."')
    write("slos/cart.yaml", inverted)
    result = run("build", "--strict", "--format", "concise")
    assert result.exit_code == 1
    assert "warning[SLO414]" in result.stderr
    assert result.stderr.endswith("1 warning in 1 file\n")
    assert not (project / "out").exists()
    assert run("build").exit_code == 0
    assert run("build", "--strict", "--check").exit_code == 1
    write("slos/cart.yaml", inverted.replace("bad:", "# slogen: allow SLO414 a demo\n          bad:"))
    result = run("build", "--strict", "--no-tests")
    assert result.exit_code == 0
    assert "no errors in 1 file (1 finding allowed)\n" in result.stderr
