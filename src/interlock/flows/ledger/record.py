"""Append one canonical record to the ledger, inside the transaction of what it records."""

import json
from collections.abc import Mapping
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.merkle import grow, leaf_hash, root_of
from interlock.ports.store import Transaction
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry


def record(tx: Transaction, kind: str, body: Mapping[str, Any], *, at: str) -> LedgerEntry:
    """The entry as written; `at` is the recorded time.

    Raises BadInput where the body cannot be written as JSON (NaN, a lone surrogate): then nothing is recorded.
    """
    head = tx.head()
    try:
        raw = canonical({"index": head.size, "at": at, "kind": kind, "body": dict(body)})
    except (ValueError, TypeError, RecursionError) as exc:
        raise BadInput(f"this {kind} cannot be recorded: {exc}") from exc
    written = json.loads(raw)["body"]  # what a later reader gets: the state must be the same when rebuilt from it
    leaf = leaf_hash(raw)
    grown = grow(head, leaf)
    entry = LedgerEntry(head.size, at, kind, written, raw, leaf, root_of(grown))
    tx.append(entry, grown)
    return entry
