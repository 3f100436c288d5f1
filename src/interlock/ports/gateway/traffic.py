"""The traffic that passed the gateway, as rows that are read: loaded from the trace, which stays the evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class TrafficRow:
    """One request. `accepted` and `outcome` are the trace's two records, JSON-able; they hold no content.

    `outcome` None: it was accepted and nobody knows how it ended; then `status` is None too, and what it reserved is
    its `cost_micro_usd`. `refused` is the rule that refused it. Names are "" where there is none: a client without a
    tenant, a request that reached no upstream. `cache` is as in the outcome. `segment` is where its trace is.
    """

    id: str
    at: str
    workflow: str
    client: str
    wire: str
    model_asked: str
    accepted: Mapping[str, Any]
    segment: str
    tenant: str = ""
    model_used: str = ""
    upstream: str = ""
    region: str = ""
    status: int | None = None
    refused: str | None = None
    streams: bool = False
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micro_usd: int = 0
    latency_ms: float | None = None
    first_chunk_ms: float | None = None
    cache: str = "off"
    outcome: Mapping[str, Any] | None = None


class StoredRequest(NamedTuple):
    """A `TrafficRow` as it is kept: `streams` is 0 or 1, and the two records are the JSON text that the trace holds."""

    id: str
    at: str
    workflow: str
    tenant: str
    client: str
    wire: str
    model_asked: str
    model_used: str
    upstream: str
    region: str
    status: int | None
    refused: str | None
    streams: int
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int
    latency_ms: float | None
    first_chunk_ms: float | None
    cache: str
    accepted: str
    outcome: str | None
    segment: str


@dataclass(frozen=True, slots=True)
class TrafficFilter:
    """Which requests; None: any. `workflows` empty: none. Times are RFC 3339, from `since` to before `until`.

    `amiss`: only those that were refused, that failed, or of whose end nothing is known. `refused`: by this rule.
    """

    workflows: tuple[str, ...] | None = None
    tenant: str | None = None
    client: str | None = None
    since: str | None = None
    until: str | None = None
    amiss: bool = False
    refused: str | None = None


class SumBy(StrEnum):
    """What sums are told apart by. The model is the one that answered, "" where none did."""

    DAY = "day"
    WORKFLOW = "workflow"
    TENANT = "tenant"
    CLIENT = "client"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class TrafficSum:
    """What some requests add up to. `by` has the values that they share, in the order that was asked for.

    `refused` were refused here, `failed` ended with a status from 400 on for another reason, `in_doubt` have no known
    end. `latency_ms` is the sum over the `answered`.
    """

    by: tuple[str, ...]
    requests: int
    refused: int
    failed: int
    in_doubt: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int
    latency_ms: float

    @property
    def answered(self) -> int:
        """How many have a known end."""
        return self.requests - self.in_doubt


class TrafficReading(Protocol):
    """Looks at traffic; part of interlock.ports.store.Reading."""

    def traffic(
        self, wanted: TrafficFilter, *, limit: int, after: tuple[str, str] | None = None
    ) -> tuple[TrafficRow, ...]:
        """Requests, newest first. `after` is (at, id) of the last one that was seen."""
        ...

    def traffic_of(self, id_: str) -> TrafficRow | None:
        """One request, or None."""
        ...

    def traffic_sums(
        self,
        by: Sequence[SumBy],
        *,
        since: str | None = None,
        until: str | None = None,
        workflows: tuple[str, ...] | None = None,
        tenant: str | None = None,
        client: str | None = None,
    ) -> tuple[TrafficSum, ...]:
        """Sums, sorted by what they are told apart by, over whole days in UTC: from `since` to before `until`.

        They also hold requests whose rows were deleted.
        """
        ...

    def row_sums(self, *, since: str) -> tuple[TrafficSum, ...]:
        """What the rows from a day on add up to by everything that sums are told apart by, as these should say."""
        ...


class TrafficWriting(Protocol):
    """Loads and deletes traffic; part of interlock.ports.store.Transaction."""

    def load_traffic(self, rows: Sequence[StoredRequest]) -> int:
        """Take requests in, those with an id that is there already too: then only an outcome is added to one in doubt.

        Returns how many were new or got their outcome. Raises Unavailable where the store cannot be written.
        """
        ...

    def delete_traffic(self, *, before: str, workflow: str | None = None, limit: int) -> int:
        """Delete at most `limit` rows of requests from before a time, the oldest first; how many. Sums stay."""
        ...
