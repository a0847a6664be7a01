"""Loads the SLI plugins that a user wrote: Python files that a command line names.

A plugin is a module with `ID` and `query(meta, labels, options)`, which returns the error ratio as PromQL
with `{{.window}}` in it, and raises ValueError for options that it cannot take. It may have `OPTIONS`, the
names of the options that it knows. It runs as the user: a file is only loaded when it is named.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from slogen.ir import Extensions, Labels, SliPlugin


@dataclass(frozen=True, slots=True)
class UserPlugin:
    """A plugin from a file. What goes wrong in it is told, and ends nothing."""

    id: str
    options: tuple[str, ...] | None
    module: Any
    path: str

    def query(self, meta: Labels, labels: Labels, options: Labels) -> str:
        """The query that the file gives. Raises ValueError where it gives none."""
        try:
            text = self.module.query(dict(meta), dict(labels), dict(options))
        except ValueError:
            raise
        except Exception as error:
            raise ValueError(f"`{self.path}` failed with {type(error).__name__}: {error}") from error
        if not isinstance(text, str):
            raise ValueError(f"`query` of `{self.path}` returned {type(text).__name__}, not text")
        return text


def load(paths: Sequence[str]) -> Extensions:
    """The plugins of files, and of the Python files directly in folders.

    Raises click.BadParameter for a file that is no plugin, and for an id that two of them have.
    """
    found: dict[str, SliPlugin] = {}
    origins: dict[str, str] = {}
    for file in _files(paths):
        plugin = _plugin(file)
        if plugin.id in found:
            raise click.BadParameter(f"`{plugin.id}` is in {origins[plugin.id]} and in {file}")
        found[plugin.id], origins[plugin.id] = plugin, str(file)
    return Extensions(found)


def _files(paths: Sequence[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
            continue
        below = sorted(file for file in path.glob("*.py") if not file.name.startswith((".", "_")))
        if not below:
            raise click.BadParameter(f"the folder {path} holds no Python file")
        yield from below


def _plugin(file: Path) -> UserPlugin:
    module = _imported(file)
    plugin_id, query = getattr(module, "ID", None), getattr(module, "query", None)
    if not isinstance(plugin_id, str) or not plugin_id:
        raise click.BadParameter(f"{file} is no SLI plugin: it sets no `ID`")
    if not callable(query):
        raise click.BadParameter(f"{file} is no SLI plugin: it has no function `query`")
    options = getattr(module, "OPTIONS", None)
    if options is not None:
        if isinstance(options, str) or not all(isinstance(name, str) for name in options):
            raise click.BadParameter(f"`OPTIONS` of {file} is no list of names")
        options = tuple(options)
    return UserPlugin(plugin_id, options, module, str(file))


def _imported(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"slogen_user_plugin_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise click.BadParameter(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    writes_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise click.BadParameter(f"{file} cannot be loaded: {type(error).__name__}: {error}") from error
    finally:
        sys.dont_write_bytecode = writes_bytecode
    return module
