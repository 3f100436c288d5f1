"""The durable trace of traffic."""

from typing import Protocol

from interlock.terms.gateway.trace import Accepted, Outcome


class TraceLog(Protocol):
    """Takes the two records of each request. Neither waits for a disk; both survive kill -9 once they return.

    Both raise Unavailable where the record could not be written: then nothing may be forwarded, and no answer may end.
    """

    def accept(self, record: Accepted) -> None:
        """Before the request is forwarded."""
        ...

    def outcome(self, record: Outcome) -> None:
        """Before the last byte of the answer leaves."""
        ...

    def close(self) -> None:
        """Seal what is written; everything is on disk afterwards."""
        ...
