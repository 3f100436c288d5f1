"""The two records of a request as one row of the store, and what the records of a segment add up to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from interlock.ports.gateway.traffic import StoredRequest, TrafficFilter, TrafficRow
from interlock.ports.store import Reading
from interlock.terms.gateway.trace import GIVEN_AGAIN, Accepted, Outcome

GROUPED_BY = ("workflow", "tenant", "client", "model")
PAGE = 1_000
Totals = list[Mapping[str, Any]]
Pair = tuple[Accepted, Outcome]


def stored_of(begun: tuple[Accepted, str], ended: tuple[Outcome, str] | None, segment: str) -> StoredRequest:
    """What is kept of the two records, each given with its text. Without an outcome it cost what was reserved: nobody
    knows better yet.
    """
    accepted, text = begun
    if ended is None:
        return StoredRequest(
            *_begin(accepted), "", "", "", None, None, int(accepted.streams), 0, 0, accepted.reserved_micro_usd,
            None, None, "off", text, None, segment,
        )  # fmt: skip
    outcome, end = ended
    last, usage = outcome.attempts[-1] if outcome.attempts else None, outcome.usage
    return StoredRequest(
        *_begin(accepted),
        _column(model_used(outcome)),
        last.upstream if last else "",
        last.region if last else "",
        outcome.status,
        outcome.refused,
        int(accepted.streams),
        usage.input_tokens if usage else 0,
        usage.output_tokens if usage else 0,
        outcome.cost_micro_usd,
        outcome.latency_ms,
        outcome.first_chunk_ms,
        outcome.cache,
        text,
        end,
        segment,
    )


def _begin(one: Accepted) -> tuple[str, str, str, str, str, str, str]:
    """The columns that are known from the beginning."""
    return one.id, one.at, one.workflow, one.tenant or "", _column(one.client), one.wire, _column(one.model)


def _column(name: str) -> str:
    """A name that others chose. PostgreSQL keeps no NUL in a text; in the records it is written as JSON writes it."""
    return name.replace("\0", "\N{REPLACEMENT CHARACTER}")


def row_of(accepted: Accepted, outcome: Outcome | None, segment: str) -> TrafficRow:
    """The row of the two records as it is read back."""
    end = None if outcome is None else (outcome, text_of(outcome))
    stored = stored_of((accepted, text_of(accepted)), end, segment)
    records: dict[str, Any] = {"accepted": body_of(accepted), "outcome": outcome and body_of(outcome)}
    return TrafficRow(**{**stored._asdict(), **records, "streams": accepted.streams})


def body_of(record: Accepted | Outcome) -> Any:
    """A record as a row that is read back has it."""
    return msgspec.json.decode(msgspec.json.encode(record))


def text_of(record: Accepted | Outcome | Mapping[str, Any]) -> str:
    """A record, or what a row has of it, as JSON text."""
    return msgspec.json.encode(record).decode()


def kept_row(row: TrafficRow) -> StoredRequest:
    """A row as it is kept."""
    end = None if row.outcome is None else text_of(row.outcome)
    kept = {name: getattr(row, name) for name in StoredRequest._fields}
    return StoredRequest(**{**kept, "streams": int(row.streams), "accepted": text_of(row.accepted), "outcome": end})


def model_used(outcome: Outcome) -> str:
    """The model that answered, also where its answer was kept from before; "" where none did."""
    for one in reversed(outcome.attempts):
        if one.failure is None:
            return one.model
    return outcome.response_model or "" if outcome.cache in GIVEN_AGAIN else ""


def accepted_of(row: TrafficRow) -> Accepted:
    """The first record of a row."""
    return msgspec.convert(row.accepted, Accepted)


def outcome_of(row: TrafficRow) -> Outcome | None:
    """The second record of a row, None where there is none."""
    return None if row.outcome is None else msgspec.convert(row.outcome, Outcome)


def totals_of(rows: Iterable[StoredRequest | TrafficRow]) -> Totals:
    """Sums by workflow, tenant, client and model that answered: what the ledger keeps of requests for good."""
    sums: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        key = (row.workflow, row.tenant, row.client, row.model_used)
        counts = sums.get(key)
        if counts is None:
            counts = sums[key] = [0] * 5
        counts[0] += 1
        counts[1] += row.refused is not None
        counts[2] += row.input_tokens
        counts[3] += row.output_tokens
        counts[4] += row.cost_micro_usd
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
