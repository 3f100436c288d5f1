"""interlock.ports.drain.Drain with advisory locks: released by the server when a session ends."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from psycopg import errors

from interlock.adapters.postgres.connection import connect, translated

SCOPES_KEPT = 1024


@lru_cache(maxsize=SCOPES_KEPT)
def lock_of(scope: str) -> int:
    """The advisory lock of a kill scope: a negative number, so that it is none of the store's own."""
    return -1 - (int.from_bytes(hashlib.sha256(scope.encode()).digest()[:8], "big") >> 1)


class PostgresDrain:
    """Drain locks of actions live in the sessions of the journal's lanes; others are held here."""

    def __init__(self, address: str) -> None:
        self._address = address

    @contextmanager
    def hold(self, scopes: tuple[str, ...]) -> Iterator[None]:
        """Shared locks on every scope, on a session of its own."""
        with translated():
            connection = connect(self._address)
        try:
            with translated():
                for scope in scopes:
                    connection.execute("SELECT pg_advisory_lock_shared(%s)", (lock_of(scope),))
            yield
        finally:
            connection.close()

    def emptied(self, scope: str, *, timeout_s: float) -> bool:
        """Whether the exclusive lock could be had within `timeout_s`."""
        with translated(), connect(self._address) as connection:
            connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{max(1, round(timeout_s * 1e3))}ms",))
            try:
                connection.execute("SELECT pg_advisory_lock(%s)", (lock_of(scope),))
            except errors.LockNotAvailable:
                return False
            return True
