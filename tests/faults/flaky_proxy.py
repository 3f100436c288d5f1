"""A proxy before PostgreSQL that loses the connection exactly where it is told, so that every place can be tried.

with FlakyProxy(url) as proxy:
    work(proxy.url)                       # once in peace
    for cut in every_cut(proxy.seen):     # then once for each message, lost or just delivered
        proxy.cut(cut)
        work(proxy.url)
"""

import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from psycopg.conninfo import conninfo_to_dict

PORT = 5432
ENDED_WITHIN_S = 10.0
CANCEL, TLS, GSS = 80877102, 80877103, 80877104
OURS = frozenset({"host", "hostaddr", "port", "sslmode", "gssencmode"})


class Side(StrEnum):
    """Which way a message goes."""

    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the protocol: its letter, or "startup" or "cancel"; and its SQL, tag or state where it has one."""

    side: Side
    kind: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Lose the connection at this message of this side, the first being 1: just before or just after it is delivered.

    Where the server is not told, its session lives on, with what it holds, until the proxy is closed: as when a machine
    vanishes. Otherwise the server finishes what it was sent and finds nobody to tell.
    """

    side: Side
    message: int
    delivered: bool = False
    server_told: bool = True


def every_cut(seen: Sequence[Message]) -> tuple[Cut, ...]:
    """Every place at which a conversation like this one can be lost, in its order."""
    counted = dict.fromkeys(Side, 0)
    cuts: list[Cut] = []
    for message in seen:
        counted[message.side] += 1
        cuts += [Cut(message.side, counted[message.side], delivered) for delivered in (False, True)]
    return tuple(cuts)


class FlakyProxy:
    """Listens on this machine, on a port of its own or on a unix socket, for as long as its `with` block lasts.

    All connections are counted together. Nothing is encrypted on either side. A client in the same process cancels with
    psycopg's `cancel_safe()`: its `cancel()` keeps the interpreter to itself while it waits for this proxy's threads.
    """

    def __init__(self, upstream: str, *, unix: bool = False) -> None:
        self._upstream = upstream
        self._unix = unix
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._lost = threading.Event()
        self._refusing = False
        self._cut: Cut | None = None
        self._seen: list[Message] = []
        self._links: list[_Link] = []
        self._threads: list[threading.Thread] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        if self._unix:
            folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="interlock-proxy-", dir="/tmp"))
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(f"{folder}/.s.PGSQL.{PORT}")
            self._at, here = "", {"host": folder, "port": str(PORT)}
        else:
            self._listener = socket.socket(socket.AF_INET)
            self._listener.bind(("127.0.0.1", 0))
            self._at, here = f"127.0.0.1:{self._listener.getsockname()[1]}", {}
        self._query = {**here, "sslmode": "disable", "gssencmode": "disable"}
        self._listener.listen()
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self.drop_all()
        self.resume()
        with self._lock:
            links = tuple(self._links)
        for link in links:
            link.abandon()
        for thread in self._threads:
            thread.join(ENDED_WITHIN_S)
        self._listener.close()
        self._open.close()

    @property
    def url(self) -> str:
        """The same database, through here."""
        at = urlsplit(self._upstream)
        user = at.netloc.rpartition("@")[0]
        rest = {name: value for name, value in parse_qsl(at.query) if name not in OURS}
        return f"{at.scheme}://{user}@{self._at}{at.path}?{urlencode({**rest, **self._query})}"

    @property
    def seen(self) -> tuple[Message, ...]:
        """What has come by since the start, `forget` or `cut`; a message that was cut off before delivery too."""
        with self._lock:
            return tuple(self._seen)

    def forget(self) -> None:
        """Count from here, and call off a cut that has not happened."""
        with self._lock:
            self._seen.clear()
            self._cut = None
            self._lost.clear()

    def cut(self, cut: Cut) -> None:
        """Lose the connection there, once, counting from here; connections made afterwards are left alone."""
        self.forget()
        with self._lock:
            self._cut = cut

    def wait_for_cut(self, *, seconds: float) -> bool:
        """Whether the cut happened within this time."""
        return self._lost.wait(seconds)

    def pause(self) -> None:
        """Keep connections and take new ones, but deliver nothing."""
        self._flowing.clear()

    def resume(self) -> None:
        """Deliver what was kept, and go on."""
        self._flowing.set()

    def refuse(self) -> None:
        """Hang up on every new connection at once."""
        self._refusing = True

    def allow(self) -> None:
        """Take new connections again."""
        self._refusing = False

    def drop_all(self) -> None:
        """Lose every connection that is open now; both sides are told."""
        with self._lock:
            links = tuple(self._links)
        for link in links:
            link.lose(server_told=True)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # the proxy is closed
            if self._refusing:
                client.close()
                continue
            try:
                link = _Link(client, _connected(self._upstream))
            except OSError:
                client.close()  # as a client would see it: nobody is there
                continue
            with self._lock:
                self._links.append(link)
            for side in Side:
                self._start(self._pump, link, side)

    def _pump(self, link: "_Link", side: Side) -> None:
        with suppress(OSError):
            for message, raw in link.messages(side):
                self._flowing.wait()
                if link.lost:
                    continue  # read to the end, so that nobody waits for room
                cut = self._judged(message)
                if cut is not None:
                    link.carry_no_more()  # or who is quick would answer this before the client is hung up on
                if cut is None or cut.delivered:
                    link.deliver(side, raw)
                if cut is not None:
                    link.lose(server_told=cut.server_told)
                    self._lost.set()
        link.end(side)

    def _judged(self, message: Message) -> Cut | None:
        with self._lock:
            self._seen.append(message)
            cut = self._cut
            if cut is None or cut.side is not message.side:
                return None
            if sum(each.side is cut.side for each in self._seen) < cut.message:
                return None
            self._cut = None
            return cut


class _Link:
    """A client and its session, and whether they have lost each other."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.lost = self._hung_up = False
        self._client, self._server = client, server
        self._server_told = True
        self._lock = threading.Lock()
        self._speaking = set(Side)
        self._prepared: dict[bytes, str] = {}

    def messages(self, side: Side) -> Iterator[tuple[Message, bytes]]:
        """What comes from this side's speaker, message by message, until it ends."""
        with (self._client if side is Side.TO_SERVER else self._server).makefile("rb") as stream:
            if side is Side.TO_SERVER:
                yield from self._startup(stream)
            while len(head := stream.read(5)) == 5:
                body = stream.read(int.from_bytes(head[1:]) - 4)
                kind = chr(head[0])
                yield Message(side, kind, self._words(side, kind, body)), head + body

    def deliver(self, side: Side, raw: bytes) -> None:
        """Raises OSError where the receiver has gone."""
        (self._server if side is Side.TO_SERVER else self._client).sendall(raw)

    def carry_no_more(self) -> None:
        """Let nothing more go by, either way."""
        with self._lock:
            self.lost = True

    def lose(self, *, server_told: bool) -> None:
        """Hang up on the client; the server is told by the end of what it is sent, after it has read all of it."""
        with self._lock:
            if self._hung_up:
                return
            self._hung_up, self.lost, self._server_told = True, True, server_told
        _shut(self._client, socket.SHUT_RDWR)
        if server_told:
            _shut(self._server, socket.SHUT_WR)

    def end(self, side: Side) -> None:
        """Tell the other side that this one has ended; when both have, nothing is left of the link."""
        if side is Side.TO_CLIENT:
            _shut(self._client, socket.SHUT_RDWR)
        elif self._server_told:
            _shut(self._server, socket.SHUT_WR)
        with self._lock:
            self._speaking.discard(side)
            if not self._speaking:
                self._client.close()
                self._server.close()

    def abandon(self) -> None:
        """Hang up on both."""
        _shut(self._client, socket.SHUT_RDWR)
        _shut(self._server, socket.SHUT_RDWR)

    def _startup(self, stream: BinaryIO) -> Iterator[tuple[Message, bytes]]:
        """The first message has no letter; a wish for encryption comes before it, and is refused as a server may."""
        while len(head := stream.read(8)) == 8:
            length, code = struct.unpack("!II", head)
            if code not in (TLS, GSS):
                kind = "cancel" if code == CANCEL else "startup"
                yield Message(Side.TO_SERVER, kind), head + stream.read(length - 8)
                return
            self._client.sendall(b"N")

    def _words(self, side: Side, kind: str, body: bytes) -> str:
        fields = body.split(b"\0")
        if side is Side.TO_CLIENT:
            return fields[0].decode() if kind in "CZ" else ""
        if kind == "Q":
            return fields[0].decode()
        if kind == "P":
            self._prepared[fields[0]] = fields[1].decode()
            return fields[1].decode()
        return self._prepared.get(fields[1], "") if kind == "B" else ""


def _shut(end: socket.socket, how: int) -> None:
    with suppress(OSError):  # it is shut or closed already
        end.shutdown(how)


def _connected(url: str) -> socket.socket:
    """A socket to the server of this URL. Raises OSError where nobody listens."""
    at = conninfo_to_dict(url)
    host, port = str(at.get("host") or "localhost"), int(at.get("port") or PORT)
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(str(Path(host) / f".s.PGSQL.{port}"))
    except OSError:
        server.close()
        raise
    return server
