"""Names of dashboards: what Grafana calls them in addresses, and what their files and objects are called."""

from __future__ import annotations

import re
import zlib

from slogen import names

PREFIX = f"{names.GENERATOR}-"
OVERVIEW = "overview"
FOLDER = "dashboards"
# Grafana: MaxUIDLength, and what may stand in one (pkg/util/shortid_generator.go).
MOST_CHARACTERS = 40
_USUAL = re.compile(r"[A-Za-z0-9_-]+")


def uid(name: str) -> str:
    """The same for the same name, in every build: `slogen-checkout` for `checkout`.

    A name that is too long, or has other characters than letters, digits, `-` and `_`, is cut and marked by
    a checksum.
    """
    plain = f"{PREFIX}{name}"
    if is_usual(name):
        return plain
    mark = f"-{zlib.crc32(name.encode('utf-8', 'surrogatepass')):08x}"
    return re.sub(r"[^A-Za-z0-9_-]+", "-", plain)[: MOST_CHARACTERS - len(mark)] + mark


def is_usual(name: str) -> bool:
    """Whether the uid of a dashboard is its name behind the prefix."""
    return _USUAL.fullmatch(name) is not None and len(PREFIX) + len(name) <= MOST_CHARACTERS


def of_service(service: str) -> str:
    """The name of the dashboard of a service: its own, unless it is called as the overview is."""
    return f"{service}--service" if service == OVERVIEW else service


def is_of_all(path: str) -> bool:
    """Whether a file of the output is the overview: the same text, whichever SLOs there are."""
    return path.startswith(f"{FOLDER}/") and path.rpartition("/")[2].rpartition(".")[0] == OVERVIEW


def object_name(name: str) -> str:
    """The name of the ConfigMap of a dashboard: a DNS name, another one for each name."""
    plain = names.object_name(name)
    mark = "" if plain == name else f"-{zlib.crc32(name.encode('utf-8', 'surrogatepass')):08x}"
    return f"dashboard-{plain[:200].strip('-.')}{mark}" if plain else f"dashboard{mark}"
