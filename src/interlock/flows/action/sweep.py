"""Go through everything whose holder is gone: lost intents, undos that were cut short, approved effects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.action.lost import Lost, lost_intents
from interlock.flows.action.recover import Fate, Recovered, recovering
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore, run
from interlock.flows.action.undo import undoing
from interlock.flows.review.carry_out import Reviewed, after_review
from interlock.ports.drain import Drain
from interlock.ports.effects import Target
from interlock.ports.store import DecisionRow
from interlock.terms.decision import Decision, Verb
from interlock.terms.errors import BadInput, Refused, Unavailable
from interlock.terms.intent import IntentState
from interlock.terms.person import Person
from interlock.terms.workflow import EffectPlan, TargetKind

QUIET_WITHIN_S = 0.05

# The action of a workflow's effects, None where it is not at hand.
TargetOf = Callable[[str, EffectPlan], Target | None]


@dataclass(slots=True)
class Patience:
    """Tells which lost intents have no holder any more, by more than a clock that may have jumped forward.

    Either everybody under one of their scopes has let go of the drain lock since the intent was found to be lost, or it
    has been seen lost for a whole lease. `elapsed_s` is a clock that cannot be set. Keep one for sweeps that repeat.
    """

    elapsed_s: Callable[[], float]
    _seen: dict[tuple[str, str], float] = field(default_factory=dict)
    _seen_before: dict[tuple[str, str], float] = field(default_factory=dict)
    _quiet: dict[str, bool] = field(default_factory=dict)

    def begin(self) -> None:
        """Another sweep: who held a lock in the last one may have let go."""
        self._seen_before, self._seen = self._seen, {}
        self._quiet.clear()

    def unattended(self, lost: Lost, drain: Drain) -> bool:
        """Whether nobody can be at work on it."""
        now_s, intent = self.elapsed_s(), lost.intent
        leased = (intent.key, intent.lease_until)
        since_s = self._seen[leased] = self._seen_before.get(leased, now_s)
        return now_s - since_s >= lost.lease_s or any(self._is_quiet(one, drain) for one in reversed(intent.scopes[1:]))

    def _is_quiet(self, scope: str, drain: Drain) -> bool:
        if scope not in self._quiet:
            try:
                self._quiet[scope] = drain.emptied(scope, timeout_s=QUIET_WITHIN_S)
            except Unavailable:
                self._quiet[scope] = False
        return self._quiet[scope]


def sweeping(rt: RunTime, target_of: TargetOf, patience: Patience) -> Flow[tuple[Recovered, ...]]:
    """What became of everything whose holder is gone. The steps, for either driver.

    Raises Unavailable where the store cannot be reached; what was settled by then stays settled.
    """
    patience.begin()
    swept: list[Recovered] = []
    for lost in (yield InStore(partial(_lost, rt, IntentState.EXECUTING))):
        target = yield InStore(partial(_target, rt, target_of, lost.intent.workflow))
        unattended = False
        if lost.kind is TargetKind.PROBE and target is not None:
            unattended = yield InStore(partial(patience.unattended, lost, rt.drain))
        swept.append((yield from recovering(rt, target, lost, unattended=unattended)))
    for lost in (yield InStore(partial(_lost, rt, IntentState.UNDOING))):
        target = yield InStore(partial(_target, rt, target_of, lost.intent.workflow))
        unattended = lost.kind is TargetKind.IDEMPOTENT
        if not unattended and target is not None:
            unattended = yield InStore(partial(patience.unattended, lost, rt.drain))
        swept.append((yield from _undone(rt, target, lost, unattended=unattended)))
    for case in (yield InStore(partial(_approved, rt))):
        target = yield InStore(partial(_target, rt, target_of, case.workflow))
        swept.append((yield from _carried_out(rt, target, case)))
    return tuple(swept)


def sweep(rt: RunTime, target_of: TargetOf, patience: Patience) -> tuple[Recovered, ...]:
    """`sweeping`, driven in this thread."""
    return run(sweeping(rt, target_of, patience))


def _lost(rt: RunTime, state: IntentState) -> tuple[Lost, ...]:
    with rt.store.reading() as reading:
        return tuple(lost_intents(reading, state, rt.clock()))


def _approved(rt: RunTime) -> tuple[DecisionRow, ...]:
    with rt.store.reading() as reading:
        cases = [reading.decision(review.key) for review in reading.approved(stamp(rt.clock()))]
        return tuple(case for case in cases if case is not None)


def _target(rt: RunTime, target_of: TargetOf, workflow: str) -> Target | None:
    with rt.store.reading() as reading:
        row = reading.workflow(workflow)
        return None if row is None else target_of(workflow, definition_of(row.definition).effect)


def _undone(rt: RunTime, target: Target | None, lost: Lost, *, unattended: bool) -> Flow[Recovered]:
    """Go on with an undo that was cut short, in the name of who asked for it."""
    workflow, key = lost.intent.workflow, lost.intent.key
    if target is None:
        return Recovered(workflow, key, Fate.NO_TARGET, "its undo was cut short, and its action is not at hand here")
    if not unattended:
        return Recovered(workflow, key, Fate.AT_WORK, "its undo was cut short, and its holder may still be at work")
    by = yield InStore(partial(_asked_by, rt, workflow, key))
    try:
        yield from undoing(rt, target, key, by=by)
    except Refused as exc:
        return Recovered(workflow, key, Fate.FOR_A_PERSON, str(exc))
    except BadInput as exc:
        return Recovered(workflow, key, Fate.MOVED_ON, str(exc))
    return Recovered(workflow, key, Fate.UNDONE)


def _asked_by(rt: RunTime, workflow: str, key: str) -> Person:
    with rt.store.reading() as reading:
        named = [
            entry.body["by"] for entry in reading.entries_of("undo.admitted", workflow) if entry.body["key"] == key
        ]
    return Person(named[-1])


def _carried_out(rt: RunTime, target: Target | None, case: DecisionRow) -> Flow[Recovered]:
    """Do what a person approved and nobody has delivered again."""
    if target is None:
        return Recovered(case.workflow, case.key, Fate.NO_TARGET, "it is approved, and its action is not at hand here")
    state = yield InStore(partial(_state, rt, case.key))
    known = Reviewed(Decision(Verb(case.verb), case.reasons, case.audited), state)
    now = yield from after_review(rt, target, case.workflow, case.key, known)
    if now.state is IntentState.DONE:
        return Recovered(case.workflow, case.key, Fate.CARRIED_OUT, "; ".join(now.decision.reasons))
    fates = {IntentState.IN_DOUBT: Fate.IN_DOUBT, IntentState.EXECUTING: Fate.AT_WORK}
    fate = fates.get(now.state, Fate.FOR_A_PERSON) if now.state else Fate.FOR_A_PERSON
    return Recovered(case.workflow, case.key, fate, "; ".join(now.decision.reasons))


def _state(rt: RunTime, key: str) -> IntentState | None:
    with rt.store.reading() as reading:
        return reading.intent_state(key)
