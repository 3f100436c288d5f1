"""The store's tables are changed by hand, column by column; verification must say what was changed."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import pytest

from governed import BEN, CARLA, DEFINITION, NAME, House
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.engine.ledger.merkle import grow
from interlock.engine.timestamp import stamp
from interlock.flows.action.kill import kill, resume
from interlock.flows.ledger.checkpoint import checkpoint
from interlock.flows.ledger.content import keep_text
from interlock.flows.ledger.export import export
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.record import record
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import NONE_KEPT, verify, verify_export
from interlock.flows.review.decide import close_review
from interlock.terms.checkpoint import Checkpoint
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import Fault, LedgerCheck, TreeHead


def columns() -> Iterator[tuple[str, str]]:
    database = sqlite3.connect(":memory:")
    schema = files("interlock.adapters.sqlite").joinpath("schema.sql").read_text(encoding="utf-8")
    database.executescript(schema)
    for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        for column in database.execute(f"PRAGMA table_info({table})"):
            yield table, column[1]
    database.close()


# Beside the ledger: a version, the content of cases, which may be erased, and the gateway's counters and traffic, which
# are loaded from traces that prove themselves.
BESIDE = {"meta", "payload", "allowance", "traffic", "traffic_day", "traffic_segment", "traffic_stranger"}
ELSEWHERE = {("ledger_head", "one"), ("authority", "one")} | {c for c in columns() if c[0] in BESIDE}
GUARDED = [c for c in columns() if c not in ELSEWHERE]
LEDGER = {"ledger", "ledger_head", "ledger_root"}
LIMITED = replace(DEFINITION, limits=replace(DEFINITION.limits, applied_per_day=100))


@dataclass(frozen=True)
class Copied:
    path: Path
    seen: Checkpoint

    def change(self, *statements: str) -> None:
        database = sqlite3.connect(self.path, isolation_level=None)
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
        database.close()

    def verify(self, *, with_checkpoint: bool = False) -> LedgerCheck:
        store = SqliteStore(self.path, merkle)
        try:
            return verify(store, kept=Kept((self.seen,)) if with_checkpoint else NONE_KEPT)
        finally:
            store.close()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Copied:
    """A store with rows in every table, and a checkpoint of it."""
    house = House(tmp_path_factory.mktemp("lived"))
    house.define(LIMITED)
    house.certificate()
    house.shadow(130)
    house.judge()
    house.promote()
    for _ in range(3):
        house.act()
    house.act(house.proposal(label="fraud"))
    close_review(house.store, NAME, "case-00130", "audit", label="billing", by=CARLA, clock=house.clock)
    kill(house.store, house.drain, f"workflow:{NAME}", by=BEN, reason="drill", clock=house.clock, timeout_s=0)
    resume(house.store, f"workflow:{NAME}", by=BEN, reason="drill over", clock=house.clock)
    with house.store.transaction() as tx:
        keep_text(tx, "case-00130", "the text of a case", at=stamp(house.clock()))
    assert verify(house.store).holds
    with sealed(house.store) as reading:
        seen = checkpoint(reading)
    house.store.close()
    return Copied(house.path, seen)


@pytest.fixture
def copied(lived: Copied, tmp_path: Path) -> Copied:
    shutil.copy(lived.path, tmp_path / "store.db")
    return Copied(tmp_path / "store.db", lived.seen)


def test_what_was_not_changed_holds(copied: Copied) -> None:
    found = copied.verify(with_checkpoint=True)
    assert (found.faults, found.caveat, found.entries) == ((), "", copied.seen.size)
    assert "Without a checkpoint" in copied.verify().caveat


@pytest.mark.parametrize(("table", "column"), GUARDED, ids=[f"{t}.{c}" for t, c in GUARDED])
def test_any_changed_column_is_found(copied: Copied, table: str, column: str) -> None:
    where = " WHERE payload IS NOT NULL" if table == "ledger" else ""
    changed = {
        "INTEGER": f"coalesce({column}, 0) + 100000",
        "BLOB": f"CAST('x' || substr({column}, 2) AS BLOB)",
        "TEXT": f"coalesce({column}, '') || 'x'",
    }
    database = sqlite3.connect(copied.path)
    (kind,) = (c[2] for c in database.execute(f"PRAGMA table_info({table})") if c[1] == column)
    key = "rowid" if table in LEDGER else column
    database.execute(
        f"UPDATE {table} SET {column} = {changed[kind]} WHERE {key} IS (SELECT {key} FROM {table}{where} LIMIT 1)"
    )
    database.commit()
    database.close()
    found = copied.verify()
    assert not found.holds
    words = " ".join(fault.reason for fault in found.faults)
    if table not in LEDGER:
        assert table in words or "salt" in words
    elif column in {"at", "kind", "workflow"}:
        assert column in words


@pytest.mark.parametrize("table", sorted({t for t, _ in GUARDED} - LEDGER))
def test_a_deleted_row_of_the_state_is_found(copied: Copied, table: str) -> None:
    copied.change(f"DELETE FROM {table}")
    words = " ".join(fault.reason for fault in copied.verify().faults)
    assert ("salt" if table == "secret" else f"{table} ") in words


@pytest.mark.parametrize("column", ["text", "digest"])
def test_a_text_that_is_not_the_one_of_its_digest_is_found(copied: Copied, column: str) -> None:
    copied.change(f"UPDATE payload SET {column} = {column} || 'x'")
    reason = "the text of case 'case-00130' is not the one of its digest: it was replaced"
    assert copied.verify().faults == (Fault(None, reason),)


def test_a_forged_row_of_the_state_is_found(copied: Copied) -> None:
    copied.change("INSERT INTO scope VALUES ('workflow:other', 7, 1)")
    reason = "the state differs from the ledger: scope workflow:other is in no ledger entry"
    assert copied.verify().faults == (Fault(None, reason),)


@pytest.mark.parametrize(
    ("field", "other"), [("approver", "Eve"), ("verb", "deny"), ("reason", "x"), ("label", "sales"), ("by", "Eve")]
)
def test_a_tampered_record_is_found_and_named(copied: Copied, field: str, other: str) -> None:
    database = sqlite3.connect(copied.path)
    entry, record = database.execute(
        "SELECT entry, record FROM ledger WHERE instr(record, ?) LIMIT 1", (f'"{field}":"'.encode(),)
    ).fetchone()
    start = record.index(f'"{field}":"'.encode()) + len(field) + 4
    changed = record[:start] + other.encode() + record[record.index(b'"', start) :]
    database.execute("UPDATE ledger SET record = ? WHERE entry = ?", (changed, entry))
    database.commit()
    database.close()
    reason = "its content does not match its recorded hash: the entry was changed after it was written"
    found = copied.verify()
    assert found.faults == (Fault(entry, reason),)
    store = SqliteStore(copied.path, merkle)
    with sealed(store) as reading:
        assert verify_export(list(export(reading))).faults == (Fault(entry, reason),)
    store.close()


def test_a_forged_entry_outside_of_the_tree_is_found(copied: Copied) -> None:
    copied.change("INSERT INTO ledger SELECT -1, at, kind, workflow, record, leaf, payload FROM ledger WHERE entry = 3")
    reason = "it comes again, or out of order, where entry 0 belongs"
    assert copied.verify().faults[0] == Fault(-1, reason)
    copied.change("UPDATE ledger SET entry = 100000 WHERE entry = -1")
    found = copied.verify().faults
    assert "entry 100000 (decision.made) cannot be replayed: its case was there already" in found[0].reason


def test_deleted_last_entries_are_found_by_the_head(copied: Copied) -> None:
    copied.change("DELETE FROM ledger WHERE entry = (SELECT max(entry) FROM ledger)")
    size = copied.seen.size
    reason = f"the tree head says {size} entries, there are {size - 1}: some were cut or added"
    assert copied.verify().faults == (Fault(size - 1, "it is missing"), Fault(None, reason))


def test_last_entries_cut_with_their_head_and_state_need_the_checkpoint(copied: Copied) -> None:
    """What is rewritten so that everything agrees is consistent in itself; only what was kept elsewhere shows it."""
    with sqlite3.connect(copied.path) as database:
        entry = database.execute("SELECT max(entry) FROM ledger WHERE kind = 'scope.resumed'").fetchone()[0]
        assert entry == copied.seen.size - 1
        size = entry
        peaks = b"".join(_peaks([row[0] for row in database.execute("SELECT leaf FROM ledger ORDER BY entry")][:size]))
        database.execute("DELETE FROM ledger WHERE entry = ?", (entry,))
        database.execute("UPDATE ledger_head SET size = ?, last = ?, peaks = ?", (size, size - 1, peaks))
    database.close()
    state = (f"scope workflow:{NAME} was changed (halted)", "authority 1 was changed (version)")
    assert copied.verify().faults == tuple(
        Fault(None, f"the state differs from the ledger: {words}") for words in state
    )
    copied.change("UPDATE scope SET halted = 1", "UPDATE authority SET version = version - 1")
    alone = copied.verify()
    assert alone.holds
    assert "Without a checkpoint" in alone.caveat
    reason = f"a checkpoint saw {size + 1} entries, the ledger holds only {size}: its end was cut off"
    assert copied.verify(with_checkpoint=True).faults == (Fault(None, reason),)


def _peaks(leaves: list[bytes]) -> tuple[bytes, ...]:
    head = TreeHead(0, ())
    for leaf in leaves:
        head = grow(head, leaf)
    return head.peaks


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_head",
        "UPDATE ledger_head SET size = size + 1",
        "UPDATE ledger_head SET size = -5",
        "UPDATE ledger_head SET peaks = x'00'",
        "UPDATE ledger_head SET peaks = x''",
        "UPDATE ledger SET record = x'' WHERE entry = 5",
        "UPDATE ledger SET record = x'ff00' WHERE entry = 5",
        "UPDATE ledger SET record = CAST(replace(hex(zeroblob(30000)), '0', '[') AS BLOB) WHERE entry = 5",
        "UPDATE ledger SET record = CAST('{\"index\":5}' AS BLOB) WHERE entry = 5",
        "UPDATE ledger SET leaf = x'' WHERE entry = 5",
        "UPDATE ledger SET kind = 'unheard of' WHERE entry = 5",
        "UPDATE decision SET verb = 'divine', state = 'lost'",
        "UPDATE workflow SET definition = '[', granted = '[', monitor = '['",
        "UPDATE evidence SET class = 'divine'",
        "UPDATE ledger SET payload = x'ff' WHERE entry = (SELECT max(entry) FROM ledger WHERE payload IS NOT NULL)",
        "UPDATE ledger SET payload = x'6e756c6c' WHERE payload IS NOT NULL",
        "UPDATE ledger SET payload = x'7b7d' WHERE payload IS NOT NULL",
        "UPDATE ledger_root SET root = x''",
        "UPDATE ledger_root SET size = -256",
        "DELETE FROM ledger_root",
        "DELETE FROM authority",
    ],
)
def test_damage_is_a_fault_and_never_an_exception(copied: Copied, statement: str) -> None:
    copied.change(statement)
    assert not copied.verify().holds


def test_nothing_is_written_behind_a_damaged_head(copied: Copied) -> None:
    copied.change("UPDATE ledger_head SET size = size + 1")
    store = SqliteStore(copied.path, merkle)
    with pytest.raises(Unavailable, match="tree head is damaged"), store.transaction() as tx:
        record(tx, "gate.judged", {}, at="2026")
    store.close()
