"""Append one canonical record to the ledger, inside the transaction of what it records."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from interlock.engine.ledger.canonical import canonical, canonical_known
from interlock.engine.ledger.merkle import leaf_hash
from interlock.engine.ledger.payloads import payload_digest
from interlock.ports.store import Transaction
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry, NewEntry

PAYLOAD_BYTES_MAX = 64 * 1024
RECORD_BYTES_MAX = 4 * 1024 * 1024


def record(
    tx: Transaction, kind: str, body: Mapping[str, Any], *, at: str, payload: Mapping[str, Any] | None = None
) -> LedgerEntry:
    """The entry as written; `at` is the recorded time, `payload` content that may be erased later (with a nonce).

    Raises BadInput where body or payload cannot be written as JSON (NaN, a lone surrogate) or one of them is too large:
    then nothing is recorded.
    """
    raw = written(kind, body, at=at, payload=payload)
    # What a later reader gets: the state must be the same when it is rebuilt from the record.
    entry = NewEntry(raw.at, raw.kind, json.loads(raw.record)["body"], raw.record, raw.leaf, raw.payload)
    return LedgerEntry(tx.append(entry), at, kind, entry.body, entry.record, entry.leaf, payload)


def written(
    kind: str,
    body: Mapping[str, Any],
    *,
    at: str,
    payload: Mapping[str, Any] | None = None,
    numbers: Iterable[float | None] | None = None,
) -> NewEntry:
    """The entry as it will be written, with the body as it was given.

    `numbers`: all fractions in a body of known shape (see `canonical_known`); the payload is then made of text and of
    `encoded` parts. Raises as `record`.
    """
    content: dict[str, Any] = {"at": at, "kind": kind, "body": body}
    kept = None
    try:
        if payload is not None:
            kept = canonical(payload) if numbers is None else canonical_known(payload, ())
            content["payload"] = payload_digest(kept)
        raw = canonical(content) if numbers is None else canonical_known(content, numbers)
    except (ValueError, TypeError, RecursionError) as exc:
        raise BadInput(f"this {kind} cannot be recorded: {exc}") from exc
    if len(raw) > RECORD_BYTES_MAX:
        raise BadInput(
            f"this {kind} cannot be recorded: it has {len(raw):,} bytes, at most {RECORD_BYTES_MAX:,} are; shorten it, "
            "or record the digest of a file that you keep"
        )
    if kept is not None and len(kept) > PAYLOAD_BYTES_MAX:
        raise BadInput(
            f"this {kind} cannot be recorded: its content has {len(kept):,} bytes, at most {PAYLOAD_BYTES_MAX:,} are "
            "kept; hand over a reference to it instead"
        )
    return NewEntry(at, kind, body, raw, leaf_hash(raw), kept)
