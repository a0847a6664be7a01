"""Kubernetes: its API server, the nginx ingress controller, and controllers made with kooper."""

from __future__ import annotations

from slogen.slioptions import (
    BUCKET,
    FILTER,
    REQUIRED,
    Plugin,
    Values,
    rate,
    share,
    slower,
    slower_or_none,
)

_KOOPER = "kooper_controller_processed_event_duration_seconds"
_QUEUED = "kooper_controller_event_in_queue_duration_seconds"


def _apiserver_availability(values: Values, _meta: Values) -> str:
    requests, bad = "apiserver_request_total", 'code=~"(5..|429)"'
    return share(rate(requests, values["filter"], bad), rate(requests, values["filter"]))


def _apiserver_latency(values: Values, _meta: Values) -> str:
    # A watch is meant to last.
    chosen = (values["filter"], 'verb!="WATCH"')
    histogram = "apiserver_request_duration_seconds"
    return slower(rate(f"{histogram}_bucket", *chosen, values["bucket"]), rate(f"{histogram}_count", *chosen))


def _ingress_availability(values: Values, _meta: Values) -> str:
    requests, bad = "nginx_ingress_controller_requests", 'status=~"(5..|429)"'
    ratio = share(rate(requests, values["filter"], bad), rate(requests, values["filter"]))
    return f"{ratio}or on() vector(0)\n"


def _kooper_availability(values: Values, _meta: Values) -> str:
    """Failed events over all events that were not put back into the queue."""
    chosen = (values["filter"], f'controller="{values["controller"]}"')
    failed = rate(f"{_KOOPER}_count", *chosen, 'success="false"')
    handled = rate(f"{_KOOPER}_count", *chosen)
    again = rate("kooper_controller_queued_events_total", *chosen, 'requeue="true"')
    settled = f"({handled} - ({again} or on() vector(0)))"
    return f"\n(\n  {failed}\n  /\n  ({settled} > 0)\n) or on() vector(0)\n"


def _kooper_latency(values: Values, _meta: Values) -> str:
    return _faster(_KOOPER, values)


def _kooper_congestion(values: Values, _meta: Values) -> str:
    return _faster(_QUEUED, values)


def _faster(histogram: str, values: Values) -> str:
    chosen = (values["filter"], f'controller="{values["controller"]}"')
    return slower_or_none(
        rate(f"{histogram}_bucket", *chosen, values["bucket"]), rate(f"{histogram}_count", *chosen)
    )


_CONTROLLER = {"controller": REQUIRED, "filter": FILTER}

PLUGINS = (
    Plugin("sloth-common/kubernetes/apiserver/availability", {"filter": FILTER}, _apiserver_availability),
    Plugin(
        "sloth-common/kubernetes/apiserver/latency",
        {"bucket": BUCKET, "filter": FILTER},
        _apiserver_latency,
    ),
    Plugin("sloth-common/kubernetes/kooper/availability", _CONTROLLER, _kooper_availability),
    Plugin("sloth-common/kubernetes/kooper/latency", {**_CONTROLLER, "bucket": BUCKET}, _kooper_latency),
    Plugin(
        "sloth-common/kubernetes/kooper/queue-congestion",
        {**_CONTROLLER, "bucket": BUCKET},
        _kooper_congestion,
    ),
    Plugin("sloth-common/kubernetes/nginx-ingress/availability", {"filter": FILTER}, _ingress_availability),
)
