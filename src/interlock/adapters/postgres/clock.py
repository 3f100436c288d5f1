"""The time as the server tells it: hosts that share a store agree about leases whatever their own clocks say."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

import psycopg

from interlock.adapters.clocks.steady import running_s
from interlock.adapters.postgres.connection import Connection

ASKED_EVERY_S = 60.0
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class ServerClock:
    """interlock.ports.clock.Clock: the server's time when it was last asked, and what has passed here since.

    It can be told while the server cannot be reached. How far off it may be is half of a round trip, `error_s`.
    """

    def __init__(self, elapsed_s: Callable[[], float] = running_s) -> None:
        self._elapsed_s = elapsed_s
        self._asked: tuple[int, float] | None = None
        self.error_s = 0.0

    def __call__(self) -> dt.datetime:
        """The time now: aware, in UTC. The server must have been asked once."""
        if self._asked is None:
            raise RuntimeError("the server was not asked for the time yet")
        micros, at_s = self._asked
        return EPOCH + dt.timedelta(microseconds=micros, seconds=self._elapsed_s() - at_s)

    def ask(self, connection: Connection) -> None:
        """Ask the server, in one round trip. Raises psycopg.Error."""
        before_s = self._elapsed_s()
        row = connection.execute(_NOW).fetchone()
        after_s = self._elapsed_s()
        if row is None:
            raise psycopg.DataError("the server told no time")
        self._asked, self.error_s = (int(row[0]), (before_s + after_s) / 2), (after_s - before_s) / 2

    def ask_now_and_then(self, connection: Connection) -> None:
        """The same where that was not done for a while; a server that does not answer is asked another time."""
        if self._asked is None or self._elapsed_s() - self._asked[1] > ASKED_EVERY_S:
            with suppress(psycopg.Error):
                self.ask(connection)
