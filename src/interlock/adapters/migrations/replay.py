"""Schema 1 to 2 of an embedded store: new tables from a replay of the ledger, compared with the old ones.

Runs inside the caller's transaction and on its connection: either all of it is written, or nothing.
"""

import json
import sqlite3
from collections.abc import Iterator
from importlib.resources import files

from interlock.adapters.sql.projections import statements
from interlock.adapters.sql.reading import tree_head
from interlock.adapters.sql.rebuild import rebuild
from interlock.adapters.sql.rows import KEEP_TEXT, body_of
from interlock.adapters.sql.sealing import ROOT, SEAL, UNSEALED, sealed
from interlock.adapters.sqlite.views import SqliteReading
from interlock.ports.tree import Tree
from interlock.ports.upkeep import Rules
from interlock.terms.errors import Unavailable

OLD_TABLES = ("ledger", "ledger_head", "workflow", "evidence", "scope", "decision", "intent", "review", "payload")
MEND = "Nothing was changed: run `interlock ledger verify` with the Interlock that made the store, or restore a backup"
UNDO_LEASE_S = 30  # how long an undo of schema 1 was at work
TEXTS = "SELECT ?, digest, ?, text FROM old_payload WHERE"

# What both schemas hold of the same thing: (in words, of the old tables, of the new ones).
SAME: tuple[tuple[str, str, str], ...] = (
    (
        "decisions",
        "SELECT key, workflow, release, verb, audited, at, entry, outcome, wrong, observed_entry FROM old_decision",
        "SELECT key, workflow, release, verb, audited, at, entry, outcome, wrong, observed_entry FROM decision",
    ),
    (
        "intents",
        "SELECT key, workflow, release, epoch, state, owner, entry FROM old_intent",
        "SELECT key, workflow, release, epoch, state, owner, intent_entry FROM decision WHERE state IS NOT NULL",
    ),
    (
        "reviews",
        "SELECT key, kind, workflow, opened_at, due_at, closed_at, reviewer, label FROM old_review",
        "SELECT key, kind, workflow, opened_at, due_at, closed_at, reviewer, label FROM review",
    ),
    ("workflows", "SELECT * FROM old_workflow", "SELECT * FROM workflow"),
    ("evidence", "SELECT * FROM old_evidence", "SELECT * FROM evidence"),
    ("halts", "SELECT * FROM old_scope", "SELECT * FROM scope"),
)


def replay_into_schema_2(db: sqlite3.Connection, rules: Rules) -> None:
    """Build the tables of schema 2. Raises Unavailable where the old store is damaged, or somebody is at work on it."""
    _refuse_while_at_work(db, rules.at)
    _check_old_tree(db, rules.tree)
    _set_aside(db)
    for statement in statements_of("schema_2.sql"):
        db.execute(statement)
    db.execute("INSERT INTO ledger_head VALUES (1, 0, -1, x'')")
    db.execute("INSERT INTO authority VALUES (1, 0)")
    db.execute("INSERT INTO ledger SELECT entry, at, kind, workflow, record, leaf, NULL FROM old_ledger ORDER BY entry")
    for fault in rebuild(db, SqliteReading(db).entries()):
        raise Unavailable(f"the ledger cannot be replayed: {fault}. {MEND}")
    for what, old, new in SAME:
        _compare(db, what, old, new)
    _take_texts(db, rules.at)
    _note(db, rules)
    _seal(db, rules.tree)
    for table in OLD_TABLES:
        db.execute(f"DROP TABLE old_{table}")
    rules.checked(SqliteReading(db), f"the upgraded store would not verify. {MEND}")


def _refuse_while_at_work(db: sqlite3.Connection, at: str) -> None:
    """An effect that is under way would lose its receipt: the process that runs it knows the old tables only."""
    held = "SELECT key FROM intent WHERE state = 'executing' AND lease_until > :at"
    undone = """
    SELECT key FROM intent WHERE state = 'undoing' AND EXISTS (
      SELECT 1 FROM ledger WHERE kind = 'undo.admitted' AND ledger.workflow = intent.workflow
        AND julianday(ledger.at) + :lease_s / 86400.0 > julianday(:at))
    """
    row = db.execute(f"{held} UNION ALL {undone} LIMIT 1", {"at": at, "lease_s": UNDO_LEASE_S}).fetchone()
    if row is not None:
        raise Unavailable(
            f"an effect may be under way ('{row[0]}'): stop every process that uses this store, wait a minute and run "
            "it again"
        )


def _check_old_tree(db: sqlite3.Connection, tree: Tree) -> None:
    """Each entry of schema 1 has the root of the tree up to it: all of them, and the head, must come out again."""
    row = db.execute("SELECT size, peaks FROM ledger_head").fetchone()
    if row is None:
        raise Unavailable(f"the ledger's head is missing. {MEND}")
    told, head = tree_head(row[0], row[1], row[0] - 1), tree_head(0, b"", -1)
    for entry, leaf, root in db.execute("SELECT entry, leaf, root FROM ledger ORDER BY entry"):
        head = tree.grow(head, bytes(leaf), entry)
        if entry != head.size - 1 or tree.root_of(head) != bytes(root):
            raise Unavailable(f"entry {entry} does not fit the ledger's tree. {MEND}")
    if head != told:
        raise Unavailable(f"the ledger has {head.size} entries, its head says {told.size}. {MEND}")


def _set_aside(db: sqlite3.Connection) -> None:
    """Old tables get other names and lose their indexes, whose names the new ones need."""
    indexes = db.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for (index,) in indexes:
        db.execute(f"DROP INDEX {index}")
    for table in OLD_TABLES:
        db.execute(f"ALTER TABLE {table} RENAME TO old_{table}")


def statements_of(script: str) -> Iterator[str]:
    """The statements of a script in this folder one by one: `executescript` would commit what was done before."""
    lines = files(__package__).joinpath(script).read_text(encoding="utf-8").splitlines()
    statement = ""
    for line in lines:
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _compare(db: sqlite3.Connection, what: str, old: str, new: str) -> None:
    for one, other in ((old, new), (new, old)):
        row = db.execute(f"{one} EXCEPT {other} LIMIT 1").fetchone()
        if row is not None:
            raise Unavailable(f"the {what} are not what the ledger adds up to ('{row[0]}'). {MEND}")


def _take_texts(db: sqlite3.Connection, at: str) -> None:
    """Schema 1 kept a text once for all cases that have it: each gets its own, to be erased alone."""
    # Whatever is dropped is overwritten too: an erased text must not live on in pages that nobody uses.
    db.execute("PRAGMA secure_delete = ON")
    for at_, record in db.execute("SELECT at, record FROM ledger WHERE kind = 'decision.made' ORDER BY entry"):
        body = body_of(record)
        digest = body.get("inputs", {}).get("proposal", {}).get("payload_digest")
        db.execute(f"{KEEP_TEXT} {TEXTS} digest = ? ON CONFLICT DO NOTHING", (body.get("key"), at_, digest))
    rest = "digest NOT IN (SELECT digest FROM payload)"
    db.execute(f"{KEEP_TEXT} {TEXTS} {rest}", ("", at))  # of no decided case: nobody's


def _note(db: sqlite3.Connection, rules: Rules) -> None:
    """The upgrade itself, as an entry: the head that it found, and what running limits held on the last day."""
    size, last = db.execute("SELECT size, (SELECT max(entry) FROM ledger) FROM old_ledger_head").fetchone()
    root = db.execute("SELECT root FROM old_ledger WHERE entry = ?", (last,)).fetchone()
    applied = db.execute("""
        SELECT o.workflow, o.day, count(*) FROM old_intent o
        JOIN (SELECT workflow, max(day) AS day FROM old_intent GROUP BY workflow) last USING (workflow, day)
        WHERE o.state <> 'failed' GROUP BY o.workflow, o.day ORDER BY o.workflow
    """)
    body = {
        "from": "1",
        "to": "2",
        "entries": size,
        "root": root[0].hex() if root else None,
        "reserved": [
            {"workflow": workflow, "counter": f"applied_per_day:{day}", "amount": n} for workflow, day, n in applied
        ],
    }
    index = 0 if last is None else last + 1
    entry = rules.write("store.upgraded", body, at=rules.at)
    for sql, parameters in statements(entry.kind, json.loads(entry.record)["body"], entry=index, at=entry.at):
        db.execute(sql, parameters)
    db.execute(
        "INSERT INTO ledger (entry, at, kind, workflow, record, leaf, payload) VALUES (?, ?, ?, NULL, ?, ?, NULL)",
        (index, entry.at, entry.kind, entry.record, entry.leaf),
    )


def _seal(db: sqlite3.Connection, tree: Tree) -> None:
    head, roots = sealed(tree_head(0, b"", -1), db.execute(UNSEALED, {"last": -1}), tree)
    db.execute(SEAL, {"size": head.size, "last": head.last, "peaks": b"".join(head.peaks)})
    for one in roots:
        db.execute(ROOT, {"size": one.size, "last": one.last, "root": one.root})
