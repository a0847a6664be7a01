"""What people call things in configurations of Alertmanager, and what they mean by it."""

from __future__ import annotations

from slogen.names import SEVERITY, SEVERITY_LABEL

URGENCY_LABELS = frozenset((SEVERITY, SEVERITY_LABEL, "priority", "urgency", "level"))
"""Labels that say how urgent an alert is."""

PAGERS = frozenset(("pagerduty", "opsgenie", "victorops", "pushover", "incidentio"))
"""Kinds of integrations that wake people."""

QUIET = frozenset(
    (
        *("slack", "email", "msteams", "msteamsv2", "discord", "telegram"),
        *("webex", "wechat", "mattermost", "rocketchat"),
    )
)
"""Kinds of integrations that wake nobody. The others may do either, such as a webhook."""
