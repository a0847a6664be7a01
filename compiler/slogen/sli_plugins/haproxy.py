"""HAProxy."""

from __future__ import annotations

from slogen.slioptions import FILTER, Plugin, Values, rate, share


def _availability(values: Values, _meta: Values) -> str:
    responses = "haproxy_frontend_http_responses_total"
    return share(rate(responses, values["filter"], 'code="5xx"'), rate(responses, values["filter"]))


PLUGINS = (Plugin("sloth-common/haproxy/frontend/availability", {"filter": FILTER}, _availability),)
