"""Istio."""

from __future__ import annotations

from slogen.slioptions import (
    BUCKET,
    FILTER,
    FLAG,
    REQUIRED,
    Plugin,
    Values,
    rate,
    share_or_none,
    slower_or_none,
)


def _of_service(values: Values) -> tuple[str, ...]:
    return (
        values["filter"],
        f'destination_service_name="{values["service"]}"',
        f'destination_service_namespace="{values["namespace"]}"',
    )


def _availability(values: Values, _meta: Values) -> str:
    service = _of_service(values)
    return share_or_none(
        rate("istio_requests_total", *service, 'response_code=~"(5..|429)"'),
        rate("istio_requests_total", *service),
    )


def _latency(values: Values, _meta: Values) -> str:
    # The label of Istio's status code; the library excludes by `code`, which no series has.
    succeeded = 'response_code!~"5.."' if values["exclude_errors"] else ""
    histogram, service = "istio_request_duration_milliseconds", (*_of_service(values), succeeded)
    return slower_or_none(
        rate(f"{histogram}_bucket", *service, values["bucket"]), rate(f"{histogram}_count", *service)
    )


_SERVICE = {"namespace": REQUIRED, "service": REQUIRED, "filter": FILTER}

PLUGINS = (
    Plugin("sloth-common/istio/v1/availability", _SERVICE, _availability),
    Plugin(
        "sloth-common/istio/v1/latency",
        {**_SERVICE, "bucket": BUCKET, "exclude_errors": FLAG},
        _latency,
    ),
)
