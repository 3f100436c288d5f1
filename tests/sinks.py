"""A mail server and a web hook on this machine that keep what they are sent, and can be told to refuse it."""

import email
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sink:
    """Where it listens, what came, and what it answers next; `status` 0 takes everything."""

    port: int = 0
    mails: list[Message] = field(default_factory=list)
    posts: list[Any] = field(default_factory=list)
    status: int = 0
    redirect: str = ""


@contextmanager
def mail_server() -> Iterator[Sink]:
    """SMTP (RFC 5321), as much of it as a client needs that signs in nowhere."""
    sink = Sink()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 sink")
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    self.say("354 go on")
                    lines = []
                    while (one := self.rfile.readline()) not in {b".\r\n", b""}:
                        lines.append(one[1:] if one.startswith(b"..") else one)
                    if sink.status:
                        self.say(f"{sink.status} not now")
                    else:
                        sink.mails.append(email.message_from_bytes(b"".join(lines)))
                        self.say("250 kept")
                elif verb == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 sink")

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session), sink):
        yield sink


@contextmanager
def web_hook() -> Iterator[Sink]:
    """Takes JSON."""
    sink = Sink()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            if not sink.status:
                sink.posts.append(json.loads(content))
            self.send_response(sink.status or 200)
            if sink.redirect:
                self.send_header("location", sink.redirect)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Hook), sink):
        yield sink


@contextmanager
def _serving(server: socketserver.TCPServer, sink: Sink) -> Iterator[None]:
    sink.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
