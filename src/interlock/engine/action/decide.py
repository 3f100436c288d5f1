"""The decision: a pure function of recorded inputs. What is unknown goes to a person; nothing fails open."""

import math
from collections.abc import Iterator

from interlock.engine.oversight.wording import percent
from interlock.terms.decision import Decision, DecisionInputs, GrantFacts, Verb

ACTING = frozenset({"agent", "automated workflow"})  # levels at which something is applied without a person
OTHER_RELEASE = "the proposal was made by a release that is not the one in force"


def decide(inputs: DecisionInputs) -> Decision:
    """Apply, review, shadow or deny, with every reason that holds.

    Comparisons are written so that a NaN, which no comparison holds for, is a doubt.

    Order: what is forbidden is denied; what was promised to a person, or is to be decided by one, goes to one; without
    authority the proposal is only compared (shadow); with authority, any doubt sends it to a person; only a proposal
    without a single doubt is applied.
    """
    proposal, limits = inputs.proposal, inputs.limits
    if proposal.label in limits.forbidden:
        return Decision(Verb.DENY, (f"'{proposal.label}' is forbidden by the workflow's limits",))
    if inputs.unreached_at is not None:
        words = f"proposed at {inputs.unreached_at}, when the store could not be reached: a person decides"
        return Decision(Verb.REVIEW, (words,))
    if not inputs.owners_named:
        return Decision(Verb.SHADOW, ("no value owner or no safety owner is named: it can only be simulated",))
    if inputs.halted:
        return Decision(Verb.REVIEW, tuple(f"{scope} is halted by the kill switch" for scope in inputs.halted))
    if proposal.doubt is not None:
        return Decision(Verb.REVIEW, (proposal.doubt,))
    if inputs.grant is None:
        return Decision(Verb.SHADOW, ("no grant: the proposal is compared with what people decide",))
    if inputs.grant.level not in ACTING:
        return Decision(Verb.REVIEW, (f"the level is {inputs.grant.level}: a person applies",))
    doubts = (*_doubts_about_grant(inputs, inputs.grant), *_doubts_about_case(inputs, inputs.grant))
    if doubts:
        return Decision(Verb.REVIEW, doubts)
    return Decision(
        Verb.APPLY,
        (f"confidence {proposal.confidence:.4f} >= certified threshold {inputs.grant.threshold:.4f}",),
        audited=not inputs.audit_draw >= inputs.grant.audit_share,
    )


def _doubts_about_grant(inputs: DecisionInputs, grant: GrantFacts) -> Iterator[str]:
    if inputs.proposal.release != inputs.current_release:
        yield OTHER_RELEASE
    if grant.release != inputs.current_release:
        yield "the grant belongs to another release"
    if not inputs.at < grant.expires_at:
        yield f"the grant expired at {grant.expires_at}"
    if not inputs.effect_allowed:
        yield "the target cannot be read, has no undo and no signed statement, or is blind and not signed off"
    if not inputs.traffic_draw < grant.traffic_share:
        yield f"outside the {percent(grant.traffic_share)} of traffic that the grant covers"
    if grant.segments and inputs.proposal.segment not in grant.segments:
        yield f"its segment ({inputs.proposal.segment or 'not named'}) is not one that the grant covers"
    if inputs.proposal.label in grant.high_harm:
        yield f"'{inputs.proposal.label}' is a step of high harm: a person decides"


def _doubts_about_case(inputs: DecisionInputs, grant: GrantFacts) -> Iterator[str]:
    proposal, limits = inputs.proposal, inputs.limits
    if not inputs.label_known:
        yield f"'{proposal.label}' is not a label that the certificate was made with"
    if proposal.label in limits.always_review:
        yield f"'{proposal.label}' always goes to a person"
    if limits.applied_per_day is not None and inputs.applied_today >= limits.applied_per_day:
        yield f"the daily limit of {limits.applied_per_day} applied cases is reached"
    yield from _doubts_about_novelty(proposal.novelty, limits.novelty_review_below)
    if inputs.policy is not None and not (inputs.policy.allowed and not inputs.policy.failed):
        yield from inputs.policy.reasons or ("the policy at the edge does not allow it",)
    if grant.threshold is None:
        yield "no threshold is certified"
    elif proposal.confidence is None or not math.isfinite(proposal.confidence):
        yield "the confidence is unknown"
    elif not 0.0 <= proposal.confidence <= 1.0:
        yield f"the confidence {float(proposal.confidence):g} is outside 0..1"
    elif not proposal.confidence >= grant.threshold:
        yield f"confidence {proposal.confidence:.4f} < certified threshold {grant.threshold:.4f}"


def _doubts_about_novelty(novelty: float | None, limit: float | None) -> Iterator[str]:
    if limit is None:
        return
    if novelty is None or not math.isfinite(novelty):
        yield "how unlike the certified cases it is, is unknown"
    elif not 0.0 <= novelty <= 1.0:
        yield f"the novelty {float(novelty):g} is outside 0..1"
    elif not novelty >= limit:
        yield (
            f"it is unlike the certified cases: {percent(float(f'{100 * novelty:.3g}') / 100)} of usual cases are as "
            f"unlike, under the limit of {percent(limit)}"
        )
