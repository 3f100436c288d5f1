"""The durable trace of traffic."""

from typing import Protocol

from interlock.terms.gateway.trace import Accepted, Outcome


class TraceLog(Protocol):
    """Takes the two records of each request. Neither waits for a disk; both survive kill -9 once they return.

    Both raise Unavailable where the record could not be written: then nothing may be forwarded, and no answer may end.
    A known client's request that is refused has both records too, one right after the other.
    """

    def accept(self, record: Accepted) -> None:
        """Before the request is forwarded."""
        ...

    def outcome(self, record: Outcome) -> None:
        """Before the last byte of the answer leaves."""
        ...

    def ungoverned(self, *, network: str, wire: str, model: str, rule: str) -> None:
        """Count a request of a caller that nobody knows, which is refused (see terms.gateway.ungoverned).

        Counts are written when the segment is sealed; kill -9 loses those since the last seal. Never raises: nothing
        was forwarded, and a flood of strangers must not fill the disk.
        """
        ...

    def close(self) -> None:
        """Seal what is written; everything is on disk afterwards."""
        ...
