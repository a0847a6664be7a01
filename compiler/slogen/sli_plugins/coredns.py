"""CoreDNS."""

from __future__ import annotations

from slogen.slioptions import BUCKET, FILTER, Option, Plugin, Values, rate, share, slower_or_none, text


def _availability(values: Values, _meta: Values) -> str:
    responses, bad = "coredns_dns_responses_total", f'rcode=~"{values["custom_rcode_regex"]}"'
    return share(rate(responses, values["filter"], bad), rate(responses, values["filter"]), guarded=True)


def _latency(values: Values, _meta: Values) -> str:
    histogram = "coredns_dns_request_duration_seconds"
    return slower_or_none(
        rate(f"{histogram}_bucket", values["filter"], values["bucket"]),
        rate(f"{histogram}_count", values["filter"]),
    )


PLUGINS = (
    Plugin(
        "sloth-common/coredns/availability",
        {"filter": FILTER, "custom_rcode_regex": Option(text, "SERVFAIL")},
        _availability,
    ),
    Plugin("sloth-common/coredns/latency", {"bucket": BUCKET, "filter": FILTER}, _latency),
)
