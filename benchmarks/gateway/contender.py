"""Who is measured: how each is started, and what a request to it looks like."""

import json
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.processes import Child, answered_after_s, free_port, pinned

SYSTEM = "You answer the customers of a shop, shortly and politely."
USER = "We were charged twice for order 48213 on Monday, and nobody has answered since. " * 6
STARTED_WITHIN_S = 90.0


@dataclass(frozen=True, slots=True)
class Running:
    """A contender that answers. `started_s` is the time from its start to its first answer."""

    contender: "Contender"
    port: int
    child: Child | None
    started_s: float | None
    idle_mb: float | None


class Contender(ABC):
    """`version` is what is measured, `unlike` says where it does less or more than the others.

    `in_all_scenes` False: only at the full rate, 64 connections to an upstream that answers at once.
    """

    name: str
    version: str
    unlike: str
    in_all_scenes = True

    @abstractmethod
    def command(self, port: int) -> list[str]:
        """What starts it, on a port of 127.0.0.1."""

    def environment(self) -> Mapping[str, str]:
        return {}

    def path(self, model: str) -> str:  # noqa: ARG002 - the floor needs it
        return "/v1/chat/completions"

    def headers(self, model: str) -> Mapping[str, str]:  # noqa: ARG002 - one of them needs it
        return {}

    def request(self, model: str, *, streams: bool) -> bytes:
        """The bytes of a request to one of the upstreams, which models are named after."""
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER}]
        asked = {"model": model, "messages": messages, "max_tokens": 200, **({"stream": True} if streams else {})}
        body = json.dumps(asked).encode()
        fields = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = [f"POST {self.path(model)} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        lines += [f"{name}: {value}" for name, value in self.headers(model).items()]
        return "\r\n".join([*lines, "", ""]).encode() + body

    @contextmanager
    def running(self, folder: Path, *, core: int | None) -> Iterator[Running]:
        """Raises RuntimeError where it does not answer; its log is in the folder."""
        port = free_port()
        log = folder / f"{self.name.replace(' ', '-')}.log"
        with log.open("w") as told:
            environment = {**os.environ, **self.environment()}
            command = pinned(self.command(port), core)
            process = subprocess.Popen(command, stdout=told, stderr=told, env=environment, cwd=folder)
        child = Child(process)
        try:
            asked = self.request("fast", streams=False)
            started_s = answered_after_s(child, port, asked, within_s=STARTED_WITHIN_S)
            yield Running(self, port, child, started_s, child.resident_mb())
        finally:
            child.stop()


class Alone(Contender):
    """The upstream itself: what everybody's latency is compared with."""

    name = "upstream alone"
    version = "of this folder"
    unlike = "no gateway at all"

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports

    def command(self, port: int) -> list[str]:
        raise NotImplementedError("it runs already")

    @contextmanager
    def running(self, folder: Path, *, core: int | None) -> Iterator[Running]:  # noqa: ARG002 - it runs already
        yield Running(self, 0, None, None, None)

    def port_of(self, model: str) -> int:
        return self._ports[model]


class Floor(Contender):
    """A bare pass-through on the same server and client."""

    name = "bare pass-through"
    version = "uvicorn and aiohttp as locked"
    unlike = "nothing parsed, nobody known, nothing kept"

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports

    def command(self, port: int) -> list[str]:
        places = [f"{name}={at}" for name, at in self._ports.items()]
        return [sys.executable, str(Path(__file__).with_name("floor.py")), str(port), *places]

    def path(self, model: str) -> str:
        return f"/{model}/v1/chat/completions"
