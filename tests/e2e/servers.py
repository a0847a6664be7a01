"""A real Prometheus and a small exporter on loopback. Absent programs skip a test, but fail it in CI."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

GET_IT = "prometheus is not on PATH; on Debian: apt install prometheus"


def program(name: str) -> str:
    """The path of a program."""
    found = shutil.which(name)
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(GET_IT)
    pytest.skip(GET_IT)


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def exporter(metrics: Callable[[], str]) -> Iterator[int]:
    """Serves what `metrics` returns, in the text format; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = metrics().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class Prometheus:
    """A running server."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str, **query: str) -> Any:
        with urlopen(f"{self.url}{path}?{urlencode(query)}", timeout=10) as answer:
            return json.load(answer)

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The samples of an instant query."""
        found: list[dict[str, Any]] = self.get("/api/v1/query", query=expr)["data"]["result"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """All rules, with their health."""
        groups = self.get("/api/v1/rules")["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


@contextmanager
def prometheus(
    folder: Path,
    rules: list[Path],
    target: int | None = None,
    *,
    every: str = "1s",
    jobs: Sequence[Mapping[str, Any]] = (),
) -> Iterator[Prometheus]:
    """Run Prometheus with rule files, scraping one target on loopback, if there is one, and `jobs`."""
    port = free_port()
    scrape: list[Mapping[str, Any]] = (
        [{"job_name": "app", "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}] if target else []
    )
    config = {
        "global": {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [*scrape, *jobs],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config), encoding="utf-8")
    command = [
        program("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    log = (folder / "prometheus.log").open("w", encoding="utf-8")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    server = Prometheus(port)
    try:
        until(
            lambda: _is_ready(server),
            30,
            "Prometheus is ready",
            (folder / "prometheus.log").read_text,
        )
        yield server
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _is_ready(server: Prometheus) -> bool:
    try:
        with urlopen(f"{server.url}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def until(
    condition: Callable[[], object], seconds: float, what: str, context: Callable[[], object] = lambda: ""
) -> float:
    """Wait for a condition; gives how long it took. Fails the test when it takes longer than `seconds`."""
    start = time.monotonic()
    while True:
        if condition():
            return time.monotonic() - start
        if time.monotonic() - start > seconds:
            pytest.fail(f"not within {seconds:g} s: {what}\n{context()}")
        time.sleep(0.2)
