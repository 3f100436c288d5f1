"""Calling the store's own functions with as little work as the driver allows: they are on the way of every effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from psycopg import pq

from interlock.adapters.postgres.connection import Lane
from interlock.terms.errors import BadInput

TEXT, BINARY = 0, 1
UNKNOWN_STATEMENT = b"26000"  # nothing was done then
Parameter = str | int | float | bytes | None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the store with `parameters` parameters, of which those at `binary` are bytes, and one result."""

    name: str
    parameters: int
    binary: frozenset[int]

    @property
    def query(self) -> bytes:
        """The statement that calls it."""
        places = ", ".join(f"${number}" for number in range(1, self.parameters + 1))
        return f"SELECT {self.name}({places})".encode()  # in FROM it would make a table of its one row

    @property
    def formats(self) -> list[int]:
        """How each parameter is sent."""
        return [BINARY if number in self.binary else TEXT for number in range(self.parameters)]


class Caller:
    """Calls one function, which is prepared once a session."""

    def __init__(self, function: Function) -> None:
        self._name = function.name.encode()
        self._query = function.query
        self._formats = function.formats

    def __call__(self, lane: Lane, parameters: Sequence[Parameter]) -> bytes:
        """The result, as text. The caller holds the lane.

        Raises psycopg.Error, and BadInput for a text that would silently end at a NUL character.
        """
        connection = lane.connection.pgconn
        sent = [one if one is None or type(one) is bytes else str(one).encode() for one in parameters]
        if any(one is not None and b"\0" in one for one, form in zip(sent, self._formats, strict=True) if form == TEXT):
            raise BadInput("a text holds a NUL character, which PostgreSQL cannot keep: take it out")
        found = self._found(lane, connection, sent)
        if found.error_field(pq.DiagnosticField.SQLSTATE) == UNKNOWN_STATEMENT:
            lane.prepared.discard(self._name)  # the driver forgets every prepared statement when it rolls back
            found = self._found(lane, connection, sent)
        return _checked(connection, found).get_value(0, 0) or b""

    def _found(self, lane: Lane, connection: pq.abc.PGconn, sent: Sequence[bytes | None]) -> pq.abc.PGresult:
        if self._name not in lane.prepared:
            _checked(connection, connection.prepare(self._name, self._query))
            lane.prepared.add(self._name)
        # The driver's stub knows no NULL here; the driver does.
        return connection.exec_prepared(self._name, cast("Any", sent), self._formats)


def _checked(connection: pq.abc.PGconn, found: pq.abc.PGresult) -> pq.abc.PGresult:
    if found.status in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
        return found
    if connection.status == pq.ConnStatus.BAD:
        words = connection.error_message.decode("utf-8", "replace").strip()
        raise psycopg.OperationalError(words or "the connection is lost")
    raise psycopg.errors.error_from_result(found)


def array(numbers: Sequence[int]) -> str | None:
    """Whole numbers as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, numbers)) + "}" if numbers else None
