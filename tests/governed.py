"""A small governed workflow for tests: real store, real flows, a steppable clock, a desk that can be told to fail."""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from interlock.engine.ledger.canonical import plain
from interlock.engine.oversight.threshold.certify import certify
from interlock.flows.action.act import Acted, act, shadow
from interlock.flows.action.observe import observe
from interlock.flows.action.runtime import RunTime
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.define import Applied, define
from interlock.flows.rollout.judge import judge
from interlock.flows.rollout.promote import promote
from interlock.ports.clock import Clock
from interlock.ports.effects import NotApplied
from interlock.terms.certificate import Promise
from interlock.terms.decision import Proposal
from interlock.terms.evidence import EvidenceClass, GateVerdict
from interlock.terms.grant import Grant
from interlock.terms.intent import Effect, Receipt
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
from interlock.wiring.run_time import open_address, open_run_time

ANA, BEN, CARLA = Person("Ana Ruiz"), Person("Ben Okafor"), Person("Carla Nunes")
NAME = "triage"

DEFINITION = WorkflowDefinition(
    name=NAME,
    problem=Problem(
        "support leads", "mail waits", "sorting by hand", "4 hours a day", "sorted at once", "minutes", "GDPR"
    ),
    owners=Owners("Ana Ruiz", "Ben Okafor"),
    rights=DecisionRights(promote=("Ana Ruiz", "Carla Nunes"), resume=("Ben Okafor",)),
    budget=Budget(error=0.10, promise=Promise.SELECTIVE, delta=0.05, certify_at=0.05),
    limits=Limits(always_review=("fraud",), forbidden=("close account",)),
    effect=EffectPlan("route the message", TargetKind.IDEMPOTENT, "put it back"),
    rollout=Rollout(traffic_share=1.0, audit_share=1.0, grant_days=30, evidence_days=90),
    cost_wrong_usd=50.0,
    cost_review_usd=2.0,
    acts={"model": "sha256:one"},
)


class Desk:
    """A target with one queue a case. `broken` is raised by the next apply; `calls` are what it was asked to do."""

    def __init__(self) -> None:
        self.queues: dict[str, str] = {}
        self.done: dict[str, Receipt] = {}
        self.calls: list[tuple[str, str]] = []
        self.broken: Exception | None = None

    def read(self, effect: Effect) -> Mapping[str, Any]:
        return {"queue": self.queues.get(effect.case_key, "inbox")}

    def apply(self, effect: Effect) -> Receipt:
        self.calls.append(("apply", effect.case_key))
        if self.broken is not None:
            raise self.broken
        return self._once(effect.case_key, effect.label, effect.idempotency_key)

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        self.calls.append(("undo", effect.case_key))
        return self._once(effect.case_key, before["queue"], effect.idempotency_key)

    def probe(self, effect: Effect) -> Receipt | None:
        return self.done.get(effect.idempotency_key)

    def _once(self, case_key: str, queue: str, idempotency_key: str) -> Receipt:
        if idempotency_key not in self.done:
            self.queues[case_key] = queue
            self.done[idempotency_key] = Receipt(f"r-{len(self.done)}", {"queue": queue})
        return self.done[idempotency_key]


@contextmanager
def opened_run_time(address: Path | str, *, clock: Clock, owner: str = "test") -> Iterator[RunTime]:
    """A run time of this process on a store, closed afterwards."""
    opened = open_address(str(address))
    try:
        yield open_run_time(opened, clock=clock, owner=owner)
    finally:
        opened.close()


class House:
    """One store with one workflow and the steps of its life."""

    def __init__(self, folder: Path, address: str | None = None) -> None:
        self.path = folder / "store.db"
        self.address = address or str(self.path)
        self.now = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
        self.opened = open_address(self.address)
        self.store, self.drain = self.opened.store, self.opened.drain
        self.rt = open_run_time(self.opened, clock=self._tell_time, owner="test")
        self.desk = Desk()
        self.keys = (f"case-{i:05d}" for i in itertools.count())
        self.release = ""

    def clock(self) -> dt.datetime:
        self.now += dt.timedelta(milliseconds=1)
        return self.now

    def _tell_time(self) -> dt.datetime:
        return self.clock()  # also where a test puts another clock in its place

    def define(self, definition: WorkflowDefinition = DEFINITION, *, by: Person = CARLA, code: str = "1") -> Applied:
        applied = define(
            self.store, definition, by=by, code_version=code, clock=self.clock, randomness=lambda n: b"\x07" * n
        )
        self.release = applied.release.digest
        return applied

    def certificate(self, *, evidence_class: EvidenceClass = EvidenceClass.EXECUTED, wrong: int = 0) -> None:
        certified = certify([0.9] * 200, [1] * wrong + [0] * (200 - wrong), budget=0.05)
        attest(
            self.store,
            NAME,
            release=self.release,
            kind="certificate",
            evidence_class=evidence_class,
            source="test",
            body={"certificate": plain(certified), "labels": ["billing", "fraud", "close account", "sales"]},
            clock=self.clock,
        )

    def proposal(self, *, label: str = "billing", confidence: float | None = 0.95, key: str | None = None) -> Proposal:
        return Proposal(key or next(self.keys), self.release, label, confidence, "sha256:payload")

    def shadow(self, right: int, wrong: int = 0) -> None:
        proposals = [self.proposal() for _ in range(right + wrong)]
        shadow(self.rt, NAME, proposals)
        for i, proposal in enumerate(proposals):
            label = "billing" if i >= wrong else "sales"
            observe(self.store, NAME, proposal.key, label=label, by="people", clock=self.clock)

    def judge(self) -> GateVerdict:
        return judge(self.store, NAME, clock=self.clock)

    def promote(self, *, by: Person = ANA, release: str | None = None) -> Grant:
        return promote(self.store, NAME, release=release or self.release, by=by, clock=self.clock)

    def live(self, definition: WorkflowDefinition = DEFINITION) -> Grant:
        """All steps to limited live."""
        self.define(definition)
        self.certificate()
        self.shadow(60)
        self.judge()
        return self.promote()

    def act(self, proposal: Proposal | None = None) -> Acted:
        return act(self.rt, self.desk, NAME, proposal or self.proposal())

    def kinds(self) -> list[str]:
        with self.store.reading() as reading:
            return [entry.kind for entry in reading.entries()]

    def grant(self) -> Mapping[str, Any] | None:
        with self.store.reading() as reading:
            row = reading.workflow(NAME)
            return row.grant if row else None


def without_owner() -> WorkflowDefinition:
    return replace(DEFINITION, owners=Owners("Ana Ruiz", None))


__all__ = ["ANA", "BEN", "CARLA", "DEFINITION", "NAME", "Desk", "House", "NotApplied", "without_owner"]
