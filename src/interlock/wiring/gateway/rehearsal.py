"""The gateway and a stand-in for a model in this process, for demonstrations."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.adapters.gateway.stand_in.asking import ask
from interlock.adapters.gateway.stand_in.server import HOST, stand_in
from interlock.ports.gateway.rehearsal import Answered, Backstage, Heard
from interlock.terms.errors import Unavailable
from interlock.wiring.gateway.server import gateway_door
from interlock.wiring.gateway.worker import traces_of
from interlock.wiring.listening import listening
from interlock.wiring.run_time import open_address

START_S, STOP_S = 20.0, 20.0
LOOK_S = 0.01
WORKER = "sample"


class GatewayRehearsal:
    """See ports.gateway.rehearsal."""

    def stand_in(self, heard: Heard, *, port: int = 0) -> AbstractContextManager[str]:
        """The server that answers by rule."""
        return stand_in(heard, port=port)

    @contextmanager
    def gateway(self, address: str, traces: Path) -> Iterator[str]:
        """The application that `interlock gateway` serves, on a free port, in a thread."""
        opened = open_address(address)
        door = gateway_door(opened, traces, sessions=True, ends=opened.close)
        config = uvicorn.Config(
            door, loop="uvloop", http="httptools", interface="asgi3", log_level="warning", access_log=False
        )
        server = uvicorn.Server(config)
        with listening(HOST, 0) as listener:
            thread = threading.Thread(target=server.run, args=([listener],), name="gateway", daemon=True)
            thread.start()
            try:
                _wait(server, thread)
                yield f"http://{HOST}:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                thread.join(STOP_S)

    @contextmanager
    def backstage(self, address: str, now: Callable[[], str]) -> Iterator[Backstage]:
        """Over a store of its own opening, in the folder that a gateway here would trace into."""
        opened, traces = open_address(address), traces_of(address, os.environ)
        try:
            trace = SegmentTraceLog(traces, WORKER, now)
            try:
                yield Backstage(trace, SegmentFolder(traces, now), opened.allowances)
            finally:
                trace.close()
        finally:
            opened.close()

    def ask(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answered:
        """One request."""
        return ask(url, body, headers)


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    until_s = time.monotonic() + START_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until_s:
            raise Unavailable("the gateway did not start; its log says why")
        time.sleep(LOOK_S)
