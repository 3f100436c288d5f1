"""What a case is decided to be, as the journal takes it: decision, recorded inputs, intent, wish."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from interlock.engine.action.decide import decide
from interlock.engine.ledger.canonical import Encoded, encoded, known_number, plain
from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.timestamp import stamp
from interlock.flows.action.edge import Edge, at_the_edge
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.standing import Standing
from interlock.flows.ledger.record import written
from interlock.flows.review.open import due_at
from interlock.ports.journal import Wish
from interlock.terms.decision import Decision, DecisionInputs, Proposal, Verb
from interlock.terms.errors import BadInput
from interlock.terms.intent import Effect, IntentState, scopes_of
from interlock.terms.review import ReviewKind
from interlock.terms.workflow import Durability

NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, the wish that records it, and the effect that it allows (None for none)."""

    decision: Decision
    wish: Wish
    effect: Effect | None


def decided_wish(
    rt: RunTime,
    standing: Standing,
    proposal: Proposal,
    before: Encoded | None,
    lease_s: float,
    unreached_at: str | None,
) -> Decided:
    """Decide under a standing, and put it as a wish. Raises BadInput where the case cannot be recorded."""
    if "\0" in f"{proposal.key}{proposal.tenant}{proposal.segment}":  # no shared store could keep it
        raise BadInput("a NUL character is in the key, the tenant or the segment of this case: take it out")
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
    applied = decision.verb is Verb.APPLY
    payload = _payload(proposal, before if applied else None)
    effect = None
    if decision.verb is Verb.REVIEW:
        body["review_due_at"] = due_at(standing.definition.review, ReviewKind.DECISION, now)
    elif applied:
        effect = effect_of(proposal, epoch=standing.epoch(scopes))
        body |= intent_fields(rt, standing, effect, action, lease_s, now)
        if reserved:
            body["reserved"] = [{"counter": one.counter, "amount": one.amount} for one in reserved]
    if payload is not None:
        payload["nonce"] = rt.randomness(NONCE_BYTES).hex()
    wish = Wish(
        key=proposal.key,
        version=standing.version,
        entry=written("decision.made", body, at=at, payload=payload, numbers=numbers),
        scopes=scopes if applied else (),
        reservations=reserved if applied else (),
        durable=standing.definition.durability is Durability.POWER_LOSS,
    )
    return Decided(decision, wish, effect)


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
            **_if_given(novelty=novelty, amount_cents=proposal.amount_cents, doubt=proposal.doubt),
            **({"items": proposal.items} if proposal.items != 1 else {}),
            # Beside the inputs it stands once more; a decision depends on it only where the grant names segments.
            **(_if_given(segment=proposal.segment) if standing.grant and standing.grant.segments else {}),
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
