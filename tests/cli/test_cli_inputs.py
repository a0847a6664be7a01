"""Which files a run reads, and under which names."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from slogen.cli.inputs import Inputs, collect, shown

Write = Callable[[str, str], Path]

SETTINGS = "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {}\n"


def read(*paths: str, output: str = "out") -> Inputs:
    return collect(paths, Path(output))


def names(inputs: Inputs) -> list[str]:
    return [source.path for source in inputs.sources]


def complaints(inputs: Inputs) -> list[str]:
    return [f"{found.at.source.path}: {found.message}" for found in inputs.report]


class TestDefaults:
    def test_slos_and_rules(self, write: Write) -> None:
        for name in ("slos/b.yaml", "slos/a.yml", "rules/c.json", "other/d.yaml", "e.yaml"):
            write(name, "{}")
        inputs = read()
        assert names(inputs) == ["rules/c.json", "slos/a.yml", "slos/b.yaml"]
        assert inputs.files == 3
        assert inputs.complete

    def test_one_of_the_two_is_enough(self, write: Write) -> None:
        write("rules/a.yaml", "{}")
        inputs = read()
        assert names(inputs) == ["rules/a.yaml"]
        assert inputs.complete

    def test_neither_is_wrong_use(self, project: Path) -> None:
        with pytest.raises(click.UsageError, match="slogen init"):
            read()

    def test_an_empty_path_is_wrong_use(self, write: Write) -> None:
        write("slos/a.yaml", "{}")
        with pytest.raises(click.UsageError, match="empty"):
            read("slos", "")


class TestFolders:
    def test_are_read_with_all_below_them(self, write: Write) -> None:
        for name in ("s/z.yaml", "s/a/x.yaml", "s/a/b/c/y.yml", "s/README.md", "s/a.yaml.bak", "s/no-suffix"):
            write(name, "{}")
        assert names(read("s")) == ["s/a/b/c/y.yml", "s/a/x.yaml", "s/z.yaml"]

    def test_hidden_files_and_folders_are_skipped(self, write: Write) -> None:
        for name in ("s/.git/x.yaml", "s/.x.yaml", "s/a/.b/c.yaml", "s/x.yaml"):
            write(name, "{}")
        assert names(read("s")) == ["s/x.yaml"]

    def test_a_hidden_folder_that_is_named_is_read(self, write: Write) -> None:
        write(".hidden/x.yaml", "{}")
        assert names(read(".hidden")) == [".hidden/x.yaml"]

    def test_the_current_folder(self, write: Write) -> None:
        write("a.yaml", "{}")
        write("sub/b.yaml", "{}")
        assert names(read(".")) == ["a.yaml", "sub/b.yaml"]

    def test_the_output_folder_is_no_input(self, write: Write) -> None:
        for name in ("a.yaml", "out/x.yaml", "out/rules/y.yaml", "deep/generated/z.yaml"):
            write(name, "{}")
        assert names(read(".")) == ["a.yaml", "deep/generated/z.yaml"]
        assert names(read(".", output="deep/../deep/generated")) == [
            "a.yaml",
            "out/rules/y.yaml",
            "out/x.yaml",
        ]

    def test_the_output_folder_behind_a_link_is_no_input(self, write: Write, project: Path) -> None:
        write("out/x.yaml", "{}")
        write("a.yaml", "{}")
        (project / "link").symlink_to("out")
        assert names(read(".")) == ["a.yaml"]

    def test_an_empty_folder(self, project: Path) -> None:
        (project / "slos").mkdir()
        inputs = read()
        assert inputs.sources == ()
        assert inputs.files == 0
        assert not inputs.report.failed


class TestLinks:
    def test_a_cycle_ends(self, write: Write, project: Path) -> None:
        write("s/a.yaml", "{}")
        (project / "s/loop").symlink_to("../s")
        (project / "s/self").symlink_to("self")
        assert names(read("s")) == ["s/a.yaml"]

    def test_what_a_link_leads_to_is_read_under_its_own_name_if_it_is_there(
        self, write: Write, project: Path
    ) -> None:
        write("s/zz/real.yaml", "{}")
        (project / "s/aa").symlink_to("zz")
        (project / "s/a.yaml").symlink_to("zz/real.yaml")
        assert names(read("s")) == ["s/zz/real.yaml"]

    def test_a_link_to_elsewhere_is_followed(self, write: Write, project: Path) -> None:
        write("elsewhere/deep/x.yaml", "{}")
        write("single.yaml", "{}")
        (project / "s").mkdir()
        (project / "s/linked").symlink_to("../elsewhere")
        (project / "s/y.yaml").symlink_to("../single.yaml")
        assert names(read("s")) == ["s/linked/deep/x.yaml", "s/y.yaml"]

    def test_a_mounted_config_map(self, write: Write, project: Path) -> None:
        write("s/..2024_01_01/a.yaml", "{}")
        (project / "s/..data").symlink_to("..2024_01_01")
        (project / "s/a.yaml").symlink_to("..data/a.yaml")
        assert names(read("s")) == ["s/a.yaml"]

    def test_a_link_to_nothing_is_reported(self, project: Path) -> None:
        (project / "s").mkdir()
        (project / "s/a.yaml").symlink_to("nowhere.yaml")
        assert complaints(read("s")) == ["s/a.yaml: `s/a.yaml` cannot be read: no such file or directory"]


class TestFiles:
    def test_any_name_can_be_given(self, write: Write) -> None:
        write("spec.txt", "{}")
        inputs = read("spec.txt")
        assert names(inputs) == ["spec.txt"]
        assert not inputs.complete

    def test_a_file_given_twice_is_read_once(self, write: Write, project: Path) -> None:
        write("s/a.yaml", "{}")
        inputs = read("s/a.yaml", "./s/../s/a.yaml", "s", str(project / "s/a.yaml"))
        assert names(inputs) == ["s/a.yaml"]
        assert inputs.files == 1

    def test_the_order_of_the_arguments_does_not_matter(self, write: Write) -> None:
        write("b.yaml", "{}")
        write("a/c.yaml", "{}")
        assert names(read("b.yaml", "a")) == names(read("a", "b.yaml")) == ["a/c.yaml", "b.yaml"]

    def test_a_missing_file_is_reported_with_the_nearest_one(self, write: Write) -> None:
        write("s/checkout.yaml", "{}")
        inputs = read("s/chekout.yaml")
        (found,) = inputs.report
        assert found.code.id == "SLO100"
        assert found.message == "`s/chekout.yaml` cannot be read: no such file or directory"
        assert found.help == "did you mean `s/checkout.yaml`?"
        assert str(found.at) == "s/chekout.yaml:1:1"
        assert inputs.sources == ()
        assert inputs.files == 1

    def test_a_missing_folder_is_reported(self, project: Path) -> None:
        assert complaints(read("no/where")) == [
            "no/where: `no/where` cannot be read: no such file or directory"
        ]

    def test_a_binary_file_is_reported_where_it_stops_being_text(self, write: Write, project: Path) -> None:
        write("s/a.yaml", "{}")
        (project / "s/b.yaml").write_bytes(b"a: 1\nb: \xff\xfe\n")
        inputs = read("s")
        assert names(inputs) == ["s/a.yaml"]
        assert inputs.files == 2
        (found,) = inputs.report
        assert found.code.id == "SLO100"
        assert found.at.source.path == "s/b.yaml"

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_what_may_not_be_read_is_reported(self, write: Write) -> None:
        write("s/a.yaml", "{}").chmod(0)
        assert complaints(read("s")) == ["s/a.yaml: `s/a.yaml` cannot be read: permission denied"]

    def test_a_byte_order_mark_is_no_text(self, project: Path) -> None:
        (project / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
        (source,) = read("a.yaml").sources
        assert source.text == "a: 1\n"


class TestStandardInput:
    @pytest.fixture(autouse=True)
    def stdin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("größe: 1\n".encode())))

    def test_is_read_once(self, project: Path) -> None:
        inputs = read("-", "-")
        assert [(source.path, source.text) for source in inputs.sources] == [("<stdin>", "größe: 1\n")]
        assert not inputs.complete

    def test_beside_files(self, write: Write) -> None:
        write("s/a.yaml", "{}")
        inputs = read("s", "-")
        assert names(inputs) == ["<stdin>", "s/a.yaml"]
        assert not inputs.complete


class TestComplete:
    """Whether outputs that come from none of the inputs may be removed."""

    @pytest.mark.parametrize(
        ("paths", "complete"),
        [
            ((), True),
            (("slos", "rules"), True),
            (("rules/", "./slos"), True),
            ((".",), True),
            (("slos",), False),
            (("slos/team",), False),
            (("slos", "rules/team"), False),
            (("slos", "rules", "slos/a.yaml"), False),
            (("slos/a.yaml",), False),
            (("elsewhere",), True),
            (("elsewhere", "slos"), False),
            (("missing",), False),
        ],
    )
    def test_only_whole_projects_are(self, write: Write, paths: tuple[str, ...], complete: bool) -> None:
        for name in ("slos/a.yaml", "slos/team/b.yaml", "rules/team/c.yaml", "elsewhere/d.yaml"):
            write(name, "{}")
        assert read(*paths).complete is complete

    def test_a_project_with_other_folders(self, write: Write) -> None:
        write("specs/a/x.yaml", "{}")
        assert read("specs").complete
        assert read("specs/a").complete


class TestSettings:
    """A part of a project is compiled with the settings of the whole."""

    @pytest.mark.parametrize(
        ("settings", "path"),
        [
            ("slos/settings.yaml", "slos/a.yaml"),
            ("slos/settings.yaml", "slos/team/deep/b.yaml"),
            ("slos/settings.yaml", "slos/team"),
            ("slos/settings.yaml", "rules/c.yaml"),
            ("slos/team/settings.yaml", "slos/team/deep/b.yaml"),
            ("settings.yaml", "slos/a.yaml"),
        ],
    )
    def test_are_found(self, write: Write, settings: str, path: str) -> None:
        for name in ("slos/a.yaml", "slos/team/deep/b.yaml", "rules/c.yaml"):
            write(name, "{}")
        write(settings, SETTINGS)
        assert settings in names(read(path))

    def test_of_the_root_are_read_for_the_whole_project_too(self, write: Write) -> None:
        write("slos/a.yaml", "{}")
        write("settings.yaml", SETTINGS)
        assert names(read()) == names(read("slos/a.yaml")) == ["settings.yaml", "slos/a.yaml"]

    def test_come_with_the_alert_windows_beside_them(self, write: Write) -> None:
        write("slos/settings.yaml", SETTINGS)
        write("slos/windows.yaml", SETTINGS.replace("Settings", "AlertWindows"))
        write("slos/other.yaml", SETTINGS.replace("Settings", "ServiceLevels"))
        write("slos/shop/a.yaml", "{}")
        assert names(read("slos/shop/a.yaml")) == [
            "slos/settings.yaml",
            "slos/shop/a.yaml",
            "slos/windows.yaml",
        ]

    def test_the_nearest_is_read_and_no_other(self, write: Write) -> None:
        for name in ("slos/settings.yaml", "slos/team/settings.yaml", "settings.yaml"):
            write(name, SETTINGS)
        write("slos/team/a.yaml", "{}")
        assert names(read("slos/team/a.yaml")) == ["slos/team/a.yaml", "slos/team/settings.yaml"]

    @pytest.mark.parametrize(
        "text",
        [
            SETTINGS,
            '{"apiVersion": "slogen.dev/v1", "kind": "Settings"}',
            "apiVersion: slogen.dev/v1\nkind: 'Settings'\n",
            f"a: 1\n---\n{SETTINGS}",
        ],
    )
    def test_none_where_the_inputs_have_some(self, write: Write, text: str) -> None:
        write("slos/settings.yaml", SETTINGS)
        write("slos/a.yaml", text)
        assert names(read("slos/a.yaml")) == ["slos/a.yaml"]

    def test_of_another_program_are_none(self, write: Write) -> None:
        write("slos/a.yaml", "{}")
        write("settings.yaml", "kind: Settings\n")
        assert names(read("slos/a.yaml")) == ["slos/a.yaml"]

    def test_that_are_misspelt_are_read_and_so_reported(self, write: Write) -> None:
        write("slos/a.yaml", "{}")
        write("slos/settings.yaml", SETTINGS.replace("Settings", "Setings"))
        assert names(read("slos/a.yaml")) == ["slos/a.yaml", "slos/settings.yaml"]

    def test_above_the_current_folder_are_none(
        self, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("settings.yaml", SETTINGS)
        write("sub/a.yaml", "{}")
        monkeypatch.chdir(project / "sub")
        assert names(read("a.yaml")) == ["a.yaml"]

    def test_beside_a_file_outside_of_the_current_folder(
        self, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("other/settings.yaml", SETTINGS)
        write("other/a.yaml", "{}")
        write("here/b.yaml", "{}")
        monkeypatch.chdir(project / "here")
        assert names(read("../other/a.yaml")) == ["../other/a.yaml", "../other/settings.yaml"]


class TestCatalogs:
    """A part of a project is judged by the catalogs of the whole."""

    @pytest.mark.parametrize("settings", ["slos/settings.yaml", "settings.yaml"])
    @pytest.mark.parametrize("path", ["slos/a.yaml", "rules/b.yaml", "rules", "slos/shop"])
    def test_are_found(self, write: Write, settings: str, path: str) -> None:
        catalogs = ["slos/shop/cart.metrics.yaml", "slos/till.metrics.yaml"]
        for name in ("slos/a.yaml", "rules/b.yaml", "slos/shop/c.yaml"):
            write(name, SETTINGS.replace("Settings", "ServiceLevels"))
        for name in catalogs:
            write(name, SETTINGS.replace("Settings", "MetricCatalog"))
        write(settings, SETTINGS)
        found = names(read(path))
        assert [name for name in found if "metrics" in name] == catalogs
        assert settings in found
        assert len(found) == len({*catalogs, settings}) + 1


class TestShown:
    def test_below_the_current_folder(self, project: Path) -> None:
        assert shown(Path("slos/../slos/./a.yaml")) == "slos/a.yaml"
        assert shown(project / "slos/a.yaml") == "slos/a.yaml"

    def test_elsewhere_as_it_was_given(self, project: Path) -> None:
        assert shown(Path("../other/a.yaml")) == "../other/a.yaml"
        assert shown(Path("/etc/a.yaml")) == "/etc/a.yaml"

    def test_through_a_link_to_the_current_folder(
        self, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("slos/a.yaml", "{}")
        link = project.parent / "link"
        link.symlink_to(project)
        monkeypatch.chdir(link)
        assert shown(link / "slos/a.yaml") == "slos/a.yaml"
        assert shown(project / "slos/a.yaml") == "slos/a.yaml"
