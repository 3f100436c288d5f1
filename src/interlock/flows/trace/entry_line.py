"""A ledger entry in one line for programs: what it says, of whom, about what, and how it is checked elsewhere."""

from typing import Any

from interlock.flows.access.entry_reach import keys_of
from interlock.flows.ledger.search import who_did
from interlock.flows.trace.told import told
from interlock.terms.ledger import LedgerEntry


def line_of(entry: LedgerEntry) -> dict[str, Any]:
    """The entry without its body; the same in command, page and API."""
    return {
        "entry": entry.index,
        "at": entry.at,
        "kind": entry.kind,
        "what": told(entry),
        "who": who_did(entry) or None,
        "workflow": entry.body.get("workflow"),
        "cases": list(keys_of(entry)),
        "leaf": entry.leaf.hex(),
    }
