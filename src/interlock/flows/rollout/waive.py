"""Give and end exceptions to checks."""

import datetime as dt
from collections.abc import Sequence

from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.people import known_as
from interlock.engine.rollout.waivers import waiver_refusals
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.facts import check_named, facts_of, proposers_of, waivers_of
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.signing import Signing
from interlock.ports.store import Store, Transaction
from interlock.terms.errors import BadInput, Refused
from interlock.terms.gate import GateCheck, GatePack
from interlock.terms.person import Person
from interlock.terms.stage import Waiver


def waive(
    store: Store,
    workflow: str,
    packs: Sequence[GatePack],
    *,
    gate: str,
    check: str,
    until: dt.datetime,
    reason: str,
    by: Person,
    clock: Clock,
    signing: Signing,
) -> Waiver:
    """Set one check of one gate aside for the release in force, until a time.

    Raises BadInput for an unknown workflow, gate or check, and Refused with every reason where a rule forbids it.
    """
    one = check_named(packs, gate, check)
    with store.transaction() as tx:
        known_row(tx, workflow)
        facts = facts_of(tx, workflow, packs, now=clock(), signing=signing)
        return waive_in(tx, workflow, one, facts, until=until, reason=reason, by=by)


def waive_in(
    tx: Transaction, workflow: str, one: GateCheck, facts: GateFacts, *, until: dt.datetime, reason: str, by: Person
) -> Waiver:
    """The same inside a transaction that is already open; where it is refused, nothing was written."""
    row = known_row(tx, workflow)
    who = proposers_of(tx, row)
    refusals = tuple(waiver_refusals(one, facts, by=by.name, reason=reason, until=until, proposers=who))
    if refusals:
        raise Refused(f"'{one.id}' of '{one.gate}' was not waived: {'; '.join(refusals)}")
    at, expires_at = stamp(facts.now), stamp(until)
    body = {
        "workflow": workflow,
        "release": row.release,
        "gate": one.gate,
        "check": one.id,
        "by": by.name,
        "authenticated": by.authenticated,
        "reason": reason,
        "expires_at": expires_at,
    }
    entry = record(tx, "waiver.given", body, at=at).index
    return Waiver(workflow, row.release, one.gate, one.id, by.name, reason, at, expires_at, entry)


def end_waiver(store: Store, workflow: str, entry: int, *, by: Person, reason: str, clock: Clock) -> None:
    """End a waiver before its date; anybody named may. Raises BadInput where there is none, or no name or reason."""
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say who ends the waiver, and why: it is recorded")
    with store.transaction() as tx:
        known_row(tx, workflow)
        end_waiver_in(tx, workflow, entry, by=by, reason=reason, at=stamp(clock()))


def end_waiver_in(tx: Transaction, workflow: str, entry: int, *, by: Person, reason: str, at: str) -> None:
    """The same inside a transaction that is already open, with a name and a reason."""
    if entry not in {one.entry for one in waivers_of(tx, workflow)}:
        raise BadInput(f"'{workflow}' has no waiver {entry}; `interlock waivers {workflow}` lists them")
    body = {"workflow": workflow, "waiver": entry, "by": by.name, "reason": reason}
    record(tx, "waiver.ended", body, at=at)
