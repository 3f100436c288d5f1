"""`interlock gateway`: workers on one port, each a process with everything that passes traffic on."""

import os
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.text import Text
from uvicorn.supervisors import Multiprocess

from interlock.adapters.gateway.segments.log import check_folder
from interlock.adapters.gateway.trust import trust_of
from interlock.flows.access.tokens import Tokens
from interlock.surfaces.gateway.connections import GuardedConnection
from interlock.surfaces.gateway.door import GatewayDoor
from interlock.surfaces.gateway.metrics_page import PATH as METRICS
from interlock.surfaces.gateway.metrics_page import MetricsPage
from interlock.wiring.gateway.access import check_listening, not_ready, tls_context
from interlock.wiring.gateway.rounds import check_settings
from interlock.wiring.gateway.sockets import LOOP, allow_files, connections_max, open_files
from interlock.wiring.gateway.tools import ToolDoor
from interlock.wiring.gateway.worker import GatewayWorker, traces_of
from interlock.wiring.listening import listening
from interlock.wiring.memory import settle_for_many
from interlock.wiring.run_time import Opened, open_address

STORE = "INTERLOCK_GATEWAY_STORE"
WORKERS = "INTERLOCK_GATEWAY_WORKERS"
TOOLS = "/mcp/"
GRACE_S = 10
BACKLOG = 2_048


def worker_app() -> GatewayDoor:
    """The application of one worker process, over the store that the environment names."""
    opened = open_address(os.environ[STORE])
    # Requests of one session would not all come to the same of several workers.
    alone = os.environ.get(WORKERS, "1") == "1"
    address = os.environ[STORE]
    traces = traces_of(address, os.environ)
    return gateway_door(opened, traces, sessions=alone, loaded_apart=address, ends=opened.close)


def settled_worker_app() -> GatewayDoor:
    """The same, in a process that does nothing else: how it looks for garbage is set for all of it."""
    door = worker_app()
    settle_for_many()
    return door


def gateway_door(
    opened: Opened,
    traces: Path,
    *,
    sessions: bool,
    loaded_apart: str | None = None,
    ends: Callable[[], None] = lambda: None,
) -> GatewayDoor:
    """Model traffic, tools and metrics of this process. `sessions`: a client's requests all come here; `ends` is called
    when everything has stopped; `loaded_apart` as GatewayWorker's. Raises Unavailable where traces cannot be written.
    """
    GuardedConnection.connections_max = connections_max(open_files())
    worker = GatewayWorker(opened, traces, os.environ, loaded_apart=loaded_apart)
    tools = ToolDoor(
        opened,
        worker.clients,
        worker.trace,
        worker.meter,
        os.environ,
        sessions=sessions,
        observe=worker.metrics.observe,
    )

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        await worker.start()
        try:
            yield
        finally:
            await tools.close()
            await worker.stop()
            ends()

    metrics = MetricsPage(worker.metrics_page, Tokens(opened.store).known)
    return GatewayDoor(worker.app, {METRICS: metrics, TOOLS: tools}, running)


def serve_gateway(
    address: str,
    host: str,
    port: int,
    say: Console,
    *,
    workers: int = 1,
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve until the process is stopped. Raises BadInput, and Unavailable where the port cannot be had."""
    tls = tls_context(certificate, key)
    trust_of(os.environ)
    check_settings(os.environ)
    opened = open_address(address)  # what is wrong with it is said here, and not by each worker
    try:
        check_folder(traces_of(address, os.environ))
        warning = check_listening(opened.store, host, encrypted=tls is not None)
        lacking = tuple(not_ready(opened.store, os.environ))
    finally:
        opened.close()
    if warning:
        say.print(Text(warning), style="bold", soft_wrap=True)
    for words in lacking:
        say.print(Text(words), soft_wrap=True)
    allow_files()
    os.environ[STORE], os.environ[WORKERS] = address, str(workers)
    with listening(host, port) as listener:
        listener.listen(BACKLOG)
        at, taken = listener.getsockname()[:2]
        where = f"{'https' if tls else 'http'}://{f'[{at}]' if ':' in at else at}:{taken}"
        say.print(Text(f"model traffic is governed on {where}/v1 ({workers} worker{'s' * (workers > 1)})"))
        config = uvicorn.Config(
            f"{settled_worker_app.__module__}:{settled_worker_app.__name__}",
            factory=True,
            workers=workers,
            loop=LOOP,
            http=GuardedConnection,
            ws="none",  # nothing here speaks it, and an upgrade would pass by what watches connections
            interface="asgi3",
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,  # which proxies are believed is in the gateway's definition
            ssl_context_factory=None if tls is None else partial(_tls, certificate, key),
            timeout_graceful_shutdown=GRACE_S,
            backlog=BACKLOG,
        )
        _run(config, listener, workers)


def _tls(certificate: Path | None, key: Path | None, *_: object) -> ssl.SSLContext:
    context = tls_context(certificate, key)
    if context is None:
        raise ValueError("a server that encrypts has a certificate")
    return context


def _run(config: uvicorn.Config, listener: socket.socket, workers: int) -> None:
    if workers == 1:
        signal.signal(signal.SIGTERM, _ended)
        uvicorn.Server(config).run(sockets=[listener])
    else:
        Multiprocess(config, sockets=[listener]).run()


def _ended(number: int, _: object) -> None:
    sys.exit(128 + number)  # as a shell reports it
