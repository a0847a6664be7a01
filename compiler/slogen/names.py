"""Every name that slogen puts into rules: series, labels, groups, alerts, objects.

The first block is Sloth's contract, kept so that its user interface and dashboards go on working; the second
block is slogen's own, beside it. Renaming a series cuts its history.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from slogen.ir import IDENTITY

# Sloth's series
OBJECTIVE = "slo:objective:ratio"
ERROR_BUDGET = "slo:error_budget:ratio"
TIME_PERIOD = "slo:time_period:days"
CURRENT_BURN_RATE = "slo:current_burn_rate:ratio"
PERIOD_BURN_RATE = "slo:period_burn_rate:ratio"
BUDGET_REMAINING = "slo:period_error_budget_remaining:ratio"
INFO = "sloth_slo_info"
METADATA = (
    OBJECTIVE,
    ERROR_BUDGET,
    TIME_PERIOD,
    CURRENT_BURN_RATE,
    PERIOD_BURN_RATE,
    BUDGET_REMAINING,
    INFO,
)

# Sloth's labels
ID_LABEL, SERVICE_LABEL, SLO_LABEL = IDENTITY
WINDOW_LABEL = "sloth_window"
SEVERITY_LABEL = "sloth_severity"
VERSION_LABEL = "sloth_version"
MODE_LABEL = "sloth_mode"
SPEC_LABEL = "sloth_spec"
OBJECTIVE_LABEL = "sloth_objective"

# slogen's labels, on alerts
OWNER = "owner"
SERVICE = "service"
SLO = "slo"
SEVERITY = "severity"

# Labels that slogen sets itself: an author can neither group by them nor set them.
IDENTITY_LABELS = (ID_LABEL, SERVICE_LABEL, SLO_LABEL, WINDOW_LABEL, SEVERITY_LABEL)
INFO_LABELS = (VERSION_LABEL, MODE_LABEL, SPEC_LABEL, OBJECTIVE_LABEL)

GENERATOR = "slogen"


def error_ratio(window: str) -> str:
    """Sloth's series of the error ratio over a window such as `5m`."""
    return f"slo:sli_error:ratio_rate{window}"


def total_rate(window: str) -> str:
    """The events per second over a window."""
    return f"slo:sli_total:rate{window}"


def errors_rate(window: str) -> str:
    """The bad events per second over a window."""
    return f"slo:sli_errors:rate{window}"


def total_increase(window: str) -> str:
    """The number of events within a window."""
    return f"slo:sli_total:increase{window}"


def errors_increase(window: str) -> str:
    """The number of bad events within a window."""
    return f"slo:sli_errors:increase{window}"


TOTAL_SAMPLES = "slo:sli_total:samples"
ERROR_SAMPLES = "slo:sli_errors:samples"


def slo_id(service: str, slo: str) -> str:
    """The identity of an SLO in every series, as Sloth forms it."""
    return f"{service}-{slo}"


def identity(slo_id: str, service: str, slo: str) -> dict[str, str]:
    """The labels that tie a series or an alert to its SLO, as Sloth has them."""
    return {ID_LABEL: slo_id, SERVICE_LABEL: service, SLO_LABEL: slo}


def group(slo_id: str, pace: str = "") -> str:
    """The name of the rule group of an SLO; `pace` tells the slower groups apart.

    No identity holds a colon, so the group of an SLO named `latency-slow` is not the slow one of `latency`.
    """
    return f"slogen-{slo_id}:{pace}" if pace else f"slogen-{slo_id}"


def alert(service: str, slo: str) -> str:
    """The default name of an SLO's alerts, such as KthenaRouterAvailabilityBudgetBurn."""
    return f"{camel_case(service)}{camel_case(slo)}BudgetBurn"


def absence_alert(service: str, slo: str, alerts: str | None = None) -> str:
    """The default name of the alert that an SLO has no data, after that of its alerts if they have one."""
    return f"{alerts or camel_case(service) + camel_case(slo)}NoData"


def camel_case(text: str) -> str:
    """Words split at everything but letters and digits, each with a capital, joined."""
    return "".join(word[0].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", text) if word)


def object_name(text: str) -> str:
    """A Kubernetes object name (DNS-1123 subdomain) made from free text."""
    name = re.sub(r"[^a-z0-9.-]+", "-", text.lower())
    name = re.sub(r"[.-]*\.[.-]*", ".", name).strip("-.")
    return name[:253].strip("-.")


def of_files(paths: Iterable[str]) -> dict[str, str]:
    """A name for each file by its path, without its suffix; with folders in front where names are alike."""
    parts = {path: tuple(part for part in path.split("/") if part not in ("", ".")) for path in paths}
    depths = dict.fromkeys(parts, 1)
    while True:
        found = {path: _file_name(parts[path][-depth:]) for path, depth in depths.items()}
        counts = Counter(object_name(name) for name in found.values())
        alike = [path for path, name in found.items() if counts[object_name(name)] > 1]
        deeper = [path for path in alike if depths[path] < len(parts[path])]
        if not deeper:
            return found
        for path in deeper:
            depths[path] += 1


def _file_name(parts: Sequence[str]) -> str:
    *folders, name = parts
    return "-".join((*folders, name.rpartition(".")[0] or name))
