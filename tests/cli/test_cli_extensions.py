"""SLI plugins that a user wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from slogen.cli import extensions

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

GOOD = """
ID = "acme/availability"
OPTIONS = ("job",)

def query(meta, labels, options):
    if "job" not in options:
        raise ValueError("the option `job` is missing")
    return 'sum(rate(e{job="%s",team="%s"}[{{.window}}]))' % (options["job"], labels["team"])
"""


def test_a_file_and_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "availability.py"
    file.write_text(GOOD, encoding="utf-8")
    (tmp_path / "_part.py").write_text("raise RuntimeError", encoding="utf-8")
    for path in (file, tmp_path):
        plugin = extensions.load([str(path)]).sli_plugins["acme/availability"]
        assert plugin.options == ("job",)
        assert plugin.query({}, {"team": "a"}, {"job": "b"}) == 'sum(rate(e{job="b",team="a"}[{{.window}}]))'
        with pytest.raises(ValueError, match="the option `job` is missing"):
            plugin.query({}, {}, {})
    assert not (tmp_path / "__pycache__").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "it sets no `ID`"),
        ("ID = 'a'", "it has no function `query`"),
        ("ID = 'a'\nOPTIONS = 'job'\ndef query(m, l, o): return ''", "is no list of names"),
        ("ID = (", "cannot be loaded: SyntaxError"),
        ("import nothing_of_this_name", "cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_a_file_that_is_no_plugin(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "plugin.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(click.BadParameter, match=r"plugin\.py") as raised:
        extensions.load([str(file)])
    assert message in str(raised.value)


def test_paths_that_lead_to_no_plugin(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.py"):
        with pytest.raises(click.BadParameter, match="no Python file"):
            extensions.load([str(path)])


def test_one_id_in_two_files(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(click.BadParameter, match=r"acme/availability.*a\.py and in .*b\.py"):
        extensions.load([str(tmp_path)])


@pytest.mark.parametrize(
    ("body", "message"),
    [("return 1 / 0", "failed with ZeroDivisionError"), ("return None", "returned NoneType, not text")],
)
def test_a_plugin_that_fails(body: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "plugin.py"
    file.write_text(f"ID = 'a'\ndef query(meta, labels, options):\n    {body}\n", encoding="utf-8")
    plugin = extensions.load([str(file)]).sli_plugins["a"]
    with pytest.raises(ValueError, match=message):
        plugin.query({}, {}, {})


SPEC = """
version: prometheus/v1
service: shop
labels: {team: a}
slos:
  - name: availability
    objective: 99.9
    sli: {plugin: {id: acme/availability, options: {job: cart}}}
    alerting: {name: ShopAvailability}
"""


def test_a_spec_that_uses_one(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("slos/shop.yaml", SPEC)
    write("plugin.py", GOOD)
    assert "SLO116" in run("build").output
    done = run("build", "--sli-plugins", "plugin.py")
    assert done.exit_code == 0, done.output
    rules = Path("out/rules/shop.yaml").read_text(encoding="utf-8")
    assert 'sum(rate(e{job="cart",team="a"}[5m]))' in rules
    monkeypatch.setenv("SLOGEN_SLI_PLUGINS", "plugin.py")
    assert run("build", "--check").exit_code == 0
    assert run("check", "--sli-plugins", "none.py").exit_code == 2
