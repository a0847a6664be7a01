"""A real Prometheus, a real Alertmanager and small exporters on loopback. Absent programs skip a test, but
fail it in CI."""

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

ALERTMANAGER = "prometheus-alertmanager"


def program(name: str, *others: str) -> str:
    """The path of a program, which may have other names elsewhere than on Debian."""
    for known in (name, *others):
        found = shutil.which(known)
        if found:
            return found
    missing = f"{name} is not on PATH; on Debian: apt install {name}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


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


class Server:
    """A program that serves HTTP on loopback and can be stopped and started again, with its data."""

    def __init__(self, name: str, folder: Path, port: int, command: Sequence[str]) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / f"{name}.log"
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it serves."""
        with self.log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        until(self._is_ready, 30, f"{self.name} is ready", self.log.read_text)

    def stop(self) -> None:
        """End it as a service manager does, and wait until it is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def get(self, path: str, **query: str) -> Any:
        """The JSON at a path."""
        with urlopen(f"{self.url}{path}?{urlencode(query)}", timeout=10) as answer:
            return json.load(answer)

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/-/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


class Prometheus(Server):
    """A running Prometheus."""

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The samples of an instant query."""
        found: list[dict[str, Any]] = self.get("/api/v1/query", query=expr)["data"]["result"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """All rules, with their health."""
        groups = self.get("/api/v1/rules")["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def alerts(self, state: str = "", **labels: str) -> list[dict[str, Any]]:
        """The alerts with these labels that are pending or firing now, or in this state."""
        found = self.get("/api/v1/alerts")["data"]["alerts"]
        return [
            alert
            for alert in found
            if labels.items() <= alert["labels"].items() and (not state or alert["state"] == state)
        ]


class Alertmanager(Server):
    """A running Alertmanager."""

    def alerts(self, **labels: str) -> list[dict[str, Any]]:
        """The alerts with these labels, silent or not."""
        filters = [f'{name}="{value}"' for name, value in labels.items()]
        query = urlencode([("filter", text) for text in filters])
        with urlopen(f"{self.url}/api/v2/alerts?{query}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
            return found


@contextmanager
def running(server: Server) -> Iterator[None]:
    """Run a server for a while."""
    try:
        server.start()
        yield
    finally:
        server.stop()


@contextmanager
def prometheus(
    folder: Path,
    rules: list[Path],
    target: int | None = None,
    *,
    every: str = "1s",
    scrapes: Sequence[Mapping[str, object]] = (),
    alertmanager: Alertmanager | None = None,
    options: Sequence[str] = (),
) -> Iterator[Prometheus]:
    """Run Prometheus with rule files, scraping one target on loopback if there is one, or what `scrapes`
    says."""
    port = free_port()
    app = [{"job_name": "app", "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}] if target else []
    config: dict[str, object] = {
        "global": {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [*app, *scrapes],
    }
    if alertmanager:
        address = alertmanager.url.removeprefix("http://")
        config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [address]}]}]}
    (folder / "prometheus.yml").write_text(json.dumps(config), encoding="utf-8")
    command = [
        program("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
        *options,
    ]
    server = Prometheus("prometheus", folder, port, command)
    with running(server):
        yield server


@contextmanager
def alertmanager(folder: Path, configuration: Path) -> Iterator[Alertmanager]:
    """Run Alertmanager with a configuration, alone."""
    port = free_port()
    command = [
        program(ALERTMANAGER, "alertmanager"),
        f"--config.file={configuration}",
        f"--storage.path={folder / 'notified'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.external-url=http://127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=debug",
    ]
    server = Alertmanager("alertmanager", folder, port, command)
    with running(server):
        yield server


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
