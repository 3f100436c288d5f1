"""The few cases whose effect is unsettled, found without an index that each settlement would have to change.

A case that is executing, in doubt or being undone is in the table `unsettled`, or its decision is not sealed yet: a
seal takes it in, in the transaction that moves the line. Whatever makes a case unsettled later puts it there itself.
The table may hold more: what was settled meanwhile goes at the next seal, while nobody writes.
"""

from interlock.adapters.postgres.connection import Connection
from interlock.adapters.sql.reading import IN_UNSETTLED

# A decision is found by its workflow and entry, which its ledger row has.
_DECIDED = "ledger n JOIN decision x ON x.workflow = n.workflow AND x.entry = n.entry"
# As an array: a planner that may join would rather look at the state of every decision.
_UNSEALED = f"SELECT x.key FROM {_DECIDED} WHERE n.entry > :sealed"
FEW = f"d.key = ANY(ARRAY(SELECT key FROM unsettled UNION {_UNSEALED}))"
LOST = f"""
SELECT d.key FROM decision d, ledger_head h
WHERE d.state IN {IN_UNSETTLED} AND d.entry <= h.last AND NOT EXISTS (SELECT FROM unsettled u WHERE u.key = d.key)
ORDER BY d.key
"""
FORGED = "SELECT u.key FROM unsettled u WHERE NOT EXISTS (SELECT FROM decision d WHERE d.key = u.key) ORDER BY u.key"
REOPENING = frozenset({"intent.admitted", "intent.approved", "undo.admitted"})  # kinds that make an old case unsettled


def take_in(db: Connection, *, after: int, line: int) -> None:
    """Keep the unsettled among decisions with an entry above `after`, up to `line`."""
    query = f"INSERT INTO unsettled SELECT x.key FROM {_DECIDED} WHERE n.entry > %s AND n.entry <= %s"
    db.execute(f"{query} AND x.state IN {IN_UNSETTLED} ON CONFLICT DO NOTHING", (after, line))


def take_in_all(db: Connection) -> None:
    """Keep every unsettled case of a store that was filled from elsewhere."""
    db.execute(f"INSERT INTO unsettled SELECT key FROM decision WHERE state IN {IN_UNSETTLED} ON CONFLICT DO NOTHING")


def reopen(db: Connection, key: str) -> None:
    """Keep a case that becomes unsettled, in the transaction in which it does."""
    db.execute("INSERT INTO unsettled VALUES (%s) ON CONFLICT DO NOTHING", (key,))


def let_go(db: Connection) -> None:
    """Drop what is settled. The caller holds the append lock alone, so that nothing is reopened meanwhile."""
    settled = f"d.state IS NULL OR d.state NOT IN {IN_UNSETTLED}"
    db.execute(f"DELETE FROM unsettled u USING decision d WHERE d.key = u.key AND ({settled})")
