"""Which name is meant by a misspelt one."""

from __future__ import annotations

import itertools

import pytest

from slogen.diagnostics import nearest

WORDS = ("http", "cache", "queue", "worker", "token", "shard")
MANY = [f"shop_{'_'.join(words)}_total" for words in itertools.product(WORDS, repeat=4)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("shop_http_cache_queue_worker_totl", "shop_http_cache_queue_worker_total"),
        ("shop_htp_cache_queue_shard_total", "shop_http_cache_queue_shard_total"),
        ("Shop-token-token-cache-shard-total", "shop_token_token_cache_shard_total"),
        ("entirely_different", None),
        ("", None),
    ],
)
def test_of_many_names_the_one_that_is_meant(word: str, meant: str | None) -> None:
    assert len(MANY) > 1_000
    assert nearest(word, MANY) == meant


def test_of_names_as_close_the_one_that_begins_alike() -> None:
    assert nearest("team0", ["team10", "team00", "team20"]) == "team00"
    assert nearest("team03-page", ["team23-page", "team03-pagr"]) == "team03-pagr"
