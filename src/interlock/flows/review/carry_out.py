"""Do what a person approved, when its key is delivered again: an intent of its own, once, under that person's name."""

import json
from dataclasses import dataclass, replace
from functools import partial

from interlock.engine.ledger.canonical import Encoded
from interlock.engine.policy.running import reservations
from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import LEASE_S, TRIES_MAX, Admitted
from interlock.flows.action.commit import committing, state_before
from interlock.flows.action.edge import edge_facts
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.standing import Standing
from interlock.flows.action.steps import Flow, InStore
from interlock.flows.action.wish import NONCE_BYTES, effect_of, intent_fields
from interlock.flows.ledger.record import written
from interlock.ports.effects import Target
from interlock.ports.journal import Answer, Wish
from interlock.ports.store import Reading
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.errors import Unavailable
from interlock.terms.intent import Effect, IntentState, scopes_of
from interlock.terms.policy import Reservation
from interlock.terms.review import ReviewKind
from interlock.terms.workflow import Durability

ERASED = "what it was to be done with is not kept any more"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of a case that went to a person, and how its intent stands (None: it never had one)."""

    decision: Decision
    state: IntentState | None


@dataclass(frozen=True, slots=True)
class _Approved:
    """The proposal as it was recorded and approved; None where it cannot be told any more."""

    reviewer: str
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class _No:
    """Why it is not done: for good, or not now. A type of its own: the state of an intent is text as well."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    proposal: Proposal
    effect: Effect
    scopes: tuple[str, ...]
    reserved: tuple[Reservation, ...]


def after_review(
    rt: RunTime,
    target: Target | None,
    workflow: str,
    key: str,
    known: Reviewed,
    *,
    lease_s: float = LEASE_S,
) -> Flow[Reviewed]:
    """What becomes of a case that was sent to a person, when it comes again. The steps, for either driver.

    Refused by time: it is denied. Approved: the effect is done now, as it was proposed then, whatever comes with the
    key today. Running limits and the kill switch still hold, and then it waits: the answer says why. Otherwise it is
    as it was (`known`). Raises as `acting`.
    """
    try:
        review = yield InStore(partial(_read, rt, key))
    except Unavailable:
        return known
    if isinstance(review, _No):
        return replace(known, decision=Decision(Verb.DENY, (review.reason,)))
    if not isinstance(review, _Approved) or target is None:
        return replace(known, state=review) if isinstance(review, IntentState) else known
    if review.proposal is None:
        return _waits(known, review, ERASED)
    before = yield from state_before(target, effect_of(review.proposal, epoch=0))
    if before is None:
        return _waits(known, review, "the target cannot be read")
    try:
        admitted = yield InStore(partial(_admit, rt, workflow, review, before, lease_s))
    except Unavailable as exc:
        return _waits(known, review, str(exc))
    if not isinstance(admitted, Admitted):
        no = isinstance(admitted, _No)
        return _waits(known, review, admitted.reason) if no else replace(known, state=admitted)
    try:
        state = yield from committing(rt, target, workflow, admitted)
    finally:
        admitted.admission.release()
    return Reviewed(admitted.decision, state)


def _waits(known: Reviewed, review: _Approved, reason: str) -> Reviewed:
    words = f"approved by {review.reviewer}, and not done yet: {reason}"
    return replace(known, decision=Decision(known.decision.verb, (words,)))


def _read(rt: RunTime, key: str) -> _Approved | _No | IntentState | None:
    """An approval that holds, why the case was refused, or else how its intent stands by now."""
    at = stamp(rt.clock())
    with rt.store.reading() as reading:
        review = reading.review(key, ReviewKind.DECISION)
        if review is not None and review.refused:
            return _No(f"nobody decided in time: it was refused at {review.closed_at}")
        if review is None or review.approved_until is None or not at < review.approved_until:
            return reading.intent_state(key)
        return _Approved(str(review.reviewer), recorded_proposal(reading, key))


def recorded_proposal(reading: Reading, key: str) -> Proposal | None:
    """What was proposed for a case, with all that its effect needs; None where that was erased."""
    row = reading.decision(key)
    entry = None if row is None else next(reading.entries(row.entry, row.entry + 1), None)
    if row is None or entry is None:
        return None
    if entry.payload is None and "payload" in json.loads(entry.record):
        return None
    payload = entry.payload or {}
    scoped = {name: entry.body[name] for name in ("tenant", "segment") if name in entry.body}
    kept = {name: payload[name] for name in ("target", "facts", "arguments") if name in payload}
    return Proposal(**{**row.inputs["proposal"], **scoped, **kept})


def _admit(
    rt: RunTime, workflow: str, review: _Approved, before: Encoded, lease_s: float
) -> Admitted | IntentState | _No:
    """The admitted intent; where somebody else was quicker, how theirs stands; or why it is not to be done now."""
    proposal = review.proposal
    if proposal is None:
        return _No(ERASED)
    standing = rt.standings.refreshed(workflow)  # what is refused below never meets the journal, which would know
    for _ in range(TRIES_MAX):
        wanted = _wanted(rt, standing, proposal)
        if isinstance(wanted, _No):
            return wanted
        wish = _wish(rt, standing, wanted, review, before, lease_s)
        (admission,) = rt.journal.admit([wish])
        if admission.answer is Answer.ADMITTED:
            decision = Decision(Verb.REVIEW, (f"approved by {review.reviewer}",))
            return Admitted(
                decision, wanted.effect, admission=admission, reserved=wanted.reserved, durable=wish.durable
            )
        # A decided key is known to the journal whatever became of the wish: why, is in the review and the intent.
        if (taken := _taken(rt, proposal.key)) is not None:
            return taken
        standing = rt.standings.refreshed(workflow)
    raise Unavailable(f"the authority of '{workflow}' changes faster than a case can be admitted; nothing was applied")


def _taken(rt: RunTime, key: str) -> IntentState | _No | None:
    """Why an approval is gone: somebody has made use of it, or it has ended. None where it still holds."""
    with rt.store.reading() as reading:
        review, state = reading.review(key, ReviewKind.DECISION), reading.intent_state(key)
    if state is not None and state is not IntentState.FAILED:
        return state
    holds = review is not None and review.approved_until is not None and stamp(rt.clock()) < review.approved_until
    return None if holds else state or _No("the approval has ended")


def _wanted(rt: RunTime, standing: Standing, proposal: Proposal) -> _Wanted | _No:
    """The effect with what it takes from running limits, or why it is not to be done now.

    A person's approval stands in for the threshold and for the rules that sent the case to a person. It lifts neither
    what is forbidden, nor a halt, nor the running limits.
    """
    definition = standing.definition
    if proposal.label in definition.limits.forbidden:
        return _No(f"'{proposal.label}' is forbidden by the workflow's limits")
    if not definition.owners.named or not standing.effect_allowed:
        return _No("an owner, an undo or a signature is missing in the definition")
    action = definition.effect.action_class
    scopes = scopes_of(standing.workflow, tenant=proposal.tenant, segment=proposal.segment, action=action)
    if halted := standing.halted(scopes):
        return _No(f"{', '.join(halted)} is halted by the kill switch")
    facts = edge_facts(rt, standing, proposal, stamp(rt.clock()))
    reserved = reservations(definition.limits, facts)
    full = [one for one in reserved if facts.used.get(one.counter, 0) + one.amount > one.limit]
    if full:
        return _No(f"the limit '{full[0].counter}' has no room for it")
    return _Wanted(proposal, effect_of(proposal, epoch=standing.epoch(scopes)), scopes, reserved)


def _wish(rt: RunTime, standing: Standing, wanted: _Wanted, review: _Approved, before: Encoded, lease_s: float) -> Wish:
    now, proposal = rt.clock(), wanted.proposal
    body = {
        "workflow": standing.workflow,
        "key": proposal.key,
        "label": proposal.label,
        "payload_digest": proposal.payload_digest,
        "approved_by": review.reviewer,
        **intent_fields(rt, standing, wanted.effect, standing.definition.effect.action_class, lease_s, now),
    }
    if wanted.reserved:
        body["reserved"] = [{"counter": one.counter, "amount": one.amount} for one in wanted.reserved]
    payload = {"before": before, "nonce": rt.randomness(NONCE_BYTES).hex()}
    return Wish(
        key=proposal.key,
        version=standing.version,
        entry=written("intent.approved", body, at=stamp(now), payload=payload, numbers=()),
        scopes=wanted.scopes,
        reservations=wanted.reserved,
        durable=standing.definition.durability is Durability.POWER_LOSS,
    )
