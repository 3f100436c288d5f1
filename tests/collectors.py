"""A collector of OpenTelemetry's protocol over HTTP, which answers as it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Collector(HTTPServer):
    answers: list[Any]  # (status, body, *headers)
    got: list[tuple[str, dict[str, str], Any]]
    slow_s: float


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        time.sleep(self.server.slow_s)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.got.append((self.path, dict(self.headers), body))
        status, answer, *more = self.server.answers.pop(0) if self.server.answers else (200, b"{}")
        self.send_response(status)
        self.send_header("location", "http://elsewhere.example/")
        for name, value in more:
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        with suppress(OSError):  # the other one did not wait for it
            self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def collecting() -> Iterator[Collector]:
    """One that takes everything until it is told otherwise."""
    server = Collector(("127.0.0.1", 0), _Handler)
    server.answers, server.got, server.slow_s = [], [], 0.0
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
