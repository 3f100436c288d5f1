"""Connections of strangers: what begins and does not go on, has no end, or is not read, is cut off."""

import asyncio
import weakref
from collections.abc import Callable
from heapq import nsmallest
from operator import itemgetter
from typing import Any, ClassVar

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from interlock.surfaces.gateway.leaving import CONNECTION

HEAD_BYTES_MAX = 65_536
HEAD_S = 10.0
BODY_S = 60.0
BODY_BYTES_A_SECOND_MIN = 16_384
UNREAD_S = 60.0
LOOK_S = 5.0
HEAD_TOO_LARGE = f"the head of a request has at most {HEAD_BYTES_MAX} bytes here"
NO_UPGRADE = "HTTP/1.1 is spoken here and nothing else: leave out Upgrade, and send no CONNECT"
_SAY_BODY = frozenset((b"content-length", b"transfer-encoding"))
CONNECTIONS_MAX = 20_000
ROOM_PARTS = 50  # room is made for a part of all at once: looking for it takes as long for one
FRAMES_PER_BODY = 8  # a byte that comes in a chunk of its own has five around it


class NotTaken(ValueError):
    """A head that is not read any further: it is too large, or asks for another protocol."""


class GuardedConnection(HttpToolsProtocol):
    """HTTP/1.1 of uvicorn with an end to everything: by itself it waits for ever, and takes heads of any size.

    A head has `HEAD_BYTES_MAX` bytes at most and is here after `HEAD_S`; a body is here after `BODY_S` and the time
    that it takes at `BODY_BYTES_A_SECOND_MIN`; what is sent is taken within `UNREAD_S`. All are looked at every
    `LOOK_S` (seconds): a timer for each would cost every request.

    At most `connections_max` of a process are open. For one more, those make room that have waited longest with no
    request under way: who says nothing keeps nobody out who does.

    A client that closes, also for its own direction only, has left: whoever `watch`es is told at once. Where a
    second request came meanwhile (a pipeline) nothing more may be read, and then it is told with the answer.
    """

    connections_max: ClassVar[int] = CONNECTIONS_MAX

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head_since_s: float | None = None
        self._body_since_s: float | None = None
        self._unread_since_s: float | None = None
        self._head_bytes = self._raw_bytes = self._body_bytes = 0
        self._look: asyncio.TimerHandle | None = None
        self._left: Callable[[], object] | None = None
        self._reference = weakref.ref(self)  # its requests must not hold it: nobody looks for such garbage often
        self._fault: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """A head is awaited from now on."""
        super().connection_made(transport)
        self._head_since_s = self.loop.time()
        self._look = self.loop.call_later(LOOK_S, self._looked)
        if len(self.connections) > self.connections_max:
            self._make_room()

    def _make_room(self) -> None:
        others = [one for one in self.connections if isinstance(one, GuardedConnection) and one is not self]
        waiting = [(since_s, one) for one in others if (since_s := one.waits_since_s) is not None]
        n_cut = len(self.connections) - self.connections_max + self.connections_max // ROOM_PARTS
        for one in [one for _, one in nsmallest(n_cut, waiting, key=itemgetter(0))] or [self]:
            self.connections.discard(one)  # it hears that it is lost when the next one may have come already
            one.transport.abort()

    @property
    def waits_since_s(self) -> float | None:
        """Since when it waits for a client to go on, by the loop's clock; None where a request is under way, or its
        answer is taken.
        """
        if self._unread_since_s is not None:
            return None
        if self._head_since_s is not None:
            return self._head_since_s
        if self._body_since_s is not None:
            return self._body_since_s
        idle = self.timeout_keep_alive_task
        return None if idle is None else idle.when() - self.timeout_keep_alive

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is looked at any more, and nobody waits for an answer."""
        super().connection_lost(exc)
        if self._look is not None:
            self._look.cancel()
        left, self._left = self._left, None
        if left is not None:
            left()

    def watch(self, left: Callable[[], object]) -> None:
        """Call this, once, where the client leaves from now on."""
        self._left = left
        if not self.pipeline:  # a body that came fast may have stopped the reading, and with it the news of an end
            self.flow.resume_reading()

    def unwatch(self) -> None:
        """Nobody waits any more."""
        self._left = None

    def data_received(self, data: bytes) -> None:
        """The next bytes, counted."""
        if self._body_since_s is None:
            self._head_bytes += len(data)
            if self._head_since_s is None:  # also an empty line, which is the begin of nothing yet
                self._head_since_s = self.loop.time()
        else:
            self._raw_bytes += len(data)
        super().data_received(data)
        is_head = self._body_since_s is None and self._head_bytes > HEAD_BYTES_MAX
        if is_head or self._raw_bytes - FRAMES_PER_BODY * self._body_bytes > HEAD_BYTES_MAX:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """A head begins, perhaps behind a request in the same piece."""
        super().on_message_begin()
        self.scope["state"][CONNECTION] = self._reference
        if self._head_since_s is None:
            self._head_since_s = self.loop.time()

    def on_headers_complete(self) -> None:
        """A head is here, a body is awaited."""
        # Most heads came in a small piece: only of others the size is worth the sum.
        if self._head_bytes > HEAD_BYTES_MAX:
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            if size > HEAD_BYTES_MAX:
                self._not_taken(HEAD_TOO_LARGE)
        # Where another protocol is asked for, the parser would take a body for the next request.
        if self.parser.should_upgrade() and any(name in _SAY_BODY and value != b"0" for name, value in self.headers):
            self._not_taken(NO_UPGRADE)
        self._head_since_s, self._body_since_s = None, self.loop.time()
        self._head_bytes = self._raw_bytes = self._body_bytes = 0
        super().on_headers_complete()
        self.headers = []  # what follows a body is no head: nobody who stands before us has looked at it

    def _not_taken(self, words: str) -> None:
        self._fault = words
        raise NotTaken(words)  # the parser makes it 400, and the connection ends

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with a head where that is known."""
        super().send_400_response(self._fault or msg)

    def on_body(self, body: bytes) -> None:
        """A piece of a body, without what was around it."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Nothing is awaited until something comes."""
        self._body_since_s = None
        self._raw_bytes = self._body_bytes = 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client does not take what is sent."""
        super().pause_writing()
        self._unread_since_s = self.loop.time()

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._unread_since_s = None

    def _looked(self) -> None:
        self._look = self.loop.call_later(LOOK_S, self._looked)
        now_s = self.loop.time()
        if self._unread_since_s is not None and now_s - self._unread_since_s > UNREAD_S:
            self.transport.abort()
        elif self.flow.read_paused:  # what does not come was not taken
            self._head_since_s = self._head_since_s and now_s
            self._body_since_s = self._body_since_s and now_s
        elif self._head_since_s is not None and now_s - self._head_since_s > HEAD_S:
            self.transport.abort()
        elif self._body_since_s is not None:
            patience_s = BODY_S + self._body_bytes / BODY_BYTES_A_SECOND_MIN
            if now_s - self._body_since_s > patience_s:
                self.transport.abort()
