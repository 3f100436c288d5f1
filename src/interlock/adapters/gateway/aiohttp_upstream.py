"""interlock.ports.gateway.upstream.Upstream over aiohttp: one pool of connections a place, and its key."""

import ssl
from collections.abc import AsyncIterator, Mapping

import aiohttp
from yarl import URL

from interlock.adapters.gateway.deadlines import Deadlines
from interlock.ports.gateway.upstream import UpstreamFailed
from interlock.terms.gateway.definition import ModelUpstream, WireFormat

ANTHROPIC_VERSION = "2023-06-01"
KEPT_ALIVE_S = 30.0
READ_BYTES = 65_536
HEAD_BYTES_MAX = 32_768
WHOLE_S = 900.0  # an answer that is sent byte by byte has an end, too
STREAM_BYTES_MAX = 256_000_000
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ClientConnectionResetError, aiohttp.ConnectionTimeoutError)


class _Place:
    """One place, its connections, and how many requests have one of them or wait for one."""

    __slots__ = ("at_work", "place", "session", "urls")

    def __init__(self, place: ModelUpstream, session: aiohttp.ClientSession) -> None:
        self.place, self.session, self.at_work = place, session, 0
        self.urls: dict[str, URL] = {}

    def url(self, path: str) -> URL:
        url = self.urls.get(path)
        if url is None:
            url = self.urls[path] = URL(self.place.base_url + path, encoded=True)
        return url


class AiohttpAnswer:
    """An answer whose head has come."""

    __slots__ = ("_at", "_deadlines", "_is_open", "_response", "headers", "status")

    def __init__(self, at: _Place, response: aiohttp.ClientResponse, deadlines: Deadlines) -> None:
        self._at, self._response, self._deadlines = at, response, deadlines
        self._is_open = True
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers  # case-insensitive

    async def read(self, bytes_max: int) -> bytes:
        content = self._response.content
        try:
            if content.is_eof():  # all of it came with its head
                body = content.read_nowait()
            else:
                with self._deadlines.within(WHOLE_S):
                    body = await self._parts(content, bytes_max)
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            self.close()
            raise _failed(self._at.place, exc) from None
        if len(body) > bytes_max:
            raise self._oversized(bytes_max)
        return body

    async def _parts(self, content: aiohttp.StreamReader, bytes_max: int) -> bytes:
        parts, size, between_s = list[bytes](), 0, self._at.place.between_chunks_s
        while True:
            with self._deadlines.within(between_s):
                part = await content.readany()
            if not part:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            size += len(part)
            if size > bytes_max:
                raise self._oversized(bytes_max)
            parts.append(part)

    async def chunks(self) -> AsyncIterator[bytes]:
        content, between_s, size = self._response.content, self._at.place.between_chunks_s, 0
        try:
            while True:
                with self._deadlines.within(between_s):
                    part = await content.readany()
                if not part:
                    return
                size += len(part)
                if size > STREAM_BYTES_MAX:
                    raise self._oversized(STREAM_BYTES_MAX)
                yield part
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise _failed(self._at.place, exc) from None

    def close(self) -> None:
        # A body that was read to its end has let its connection go already; any other is cut off.
        if not self._response.closed:
            self._response.close()
        if self._is_open:
            self._is_open = False
            self._at.at_work -= 1

    def _oversized(self, bytes_max: int) -> UpstreamFailed:
        self.close()
        return UpstreamFailed("oversized", f"{self._at.place.name} answered more than {bytes_max:,} bytes")


class AiohttpUpstream:
    """Sends to places; their keys come from `environment` by the names in the definition, never from the store."""

    def __init__(self, environment: Mapping[str, str], *, tls: ssl.SSLContext | None = None) -> None:
        self._environment, self._tls = environment, tls
        self._places: dict[str, _Place] = {}
        self._left: list[aiohttp.ClientSession] = []
        self._deadlines = Deadlines()

    async def send(self, place: ModelUpstream, path: str, body: bytes) -> AiohttpAnswer:
        at = self._places.get(place.name)
        if at is None or at.place is not place:
            at = self._at(place, at)
        at.at_work += 1
        try:
            response = await self._answered(at, path, body)
        except BaseException:
            at.at_work -= 1
            raise
        return AiohttpAnswer(at, response, self._deadlines)

    async def _answered(self, at: _Place, path: str, body: bytes) -> aiohttp.ClientResponse:
        try:
            with self._deadlines.within(at.place.first_byte_s):
                # A redirect would lead where no policy sent the request: it is an answer like any other.
                return await at.session.request("POST", at.url(path), data=body, allow_redirects=False)
        except aiohttp.ConnectionTimeoutError as exc:  # nothing was sent
            if at.at_work > at.place.connections_max:
                words = f"all {at.place.connections_max:,} connections to {at.place.name} are in use"
                raise UpstreamFailed("busy", words) from None
            raise _failed(at.place, exc) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise _failed(at.place, exc) from None

    def _at(self, place: ModelUpstream, known: _Place | None) -> _Place:
        """The connections of a place; new ones where it is defined otherwise now. Those at work are not cut off."""
        if known is not None and known.place == place:
            known.place = place
            return known
        if known is not None:
            self._left.append(known.session)
        at = self._places[place.name] = _Place(place, self._opened(place))
        return at

    async def close(self) -> None:
        for session in (*(at.session for at in self._places.values()), *self._left):
            await session.close()
        self._places.clear()

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
        return aiohttp.ClientSession(
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


def _failed(place: ModelUpstream, exc: Exception) -> UpstreamFailed:
    """What happened in words of ours: those of a library may hold the address with more than it should."""
    if isinstance(exc, _NOT_SENT):
        return UpstreamFailed("connect", f"{place.name} cannot be reached")
    if isinstance(exc, TimeoutError):
        return UpstreamFailed("timeout", f"{place.name} did not answer in time")
    return UpstreamFailed("broken", f"{place.name} broke off ({type(exc).__name__})")
