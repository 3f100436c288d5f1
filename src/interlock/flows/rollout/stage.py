"""Move a workflow to another rollout stage: up by a person through the stage's gate, down at once."""

from collections.abc import Sequence

from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.stages import LEAVES, is_up, move_refusals
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.facts import facts_of, proposers_of
from interlock.flows.rollout.judge_gates import judged_in
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.signing import Signing
from interlock.ports.store import Store, Transaction
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
        known_row(tx, workflow)
        facts = facts_of(tx, workflow, packs, now=clock(), signing=signing, scorecard=scorecard)
        moved, refusals = moved_in(tx, workflow, entered, facts, by=by, reason=reason)
    if moved is None:
        raise Refused(f"'{workflow}' was not moved: {'; '.join(refusals)}")
    return moved


def moved_in(
    tx: Transaction, workflow: str, entered: RolloutStage, facts: GateFacts, *, by: Person, reason: str
) -> tuple[StageMove | None, tuple[str, ...]]:
    """The same inside a transaction that is already open: the move, or None and why not; the verdict is kept."""
    row, at, left = known_row(tx, workflow), stamp(facts.now), facts.stage
    up = is_up(left, entered)
    verdict = judged_in(tx, workflow, LEAVES[left], facts).verdict if up else None
    rights, proposers = facts.definition.rights, proposers_of(tx, row)
    refusals = tuple(move_refusals(rights, left, entered, verdict, by=by.name, reason=reason, proposers=proposers))
    if refusals:
        return None, refusals
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
    return StageMove(workflow, row.release, left, entered, by.name, reason, at, entry), ()
