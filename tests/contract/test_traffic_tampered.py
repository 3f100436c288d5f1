"""Who alters a row or a sum of traffic is told, and which one it was, on each engine."""

from pathlib import Path
from typing import Any

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.engine.timestamp import moment
from interlock.flows.gateway.evidence.load import TrafficLoading
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.ports.store import Store
from traced import AT, now, write_ten

FORGED = (
    "INSERT INTO traffic SELECT 'forged', at, workflow, tenant, client, wire, model_asked, model_used, upstream, "
    "region, status, refused, streams, input_tokens, output_tokens, cost_micro_usd, latency_ms, first_chunk_ms, "
    "cache, accepted, outcome, {segment} FROM traffic WHERE id = 'r3'"
)
ALTERED = (
    ("UPDATE traffic SET cost_micro_usd = 1 WHERE id = 'r3'", "r3", "of its end"),
    ("UPDATE traffic SET cost_micro_usd = 1 WHERE id = 'r9'", "r9", "of its cost"),
    ("UPDATE traffic SET accepted = replace(accepted, 'shop', 'else') WHERE id = 'r3'", "r3", "of its beginning"),
    ("UPDATE traffic SET outcome = replace(outcome, '200', '299') WHERE id = 'r3'", "r3", "of its end"),
    ("UPDATE traffic SET tenant = 'other' WHERE id = 'r3'", "r3", "of its end"),
    ("UPDATE traffic SET segment = 'w-7.00000001' WHERE id = 'r3'", "r3", "that it is in w-7.00000001"),
    ("UPDATE traffic SET segment = 'w-7.00000001' WHERE id = 'r3'", "r3", "which the ledger does not know"),
    ("DELETE FROM traffic WHERE id = 'r0'", "r0", "its row is gone before its time"),
    ("DELETE FROM traffic WHERE id = 'r3'", "r3", "its row is gone before its time"),
    ("UPDATE traffic_day SET cost_micro_usd = cost_micro_usd - 1 WHERE model = 'small'", None, "the sums of"),
    ("UPDATE traffic_day SET failed = failed + 1 WHERE model = 'small'", None, "failed 1 and not 0"),
    ("UPDATE traffic_day SET latency_ms = latency_ms - 9 WHERE model = 'small'", None, "latency ms 371"),
    ("UPDATE traffic_day SET day = '2026-11-25'", None, "on 2026-11-25 are not those of the rows"),
    ("DELETE FROM traffic_day", None, "the sums of"),
    (FORGED.format(segment="segment"), "forged", "is in this segment, and it has none of them"),
    (FORGED.format(segment="'w-1.00000009'"), "forged", "is in this segment, which the ledger does not know"),
)
IN_PLACE_OF_ANOTHER = (
    FORGED.format(segment="segment"),
    "DELETE FROM traffic WHERE id = 'r8'",
)


class Undone(Exception):
    """What was altered is put back."""


def test_who_alters_the_store_is_told_what(store: Store, tmp_path: Path) -> None:
    """Ten requests, of which the last one has no end."""
    write_ten(tmp_path)
    segments = SegmentFolder(tmp_path, now)
    TrafficLoading(store, segments, lambda: moment(AT)).go()

    def told(*statements: str) -> set[tuple[str | None, str]]:
        found: set[tuple[str | None, str]] = set()
        try:
            with store.transaction() as tx:
                altering: Any = tx
                for statement in statements:
                    assert altering.change_all(statement, [{}]) > 0
                found |= {(fault.request, fault.words) for fault in verify_traffic(tx, segments).faults}
                raise Undone
        except Undone:
            return found

    for statement, request, words in ALTERED:
        assert [one for one in told(statement) if one[0] == request and words in one[1]], statement
    # Their number is as before, and so are all sums.
    assert {request for request, _ in told(*IN_PLACE_OF_ANOTHER)} == {"forged", "r8"}
    with store.reading() as reading:
        assert verify_traffic(reading, segments).faults == ()
