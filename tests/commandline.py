"""The command line in tests: how a command ended, a server beside it, a definition file, a workflow that lives now."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from governed import House

DEFINITION = """\
workflow: triage
problem:
  who: support leads
  friction: mail waits
  cause: sorting by hand
  cost: 4 hours a day
  outcome: sorted at once
  metric: minutes
  constraints: GDPR
owners: {value: Ana Ruiz, safety: Ben Okafor}
rights:
  promote: [Ana Ruiz, Carla Nunes]
  resume: [Ben Okafor]
budget: {error: 0.10, promise: selective, certify_at: 0.05}
limits: {always_review: [fraud], forbidden: [close account]}
effect: {action: route the message, target: idempotent, undo: put it back}
rollout: {traffic_share: 1.0, audit_share: 1.0}
acts: {model: "sha256:one"}
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended; `said` is standard error on one line."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return " ".join(self.err.replace("│", " ").split())

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


class Here(House):
    """A house whose clock stands at this minute, as the command line's does."""

    def __init__(self, folder: Path, address: str | None = None) -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(folder, address)
        self.now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on this machine's loopback; its address, as an OpenAI-compatible one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Replies(BaseHTTPRequestHandler):
    """Answers every request with what `reply` makes of its body; silent."""

    def reply(self, body: Any) -> Any:
        raise AssertionError("say what to reply")

    def do_POST(self) -> None:
        content = json.dumps(self.reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass
