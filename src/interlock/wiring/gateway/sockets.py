"""What connections of a gateway's process may take: open files, and time to agree on TLS."""

import asyncio
import resource
from typing import Any

import uvloop

from interlock.surfaces.gateway.app import STREAMS_MAX
from interlock.surfaces.gateway.connections import CONNECTIONS_MAX, HEAD_S
from interlock.wiring.gateway.worker import streams_max

SPARE_FILES = 100  # the store, traces, a burst of connections that are to be cut off
FILES_WANTED = CONNECTIONS_MAX + STREAMS_MAX + SPARE_FILES
LOOP = f"{__name__}:new_loop"  # as the server takes it


def connections_max(files: int) -> int:
    """How many connections of clients may be open where a process may have so many files open: every stream needs one
    more, to its upstream.
    """
    if files == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    return max(1, min(CONNECTIONS_MAX, files - streams_max(files) - SPARE_FILES))


def open_files() -> int:
    """How many files this process may have open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def allow_files() -> None:
    """Let this process, and those that it starts, open as many files as it has a use for, where it may allow itself
    that: what a shell allows at first is meant for programs that do not serve.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Loop(uvloop.Loop):
    """Whoever connects and does not come to an agreement on TLS has as long as for a head: by itself it is a minute."""

    async def create_server(self, *args: Any, **options: Any) -> Any:  # as uvloop's own, which has many forms
        if options.get("ssl") is not None:
            options.setdefault("ssl_handshake_timeout", HEAD_S)
        return await super().create_server(*args, **options)


def new_loop() -> asyncio.AbstractEventLoop:
    """The event loop of a worker."""
    return _Loop()
