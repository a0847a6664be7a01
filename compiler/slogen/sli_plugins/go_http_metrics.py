"""Services that measure their requests with slok/go-http-metrics."""

from __future__ import annotations

from slogen.slioptions import BUCKET, FLAG, REQUIRED_FILTER, Plugin, Values, rate, share, slower

_HISTOGRAM = "http_request_duration_seconds"


def _availability(values: Values, _meta: Values) -> str:
    requests = f"{_HISTOGRAM}_count"
    bad = rate(requests, values["filter"], 'code=~"(5..|429)"')
    return share(bad, rate(requests, values["filter"]))


def _latency(values: Values, _meta: Values) -> str:
    chosen = (values["filter"], 'code!~"5.."' if values["exclude_errors"] else "")
    return slower(
        rate(f"{_HISTOGRAM}_bucket", *chosen, values["bucket"]), rate(f"{_HISTOGRAM}_count", *chosen)
    )


PLUGINS = (
    Plugin("sloth-common/slok-go-http-metrics/availability", {"filter": REQUIRED_FILTER}, _availability),
    Plugin(
        "sloth-common/slok-go-http-metrics/latency",
        {"bucket": BUCKET, "filter": REQUIRED_FILTER, "exclude_errors": FLAG},
        _latency,
    ),
)
