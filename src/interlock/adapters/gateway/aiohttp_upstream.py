"""interlock.ports.gateway.upstream.Upstream over aiohttp: one pool of connections a place, and its key."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

import aiohttp
from yarl import URL

from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.gateway.definition import ModelUpstream, WireFormat

ANTHROPIC_VERSION = "2023-06-01"
KEPT_ALIVE_S = 30.0
READ_BYTES = 65_536
HEAD_BYTES_MAX = 32_768
WHOLE_S = 900.0  # an answer that is sent byte by byte has an end, too
STREAM_BYTES_MAX = 256_000_000
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ClientConnectionResetError, aiohttp.ConnectionTimeoutError)


class AiohttpAnswer:
    """An answer whose head has come."""

    def __init__(self, place: ModelUpstream, response: aiohttp.ClientResponse, closed: Callable[[], None]) -> None:
        """`closed` is called once, when it is."""
        self._place, self._response, self._closed = place, response, closed
        self._is_open = True
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers  # case-insensitive

    async def read(self, bytes_max: int) -> bytes:
        content, parts, size = self._response.content, [], 0
        deadline, now_s = self._place.between_chunks_s, asyncio.get_running_loop().time
        until_s = now_s() + WHOLE_S
        try:
            while True:
                async with asyncio.timeout(min(deadline, until_s - now_s())):
                    part = await content.readany()
                if not part:
                    break
                size += len(part)
                if size > bytes_max:
                    raise self._oversized(bytes_max)
                parts.append(part)
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            self.close()
            raise _failed(self._place, exc) from None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def chunks(self) -> AsyncIterator[bytes]:
        content, between_s, size = self._response.content, self._place.between_chunks_s, 0
        try:
            while True:
                async with asyncio.timeout(between_s):
                    part = await content.readany()
                if not part:
                    return
                size += len(part)
                if size > STREAM_BYTES_MAX:
                    raise self._oversized(STREAM_BYTES_MAX)
                yield part
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise _failed(self._place, exc) from None

    def close(self) -> None:
        # A body that was read to its end has let its connection go already; any other is cut off.
        if not self._response.closed:
            self._response.close()
        if self._is_open:
            self._is_open = False
            self._closed()

    def _oversized(self, bytes_max: int) -> UpstreamFailed:
        self.close()
        return UpstreamFailed("oversized", f"{self._place.name} answered more than {bytes_max:,} bytes")


class AiohttpUpstream:
    """Sends to places; their keys come from `environment` by the names in the definition, never from the store."""

    def __init__(self, environment: Mapping[str, str], *, tls: ssl.SSLContext | None = None) -> None:
        self._environment, self._tls = environment, tls
        self._sessions: dict[ModelUpstream, aiohttp.ClientSession] = {}
        self._urls: dict[str, URL] = {}
        self._at_work: Counter[str] = Counter()  # by place: requests that have, or wait for, a connection

    async def send(self, place: ModelUpstream, path: str, body: bytes) -> AiohttpAnswer:
        session = self._sessions.get(place) or self._opened(place)
        self._at_work[place.name] += 1
        try:
            response = await self._answered(session, place, path, body)
        except BaseException:
            self._at_work[place.name] -= 1
            raise
        return AiohttpAnswer(place, response, partial(self._at_work.subtract, (place.name,)))

    async def _answered(
        self, session: aiohttp.ClientSession, place: ModelUpstream, path: str, body: bytes
    ) -> aiohttp.ClientResponse:
        try:
            async with asyncio.timeout(place.first_byte_s):
                # A redirect would lead where no policy sent the request: it is an answer like any other.
                return await session.request("POST", self._url(place, path), data=body, allow_redirects=False)
        except aiohttp.ConnectionTimeoutError as exc:  # nothing was sent
            if self._at_work[place.name] > place.connections_max:
                words = f"all {place.connections_max:,} connections to {place.name} are in use"
                raise UpstreamFailed("busy", words) from None
            raise _failed(place, exc) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise _failed(place, exc) from None

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    def _url(self, place: ModelUpstream, path: str) -> URL:
        text = place.base_url + path
        url = self._urls.get(text)
        if url is None:
            url = self._urls[text] = URL(text, encoded=True)
        return url

    def _opened(self, place: ModelUpstream) -> aiohttp.ClientSession:
        headers = {"Content-Type": "application/json", "User-Agent": "interlock", "Accept-Encoding": "identity"}
        if place.wire is WireFormat.ANTHROPIC:
            headers["anthropic-version"] = ANTHROPIC_VERSION
        if place.key_variable is not None:
            key = self._environment.get(place.key_variable, "")
            if not key:
                raise UpstreamFailed("key", f"{place.name} needs the key in {place.key_variable}, which is not set")
            headers |= {"x-api-key": key} if place.wire is WireFormat.ANTHROPIC else {"Authorization": f"Bearer {key}"}
        connector = aiohttp.TCPConnector(
            limit=place.connections_max, keepalive_timeout=KEPT_ALIVE_S, ssl=self._tls or True, ttl_dns_cache=60
        )
        session = aiohttp.ClientSession(
            connector=connector,
            headers=headers,
            # Neither cookies nor redirects, netrc or proxies of the environment: a request goes where policy said.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=place.connect_s, sock_connect=place.connect_s),
            max_line_size=HEAD_BYTES_MAX,
            max_field_size=HEAD_BYTES_MAX,
            read_bufsize=READ_BYTES,
        )
        self._sessions[place] = session
        return session


def _failed(place: ModelUpstream, exc: Exception) -> UpstreamFailed:
    """What happened in words of ours: those of a library may hold the address with more than it should."""
    if isinstance(exc, _NOT_SENT):
        return UpstreamFailed("connect", f"{place.name} cannot be reached")
    if isinstance(exc, TimeoutError):
        return UpstreamFailed("timeout", f"{place.name} did not answer in time")
    return UpstreamFailed("broken", f"{place.name} broke off ({type(exc).__name__})")
