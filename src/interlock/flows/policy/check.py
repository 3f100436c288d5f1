"""What the limits would say of a case; nothing is recorded and nothing is taken."""

import math
from dataclasses import dataclass

from interlock.engine.action.decide import decide
from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.policy.attributes import action_of
from interlock.engine.policy.running import applied_per_day, counter_of, counters
from interlock.ports.guardrail import Guardrail
from interlock.terms.decision import Decision, DecisionInputs, GrantFacts, Proposal
from interlock.terms.policy import EdgeFacts, PolicyAnswer, StatedCase
from interlock.terms.workflow import WorkflowDefinition

_NEVER = "9999-12-31T23:59:59.999999Z"


@dataclass(frozen=True, slots=True)
class CaseChecked:
    """The decision if everything but the limits spoke for the case; `policy` is None where no rule is asked."""

    decision: Decision
    policy: PolicyAnswer | None
    at: str


def check_case(guardrail: Guardrail, definition: WorkflowDefinition, case: StatedCase, *, now: str) -> CaseChecked:
    """Ask the limits of a definition about a made-up case. Grant, threshold, kill switch and audits are left out."""
    at = case.at or now
    facts = _facts(definition, case, at)
    asked = definition.limits.at_the_edge
    answer = guardrail.check(digest(plain(definition)), definition, facts) if asked else None
    return CaseChecked(decide(_all_but_limits(definition, case, facts, answer)), answer, at)


def _facts(definition: WorkflowDefinition, case: StatedCase, at: str) -> EdgeFacts:
    stated = {counter_of(name, at): used for name, used in case.used.items()}
    return EdgeFacts(
        workflow=definition.name,
        action=action_of(definition),
        label=case.label,
        at=at,
        confidence_permille=None if case.confidence is None else math.floor(case.confidence * 1000),
        tenant=case.tenant,
        segment=case.segment,
        target=case.target,
        amount_cents=case.amount_cents,
        items=case.items,
        used={name: stated.get(name, 0) for name in counters(definition.limits, at)},
        extra=case.facts,
    )


def _all_but_limits(
    definition: WorkflowDefinition, case: StatedCase, facts: EdgeFacts, answer: PolicyAnswer | None
) -> DecisionInputs:
    """Inputs in which only the limits can stand in the way."""
    release, surest = "this", 1.0
    proposal = Proposal(
        key="this",
        release=release,
        label=case.label,
        confidence=surest if case.confidence is None else case.confidence,
        payload_digest="",
        novelty=case.novelty,
        amount_cents=case.amount_cents,
        items=case.items,
    )
    return DecisionInputs(
        proposal=proposal,
        current_release=release,
        owners_named=True,
        effect_allowed=True,
        label_known=True,
        limits=definition.limits,
        grant=GrantFacts(release, threshold=0.0, traffic_share=1.0, audit_share=0.0, expires_at=_NEVER),
        halted=(),
        applied_today=facts.used.get(applied_per_day(facts.at), 0),
        traffic_draw=0.0,
        audit_draw=1.0,
        at=facts.at,
        policy=answer,
    )
