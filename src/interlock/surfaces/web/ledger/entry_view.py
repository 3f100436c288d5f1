"""What the page of one entry shows, as plain values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interlock.flows.access.entry_reach import keys_of
from interlock.flows.ledger.at_work import Proved
from interlock.flows.ledger.search import who_did
from interlock.flows.trace.told import told
from interlock.surfaces.web.sentences import readable
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, PASSED, State, said
from interlock.terms import words
from interlock.terms.ledger import LedgerEntry

RECORD_MAX = 12_000  # characters of a record on its page; the whole is a file


@dataclass(frozen=True, slots=True)
class Part:
    """One member of an entry's body: as text, or (nested) as JSON."""

    name: str
    text: str
    nested: bool = False


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry: its sentence, its members, its record as it is kept, and its leaf."""

    index: int
    at: str
    kind: str
    title: str
    who: str
    known: str
    workflow: str | None
    keys: tuple[str, ...]
    parts: tuple[Part, ...]
    record: str
    leaf: str
    intact: bool
    content: str


def entry_view(entry: LedgerEntry, *, intact: bool) -> EntryView:
    """One entry in words. An altered one says so first."""
    what = readable(told(entry))
    workflow = entry.body.get("workflow")
    return EntryView(
        index=entry.index,
        at=entry.at,
        kind=entry.kind,
        title=what[:1].upper() + what[1:] if intact else f"Entry {entry.index} was ALTERED since it was written",
        who=who_did(entry),
        known=_known(entry),
        workflow=workflow if isinstance(workflow, str) else None,
        keys=tuple(keys_of(entry)),
        parts=parts_of(entry.body),
        record=entry.record.decode("utf-8", "replace"),
        leaf=entry.leaf.hex(),
        intact=intact,
        content=_content(entry),
    )


def parts_of(body: Mapping[str, Any]) -> tuple[Part, ...]:
    """The members of a body, each as text."""
    return tuple(_part(name, value) for name, value in body.items())


def _known(entry: LedgerEntry) -> str:
    known = entry.body.get("authenticated")
    return "" if known is None else "signed in" if known else "a name that was only asserted"


def _part(name: str, value: Any) -> Part:
    if isinstance(value, (dict, list)):
        return Part(name, json.dumps(value, ensure_ascii=False), nested=True)
    return Part(name, value if isinstance(value, str) else json.dumps(value))


def _content(entry: LedgerEntry) -> str:
    if entry.payload is not None:
        return "kept beside the entry, where it can be erased; its case shows it to who may see it"
    return "erased, or not kept here; its digest is in the record" if b'"payload":' in entry.record else ""


def proof_state(proved: Proved) -> tuple[State, str]:
    """Whether an entry is proved to be in the ledger: as a state, and in words."""
    if proved.missing:
        left = words.count(proved.missing)
        return said(INCONCLUSIVE, "Being made"), f"the tree is being added up: {left} entries are left"
    if proved.proof is None:
        return said(INCONCLUSIVE, "Not proved"), proved.failure
    if not proved.holds:
        what = "this record does not hash to the tree's root: it was altered, or what stands beside it in the tree"
        return said(FAILED, "Does not hold"), what
    size = words.plural(proved.proof["entries"], "entry", "entries")
    steps = words.plural(len(proved.proof["proof"]), "hash", "hashes")
    return said(PASSED, "Proved"), f"its record is in the tree of {size}, checked here over {steps} up to the root"
