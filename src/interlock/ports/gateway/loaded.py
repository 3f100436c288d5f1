"""Which segments of the trace are in the store already, and the callers nobody knows that they counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from interlock.ports.gateway.traffic import TrafficRow
from interlock.terms.gateway.ungoverned import Ungoverned


@dataclass(frozen=True, slots=True)
class LoadedSegment:
    """A segment whose rows are in the store. `last` is the digest of its last line, `entry` where it is on record.

    `exported_at` None: its spans were not handed on yet.
    """

    name: str
    worker: str
    number: int
    last: str
    entry: int
    at: str
    exported_at: str | None = None


class LoadedReading(Protocol):
    """Looks at what is loaded; part of interlock.ports.store.Reading."""

    def loaded_segment(self, name: str) -> LoadedSegment | None:
        """One segment, None where it is not loaded."""
        ...

    def not_exported(self, *, limit: int, after: int = -1) -> tuple[LoadedSegment, ...]:
        """Segments whose spans were not handed on, in the order in which they were loaded, `after` an entry."""
        ...

    def unfinished(self, worker: str, *, since: str) -> tuple[TrafficRow, ...]:
        """Requests accepted by a worker from a time on, of whose end nothing is known, oldest first."""
        ...

    def rows_by_segment(self) -> Mapping[str, int]:
        """How many requests say of themselves that they were accepted in each segment; looks at every row."""
        ...

    def requests_of_segment(self, name: str) -> tuple[str, ...]:
        """The ids of those requests; looks at every row."""
        ...

    def ungoverned(self, *, since: str, limit: int) -> tuple[Ungoverned, ...]:
        """Callers that nobody knows, by day, those of the newest day first; days from that of `since` on."""
        ...


class LoadedWriting(Protocol):
    """Notes what is loaded; part of interlock.ports.store.Transaction."""

    def note_loaded(self, segment: LoadedSegment) -> None:
        """Put a segment beside the entry that this transaction wrote about it."""
        ...

    def note_exported(self, name: str, at: str) -> None:
        """Its spans were handed on, or never will be."""
        ...

    def count_ungoverned(self, counts: Sequence[Ungoverned]) -> None:
        """Add to the counts of the day in which each was first seen. Only so many kinds a day are told apart."""
        ...

    def forget_loaded(self, *, before: str) -> int:
        """Delete the notes of segments that were loaded before a time, and older counts; how many notes."""
        ...
