"""Put an inventory of interfaces on record, and read it back: the newest one is the inventory."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from interlock.engine.gateway.recorded import term_of
from interlock.engine.inventory.counting import counted, recorded
from interlock.engine.ledger.canonical import canonical, plain
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.entries import Sought
from interlock.ports.gateway.traffic import TrafficFilter
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.gateway.trace import TOOL_WIRE
from interlock.terms.inventory import Audited, RecordedInventory, RecordedOperation
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person

KIND = "inventory.recorded"
LOOKED_MAX = 2_000  # requests, the newest ones
OPERATIONS_MAX = 8_000  # about 2.5 MB; an entry has at most 4


def record_inventory(
    store: Store,
    operations: Sequence[Audited],
    *,
    source: str,
    rules_version: int,
    unread: int,
    by: Person,
    clock: Clock,
) -> RecordedInventory:
    """It is the inventory from now on; earlier ones stay on record.

    Raises BadInput without a name, without an operation, and for more than can be kept in one entry.
    """
    if not known_as(by.name):
        raise BadInput("say who puts the inventory on record (--as): it is recorded")
    if not 0 < len(operations) <= OPERATIONS_MAX:
        raise BadInput(f"{len(operations):,} operations cannot be put on record; 1 to {OPERATIONS_MAX:,} can")
    kept = [recorded(one) for one in operations]
    counts = counted("", kept)
    body: dict[str, Any] = {
        "workflow": None,
        "source": source,
        "digest": digest_of(kept),
        "rules_version": rules_version,
        "unread": unread,
        "operations": [plain(one) for one in kept],
        "counts": {"operations": counts.operations, "tiers": dict(counts.tiers), "findings": dict(counts.findings)},
        "by": by.name,
        "authenticated": by.authenticated,
    }
    with store.transaction() as tx:
        return inventory_of(record(tx, KIND, body, at=stamp(clock())))


def digest_of(operations: Sequence[RecordedOperation]) -> str:
    """SHA-256 over all of them with what each is taken to be, whatever their order."""
    lines = sorted(canonical(plain(one)) for one in operations)
    return f"sha256:{hashlib.sha256(b''.join(lines)).hexdigest()}"


def inventory_on_record(reading: Reading) -> RecordedInventory | None:
    """The newest; None where nobody put one on record."""
    # The newest first, and only that: each holds thousands of operations.
    newest = next(reading.looking_back(Sought(kinds=(KIND,))).entries, None)
    return None if newest is None else inventory_of(newest)


def inventory_of(entry: LedgerEntry) -> RecordedInventory:
    """An entry `inventory.recorded`."""
    body = entry.body
    return RecordedInventory(
        entry=entry.index,
        at=entry.at,
        by=str(body["by"]),
        source=str(body["source"]),
        digest=str(body["digest"]),
        rules_version=int(body["rules_version"]),
        unread=int(body["unread"]),
        operations=tuple(term_of(RecordedOperation, one) for one in body["operations"]),
    )


def unknown_calls(reading: Reading, inventory: RecordedInventory | None, *, since: str) -> tuple[tuple[str, int], ...]:
    """Tools that were called through the gateway and are in no inventory, with how often, most first.

    They are named as traffic names them, SERVER/TOOL. Without an inventory every tool is unknown.
    """
    known = {one.name for one in inventory.operations} if inventory else set()
    counts: Counter[str] = Counter()
    for row in reading.traffic(TrafficFilter(since=since), limit=LOOKED_MAX):
        if row.wire == TOOL_WIRE and row.model_asked.partition("/")[2] not in known:
            counts[row.model_asked] += 1
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
