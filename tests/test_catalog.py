"""Whose word counts where several catalogs, or one about somebody else, know a name."""

from __future__ import annotations

import pytest

from slogen import pipeline
from slogen.catalog import Catalog, Catalogs, KnownLabel, Metric
from slogen.source import Source

REQUESTS = Metric("http_requests_total", "counter", labels=(KnownLabel("status"),))
ENGINE = Catalog(
    "engine", metrics=(REQUESTS,), services=("engine",), paths=("rules/engine/**",), shared=("http_*",)
)
SHOP = Catalog("shop", metrics=(Metric("http_requests_total", "counter", labels=(KnownLabel("code"),)),))


@pytest.mark.parametrize(
    ("catalogs", "subject", "labels"),
    [
        ((ENGINE,), "engine", ["status"]),
        ((ENGINE,), "rules/engine/alerts.yaml", ["status"]),
        # A shared name is another component's business elsewhere.
        ((ENGINE,), "shop", None),
        ((ENGINE,), "", None),
        ((ENGINE, SHOP), "shop", ["code"]),
        ((ENGINE, SHOP), "engine", ["status"]),
        ((SHOP,), "engine", ["code"]),
    ],
)
def test_who_is_asked(catalogs: tuple[Catalog, ...], subject: str, labels: list[str] | None) -> None:
    sample = Catalogs(catalogs).sample("http_requests_total", subject)
    assert (None if sample is None else [label.name for label in sample.metric.labels]) == labels


@pytest.mark.parametrize(("more", "found"), [("", ["SLO446"]), ("more_labels: true, ", [])])
def test_labels_that_are_not_listed(more: str, found: list[str]) -> None:
    catalog = (
        "apiVersion: slogen.dev/v1\nkind: MetricCatalog\nmetadata: {name: shop}\nspec:\n"
        f"  metrics:\n    shop_orders_total: {{type: counter, {more}labels: [code]}}\n"
    )
    rules = (
        "groups:\n  - name: shop\n    rules:\n      - record: shop:orders:rate5m\n"
        "        expr: sum by (zone) (rate(shop_orders_total[5m]))\n"
    )
    result = pipeline.compile([Source("slos/shop.yaml", catalog), Source("rules/shop.yaml", rules)])
    assert [finding.code.id for finding in result.report] == found
