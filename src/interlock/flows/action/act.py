"""One case from proposal to receipt, under the drain lock of its scopes; and many at once where nothing is applied."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.flows.action.admit import admit, scopes_of
from interlock.flows.action.commit import commit
from interlock.ports.clock import Clock
from interlock.ports.drain import Drain
from interlock.ports.effects import Target
from interlock.ports.store import Store
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.errors import Unavailable
from interlock.terms.intent import IntentState


@dataclass(frozen=True, slots=True)
class Acted:
    """How a case ended; for a key that was decided before, how it stands now.

    `recorded` is False only where the store could not be reached: nothing was applied then.
    """

    decision: Decision
    state: IntentState | None
    recorded: bool = True


def act(
    store: Store,
    drain: Drain,
    target: Target | None,
    workflow: str,
    proposal: Proposal,
    *,
    owner: str,
    clock: Clock,
) -> Acted:
    """Decide and, where the decision is to apply, do it.

    A store that cannot be reached before the intent is durable means that a person decides: the answer is a review
    that is not recorded. Raises BadInput for an unknown workflow, and Unavailable where the effect ran but its receipt
    could not be written (the intent then stays listed as executing until its lease ends, and as in doubt after that).
    """
    with ExitStack() as held:
        try:
            held.enter_context(drain.hold(scopes_of(workflow)))
            before = _read(target, proposal.key)
            with store.transaction() as tx:
                admitted = admit(tx, workflow, proposal, before=before, owner=owner, now=clock())
        except Unavailable as exc:
            return Acted(Decision(Verb.REVIEW, (f"a person decides, because {exc}",)), None, recorded=False)
        if admitted.intent is None or target is None:
            return Acted(admitted.decision, admitted.state)
        state = commit(store, target, admitted.intent, audited=admitted.decision.audited, clock=clock)
        return Acted(admitted.decision, state)


def shadow(
    store: Store, workflow: str, proposals: Iterable[Proposal], *, owner: str, clock: Clock
) -> tuple[Decision, ...]:
    """Decide on many proposals in one transaction, with no target: whatever is decided, nothing is applied.

    Raises BadInput for an unknown workflow, Unavailable where the store cannot be written (then none is recorded).
    """
    with store.transaction() as tx:
        return tuple(
            admit(tx, workflow, proposal, before=None, owner=owner, now=clock()).decision for proposal in proposals
        )


def _read(target: Target | None, key: str) -> Mapping[str, Any] | None:
    """The target's state before the effect; None where it cannot be read or kept, and then nothing is applied."""
    if target is None:
        return None
    try:
        state = dict(target.read(key))
        canonical(state)
        return state
    except Exception:  # noqa: BLE001 - a target may raise anything; unknown means a person decides
        return None
