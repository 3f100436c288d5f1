"""Where a request goes when it leaves the gateway."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from interlock.terms.gateway.definition import ModelUpstream


class UpstreamFailed(Exception):
    """No answer came; the message holds no content and no key.

    `kind` is connect or busy (nothing was sent: the place cannot be reached, or all connections to it are in use),
    timeout, broken, oversized, or key (the gateway has none for it).
    """

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind


class UpstreamAnswer(Protocol):
    """An answer whose head has come. It must be closed."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields, names in small letters."""
        ...

    async def read(self, bytes_max: int) -> bytes:
        """The whole body. Raises UpstreamFailed; `oversized` where it has more than `bytes_max`."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises UpstreamFailed where it breaks or stalls."""
        ...

    def close(self) -> None:
        """Let the connection go; one whose body was not read to its end is not used again."""
        ...


class Upstream(Protocol):
    """Sends requests to the places of a definition, and holds their keys."""

    async def send(self, place: ModelUpstream, path: str, body: bytes) -> UpstreamAnswer:
        """Post a body to `base_url` + path, with the place's key. Raises UpstreamFailed before any head has come."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...
