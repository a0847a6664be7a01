"""Finds the modules of the folders that grow: a format, a kind of indicator, a check or a target exists
because its file exists."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def load(package: str, *needs: str) -> tuple[ModuleType, ...]:
    """Import every module of a package, in name order.

    `needs` are the attributes that each must have. Raises TypeError when one lacks some of them: a module in
    the folder that is not a plugin is a mistake, never skipped in silence.
    """
    parent = importlib.import_module(package)
    modules = []
    for info in sorted(pkgutil.iter_modules(parent.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package}.{info.name}")
        missing = [name for name in needs if not hasattr(module, name)]
        if missing:
            raise TypeError(f"{module.__name__} lacks {', '.join(missing)}")
        modules.append(module)
    return tuple(modules)
