"""Looking at the reviews: what waits for a person, in whose hands it is, and what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A case that waits for a person, or was looked at by one. `kind` is one of terms.review.ReviewKind.

    `asked` names those whom it was put to: when it was escalated, or because only they may settle it. An approved
    effect that was not carried out yet may be until `approved_until`. Closed without a reviewer, it was refused because
    nobody decided in time.
    """

    key: str
    kind: str
    workflow: str
    opened_at: str
    due_at: str
    closed_at: str | None
    reviewer: str | None
    label: str | None
    claimed_by: str | None = None
    claimed_until: str | None = None
    escalations: int = 0
    asked: tuple[str, ...] = ()
    approved_until: str | None = None

    @property
    def refused(self) -> bool:
        """Whether it was closed by time alone."""
        return self.closed_at is not None and self.reviewer is None

    def holder(self, at: str) -> str | None:
        """Who has claimed it, None where nobody has or the claim has run out by the time `at`."""
        live = self.claimed_until is not None and at < self.claimed_until
        return self.claimed_by if live and self.closed_at is None else None


@dataclass(frozen=True, slots=True)
class Reach:
    """A part of the queue: reviews of one workflow, of one tenant's cases, or both; None for any.

    A case that names no tenant is of the tenant to whom its workflow was given: `given` are that tenant's workflows.
    """

    workflow: str | None = None
    tenant: str | None = None
    given: tuple[str, ...] = ()


EVERYTHING = (Reach(),)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open reviews are asked for; None (and "") for whatever. `key_part` is a part of the case's key."""

    workflow: str | None = None
    kind: str | None = None
    key_part: str = ""
    due_before: str | None = None
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue in the order of due times: behind that review."""

    due_at: str
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many open reviews there are, and how many of these are late; `at_least`: not all were looked at."""

    open: int
    late: int
    at_least: bool = False


class QueueReading(Protocol):
    """Part of interlock.ports.store.Reading. A reach of several parts is what lies in any of them."""

    def reviews(self, workflow: str, *, open_only: bool = True) -> tuple[ReviewRow, ...]:
        """Reviews, the most urgent first."""
        ...

    def review(self, key: str, kind: str) -> ReviewRow | None:
        """One review, or None."""
        ...

    def case_reviews(self, key: str) -> tuple[ReviewRow, ...]:
        """All reviews of one case, of whatever kind, by kind."""
        ...

    def queue(
        self,
        workflow: str | None = None,
        *,
        due_before: str | None = None,
        limit: int,
        reach: tuple[Reach, ...] = EVERYTHING,
    ) -> tuple[ReviewRow, ...]:
        """Open reviews of one workflow or of all: escalated ones first, then those that are due first."""
        ...

    def queue_page(
        self, wanted: Wanted, *, after: Place | None = None, limit: int, reach: tuple[Reach, ...] = EVERYTHING
    ) -> tuple[ReviewRow, ...]:
        """Open reviews in the order of their due times, behind a place; quick in a queue of any length."""
        ...

    def waiting(self, wanted: Wanted, at: str, *, most: int, reach: tuple[Reach, ...] = EVERYTHING) -> Waiting:
        """How many open reviews that is, and how many are due before the time `at`.

        At most `most` are looked at, those that are due first, whether they lie within the reach or not.
        """
        ...

    def in_reach(self, key: str, kind: str, reach: tuple[Reach, ...]) -> bool:
        """Whether there is such a review, open or closed, and it lies within the reach."""
        ...

    def reviews_since(self, opened_since: str, workflow: str | None = None) -> Iterator[ReviewRow]:
        """Reviews opened from a time on, open or closed, in that order, streamed."""
        ...

    def in_hand(self, at: str, *, reach: tuple[Reach, ...] = EVERYTHING) -> tuple[ReviewRow, ...]:
        """Open reviews that somebody has claimed, and whose claim has not run out by the time `at`."""
        ...

    def approved(self, at: str) -> tuple[ReviewRow, ...]:
        """Reviews whose effect a person approved and that was not carried out, and still may be at the time `at`."""
        ...
