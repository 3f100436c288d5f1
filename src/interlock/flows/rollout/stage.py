"""Move a workflow to another rollout stage: up by a person through the stage's gate, down at once."""

from collections.abc import Sequence

from interlock.engine.rollout.stages import LEAVES, is_up, move_refusals
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.facts import facts_of, known_row, proposers_of
from interlock.flows.rollout.judge_gates import judged_in
from interlock.ports.clock import Clock
from interlock.ports.signing import Signing
from interlock.ports.store import Store
from interlock.terms.errors import Refused
from interlock.terms.gate import GatePack
from interlock.terms.instrument import Instrument
from interlock.terms.person import Person
from interlock.terms.stage import RolloutStage, StageMove


def move_stage(
    store: Store,
    workflow: str,
    entered: RolloutStage,
    packs: Sequence[GatePack],
    *,
    by: Person,
    reason: str,
    clock: Clock,
    signing: Signing,
    scorecard: Instrument | None = None,
) -> StageMove:
    """Move it. The gate that leaves the stage is judged and recorded on the way up; a move down ends the grant.

    Raises BadInput for an unknown workflow, and Refused with every reason where a rule forbids it.
    """
    with store.transaction() as tx:
        row = known_row(tx, workflow)
        facts = facts_of(tx, workflow, packs, now=clock(), signing=signing, scorecard=scorecard)
        at, left = stamp(facts.now), facts.stage
        up = is_up(left, entered)
        verdict = judged_in(tx, workflow, LEAVES[left], facts).verdict if up else None
        refusals = tuple(
            move_refusals(
                facts.definition.rights,
                left,
                entered,
                verdict,
                by=by.name,
                reason=reason,
                proposers=proposers_of(tx, row),
            )
        )
        if not refusals:
            if not up and row.grant is not None:
                ended = {"workflow": workflow, "cause": "stage", "reason": f"moved down to {entered}", "by": by.name}
                record(tx, "grant.ended", ended, at=at)
            body = {
                "workflow": workflow,
                "release": row.release,
                "left": left,
                "entered": entered,
                "by": by.name,
                "authenticated": by.authenticated,
                "reason": reason,
            }
            entry = record(tx, "stage.moved", body, at=at).index
    if refusals:
        raise Refused(f"'{workflow}' was not moved: {'; '.join(refusals)}")
    return StageMove(workflow, row.release, left, entered, by.name, reason, at, entry)
