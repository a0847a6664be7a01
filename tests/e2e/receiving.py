"""Who is notified, on loopback: a server of webhooks and chats, and one of mail, which record what comes."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """A notification: where it came, when (seconds of the clock), and what it says."""

    path: str
    at: float
    body: Any

    @property
    def is_firing(self) -> bool:
        """Whether a webhook tells that alerts fire."""
        return bool(self.body["status"] == "firing")

    def alerts(self) -> Sequence[dict[str, Any]]:
        """The alerts in the payload of a webhook."""
        found: list[dict[str, Any]] = self.body["alerts"]
        return found

    def labels(self) -> Sequence[dict[str, str]]:
        """The labels of the alerts in it."""
        return [alert["labels"] for alert in self.alerts()]


@dataclass(slots=True)
class Inbox:
    """All notifications so far, in their order."""

    port: int = 0
    told: list[Told] = field(default_factory=list)

    def at(self, path: str) -> list[Told]:
        """Those that came to a path."""
        return [one for one in self.told if one.path == path]

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def web_inbox() -> Iterator[Inbox]:
    """Records what is posted to any path, JSON or forms, and says that all is well."""
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            is_json = "json" in self.headers.get("Content-Type", "")
            inbox.told.append(Told(self.path, time.time(), json.loads(text) if is_json else text))
            body = b'{"ok": true, "result": {"message_id": 1, "chat": {"id": 1, "type": "group"}}}'
            self.send_response(202 if "pagerduty" in self.path else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox.port = server.server_address[1]
    with _serving(server):
        yield inbox


@contextmanager
def mail_inbox() -> Iterator[Inbox]:
    """Takes mail from anybody for anybody; the body of each is its source text."""
    inbox = Inbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 inbox")
            for line in self.rfile:
                command = line.decode().split()[0].upper()
                if command == "QUIT":
                    self.say("221 bye")
                    return
                self.say("354 go on" if command == "DATA" else "250 well")
                if command == "DATA":
                    inbox.told.append(Told("mail", time.time(), self.message()))
                    self.say("250 well")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def message(self) -> str:
            lines = iter(self.rfile.readline, b".\r\n")
            return b"".join(line.removeprefix(b".") for line in lines).decode()

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    inbox.port = server.server_address[1]
    with _serving(server):
        yield inbox


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
