"""A real server on a free port of this machine, in a process of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

MAIN = "from interlock.wiring.cli import main; main()"


class Server:
    """A server that can be asked, stopped, killed and started again on the same port."""

    def __init__(self, store: Path | str, *options: str, **environment: str) -> None:
        self.store, self.options, self.port = str(store), options, 0
        self._environment = {**os.environ, **environment}
        self.said: list[str] = []
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        words = [sys.executable, "-c", MAIN, "serve", "--store", self.store, "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*words, *self.options], stderr=subprocess.PIPE, text=True, env=self._environment
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said.append(line.strip())
            if found := re.search(r"on http://127\.0\.0\.1:(\d+)/v1", line):
                self.port = int(found[1])
                return
        raise AssertionError(f"the server did not start: {self.said}")

    def stop(self, with_signal: int = signal.SIGTERM) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(with_signal)
        _, rest = self._process.communicate(timeout=20)
        self.said += rest.splitlines()

    def get(self, path: str, token: str | None = None, **query: Any) -> httpx.Response:
        return httpx.get(f"{self.address}/v1{path}", params=query, headers=_bearer(token), trust_env=False)

    def post(self, path: str, body: Any, token: str | None = None, **more: Any) -> httpx.Response:
        headers = {**_bearer(token), **more.pop("headers", {})}
        return httpx.post(f"{self.address}/v1{path}", json=body, headers=headers, timeout=30, trust_env=False, **more)


@contextmanager
def served(store: Path | str, *options: str, **environment: str) -> Iterator[Server]:
    server = Server(store, *options, **environment)
    try:
        yield server
    finally:
        server.stop()


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}
