"""Settle an intent whose holder is gone: found at the target, sent again, or put before a person."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import LEASE_S, TRIES_MAX, Admitted, lease_is_live
from interlock.flows.action.commit import committing, completed, ended, recordable, words_of
from interlock.flows.action.lost import Lost
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow, InStore, OnTarget
from interlock.flows.ledger.record import written
from interlock.ports.effects import Target
from interlock.ports.journal import Admission, Answer, Wish
from interlock.terms.decision import Decision, Verb
from interlock.terms.errors import Unavailable
from interlock.terms.intent import Effect, Intent, IntentState, Receipt
from interlock.terms.workflow import TargetKind


class Fate(StrEnum):
    """What became of an intent whose holder is gone."""

    SENT = "sent again"  # the target deduplicates, or did not have it
    FOUND = "found"  # the target has it
    FAILED = "not applied"  # the target is certain that nothing was changed
    IN_DOUBT = "in doubt"
    HALTED = "halted"  # not sent while its scope is halted
    NO_TARGET = "no target"
    UNREACHABLE = "unreachable"
    AT_WORK = "at work"  # its holder may still be
    MOVED_ON = "settled by somebody else"
    CARRIED_OUT = "carried out"  # what a person had approved
    UNDONE = "undone"
    FOR_A_PERSON = "for a person"


SETTLED = frozenset({Fate.SENT, Fate.FOUND, Fate.FAILED, Fate.MOVED_ON, Fate.CARRIED_OUT, Fate.UNDONE})


@dataclass(frozen=True, slots=True)
class Recovered:
    """One intent, what became of it, and why."""

    workflow: str
    key: str
    fate: Fate
    words: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing is left to be done or found out."""
        return self.fate in SETTLED


def recovering(rt: RunTime, target: Target | None, lost: Lost, *, unattended: bool = False) -> Flow[Recovered]:
    """Settle one lost intent. The steps, for either driver.

    A target that deduplicates is sent the effect again, under a new lease. One that can be read back is read, and sent
    what it does not have only where the holder is `unattended`: known to be gone by more than a clock that may have
    jumped. For a blind one it is in doubt, and so is what cannot be sent as it was. Raises Unavailable where the store
    cannot be reached.
    """
    kind, effect = lost.kind, lost.effect
    if kind is TargetKind.BLIND:
        return (
            yield from _in_doubt(rt, lost, "its holder is gone, and its target can neither deduplicate nor be read")
        )
    if effect is None:
        return (yield from _in_doubt(rt, lost, "its holder is gone, and what it was to be done with is not kept"))
    if target is None:
        return _as(lost, Fate.NO_TARGET, "its action is not at hand here")
    try:
        receipt = yield from _asked(target, kind, effect)
    except Exception as exc:  # noqa: BLE001 - a target may raise anything; the next sweep asks again
        return _as(lost, Fate.UNREACHABLE, f"the target cannot be asked: {type(exc).__name__}: {words_of(exc)}")
    if receipt is not None:
        return (yield from _found(rt, lost, effect, receipt))
    if kind is TargetKind.PROBE and not unattended:
        return _as(lost, Fate.AT_WORK, "the target does not have it, and its holder may still be at work")
    return (yield from _sent(rt, target, lost, effect))


def _asked(target: Target, kind: TargetKind, effect: Effect) -> Flow[Receipt | None]:
    """The receipt of a target that can be read back; otherwise only whether it answers."""
    if kind is TargetKind.PROBE:
        receipt: Receipt | None = yield OnTarget(partial(target.probe, effect))
        return receipt
    yield OnTarget(partial(target.read, effect))
    return None


def _in_doubt(rt: RunTime, lost: Lost, reason: str) -> Flow[Recovered]:
    intent = lost.intent
    effect = lost.effect or _bare(intent)
    settle = partial(ended, rt, intent.workflow, effect, IntentState.IN_DOUBT, reason, None)
    return _as(lost, Fate.IN_DOUBT if (yield InStore(settle)) else Fate.MOVED_ON, reason)


def _found(rt: RunTime, lost: Lost, effect: Effect, receipt: Receipt) -> Flow[Recovered]:
    try:
        kept = recordable(receipt)
    except (ValueError, TypeError, AttributeError) as exc:
        return _as(lost, Fate.UNREACHABLE, f"the target's answer cannot be recorded: {words_of(exc)}")
    settle = partial(completed, rt, lost.intent.workflow, effect, kept, None, audited=lost.audited)
    return _as(lost, Fate.FOUND if (yield InStore(settle)) else Fate.MOVED_ON)


def _sent(rt: RunTime, target: Target, lost: Lost, effect: Effect) -> Flow[Recovered]:
    claimed = yield InStore(partial(_claimed, rt, lost, effect))
    if isinstance(claimed, Recovered):
        return claimed
    try:
        if lost.kind is TargetKind.PROBE:  # again, now that nobody else may send it
            receipt = yield OnTarget(partial(target.probe, claimed.effect))
            if receipt is not None:
                return (yield from _found(rt, lost, claimed.effect, receipt))
        state = yield from committing(rt, target, lost.intent.workflow, claimed)
    finally:
        claimed.admission.release()
    fates = {IntentState.DONE: Fate.SENT, IntentState.FAILED: Fate.FAILED}
    return _as(lost, fates.get(state, Fate.IN_DOUBT))


def _claimed(rt: RunTime, lost: Lost, effect: Effect) -> Admitted | Recovered:
    """A new lease for this process, under authority that holds; or why there is none."""
    intent = lost.intent
    standing = rt.standings.refreshed(intent.workflow)
    for _ in range(TRIES_MAX):
        if halted := standing.halted(intent.scopes):
            return _as(lost, Fate.HALTED, f"{', '.join(halted)} is halted by the kill switch")
        again = replace(effect, epoch=standing.epoch(intent.scopes))
        (admission,) = rt.journal.admit([_claim(rt, intent, again, standing.version)])
        if admission.answer is Answer.ADMITTED:
            return _admitted(lost, again, admission)
        with rt.store.reading() as reading:
            present = reading.intent(intent.key)
        if present is None or present.state is not IntentState.EXECUTING or lease_is_live(present, now=rt.clock()):
            return _as(lost, Fate.MOVED_ON)
        standing = rt.standings.refreshed(intent.workflow)
    raise Unavailable(f"the authority of '{intent.workflow}' changes faster than a case can be claimed; none was sent")


def _claim(rt: RunTime, intent: Intent, effect: Effect, version: int) -> Wish:
    now = rt.clock()
    body: dict[str, Any] = {
        "workflow": intent.workflow,
        "key": intent.key,
        "owner": rt.owner,
        "epoch": effect.epoch,
        "lease_until": stamp(now + dt.timedelta(seconds=LEASE_S)),
    }
    entry = written("intent.claimed", body, at=stamp(now))
    return Wish(key=intent.key, version=version, entry=entry, scopes=intent.scopes)


def _admitted(lost: Lost, effect: Effect, admission: Admission) -> Admitted:
    decision = Decision(Verb.APPLY, (), lost.audited)
    return Admitted(decision, effect, admission=admission, reserved=lost.reserved)


def _bare(intent: Intent) -> Effect:
    return Effect(intent.key, intent.label, intent.key, intent.epoch)


def _as(lost: Lost, fate: Fate, words: str = "") -> Recovered:
    return Recovered(lost.intent.workflow, lost.intent.key, fate, words)
