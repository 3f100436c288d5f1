"""Opening PostgreSQL so that a commit means what it says, and translating its errors."""

import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg import errors

from interlock.terms.errors import Unavailable

SCHEMA_VERSION = "3"
CONNECT_TIMEOUT_S = 5
WAIT_S = 15.0  # as long as for a lock
BUSY = "The server is slow or stands still; try again in a moment"
DESK, APPEND, AUTHORITY, SCHEMA = 3, 2, 1, 5

Connection = psycopg.Connection[tuple[Any, ...]]

# A server that went away without a word is noticed within about this long.
LIVENESS: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}

# A holder of locks that was stopped in the middle of a transaction must not keep a kill waiting for ever.
SETTINGS = (
    "SET synchronous_commit = on",
    # A client's machine that went away without a word keeps its drain locks no longer than this.
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET idle_in_transaction_session_timeout = '10s'",
    "SET lock_timeout = '15s'",
    "SET client_encoding = 'UTF8'",
    "SET bytea_output = 'hex'",
    "SET default_transaction_isolation = 'read committed'",
)


_open_here: WeakSet[Connection] = WeakSet()


def connect(address: str) -> Connection:
    """A connection in autocommit mode, of this process alone. Raises Unavailable where the server cannot be reached."""
    with translated():
        connection = psycopg.connect(address, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S, **LIVENESS)
        _open_here.add(connection)
        connection.prepare_threshold = 2
        for setting in SETTINGS:
            connection.execute(setting)
    return connection


def is_store(connection: Connection) -> bool:
    """Whether the database holds a store, of whatever version."""
    found = connection.execute("SELECT to_regclass('meta')").fetchone()
    return found is not None and found[0] is not None


def make_schema(connection: Connection) -> None:
    """Create tables and functions where they are absent; refuse a store of another version."""
    with translated(), connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA,))
        if not is_store(connection):
            for name in ("schema.sql", "functions.sql"):
                script = files(__package__).joinpath(name).read_text(encoding="utf-8")
                connection.execute(script)
            connection.execute("INSERT INTO meta VALUES ('schema', %s)", (SCHEMA_VERSION,))
        row = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    if row is None or row[0] != SCHEMA_VERSION:
        older = row is not None and str(row[0]).isdigit() and int(row[0]) < int(SCHEMA_VERSION)
        mend = (
            "Back it up with the Interlock that made it, then run `interlock upgrade`"
            if older
            else "Use the Interlock that made it, or a newer one"
        )
        raise Unavailable(f"the store has schema {row and row[0]}, this Interlock knows {SCHEMA_VERSION}. {mend}")


def _silently(connection: Connection) -> None:
    pass


class Lane:
    """A connection that several actions of a process share: their drain locks live in its session."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.lock = threading.Lock()
        self.prepared: set[bytes] = set()

    @property
    def broken(self) -> bool:
        """Whether the session, and with it its locks, is gone."""
        return self.connection.closed


class Lanes:
    """The connections of one process to one store; each is used by one thread at a time.

    A forked child must open its own: its parent's is refused.
    """

    def __init__(self, address: str, *, lanes_max: int, greeted: Callable[[Connection], None] = _silently) -> None:
        self._address = address
        self._lanes_max = lanes_max
        self._greeted = greeted  # is handed the connection of a lane that somebody takes, before they use it
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._free = threading.Condition(self._lock)
        self._lanes: list[Lane] = []
        self._opening = 0
        self._closed = False

    @contextmanager
    def taken(self, lane: Lane | None = None, *, at_once: bool = False) -> Iterator[Lane]:
        """A lane for this thread alone: the one named, or any. Raises Unavailable, also where all stay in use.

        `at_once` opens one beyond the limit where none is free: for a thread that holds one already. If it waited, as
        many such threads as there are lanes would wait for each other.
        """
        self.check_usable()
        chosen = self._any(at_once=at_once) if lane is None else lane
        if lane is not None:
            lane.lock.acquire()
        try:
            if lane is None:
                self._greeted(chosen.connection)
            yield chosen
        finally:
            self._back(chosen)

    def close(self) -> None:
        """Close every connection."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            self._closed = True
            for lane in self._lanes:
                with suppress(psycopg.Error):
                    lane.connection.close()
            self._lanes.clear()
            self._free.notify_all()

    def check_usable(self) -> None:
        """Raises Unavailable in a forked child, and where it was closed."""
        if os.getpid() != self._pid:
            raise Unavailable("this store was opened before a fork; open a new one in the child process")
        if self._closed:
            raise Unavailable("the store was closed; open it again")

    def _any(self, *, at_once: bool) -> Lane:
        give_up = time.monotonic() + WAIT_S
        with self._free:
            while (lane := self._idle()) is None:
                if at_once or len(self._lanes) + self._opening < self._lanes_max:
                    self._opening += 1
                    break
                if time.monotonic() >= give_up:
                    raise Unavailable(f"all connections to PostgreSQL were in use for {WAIT_S:.0f} s. {BUSY}")
                self._free.wait(min(1.0, max(give_up - time.monotonic(), 0.01)))
                self.check_usable()
        return lane or self._opened()

    def _idle(self) -> Lane | None:
        """One that nobody uses, taken; the caller holds the lock."""
        self._lanes = [one for one in self._lanes if not one.broken]
        for lane in self._lanes:
            if not lane.lock.acquire(blocking=False):
                continue
            if not _is_ended(lane.connection):
                return lane
            lane.connection.close()
            lane.lock.release()
        self._lanes = [one for one in self._lanes if not one.broken]
        return None

    def _opened(self) -> Lane:
        """A new one, taken. While a server does not answer, others can give theirs back."""
        lane = None
        try:
            lane = Lane(connect(self._address))
            lane.lock.acquire()
        finally:
            with self._free:
                self._opening -= 1
                if lane is not None:
                    self._lanes.append(lane)
                self._free.notify()
        return lane

    def _back(self, lane: Lane) -> None:
        if os.getpid() != self._pid:
            return
        if not lane.broken and lane.connection.pgconn.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            with suppress(psycopg.Error):
                lane.connection.close()  # somebody was stopped in the middle: nothing of it may live on
        with self._free:
            if self._closed or len(self._lanes) > self._lanes_max:
                lane.connection.close()
                self._lanes = [one for one in self._lanes if one is not lane]
            lane.lock.release()
            self._free.notify()


def _is_ended(connection: Connection) -> bool:
    """Whether the server has ended an idle session, as it does when it is restarted: then there is word of it."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    for _ in range(2):  # a farewell may come before the end
        if not waiting.poll(0):
            return False
        try:
            connection.pgconn.consume_input()
        except psycopg.Error:
            return True
    return bool(waiting.poll(0))


@contextmanager
def translated() -> Iterator[None]:
    """PostgreSQL's errors as Unavailable, in words that say what to do."""
    try:
        yield
    except psycopg.Error as exc:
        raise as_unavailable(exc) from exc


def as_unavailable(exc: psycopg.Error) -> Unavailable:
    """An error of PostgreSQL in words that say what to do; never with the address, which may hold a password."""
    words = " ".join(str(exc).split()) or type(exc).__name__
    mends: tuple[tuple[type[psycopg.Error], str], ...] = (
        (errors.DiskFull, "Free disk space on the server and try again; nothing was written"),
        (errors.LockNotAvailable, "Somebody else holds the store; try again when that is done"),
        (errors.ReadOnlySqlTransaction, "The server takes no writes (a standby?): connect to its primary"),
        (errors.InsufficientPrivilege, "Give the role the right to use the store's tables and functions"),
        (errors.TooManyConnections, "Raise max_connections of the server, or close other clients"),
        (psycopg.DataError, "Nothing was written: take out of it what PostgreSQL cannot keep, such as a NUL character"),
        (psycopg.OperationalError, "Check that the server runs and can be reached"),
    )
    mend = next((mend for kind, mend in mends if isinstance(exc, kind)), "See the log of the server")
    return Unavailable(f"the PostgreSQL store cannot be used: {words}. {mend}.")


def _after_fork_in_child() -> None:
    """Let go of the parent's sockets: a session, and its drain locks, would outlive a parent that is killed."""
    inherited = [one for one in _open_here if not one.closed]
    _open_here.clear()
    if not inherited:
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        for connection in inherited:
            os.dup2(nowhere, connection.fileno(), inheritable=False)  # closed without a word to the server
    finally:
        os.close(nowhere)


os.register_at_fork(after_in_child=_after_fork_in_child)
