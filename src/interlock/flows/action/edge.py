"""The limits at the edge as one case meets them: what rules say, and what an effect would take."""

import math
from dataclasses import dataclass

from interlock.engine.policy.running import applied_per_day, counters, reservations
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.standing import Standing
from interlock.terms.decision import Proposal
from interlock.terms.policy import EdgeFacts, PolicyAnswer, Reservation


@dataclass(frozen=True, slots=True)
class Edge:
    """The policy's answer (None where no rule is to be asked), what is reserved, and cases applied since midnight."""

    policy: PolicyAnswer | None = None
    reserved: tuple[Reservation, ...] = ()
    applied_today: int = 0


NO_EDGE = Edge()


def at_the_edge(rt: RunTime, standing: Standing, proposal: Proposal, at: str) -> Edge:
    """What limits and rules say, and what the effect would take from running limits."""
    definition = standing.definition
    limits = definition.limits
    if standing.grant is None or not standing.limited:
        return NO_EDGE
    facts = edge_facts(rt, standing, proposal, at)
    answer = rt.guardrail.check(standing.release, definition, facts) if limits.at_the_edge else None
    allowed = answer is None or answer.allowed
    return Edge(answer, reservations(limits, facts) if allowed else (), facts.used.get(applied_per_day(at), 0))


def edge_facts(rt: RunTime, standing: Standing, proposal: Proposal, at: str) -> EdgeFacts:
    """The facts of a case with what the running limits hold now."""
    names = counters(standing.definition.limits, at)
    return EdgeFacts(
        workflow=standing.workflow,
        action=standing.definition.effect.action_class or standing.workflow,
        label=proposal.label,
        at=at,
        confidence_permille=None if proposal.confidence is None else math.floor(proposal.confidence * 1000),
        tenant=proposal.tenant,
        segment=proposal.segment,
        target=proposal.target,
        amount_cents=proposal.amount_cents,
        items=proposal.items,
        used=rt.journal.used(standing.workflow, names) if names else {},
        extra=proposal.facts,
    )
