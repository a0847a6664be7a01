"""`--compat sloth`: another tool's rules, for all specs of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: cart
  slos:
    - name: availability
      objective: {objective}
      sli: {{events: {{bad: errors_total, total: requests_total}}}}
"""


def test_build_writes_the_other_tools_rules(run: Run, write: Write, project: Path) -> None:
    write("slos/team/cart-slos.yaml", SPEC.format(objective="99.9"))
    assert run("build", "--compat", "sloth").exit_code == 0
    text = (project / "out/rules/cart-slos.yaml").read_text(encoding="utf-8")
    assert "\ngroups:\n- name: sloth-slo-sli-recordings-cart-availability\n" in text
    assert run("build", "--compat", "sloth", "--check").exit_code == 0
    # Slogen's own are others, in files of other names.
    assert run("build", "--check").exit_code == 1
    assert run("build").exit_code == 0
    assert [path.name for path in (project / "out/rules").iterdir()] == ["cart.yaml"]


def test_check_finds_what_is_wrong_with_the_other_tools_rules(run: Run, write: Write) -> None:
    write("slos/cart.yaml", SPEC.format(objective="90"))
    result = run("check", "--compat", "sloth")
    assert result.exit_code == 0
    assert "warning[SLO304]" in result.stdout
    assert run("check", "--compat", "sloth", "--strict").exit_code == 1
    assert run("build", "--compat", "sloth").exit_code == 0
    assert run("check").exit_code == 1


@pytest.mark.parametrize("name", ["pyrra", "Sloth", ""])
def test_there_is_no_other_tool(run: Run, write: Write, name: str) -> None:
    write("slos/cart.yaml", SPEC.format(objective="99.9"))
    result = run("build", "--compat", name)
    assert result.exit_code == 2
    assert "'sloth'" in result.stderr


def test_many_files_give_what_few_give(run: Run, write: Write, project: Path) -> None:
    """Two processes share the work: both make the same rules."""
    for i in range(60):
        write(f"slos/{i}.yaml", SPEC.format(objective="99.9").replace("cart", f"cart-{i}"))
    assert run("build", "--compat", "sloth").exit_code == 0
    texts = [path.read_text(encoding="utf-8") for path in (project / "out/rules").iterdir()]
    assert len(texts) == 60
    assert all("- name: sloth-slo-alerts-cart-" in text for text in texts)


def test_files_of_one_name_stay_apart(run: Run, write: Write, project: Path) -> None:
    """In one process and in two: there are more files than one process is started for."""
    for number in range(45):
        spec = SPEC.format(objective="99.9").replace("cart", f"cart{number}")
        write(f"slos/team-{number}/slo.yaml", spec)
    write("slos/other.yaml", SPEC.format(objective="99.9"))
    assert run("build", "--compat", "sloth").exit_code == 0
    names = sorted(path.stem for path in (project / "out/rules").iterdir())
    assert names == sorted(["other", *(f"team-{number}-slo" for number in range(45))])
