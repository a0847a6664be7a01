"""A Prometheus server of our own: started on a data folder, fed by remote write, asked, measured, stopped."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
HTTP_TIMEOUT_S = 1200.0
# Prometheus refuses range queries of more than 11,000 steps.
MAX_STEPS = 10_000
STALE_MARKER_BITS = 0x7FF0000000000002
STALE = struct.pack("<Q", STALE_MARKER_BITS)

Labels = tuple[tuple[str, str], ...]


class PrometheusError(Exception):
    """Prometheus did not start, or refused a request; the message holds its answer."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant query's answer."""

    labels: Labels
    value: float


@dataclass(frozen=True, slots=True)
class Instant:
    """Answer of an instant query; `samples_read` counts the samples that the engine loaded."""

    vector: tuple[Sample, ...]
    samples_read: int


@dataclass(frozen=True, slots=True)
class Track:
    """One series of a range query's answer: times in ms and values as Prometheus prints them."""

    labels: Labels
    times: tuple[int, ...]
    values: tuple[str, ...]


def find_prometheus(wanted: str | None) -> Path:
    """The Prometheus program: the given path or the one on PATH. Raises PrometheusError without one."""
    found = shutil.which(wanted or "prometheus")
    if found is None:
        raise PrometheusError(f"no program {wanted or 'prometheus'} found; give its path with --prometheus")
    return Path(found)


def version_of(binary: Path) -> str:
    """Version of the program, such as `2.42.0`."""
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    return (answer.stdout or answer.stderr).split("version ", 1)[1].split(maxsplit=1)[0].rstrip(",")


class Server:
    """A running Prometheus without scrapes and without rules. Use it as a context manager.

    With `all_in_head` the server takes samples of any age, in order per series, and keeps them in its head
    block: history can be written at will. Without, the server reads the blocks of `data` as any other does.
    """

    def __init__(self, binary: Path, data: Path, *, all_in_head: bool = False) -> None:
        self._binary = binary
        self._data = data
        self._all_in_head = all_in_head
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: http.client.HTTPConnection | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Starts the program and returns once it answers. Raises PrometheusError when it does not."""
        self._data.mkdir(parents=True, exist_ok=True)
        config = self._data.with_name(self._data.name + ".yml")
        config.write_text("global: {}\n", encoding="utf-8")
        port = _free_port()
        self._process = subprocess.Popen(
            [
                str(self._binary),
                f"--config.file={config}",
                f"--storage.tsdb.path={self._data}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--storage.tsdb.retention.time=20y",
                "--query.timeout=20m",
                "--query.max-samples=1000000000",
                "--web.enable-admin-api",
                "--web.enable-remote-write-receiver",
                "--log.level=warn",
                *(_HEAD_ONLY if self._all_in_head else _BLOCKS_AS_THEY_ARE),
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HTTP_TIMEOUT_S)
        self._wait_until_ready()

    def stop(self) -> None:
        """Stops the program."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
        self._log.close()

    def cpu_ns(self) -> int:
        """CPU time of the process so far, all threads, in nanoseconds."""
        assert self._process is not None
        # The kernel's id of another process's CPU clock, as clock_getcpuclockid(3) computes it.
        return time.clock_gettime_ns((~self._process.pid << 3) | 2)

    def instant(self, expr: str, at_ms: int) -> Instant:
        """Evaluates an expression at one time."""
        data = self._query("/api/v1/query", {"query": expr, "time": _seconds(at_ms), "stats": "all"})
        samples = int(data["stats"]["samples"]["totalQueryableSamples"])
        if data["resultType"] == "scalar":
            return Instant(vector=(Sample((), float(data["result"][1])),), samples_read=samples)
        vector = tuple(
            Sample(labels=_labels(item["metric"]), value=float(item["value"][1])) for item in data["result"]
        )
        return Instant(vector=vector, samples_read=samples)

    def run(self, expr: str, at_ms: int) -> None:
        """Evaluates an expression and throws the answer away unread: for measuring."""
        self._request(
            "POST", "/api/v1/query", urllib.parse.urlencode({"query": expr, "time": _seconds(at_ms)})
        )

    def over(self, expr: str, first_ms: int, last_ms: int, step_ms: int) -> list[Track]:
        """Evaluates an expression at first, first + step, ... last, in as many requests as needed."""
        tracks: dict[Labels, tuple[list[int], list[str]]] = {}
        for start in range(first_ms, last_ms + 1, step_ms * MAX_STEPS):
            end = min(last_ms, start + step_ms * (MAX_STEPS - 1))
            data = self._query(
                "/api/v1/query_range",
                {
                    "query": expr,
                    "start": _seconds(start),
                    "end": _seconds(end),
                    "step": _seconds(step_ms),
                },
            )
            for item in data["result"]:
                times, values = tracks.setdefault(_labels(item["metric"]), ([], []))
                for when, value in item["values"]:
                    times.append(round(when * 1000))
                    values.append(value)
        return [Track(labels, tuple(times), tuple(values)) for labels, (times, values) in tracks.items()]

    def write(self, payload: bytes) -> None:
        """Sends one remote-write request built by `write_request`."""
        headers = {
            "Content-Encoding": "snappy",
            "Content-Type": "application/x-protobuf",
            "X-Prometheus-Remote-Write-Version": "0.1.0",
        }
        self._request("POST", "/api/v1/write", payload, headers)

    def snapshot(self) -> Path:
        """Writes all data as blocks; the folder returned can be another server's data folder."""
        answer = self._request("POST", "/api/v1/admin/tsdb/snapshot", "")
        return self._data / "snapshots" / str(json.loads(answer)["data"]["name"])

    def _query(self, path: str, parameters: Mapping[str, str]) -> Any:
        return json.loads(self._request("POST", path, urllib.parse.urlencode(parameters)))["data"]

    def _request(
        self, method: str, path: str, body: str | bytes, headers: Mapping[str, str] | None = None
    ) -> bytes:
        assert self._connection is not None
        head = headers or {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, body=body, headers=dict(head))
        response = self._connection.getresponse()
        answer = response.read()
        if response.status // 100 != 2:
            raise PrometheusError(f"{path}: {response.status} {answer.decode(errors='replace').strip()}")
        return answer

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                self._request("GET", "/-/ready", "")
            except (OSError, http.client.HTTPException, PrometheusError):
                assert self._connection is not None
                self._connection.close()
                time.sleep(0.05)
            else:
                return
        self._log.seek(0)
        raise PrometheusError(f"Prometheus did not start: {self._log.read().decode(errors='replace')}")


def encode_samples(times: Iterable[int], values: Iterable[bytes]) -> bytes:
    """The samples of one series for `write_request`: times in ms, values as little-endian doubles."""
    # Length 16 = the double in 9 bytes and the time in 7: six groups of seven bits hold ms of 1971 to 2109.
    return b"".join(
        [
            b"\x12\x10\x09" + value + b"\x10" + _six_bytes(time_ms)
            for time_ms, value in zip(times, values, strict=True)
        ]
    )


def write_request(series: Iterable[tuple[Labels, bytes]]) -> bytes:
    """A remote-write request of series: their labels, `__name__` among them, and their encoded samples."""
    parts = [
        _field(
            1,
            b"".join(_field(1, _text(1, name) + _text(2, value)) for name, value in sorted(labels)) + samples,
        )
        for labels, samples in series
    ]
    return _snappy_literal(b"".join(parts))


def double(value: float) -> bytes:
    """A value as `encode_samples` takes it."""
    return _DOUBLE.pack(value)


_HEAD_ONLY = ("--storage.tsdb.min-block-duration=20000d", "--storage.tsdb.max-block-duration=20000d")
# Otherwise the server may merge blocks while it is measured.
_BLOCKS_AS_THEY_ARE = ("--storage.tsdb.min-block-duration=2h", "--storage.tsdb.max-block-duration=2h")
_DOUBLE = struct.Struct("<d")
_six_bytes_cache: dict[int, bytes] = {}


def _six_bytes(number: int) -> bytes:
    known = _six_bytes_cache.get(number)
    if known is None:
        known = _six_bytes_cache[number] = _varint(number)
    return known


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _text(number: int, text: str) -> bytes:
    return _field(number, text.encode())


def _snappy_literal(data: bytes) -> bytes:
    # Snappy allows a stream without any compression: the length, then one literal of up to 4 GiB.
    return _varint(len(data)) + b"\xfc" + struct.pack("<I", len(data) - 1) + data


def _labels(metric: Mapping[str, str]) -> Labels:
    return tuple(sorted(metric.items()))


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03d}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
