"""Every built-in SLI plugin, evaluated in the real engine on series of the system that it is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import promtool
from slogen import promql
from slogen.ir import SliPlugin
from slogen.sli_plugins import catalogue

META = {"service": "shop", "slo": "availability", "objective": "99.500000"}
Series = dict[str, str]


def counters(name: str, label: str, shares: dict[str, int], also: str = "") -> Series:
    """Counters that grow by so many events a minute, for each value of a label."""
    return {f'{name}{{{label}="{value}"{also}}}': f"0+{share}x60" for value, share in shares.items()}


def histogram(name: str, bound: str, fast: int, total: int, also: str = "") -> Series:
    """A histogram of so many events a minute, so many of them within the bound."""
    return {
        f'{name}_bucket{{le="{bound}"{also}}}': f"0+{fast}x60",
        f'{name}_bucket{{le="+Inf"{also}}}': f"0+{total}x60",
        f"{name}_count{{{also.lstrip(',')}}}": f"0+{total}x60",
    }


ISTIO = {"namespace": "shop", "service": "cart"}
ISTIO_LABELS = ',destination_service_name="cart",destination_service_namespace="shop"'
KOOPER = "kooper_controller_processed_event_duration_seconds"
QUEUED = "kooper_controller_event_in_queue_duration_seconds"

# id, options, series, the error ratio
CASES: tuple[tuple[str, dict[str, str], Series, float], ...] = (
    (
        "sloth-common/coredns/availability",
        {"filter": 'job="dns"'},
        counters("coredns_dns_responses_total", "rcode", {"SERVFAIL": 25, "NOERROR": 75}, ',job="dns"'),
        0.25,
    ),
    (
        "sloth-common/coredns/availability",
        {"custom_rcode_regex": "SERVFAIL|REFUSED"},
        counters("coredns_dns_responses_total", "rcode", {"SERVFAIL": 20, "REFUSED": 20, "NOERROR": 60}),
        0.4,
    ),
    (
        "sloth-common/coredns/latency",
        {"bucket": "1", "filter": '{job="dns"},'},
        histogram("coredns_dns_request_duration_seconds", "1.0", 90, 100, ',job="dns"'),
        0.1,
    ),
    ("sloth-common/fake", {"burn_rate": "2"}, {}, 0.01),
    ("sloth-common/noop", {}, {}, 0.0),
    (
        "sloth-common/haproxy/frontend/availability",
        {},
        counters("haproxy_frontend_http_responses_total", "code", {"5xx": 10, "2xx": 90}),
        0.1,
    ),
    (
        "sloth-common/istio/v1/availability",
        ISTIO,
        counters("istio_requests_total", "response_code", {"503": 5, "429": 5, "200": 90}, ISTIO_LABELS),
        0.1,
    ),
    (
        "sloth-common/istio/v1/latency",
        {**ISTIO, "bucket": "100", "exclude_errors": "true"},
        {
            **histogram(
                "istio_request_duration_milliseconds", "100", 80, 100, f'{ISTIO_LABELS},response_code="200"'
            ),
            **histogram(
                "istio_request_duration_milliseconds", "100", 1, 100, f'{ISTIO_LABELS},response_code="500"'
            ),
        },
        0.2,
    ),
    (
        "sloth-common/kubernetes/apiserver/availability",
        {"filter": '{job="apiserver"}'},
        counters("apiserver_request_total", "code", {"500": 1, "429": 1, "200": 98}, ',job="apiserver"'),
        0.02,
    ),
    (
        "sloth-common/kubernetes/apiserver/latency",
        {"bucket": "0.4"},
        {
            **histogram("apiserver_request_duration_seconds", "0.4", 70, 100, ',verb="GET"'),
            **histogram("apiserver_request_duration_seconds", "0.4", 0, 100, ',verb="WATCH"'),
        },
        0.3,
    ),
    (
        "sloth-common/kubernetes/kooper/availability",
        {"controller": "c"},
        {
            **counters(f"{KOOPER}_count", "success", {"false": 10, "true": 90}, ',controller="c"'),
            'kooper_controller_queued_events_total{controller="c",requeue="true"}': "0+50x60",
        },
        0.2,
    ),
    (
        "sloth-common/kubernetes/kooper/latency",
        {"controller": "c", "bucket": "5"},
        histogram(KOOPER, "5", 60, 80, ',controller="c"'),
        0.25,
    ),
    (
        "sloth-common/kubernetes/kooper/queue-congestion",
        {"controller": "c", "bucket": "0.5"},
        histogram(QUEUED, "0.5", 20, 80, ',controller="c"'),
        0.75,
    ),
    (
        "sloth-common/kubernetes/nginx-ingress/availability",
        {"filter": 'ingress="shop"'},
        counters("nginx_ingress_controller_requests", "status", {"502": 3, "200": 97}, ',ingress="shop"'),
        0.03,
    ),
    (
        "sloth-common/prometheus/rules/eval-availability",
        {"filter": 'job="prometheus"'},
        {
            'prometheus_rule_evaluation_failures_total{job="prometheus"}': "0+4x60",
            'prometheus_rule_evaluations_total{job="prometheus"}': "0+100x60",
        },
        0.04,
    ),
    (
        "sloth-common/prometheus/targets/availability",
        {"filter": 'job="a"'},
        {'up{job="a",instance="1"}': "0x60", 'up{job="a",instance="2"}': "1x60", 'up{job="b"}': "0x60"},
        0.5,
    ),
    (
        "sloth-common/slok-go-http-metrics/availability",
        {"filter": 'service="cart"'},
        counters("http_request_duration_seconds_count", "code", {"500": 1, "200": 99}, ',service="cart"'),
        0.01,
    ),
    (
        "sloth-common/slok-go-http-metrics/latency",
        {"filter": 'service="cart"', "bucket": "0.3", "exclude_errors": "true"},
        {
            **histogram("http_request_duration_seconds", "0.3", 50, 100, ',service="cart",code="200"'),
            **histogram("http_request_duration_seconds", "0.3", 100, 100, ',service="cart",code="503"'),
        },
        0.5,
    ),
    (
        "sloth-common/traefik/v1/availability",
        {"backend_regex": "cart.*"},
        counters("traefik_backend_requests_total", "code", {"429": 10, "200": 90}, ',backend="cart-1"'),
        0.1,
    ),
    (
        "sloth-common/traefik/v1/latency",
        {"backend_regex": "cart", "bucket": "0.3"},
        histogram("traefik_backend_request_duration_seconds", "0.3", 10, 100, ',backend="cart"'),
        0.9,
    ),
    (
        "sloth-common/traefik/v2/availability",
        {"service_name_regex": "cart", "filter": 'job="traefik"'},
        counters(
            "traefik_service_requests_total",
            "code",
            {"500": 10, "429": 10, "200": 80},
            ',service="cart",job="traefik"',
        ),
        0.1,
    ),
    (
        "sloth-common/traefik/v2/latency",
        {"service_name_regex": "cart", "bucket": "0.3"},
        histogram("traefik_service_request_duration_seconds", "0.3", 35, 100, ',service="cart"'),
        0.65,
    ),
)

LATER_ERRORS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("sloth-common/haproxy/frontend/availability", {}, 'haproxy_frontend_http_responses_total{code="2xx"}'),
    ("sloth-common/kubernetes/apiserver/availability", {}, 'apiserver_request_total{code="200"}'),
    ("sloth-common/prometheus/rules/eval-availability", {}, "prometheus_rule_evaluations_total"),
)


def over(plugin: SliPlugin, options: dict[str, str], window: str) -> str:
    text = plugin.query(META, {}, options)
    return promql.render(text, promql.read_template(text).holes, window).text


def near(expr: str, value: float) -> str:
    return f"abs(({expr}) - {value}) < bool 1e-9"


def test_every_plugin_has_a_case() -> None:
    assert sorted({case[0] for case in CASES}) == sorted(catalogue())


@pytest.mark.parametrize(("name", "options", "series", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_plugin_measures_its_errors(
    name: str, options: dict[str, str], series: Series, expected: float, tmp_path: Path
) -> None:
    checks = [
        ("50m", near(over(catalogue()[name], options, window), expected), [("{}", 1.0)])
        for window in ("5m", "30m")
    ]
    result = promtool.run_tests(tmp_path, "groups: []", series, expressions=checks, samples="1m")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(("name", "options", "total"), LATER_ERRORS)
def test_errors_without_a_series_yet_are_none(
    name: str, options: dict[str, str], total: str, tmp_path: Path
) -> None:
    query = over(catalogue()[name], options, "5m")
    result = promtool.run_tests(
        tmp_path, "groups: []", {total: "0+5x60"}, expressions=[("50m", query, [("{}", 0.0)])], samples="1m"
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sloth-common/coredns/latency", {}, "the option `bucket` is missing"),
        ("sloth-common/coredns/latency", {"bucket": "fast"}, "which is no number"),
        ("sloth-common/coredns/latency", {"bucket": "NaN"}, "which is no number"),
        ("sloth-common/coredns/latency", {"bucket": "1", "filtre": "a"}, "did you mean `filter`?"),
        ("sloth-common/noop", {"filter": "a"}, "`sloth-common/noop` has no option `filter`"),
        ("sloth-common/coredns/availability", {"filter": 'job="dns'}, "holds no label matchers"),
        ("sloth-common/istio/v1/latency", {**ISTIO, "bucket": "1", "exclude_errors": "yes"}, "write `true`"),
        ("sloth-common/fake", {"burn_rate": "1e400"}, "which is no number"),
        ("sloth-common/slok-go-http-metrics/availability", {"filter": " "}, "`filter` is missing"),
    ],
)
def test_options_that_a_plugin_cannot_take(name: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        catalogue()[name].query(META, {}, options)


def test_jitter_wanders_around_the_burn_rate(tmp_path: Path) -> None:
    query = over(catalogue()["sloth-common/fake"], {"burn_rate": "2", "jitter_percent": "10"}, "5m")
    inside = f"abs(({query}) - 0.01) <= bool 0.001"
    checks = [(at, inside, [("{}", 1.0)]) for at in ("7m", "23m", "50m")]
    result = promtool.run_tests(tmp_path, "groups: []", {"x": "1x60"}, expressions=checks, samples="1m")
    assert result.returncode == 0, result.stderr
