"""Intents whose lease has ended, with all that is needed to go on with them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import moment
from interlock.flows.action.admit import LEASE_S, lease_is_live
from interlock.flows.action.wish import effect_of
from interlock.flows.review.carry_out import recorded_proposal
from interlock.ports.store import Reading
from interlock.terms.intent import Effect, Intent, IntentState
from interlock.terms.ledger import LedgerEntry
from interlock.terms.policy import Reservation
from interlock.terms.workflow import TargetKind

WEAKEST_FIRST = (TargetKind.BLIND, TargetKind.PROBE, TargetKind.IDEMPOTENT)


@dataclass(frozen=True, slots=True)
class Lost:
    """An intent whose lease, of `lease_s`, has ended.

    `kind` is what is known of its target. `effect` is None where a part of it is not kept any more. `reserved` is what
    it took from running limits.
    """

    intent: Intent
    kind: TargetKind
    lease_s: float
    effect: Effect | None
    audited: bool
    reserved: tuple[Reservation, ...]


def lost_intents(reading: Reading, state: IntentState, now: dt.datetime) -> Iterator[Lost]:
    """Every intent in that state whose lease has ended, in the order of admission."""
    for intent in reading.intents("global", state=state):
        if not lease_is_live(intent, now=now):
            yield lost_of(reading, intent)


def target_kind(reading: Reading, intent: Intent) -> TargetKind:
    """The weakest of what the release that decided and the one in force say; what cannot be told is blind."""
    kinds = {
        definition_of(entry.body["definition"]).effect.target
        for entry in reading.entries_of("release.defined", intent.workflow)
        if entry.body["release"] == intent.release
    }
    row = reading.workflow(intent.workflow)
    if row is None or not kinds:
        return TargetKind.BLIND
    kinds.add(definition_of(row.definition).effect.target)
    return next(kind for kind in WEAKEST_FIRST if kind in kinds)


def lost_of(reading: Reading, intent: Intent) -> Lost:
    """What is known of an intent whose holder is gone, or was forgotten here."""
    proposal, row = recorded_proposal(reading, intent.key), reading.decision(intent.key)
    admitted = next(reading.entries(intent.entry, intent.entry + 1), None)
    reserved = () if admitted is None else admitted.body.get("reserved", ())
    # An applied case keeps the state before: where that is gone, what its effect needs may be gone too.
    whole = proposal is not None and intent.before is not None
    return Lost(
        intent=intent,
        kind=target_kind(reading, intent),
        lease_s=_lease_s(intent, admitted),
        effect=effect_of(proposal, epoch=intent.epoch) if proposal is not None and whole else None,
        audited=bool(row and row.audited),
        reserved=tuple(Reservation(one["counter"], one["amount"], one["amount"]) for one in reserved),
    )


def _lease_s(intent: Intent, admitted: LedgerEntry | None) -> float:
    """How long the lease was; a later holder's is the usual one."""
    if admitted is None or admitted.body.get("lease_until") != intent.lease_until:
        return LEASE_S
    return (moment(intent.lease_until) - moment(admitted.at)).total_seconds()
