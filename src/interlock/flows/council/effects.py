"""What a council decided takes effect through the flows that do it without a council: their rules hold as ever."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from interlock.engine.council.late_actions import MORE_DAYS
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.timestamp import stamp
from interlock.flows.action.kill import fence_in
from interlock.flows.measure.incident import close_in
from interlock.flows.rollout.demote import demote_in
from interlock.flows.rollout.facts import waivers_of
from interlock.flows.rollout.known import known_row
from interlock.flows.rollout.stage import moved_in
from interlock.flows.rollout.waive import end_waiver_in, waive_in
from interlock.flows.standup.actions import close_action_in, today
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Transaction
from interlock.terms.errors import Refused
from interlock.terms.person import Person
from interlock.terms.stage import RolloutStage

AGAIN_DAYS = 30  # a waiver that is given once more
FactsOf = Callable[[Reading, str, dt.datetime], GateFacts]


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided what and why, at which entry; `facts` reads what gates and waivers are judged on."""

    workflow: str
    by: Person
    reason: str
    entry: int
    clock: Clock
    facts: FactsOf | None

    def judged_on(self, tx: Transaction) -> GateFacts:
        """Raises Refused where nothing was given to judge on: nothing opens by a decision alone."""
        if self.facts is None:
            raise Refused("its gates cannot be judged here; `interlock council decide` judges them")
        return self.facts(tx, self.workflow, self.clock())


def take_effect(tx: Transaction, effect: str, decided: Decided) -> None:
    """Do what an option's `effect` says. Raises Refused with every reason where a rule forbids it."""
    for start, do in _EFFECTS.items():
        if effect.startswith(start):
            do(tx, effect.removeprefix(start).strip(), decided)


def _demote(tx: Transaction, what: str, decided: Decided) -> None:  # noqa: ARG001 - as all effects
    row = known_row(tx, decided.workflow)
    if row.grant is not None:
        facts, at = {"council": decided.entry}, stamp(decided.clock())
        demote_in(tx, row.name, release=row.release, by=decided.by.name, reason=decided.reason, facts=facts, at=at)


def _halt(tx: Transaction, scope: str, decided: Decided) -> None:
    fence_in(tx, scope, by=decided.by, reason=decided.reason, clock=decided.clock)


def _close(tx: Transaction, entry: str, decided: Decided) -> None:
    close_in(tx, int(entry), lesson=decided.reason, by=decided.by, at=stamp(decided.clock()))


def _end_waiver(tx: Transaction, entry: str, decided: Decided) -> None:
    at = stamp(decided.clock())
    end_waiver_in(tx, decided.workflow, int(entry), by=decided.by, reason=decided.reason, at=at)


def _waive_again(tx: Transaction, entry: str, decided: Decided) -> None:
    facts = decided.judged_on(tx)
    one = next(waiver for waiver in waivers_of(tx, decided.workflow) if waiver.entry == int(entry))
    gate = facts.gates.get(one.gate)
    check = next((known for known in gate.checks if known.id == one.check), None) if gate else None
    if check is None:
        raise Refused(f"there is no check '{one.check}' of '{one.gate}' any more")
    until = facts.now + dt.timedelta(days=AGAIN_DAYS)
    waive_in(tx, decided.workflow, check, facts, until=until, reason=decided.reason, by=decided.by)


def _move(tx: Transaction, stage: str, decided: Decided) -> None:
    facts = decided.judged_on(tx)
    moved, refusals = moved_in(tx, decided.workflow, RolloutStage(stage), facts, by=decided.by, reason=decided.reason)
    if moved is None:
        raise Refused(f"it was not moved: {'; '.join(refusals)}")


def _done(tx: Transaction, entry: str, decided: Decided) -> None:
    close_action_in(tx, int(entry), done=True, note=decided.reason, by=decided.by, now=decided.clock())


def _drop(tx: Transaction, entry: str, decided: Decided) -> None:
    close_action_in(tx, int(entry), done=False, note=decided.reason, by=decided.by, now=decided.clock())


def _more_time(tx: Transaction, entry: str, decided: Decided) -> None:
    now = decided.clock()
    until = today(tx, now) + dt.timedelta(days=MORE_DAYS)
    close_action_in(tx, int(entry), done=False, note=decided.reason, by=decided.by, now=now, again=until)


_EFFECTS: dict[str, Callable[[Transaction, str, Decided], None]] = {
    "demote": _demote,
    "halt ": _halt,
    "close ": _close,
    "end waiver ": _end_waiver,
    "waive again ": _waive_again,
    "move ": _move,
    "done ": _done,
    "drop ": _drop,
    "more time ": _more_time,
}
