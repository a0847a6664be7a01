"""`slogen check --fix` and `--diff`, with real files."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

GOOD = """\
# The checkout.
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability   # of the API
      objective: 99.9
      sli:
        events: {bad: 'requests_total{code=~"5.."}', total: requests_total}
"""
BAD = GOOD.replace("objective", "objctive")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_files_are_mended_to_the_byte(run: Run, write: Write, encoding: str, ending: str) -> None:
    path = write("slos/a.yaml", "")
    path.write_bytes(BAD.replace("\n", ending).encode(encoding))
    path.chmod(0o640)
    result = run("check", "--fix")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "fixed 1 finding in 1 file\nno errors in 1 file\n"
    assert path.read_bytes() == GOOD.replace("\n", ending).encode(encoding)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(file.name for file in path.parent.iterdir()) == ["a.yaml"]
    assert run("check", "--fix").stderr == "nothing to fix\nno errors in 1 file\n"


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch(1)")
def test_a_patch_is_shown_and_applies(run: Run, write: Write, project: Path) -> None:
    path = write("slos/a.yaml", BAD.removesuffix("\n"))
    write("slos/b.yaml", BAD.replace("checkout", "cart").replace("\n", "\r\n"))
    result = run("check", "--diff")
    assert (result.exit_code, path.read_text(encoding="utf-8")) == (1, BAD.removesuffix("\n"))
    assert result.stderr == "would fix 2 findings in 2 files\nno errors in 2 files\n"
    assert result.stdout.startswith("--- a/slos/a.yaml\n+++ b/slos/a.yaml\n@@ -5,6 +5,6 @@\n")
    patch = ["patch", "--binary", "-p1"]
    subprocess.run(patch, input=result.stdout_bytes, cwd=project, check=True, capture_output=True)
    assert run("check", "--diff").stdout == ""
    assert path.read_text(encoding="utf-8") == GOOD.removesuffix("\n")


def test_only_files_that_are_named_are_changed(run: Run, write: Write) -> None:
    write("slos/a.yaml", GOOD)
    settings = write("slos/settings.yaml", "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {manifst: {}}\n")
    before = settings.read_bytes()
    result = run("check", "--fix", "slos/a.yaml")
    assert settings.read_bytes() == before
    assert "1 finding has a fix, but only files that you name are changed" in result.stderr
    assert "2 findings have fixes" in run("check", "--fix", "-", stdin=BAD.replace("checkout", "cart")).stderr


def test_the_output_folder_is_left_alone(run: Run, write: Write) -> None:
    path = write("out/a.yaml", BAD)
    result = run("check", "--fix", "out/a.yaml")
    assert (result.exit_code, path.read_text(encoding="utf-8")) == (1, BAD)


def test_links_stay_links(run: Run, write: Write, project: Path) -> None:
    target = write("elsewhere/a.yaml", BAD)
    (project / "slos").mkdir()
    (project / "slos/a.yaml").symlink_to(target)
    assert run("check", "--fix").exit_code == 0
    assert (project / "slos/a.yaml").is_symlink()
    assert target.read_text(encoding="utf-8") == GOOD


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written_is_told(run: Run, write: Write) -> None:
    first, second = write("slos/a.yaml", BAD), write("slos/b.yaml", BAD.replace("checkout", "cart"))
    second.chmod(0o444)
    result = run("check", "--fix")
    assert result.exit_code == 1
    assert "cannot write slos/b.yaml: permission denied; nothing was changed" in result.stderr
    assert first.read_text(encoding="utf-8") == BAD


def test_what_stays_is_printed(run: Run, write: Write) -> None:
    write("slos/a.yaml", BAD.replace("99.9", "100"))
    result = run("check", "--fix", "--format", "concise")
    assert result.exit_code == 1
    assert "slos/a.yaml:8:7: error[SLO110]: unknown key `objctive`" in result.stdout
