"""One case from proposal to receipt, under the drain lock of its scopes; and many at once where nothing is applied."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from interlock.flows.action.admit import LEASE_S, Admitted, admit, admit_all
from interlock.flows.action.commit import committing, state_before
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore, run
from interlock.flows.action.suggest import suggest, unspool
from interlock.flows.action.wish import effect_of
from interlock.flows.review.carry_out import Reviewed, after_review
from interlock.ports.effects import Target
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.errors import Unavailable
from interlock.terms.intent import IntentState


@dataclass(frozen=True, slots=True)
class Acted:
    """How a case ended; for a key that was decided before, how it stands now.

    `recorded` is False only where the store could not be reached: nothing was applied then, and what was to be done is
    kept on this host (the decision's reasons say so, or why not) until it can go to the queue.
    """

    decision: Decision
    state: IntentState | None
    recorded: bool = True


def acting(
    rt: RunTime, target: Target | None, workflow: str, proposal: Proposal, *, lease_s: float = LEASE_S
) -> Flow[Acted]:
    """Decide and, where the decision is to apply, do it: the steps, for either driver.

    A store that cannot be reached before the intent is durable means that a person decides: the answer is a review
    that is not recorded yet (see `suggest`). Raises BadInput for an unknown workflow, and Unavailable where the effect
    ran but its receipt could not be written (the intent then stays listed as executing until its lease ends, and as in
    doubt after that).
    """
    before = None if target is None else (yield from state_before(target, effect_of(proposal, epoch=0)))
    try:
        admitted = yield InStore(partial(admit, rt, workflow, proposal, before=before, lease_s=lease_s))
    except Unavailable as exc:
        kept = yield InStore(partial(suggest, rt, workflow, proposal, exc))
        return Acted(Decision(Verb.REVIEW, (f"a person decides, because {exc}", kept)), None, recorded=False)
    acted = yield from _acted(rt, target, workflow, proposal, admitted, lease_s)
    if rt.spool is not None and rt.spool.pending:
        yield InStore(partial(_unspooled, rt))
    return acted


def act(rt: RunTime, target: Target | None, workflow: str, proposal: Proposal, *, lease_s: float = LEASE_S) -> Acted:
    """`acting`, driven in this thread."""
    return run(acting(rt, target, workflow, proposal, lease_s=lease_s))


def shadow(rt: RunTime, workflow: str, proposals: Iterable[Proposal]) -> tuple[Decision, ...]:
    """Decide on many proposals in one transaction, with no target: whatever is decided, nothing is applied.

    Raises BadInput for an unknown workflow, Unavailable where the store cannot be written (then none is recorded).
    """
    return tuple(admitted.decision for admitted in admit_all(rt, workflow, tuple(proposals), before=None))


def _acted(
    rt: RunTime, target: Target | None, workflow: str, proposal: Proposal, admitted: Admitted, lease_s: float
) -> Flow[Acted]:
    if admitted.repeated and admitted.decision.verb is Verb.REVIEW:
        known = Reviewed(admitted.decision, admitted.state)
        now = yield from after_review(rt, target, workflow, proposal.key, known, lease_s=lease_s)
        return Acted(now.decision, now.state)
    if admitted.effect is None or target is None:
        return Acted(admitted.decision, admitted.state)
    try:
        state = yield from committing(rt, target, workflow, admitted)
    finally:
        admitted.admission.release()
    return Acted(admitted.decision, state)


def _unspooled(rt: RunTime) -> None:
    """The store is back: what was kept meanwhile goes to the queue. What cannot go now goes with a later case."""
    with suppress(Unavailable):
        unspool(rt, files_max=1)
