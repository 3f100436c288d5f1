"""What is on record: why a case could act, and proofs of it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from interlock.engine.ledger.canonical import plain
from interlock.flows.ledger.at_work import at_work
from interlock.flows.ledger.checkpoint import checkpoint
from interlock.flows.trace.case_trace import case_trace
from interlock.flows.upkeep.retention import EVERY_S
from interlock.surfaces.api.bodies import Entry
from interlock.surfaces.api.reach import check_cases, check_everywhere
from interlock.surfaces.api.served import Auditor, Here

MONEY_S = 900.0

routes = APIRouter(tags=["records"])


@routes.get("/workflows/{workflow}/trace")
def trace_case(workflow: str, key: str, here: Here, who: Auditor) -> Mapping[str, Any]:
    """Why could this act? Evidence, gate, person, grant, policy, decision, intent, effect, reviews, outcome."""
    check_cases(here, who, "ledger", "read", workflow, [key])
    here.desk_of(None).in_force(workflow)
    here.rt.store.seal()
    with here.rt.store.reading() as reading:
        content: Mapping[str, Any] = plain(case_trace(reading, workflow, key))
    return content


@routes.get("/upkeep", name="show_upkeep")
def upkeep(here: Here, who: Auditor) -> Mapping[str, Any]:
    """What this server last did by itself about money and about content that is old enough to be erased, when, and why
    it failed; null before the first round.
    """
    check_everywhere(who, "ledger", "read")
    erased = None if here.retention is None else plain(here.retention.last)
    return {"money": plain(here.money.last), "every_s": MONEY_S, "retention": erased, "retention_every_s": EVERY_S}


@routes.get("/ledger/checkpoint")
def take_checkpoint(here: Here, who: Auditor) -> Mapping[str, Any]:
    """How many entries the ledger holds, and the root of its tree: keep it where nobody here can change it."""
    check_everywhere(who, "ledger", "read")
    here.rt.store.seal()
    with here.rt.store.reading() as reading:
        taken = checkpoint(reading)
    return {"entries": taken.size, "root": taken.root.hex()}


@routes.get("/ledger/proofs/inclusion", name="prove_inclusion")
def inclusion(entry: Entry, here: Here, who: Auditor) -> Mapping[str, Any]:
    """A proof that an entry is in the ledger; `interlock ledger check` checks it without the store.

    503 while the tree below is added up, which happens once after a server began on a long ledger, and where the proof
    would not hold.
    """
    check_everywhere(who, "ledger", "read")
    return at_work(here.rt.store).inclusion(here.rt.store, entry)


@routes.get("/ledger/proofs/consistency", name="prove_consistency")
def consistency(old_entries: Entry, here: Here, who: Auditor) -> Mapping[str, Any]:
    """A proof that the ledger only grew since it held `old_entries`."""
    check_everywhere(who, "ledger", "read")
    return at_work(here.rt.store).consistency(here.rt.store, old_entries)
