"""Give and end exceptions to checks."""

import datetime as dt
from collections.abc import Sequence

from interlock.engine.rollout.people import known_as
from interlock.engine.rollout.waivers import waiver_refusals
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.facts import check_named, facts_of, known_row, proposers_of, waivers_of
from interlock.ports.clock import Clock
from interlock.ports.signing import Signing
from interlock.ports.store import Store
from interlock.terms.errors import BadInput, Refused
from interlock.terms.gate import GatePack
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
        row = known_row(tx, workflow)
        facts = facts_of(tx, workflow, packs, now=clock(), signing=signing)
        who = proposers_of(tx, row)
        refusals = tuple(waiver_refusals(one, facts, by=by.name, reason=reason, until=until, proposers=who))
        if refusals:
            raise Refused(f"'{check}' of '{gate}' was not waived: {'; '.join(refusals)}")
        at, expires_at = stamp(facts.now), stamp(until)
        body = {
            "workflow": workflow,
            "release": row.release,
            "gate": gate,
            "check": check,
            "by": by.name,
            "authenticated": by.authenticated,
            "reason": reason,
            "expires_at": expires_at,
        }
        entry = record(tx, "waiver.given", body, at=at).index
    return Waiver(workflow, row.release, gate, check, by.name, reason, at, expires_at, entry)


def end_waiver(store: Store, workflow: str, entry: int, *, by: Person, reason: str, clock: Clock) -> None:
    """End a waiver before its date; anybody named may. Raises BadInput where there is none, or no name or reason."""
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say who ends the waiver, and why: it is recorded")
    with store.transaction() as tx:
        known_row(tx, workflow)
        if entry not in {one.entry for one in waivers_of(tx, workflow)}:
            raise BadInput(f"'{workflow}' has no waiver {entry}; `interlock waivers {workflow}` lists them")
        body = {"workflow": workflow, "waiver": entry, "by": by.name, "reason": reason}
        record(tx, "waiver.ended", body, at=stamp(clock()))
