"""Admit a case: decide and, where it applies, write the intent, in one transaction under authority that holds."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

from interlock.engine.action.decide import decide
from interlock.engine.ledger.canonical import Encoded, encoded, known_number, plain
from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.edge import Edge, at_the_edge
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.standing import Standing
from interlock.flows.ledger.record import written
from interlock.flows.review.open import due_at
from interlock.ports.journal import Admission, Answer, Wish
from interlock.terms.decision import Decision, DecisionInputs, Proposal, Verb
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import Effect, Intent, IntentState, scopes_of
from interlock.terms.policy import Reservation
from interlock.terms.review import ReviewKind
from interlock.terms.workflow import Durability

LEASE_S = 30.0
TRIES_MAX = 20
NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Admitted:
    """What was decided, and the effect to carry out (None unless applied now).

    `repeated`: the key was known already; `state` is then where its intent stands (None: it had none). `admission`
    holds the drain locks until the effect is settled or released.
    """

    decision: Decision
    effect: Effect | None
    repeated: bool = False
    state: IntentState | None = None
    admission: Admission = field(default_factory=lambda: Admission(Answer.KNOWN))
    reserved: tuple[Reservation, ...] = ()
    durable: bool = True


class Unanswered(Unavailable):
    """The store was lost while it was asked to admit: a wish may be written. `leaves` are theirs, hexadecimal."""

    def __init__(self, words: str, leaves: tuple[str, ...]) -> None:
        super().__init__(words)
        self.leaves = leaves


@dataclass(frozen=True, slots=True)
class _Decided:
    decision: Decision
    wish: Wish
    effect: Effect | None


def admit(
    rt: RunTime, workflow: str, proposal: Proposal, *, before: Encoded | None, lease_s: float = LEASE_S
) -> Admitted:
    """Decide on a proposal and record it; where it applies, the intent is durable when this returns.

    `before` is the target's state as just read (`encoded`); None where there is no target, and then nothing is applied.
    A key that was decided before returns that decision and no effect. Raises BadInput for an unknown workflow, and for
    a key under which another workflow decided; Unavailable where the store cannot be reached: then no effect may begin,
    and nothing was written, unless the connection was lost just then (Unanswered).
    """
    (admitted,) = admit_all(rt, workflow, (proposal,), before=before, lease_s=lease_s)
    return admitted


def admit_all(
    rt: RunTime,
    workflow: str,
    proposals: Sequence[Proposal],
    *,
    before: Encoded | None,
    lease_s: float = LEASE_S,
    unreached_at: Sequence[str | None] | None = None,
) -> tuple[Admitted, ...]:
    """The same for many in one transaction: all are recorded or none is.

    `unreached_at`: for each, when it was made, where the store could not be reached then.
    """
    proposals = [_measured(proposal) for proposal in proposals]
    pairs = tuple(zip(proposals, unreached_at or (None,) * len(proposals), strict=True))
    standing = rt.standings.current(workflow)
    for _ in range(TRIES_MAX):
        decided = [_decided(rt, standing, proposal, before, lease_s, unreached) for proposal, unreached in pairs]
        try:
            admissions = rt.journal.admit([one.wish for one in decided])
        except Unavailable as exc:
            raise Unanswered(str(exc), tuple(one.wish.entry.leaf.hex() for one in decided)) from exc
        if all(a.answer in {Answer.ADMITTED, Answer.KNOWN} for a in admissions):
            return tuple(_admitted(workflow, *pair) for pair in zip(decided, admissions, strict=True))
        if any(a.answer is Answer.STALE for a in admissions):
            standing = rt.standings.refreshed(workflow)
    raise Unavailable(f"the authority of '{workflow}' changes faster than a case can be admitted; nothing was applied")


def _admitted(workflow: str, decided: _Decided, admission: Admission) -> Admitted:
    known = admission.known
    if known is None:
        wish = decided.wish
        return Admitted(
            decided.decision,
            decided.effect,
            admission=admission,
            reserved=wish.reservations,
            durable=wish.durable,
        )
    if known.workflow != workflow:
        raise BadInput(f"the key '{known.key}' was used by '{known.workflow}': put the workflow's name into its keys")
    decision = Decision(Verb(known.verb), known.reasons, known.audited)
    intent = admission.known_intent
    return Admitted(decision, None, repeated=True, state=intent.state if intent else None)


def _measured(proposal: Proposal) -> Proposal:
    confidence, novelty = _number(proposal.confidence), _number(proposal.novelty)
    if confidence is proposal.confidence and novelty is proposal.novelty:
        return proposal
    return replace(proposal, confidence=confidence, novelty=novelty)


def _number(measured: object) -> float | None:
    """A measure as it can be recorded; what is no finite number is unknown, and then a person decides."""
    if type(measured) is float and math.isfinite(measured):
        return measured
    if isinstance(measured, bool) or not isinstance(measured, Real):
        return None
    number = float(measured)
    return number if math.isfinite(number) else None


def _decided(
    rt: RunTime,
    standing: Standing,
    proposal: Proposal,
    before: Encoded | None,
    lease_s: float,
    unreached_at: str | None,
) -> _Decided:
    now = rt.clock()
    at = stamp(now)
    action = standing.definition.effect.action_class
    scopes = scopes_of(standing.workflow, tenant=proposal.tenant, segment=proposal.segment, action=action)
    edge = at_the_edge(rt, standing, proposal, at)
    reserved = edge.reserved
    inputs = _inputs(standing, proposal, scopes, edge, has_target=before is not None, at=at, unreached_at=unreached_at)
    decision = decide(inputs)
    numbers = _numbers(standing, inputs)
    body = _body(standing, inputs, decision, numbers)
    payload = _payload(proposal, None)
    effect = None
    if decision.verb is Verb.REVIEW:
        body["review_due_at"] = due_at(standing.definition.review, ReviewKind.DECISION, now)
    elif decision.verb is Verb.APPLY:
        effect = effect_of(proposal, epoch=standing.epoch(scopes))
        body |= intent_fields(rt, standing, effect, action, lease_s, now)
        if reserved:
            body["reserved"] = [{"counter": one.counter, "amount": one.amount} for one in reserved]
        payload = _payload(proposal, before)
    if payload is not None:
        payload["nonce"] = rt.randomness(NONCE_BYTES).hex()
    applied = decision.verb is Verb.APPLY
    wish = Wish(
        key=proposal.key,
        version=standing.version,
        entry=written("decision.made", body, at=at, payload=payload, numbers=numbers),
        scopes=scopes if applied else (),
        reservations=reserved if applied else (),
        durable=standing.definition.durability is Durability.POWER_LOSS,
    )
    return _Decided(decision, wish, effect)


def _inputs(
    standing: Standing,
    proposal: Proposal,
    scopes: tuple[str, ...],
    edge: Edge,
    *,
    has_target: bool,
    at: str,
    unreached_at: str | None,
) -> DecisionInputs:
    salt = standing.salt
    return DecisionInputs(
        proposal=proposal,
        current_release=standing.release,
        owners_named=standing.definition.owners.named,
        effect_allowed=has_target and standing.effect_allowed,
        label_known=proposal.label in standing.labels,
        limits=standing.definition.limits,
        grant=standing.grant,
        halted=standing.halted(scopes),
        applied_today=edge.applied_today,
        traffic_draw=audit_draw(f"traffic:{proposal.key}", salt=salt) if salt else 1.0,
        audit_draw=audit_draw(f"audit:{proposal.key}", salt=salt) if salt else 1.0,
        at=at,
        policy=edge.policy,
        unreached_at=unreached_at,
    )


def _body(standing: Standing, inputs: DecisionInputs, decision: Decision, numbers: Sequence[Any]) -> dict[str, Any]:
    """The record of a decision; `numbers` are its fractions, as `_numbers` returns them."""
    proposal = inputs.proposal
    confidence, novelty, traffic_draw, audit_draw_, *_ = numbers
    # The limits are part of the release's definition, which is recorded once; what may be erased is in the payload.
    recorded = {
        "proposal": {
            "key": proposal.key,
            "release": proposal.release,
            "label": proposal.label,
            "confidence": confidence,
            "payload_digest": proposal.payload_digest,
            **_if_given(novelty=novelty, amount_cents=proposal.amount_cents),
            **({"items": proposal.items} if proposal.items != 1 else {}),
        },
        "current_release": inputs.current_release,
        "owners_named": inputs.owners_named,
        "effect_allowed": inputs.effect_allowed,
        "label_known": inputs.label_known,
        "grant": standing.granted,
        "halted": inputs.halted,
        "applied_today": inputs.applied_today,
        "traffic_draw": traffic_draw,
        "audit_draw": audit_draw_,
        "at": inputs.at,
        **({} if inputs.policy is None else {"policy": plain(inputs.policy)}),
        **_if_given(unreached_at=inputs.unreached_at),
    }
    return {
        "key": proposal.key,
        "workflow": standing.workflow,
        "release": standing.release,
        "verb": decision.verb.value,
        "reasons": decision.reasons,
        "audited": int(decision.audited),
        "inputs": recorded,
        **_if_given(tenant=proposal.tenant, segment=proposal.segment),
    }


def _numbers(standing: Standing, inputs: DecisionInputs) -> tuple[float | None, ...]:
    measured = (inputs.proposal.confidence, inputs.proposal.novelty, inputs.traffic_draw, inputs.audit_draw)
    return (*map(known_number, measured), *standing.fractions)


def intent_fields(
    rt: RunTime, standing: Standing, effect: Effect, action: str | None, lease_s: float, now: dt.datetime
) -> dict[str, Any]:
    """What the record of an intent holds of its effect, its holder and its lease."""
    return {
        "state": IntentState.EXECUTING.value,
        "epoch": effect.epoch,
        "owner": rt.owner,
        "lease_until": stamp(now + dt.timedelta(seconds=lease_s)),
        "undo": standing.definition.effect.undo,
        **_if_given(action=action),
    }


def _payload(proposal: Proposal, before: Encoded | None) -> dict[str, Any] | None:
    kept: dict[str, Any] = _if_given(before=before, target=proposal.target)
    if proposal.facts:
        kept["facts"] = encoded(proposal.facts)
    if proposal.arguments:
        kept["arguments"] = encoded(proposal.arguments)
    return kept or None


def _if_given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def effect_of(proposal: Proposal, *, epoch: int) -> Effect:
    """The effect of a proposal, as its target is asked for it."""
    return Effect(
        case_key=proposal.key,
        label=proposal.label,
        idempotency_key=proposal.key,
        epoch=epoch,
        target=proposal.target,
        amount_cents=proposal.amount_cents,
        items=proposal.items,
        facts=proposal.facts,
        arguments=proposal.arguments,
    )


def lease_is_live(intent: Intent, *, now: dt.datetime) -> bool:
    """Whether the holder of an executing intent may still be at work."""
    return now < moment(intent.lease_until)
