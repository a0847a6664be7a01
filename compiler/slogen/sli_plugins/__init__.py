"""The SLI plugins of Sloth's common library: error ratios by name, made of options.

A module per family of systems, with `PLUGINS`. The names and options are those of slok's
sloth-common-sli-plugins, so that specs which use them compile as they are. What the queries measure is the
same, too, but for defects: a bucket bound matches in the spellings of Prometheus 2 and 3, errors that have no
series yet are zero, and what the notes at single plugins say.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from slogen import plugins
from slogen.ir import SliPlugin


@cache
def catalogue() -> Mapping[str, SliPlugin]:
    """The built-in SLI plugins by id."""
    modules = plugins.load("slogen.sli_plugins", "PLUGINS")
    return MappingProxyType({plugin.id: plugin for module in modules for plugin in module.PLUGINS})
