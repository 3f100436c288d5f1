"""The two records of a request as one row of the store, and what the records of a segment add up to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from interlock.engine.gateway.recorded import body_of, term_of
from interlock.ports.gateway.traffic import TrafficFilter, TrafficRow
from interlock.ports.store import Reading
from interlock.terms.gateway.trace import GIVEN_AGAIN, Accepted, Outcome

GROUPED_BY = ("workflow", "tenant", "client", "model")
PAGE = 1_000
Totals = list[Mapping[str, Any]]
Pair = tuple[Accepted, Outcome]


def row_of(accepted: Accepted, outcome: Outcome | None, segment: str) -> TrafficRow:
    """The row. Without an outcome it cost what was reserved: nobody knows better yet."""
    begun: dict[str, Any] = {
        "id": accepted.id,
        "at": accepted.at,
        "workflow": accepted.workflow,
        "client": accepted.client,
        "wire": accepted.wire,
        "model_asked": accepted.model,
        "accepted": body_of(accepted),
        "segment": segment,
        "tenant": accepted.tenant or "",
        "streams": accepted.streams,
    }
    if outcome is None:
        return TrafficRow(**begun, cost_micro_usd=accepted.reserved_micro_usd)
    last = outcome.attempts[-1] if outcome.attempts else None
    usage = outcome.usage
    return TrafficRow(
        **begun,
        model_used=model_used(outcome),
        upstream=last.upstream if last else "",
        region=last.region if last else "",
        status=outcome.status,
        refused=outcome.refused,
        input_tokens=usage.input_tokens if usage else 0,
        output_tokens=usage.output_tokens if usage else 0,
        cost_micro_usd=outcome.cost_micro_usd,
        latency_ms=outcome.latency_ms,
        first_chunk_ms=outcome.first_chunk_ms,
        cache=outcome.cache,
        outcome=body_of(outcome),
    )


def model_used(outcome: Outcome) -> str:
    """The model that answered, also where its answer was kept from before; "" where none did."""
    answered = next((one.model for one in reversed(outcome.attempts) if one.failure is None), "")
    return answered or (outcome.response_model or "" if outcome.cache in GIVEN_AGAIN else "")


def accepted_of(row: TrafficRow) -> Accepted:
    """The first record of a row."""
    return term_of(Accepted, row.accepted)


def outcome_of(row: TrafficRow) -> Outcome | None:
    """The second record of a row, None where there is none."""
    return None if row.outcome is None else term_of(Outcome, row.outcome)


def totals_of(rows: Iterable[TrafficRow]) -> Totals:
    """Sums by workflow, tenant, client and model that answered: what the ledger keeps of requests for good."""
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * 5)
    for row in rows:
        key = (row.workflow, row.tenant, row.client, row.model_used)
        counts = (1, int(row.refused is not None), row.input_tokens, row.output_tokens, row.cost_micro_usd)
        sums[key] = [one + other for one, other in zip(sums[key], counts, strict=True)]
    names = (*GROUPED_BY, "requests", "refused", "input_tokens", "output_tokens", "cost_micro_usd")
    return [dict(zip(names, (*key, *counts), strict=True)) for key, counts in sorted(sums.items())]


def pairs_of(reading: Reading, *, since: str) -> Iterator[Pair]:
    """Both records of every request that came from a time on and has ended, newest first."""
    wanted, after = TrafficFilter(since=since), None
    while page := reading.traffic(wanted, limit=PAGE, after=after):
        for row in page:
            outcome = outcome_of(row)
            if outcome is not None and row.workflow:
                yield accepted_of(row), outcome
        after = (page[-1].at, page[-1].id)
