"""What the guides of the five systems say, cut out of their texts, which are read where they lie.

The texts are web pages: one has lost its indentation, which is put back here, and nothing else is changed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from textwrap import indent

FOLDER = Path(__file__).parents[3] / "shared" / "seeds"
KTHENA, PROCESSING, GIE = "002_", "003_", "004_"


def are_there() -> bool:
    """Whether the texts are on this machine."""
    return FOLDER.is_dir()


@cache
def _text(prefix: str) -> str:
    """A text by the beginning of its file's name; empty where there is none."""
    found = next(iter(sorted(FOLDER.glob(f"{prefix}*.txt"))), None) if are_there() else None
    return found.read_text(encoding="utf-8") if found else ""


def _between(prefix: str, start: str, end: str) -> str:
    """The text from a marker, with it, up to another one."""
    text = _text(prefix)
    if not text:
        return ""
    first = text.index(start)
    return text[first : text.index(end, first + len(start))]


def expression(prefix: str, start: str) -> str:
    """The rest of the line that begins so, within quotes or not."""
    text = _text(prefix)
    if not text:
        return ""
    first = text.index(start)
    return text[first : text.index("\n", first)].rstrip('",')


def alert_of_gie(name: str) -> str:
    """A rule file with one of the alerts of the Gateway API Inference Extension."""
    rule = _between(GIE, f"alert: {name}\n", "```")
    return "groups:\n  - name: inference\n    rules:\n" + indent(rule, "        ").replace(
        " " * 8, "      - ", 1
    )


_OF_RULE = re.compile(r"(?:expr|for|labels|annotations):")


def alert_of_kthena(name: str) -> str:
    """A rule file with one of the alerts of Kthena."""
    rule = _between(
        KTHENA, f"- alert: {name}\n", "\n-" if name != "AutoscalingNotWorking" else "\nDistributed"
    )
    lines = [line for line in rule.strip().splitlines() if not line.startswith("#")]
    depths = [6 if line.startswith("- ") else 8 if _OF_RULE.match(line) else 10 for line in lines]
    shown = "\n".join(" " * depth + line for depth, line in zip(depths, lines, strict=True))
    return f"groups:\n  - name: kthena.rules\n    rules:\n{shown}\n"


_DEPTHS_OF_SLOTH = {
    **dict.fromkeys(("apiVersion", "kind", "metadata", "spec"), 0),
    **dict.fromkeys(("namespace", "service", "slos"), 2),
    **dict.fromkeys(("team", "- name"), 4),
    **dict.fromkeys(("objective", "description", "sli", "alerting"), 6),
    **dict.fromkeys(("events", "annotations"), 8),
    **dict.fromkeys(("error_query", "total_query", "severity", "summary"), 10),
}


def sloth_of_kthena() -> str:
    """The SLOs of Kthena, for Sloth."""
    lines = _between(KTHENA, "apiVersion: sloth.slok.dev/v1", "Monitoring Best Practices").splitlines()
    shown: list[str] = []
    for line in lines:
        key = line.partition(":")[0]
        is_in_alerting = any(written.startswith("      alerting:") for written in shown)
        depth = _DEPTHS_OF_SLOTH.get(key, 8 if is_in_alerting else 2)
        shown.append(" " * depth + line)
    return "\n".join(shown) + "\n"


def slis_of_kthena() -> str:
    """The indicators of Kthena, in a form of its own."""
    lines = _between(KTHENA, "slis:\n", "Service Level Objectives").splitlines()
    depths = [0 if line == "slis:" else 2 if line.endswith(":") else 4 for line in lines]
    return "\n".join(" " * depth + line for depth, line in zip(depths, lines, strict=True)) + "\n"


_DEPTHS_OF_ALERTMANAGER = {
    **dict.fromkeys(("global", "route", "receivers"), 0),
    **dict.fromkeys(("smtp_smarthost", "smtp_from", "slack_api_url", "routes", "- name"), 2),
    **dict.fromkeys(("group_by", "group_wait", "group_interval", "repeat_interval"), 2),
    **dict.fromkeys(("- match", "email_configs", "slack_configs"), 4),
    **dict.fromkeys(("- to", "- channel"), 6),
    **dict.fromkeys(("severity", "service", "subject", "title", "body", "text"), 8),
}


def alertmanager_of_kthena() -> str:
    """The configuration of the Alertmanager of Kthena, without the ConfigMap around it."""
    lines = _between(KTHENA, "alertmanager.yml: |\n", "Prometheus Alert Rules").splitlines()[1:]
    shown: list[str] = []
    for line in lines:
        key = line.partition(":")[0]
        # The first receiver is that of all alerts, the others stand in routes below it.
        own = (6 if any("routes:" in written for written in shown) else 2) if key == "receiver" else 10
        shown.append(" " * _DEPTHS_OF_ALERTMANAGER.get(key, own) + line)
    return "\n".join(shown) + "\n"
