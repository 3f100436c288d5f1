"""A request as it comes to the gateway, and the answer that goes back."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from interlock.terms.gateway.content import Entity
from interlock.terms.gateway.wire import Wire

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Arrival:
    """A request whose body has come whole. `id` is its own, for traces and for the client.

    `credential` is what it presented (None: nothing), `peer` the address that connected, `forwarded` what headers say
    of the addresses before that one (X-Forwarded-For, in order; `elements`: Forwarded). `entities` are values that must
    not leave, as the client names them. `at` is RFC 3339, `started_s` the same moment on a clock
    that never goes back. `has_left`: the client does not wait for its answer any more.
    `trace_parent` is its place in the client's own trace, as the client says it.
    """

    id: str
    wire: Wire
    body: bytes
    credential: str | None
    peer: str
    forwarded: tuple[str, ...]
    at: str
    started_s: float
    elements: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    has_left: bool = False
    trace_parent: str | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """Whose body is to be read, and how many bytes of it at most. `client` is one client of one tenant."""

    client: str
    bytes_max: int


@dataclass(slots=True)
class Whole:
    """An answer with its whole body, JSON."""

    status: int
    body: bytes
    headers: Headers


@dataclass(slots=True)
class Streamed:
    """An answer that comes as server-sent events. `leave` must be called at the end, whatever was read of it."""

    chunks: AsyncIterator[bytes]
    leave: Callable[[], None]
    headers: Headers
