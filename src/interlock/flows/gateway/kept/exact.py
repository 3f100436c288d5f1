"""Answers that are given again: to the same request, of the same workflow, of the same tenant, and to nobody else."""

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from interlock.ports.gateway.upstream import UpstreamAnswer
from interlock.terms.gateway.authority import TrafficAuthority, Way

BYTES_MAX = 64 * 1024 * 1024
ANSWER_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Whose:
    """To whom alone an answer may be given again, and of which release of what acts."""

    tenant: str | None
    workflow: str
    release: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An upstream's answer, as it came: before values were put back into it. `until_s` is when it goes stale."""

    whose: Whose
    way: Way
    body: bytes
    until_s: float


def whose(authority: TrafficAuthority, tenant: str | None) -> Whose:
    """Whose answers those of this authority are."""
    return Whose(tenant, authority.workflow, authority.release)


def key_of(owner: Whose, way: Way, path: str, body: bytes) -> bytes:
    """Of everything that makes the answer: who asks for whom, where it goes, and the body that leaves, byte for byte.

    What was taken out of the body is not in it, so two requests that differ in that alone share an answer, in which
    each gets its own values back.
    """
    told = hashlib.sha256()
    for part in (repr(owner).encode(), repr(way).encode(), path.encode(), body):
        told.update(len(part).to_bytes(8))
        told.update(part)
    return told.digest()


class KeptAnswers:
    """Of one process, in memory; the one that was not asked for longest goes first. At most `bytes_max` in all."""

    def __init__(self, monotonic: Callable[[], float], *, bytes_max: int = BYTES_MAX) -> None:
        self._monotonic, self._bytes_max = monotonic, bytes_max
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._bytes = 0

    def find(self, key: bytes, owner: Whose) -> Kept | None:
        """What is kept under a key, where it is still fresh, and this owner's."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found.until_s <= self._monotonic():
            self._drop(key)
            return None
        # The key holds the owner already: this is a second lock, should two keys ever be alike.
        if found.whose != owner:
            return None
        self._kept.move_to_end(key)
        return found

    def keep(self, key: bytes, owner: Whose, way: Way, body: bytes, *, keep_s: float) -> None:
        """Keep a complete answer."""
        if len(body) > ANSWER_BYTES_MAX:
            return
        self._drop(key)
        self._kept[key] = Kept(owner, way, body, self._monotonic() + keep_s)
        self._bytes += len(body)
        while self._bytes > self._bytes_max:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._bytes -= len(gone.body)


class KeptAnswer:
    """A kept answer in the place of an upstream's."""

    def __init__(self, body: bytes) -> None:
        self.status, self._body = 200, body
        self.headers: Mapping[str, str] = {}

    async def read(self, bytes_max: int) -> bytes:
        """The whole body; what is kept is never larger than what may be read."""
        return self._body[:bytes_max]

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body in one piece."""
        yield self._body

    def close(self) -> None:
        """There is nothing to close."""


class Remembered:
    """An upstream's answer whose bytes are remembered as they are read, until they are too many to be kept."""

    def __init__(self, answer: UpstreamAnswer) -> None:
        self._answer = answer
        self.status, self.headers = answer.status, answer.headers
        self._parts: list[bytes] | None = []
        self._size = 0

    @property
    def body(self) -> bytes | None:
        """What was read, None where it was too much."""
        return None if self._parts is None else b"".join(self._parts)

    async def read(self, bytes_max: int) -> bytes:
        """See the port."""
        body = await self._answer.read(bytes_max)
        self._remember(body)
        return body

    async def chunks(self) -> AsyncIterator[bytes]:
        """See the port."""
        async for chunk in self._answer.chunks():
            self._remember(chunk)
            yield chunk

    def close(self) -> None:
        """See the port."""
        self._answer.close()

    def _remember(self, part: bytes) -> None:
        self._size += len(part)
        if self._parts is not None and self._size <= ANSWER_BYTES_MAX:
            self._parts.append(part)
        else:
            self._parts = None
