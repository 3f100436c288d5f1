"""The people and the definition of the demonstration. The people are invented; the traffic is what the report says."""

from collections.abc import Mapping

from interlock.terms.certificate import Promise
from interlock.terms.person import Person
from interlock.terms.workflow import (
    Budget,
    DecisionRights,
    EffectPlan,
    Limits,
    Owners,
    Problem,
    Rollout,
    TargetKind,
    WorkflowDefinition,
)

VALUE_OWNER = Person("Ana Ruiz")
SAFETY_OWNER = Person("Ben Okafor")
PROPOSER = Person("Carla Nunes")
REVIEWER = Person("Dev Patel")
WORKFLOW = "message-triage"

PROBLEM = Problem(
    who="those who send cases in and the people who sort them",
    friction="each case is read by a person only to find the queue it belongs to",
    cause="sorting needs the case's meaning, which fixed rules cannot see",
    cost="waiting for the one and time of the other",
    outcome="put each case in its queue at once wherever that is proved safe",
    metric="share of cases routed automatically, at most the error budget of them wrongly",
    constraints="a person decides what is unsure; every routing can be undone; one person can stop it all",
)


def definition(*, error: float, certify_at: float, audit_share: float, acts: Mapping[str, str]) -> WorkflowDefinition:
    """The workflow's definition with the budgets chosen for the data at hand."""
    return WorkflowDefinition(
        name=WORKFLOW,
        problem=PROBLEM,
        owners=Owners(VALUE_OWNER.name, SAFETY_OWNER.name),
        rights=DecisionRights(promote=(VALUE_OWNER.name, PROPOSER.name), resume=(SAFETY_OWNER.name,)),
        budget=Budget(error=error, promise=Promise.SELECTIVE, delta=0.05, certify_at=certify_at),
        limits=Limits(),
        effect=EffectPlan("route the message to a queue", TargetKind.IDEMPOTENT, "put it back in the inbox"),
        rollout=Rollout(traffic_share=0.8, audit_share=audit_share, grant_days=30, evidence_days=90),
        cost_wrong_usd=50.0,
        cost_review_usd=2.0,
        acts=acts,
    )
