"""Many processes against one limit of a day: it is never exceeded, and nearly all of it can be used.

Some effects fail for certain, and give back what they had taken. What has happened at the target stays happened: where
it is within the limit in the end it always was.
"""

import random
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from faults.clock_jump import Stepping
from governed import DEFINITION, NAME
from interlock.flows.action.act import act
from interlock.ports.effects import NotApplied
from interlock.terms.decision import Proposal, Verb
from interlock.terms.intent import Effect, Receipt
from interlock.terms.workflow import Limits, TargetKind
from trials.children import Child, in_child, wait_for
from trials.effects import FileTarget
from trials.places import Made, Place, place

FAILED_SHARE = 0.2
AMOUNT_CENTS = (50, 150)


class Limit(StrEnum):
    """What is limited a day."""

    CASES = "applied_per_day"
    AMOUNT = "amount_per_day"


@dataclass(frozen=True)
class Spent:
    """What became of a limit: how much of it the store says is `used`, and how much `happened` at the target."""

    limit: int
    used: int
    happened: int
    refused: int
    given_back: int

    @property
    def holds(self) -> bool:
        """Whether the limit was never exceeded, and what is used is what happened."""
        return self.happened <= self.limit and self.used == self.happened

    @property
    def usable(self) -> float:
        """The share of the limit that was used."""
        return self.used / self.limit


class Failing(FileTarget):
    """Some of its effects are certain not to be applied."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, TargetKind.IDEMPOTENT)
        self._chance = random.Random(seed)

    def apply(self, effect: Effect) -> Receipt:
        if self._chance.random() < FAILED_SHARE:
            raise NotApplied("closed")
        return super().apply(effect)


def spend_place(folder: Path, limit: Limit, most: int, *, database: Made | None = None) -> Place:
    """A place with a limit of so many cases, or cents, a day; no audits, they would only take time."""
    limits = Limits(applied_per_day=most) if limit is Limit.CASES else Limits(amount_per_day_cents=most)
    rollout = replace(DEFINITION.rollout, audit_share=0.01)
    return place(folder, replace(DEFINITION, limits=limits, rollout=rollout), database=database)


def spend(at: Place, limit: Limit, most: int, *, processes: int, wanted: float = 3.0) -> Spent:
    """Let processes ask for so many times the limit altogether, all at the same time."""
    mean = sum(AMOUNT_CENTS) / 2 if limit is Limit.AMOUNT else 1.0
    cases = round(wanted * most / mean / processes)
    spenders = [Child(partial(_spend, at, number, cases)) for number in range(processes)]
    wait_for([at.folder / f"ready-{number}" for number in range(processes)])
    (at.folder / "go").touch()
    refused = sum(spender.result() for spender in spenders)
    return in_child(partial(_spent, at, limit, most, refused))


def _spend(at: Place, worker: int, cases: int) -> int:
    target, chance, refused = Failing(at.folder, worker), random.Random(1000 + worker), 0
    with at.opened(Stepping(at.now), owner=f"worker {worker}") as rt:
        rt.standings.refreshed(NAME)
        (at.folder / f"ready-{worker}").touch()
        wait_for([at.folder / "go"])
        for number in range(cases):
            case = Proposal(f"{worker}-{number}", at.release, "billing", 0.95, "sha256:payload")
            acted = act(rt, target, NAME, replace(case, amount_cents=chance.randint(*AMOUNT_CENTS)))
            assert acted.recorded, acted
            refused += acted.decision.verb is Verb.REVIEW
    return refused


def _spent(at: Place, limit: Limit, most: int, refused: int) -> Spent:
    target = FileTarget(at.folder, TargetKind.IDEMPOTENT)
    with at.opened(owner="audit") as rt, rt.store.reading() as reading:
        entries = list(reading.entries())
        counters = {
            str(one["counter"])
            for entry in entries
            for one in entry.body.get("reserved", ())
            if one["counter"].startswith(limit)
        }
        (counter,) = counters
        used = reading.used(NAME, [counter])[counter]
        amounts = {
            row.key: row.inputs["proposal"].get("amount_cents", 1) if limit is Limit.AMOUNT else 1
            for row in reading.decisions(NAME)
        }
    return Spent(
        limit=most,
        used=used,
        happened=sum(amount * target.effects(key) for key, amount in amounts.items()),
        refused=refused,
        given_back=sum(entry.kind == "intent.failed" for entry in entries),
    )
