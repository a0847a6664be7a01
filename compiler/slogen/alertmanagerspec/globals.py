"""`global`: what holds for all receivers that do not say otherwise."""

from __future__ import annotations

from slogen.alertmanagerspec.fields import Reader, Written
from slogen.alertmanagerspec.fieldtypes import Field, Form
from slogen.alertmanagerspec.integrations import check_globals
from slogen.alertmanagerspec.kinds import GLOBALS
from slogen.diagnostics import Report
from slogen.source import Node

_BOTH_WAYS_TO_SLACK = (("slack_api_url", "slack_app_token"),)


def written_globals(node: Node | None, report: Report, *, references: bool) -> Written:
    """The fields of `global`, and where they are written. With `references` secrets are references to where
    they are kept."""
    if node is None:
        return Written()
    holds = Field(Form.MAPPING, inside=GLOBALS, only_one=_BOTH_WAYS_TO_SLACK)
    reader = Reader(report, references)
    written = reader.mapping(node, holds, "`global`")
    check_globals(written, reader)
    return written
