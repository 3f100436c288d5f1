"""Connections of strangers: what begins and does not go on, has no end, or is not read, is cut off."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEAD_BYTES_MAX = 65_536
HEAD_S = 10.0
BODY_S = 60.0
BODY_BYTES_A_SECOND_MIN = 16_384
UNREAD_S = 60.0
LOOK_S = 5.0
FRAMES_PER_BODY = 8  # a byte that comes in a chunk of its own has five around it


class TooLarge(ValueError):
    """A head, or what stands around the pieces of a body."""


class GuardedConnection(HttpToolsProtocol):
    """HTTP/1.1 of uvicorn with an end to everything: by itself it waits for ever, and takes heads of any size.

    A head has `HEAD_BYTES_MAX` bytes at most and is here after `HEAD_S`; a body is here after `BODY_S` and the time
    that it takes at `BODY_BYTES_A_SECOND_MIN`; what is sent is taken within `UNREAD_S`. All are looked at every
    `LOOK_S` (seconds): a timer for each would cost every request.
    """

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

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """A head is awaited from now on."""
        super().connection_made(transport)
        self._head_since_s = self.loop.time()
        self._look = self.loop.call_later(LOOK_S, self._looked)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is looked at any more."""
        super().connection_lost(exc)
        if self._look is not None:
            self._look.cancel()

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
        if self._head_since_s is None:
            self._head_since_s = self.loop.time()

    def on_headers_complete(self) -> None:
        """A head is here, a body is awaited."""
        # Most heads came in a small piece: only of others the size is worth the sum.
        if self._head_bytes > HEAD_BYTES_MAX:
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            if size > HEAD_BYTES_MAX:
                raise TooLarge("the head is too large")  # the parser makes it 400, and the connection ends
        self._head_since_s, self._body_since_s = None, self.loop.time()
        self._head_bytes = self._raw_bytes = self._body_bytes = 0
        super().on_headers_complete()

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
