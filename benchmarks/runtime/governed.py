"""A workflow with authority, made by the product's own flows, and a target that costs nothing."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from interlock.engine.ledger.canonical import plain
from interlock.engine.oversight.threshold.certify import certify
from interlock.flows.action.act import shadow
from interlock.flows.action.observe import observe_many
from interlock.flows.action.runtime import RunTime
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.define import define
from interlock.flows.rollout.judge import judge
from interlock.flows.rollout.promote import promote
from interlock.terms.certificate import Promise
from interlock.terms.decision import Proposal
from interlock.terms.evidence import EvidenceClass
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

NAME = "triage"
ANA, BEN = Person("Ana Ruiz"), Person("Ben Okafor")
AUDIT_SHARE = 0.001  # one audit review in a thousand: the journal is measured, not the queue
DEFINITION = WorkflowDefinition(
    name=NAME,
    problem=Problem("leads", "mail waits", "sorting by hand", "4 hours a day", "sorted at once", "minutes", "GDPR"),
    owners=Owners("Ana Ruiz", "Ben Okafor"),
    rights=DecisionRights(promote=("Ana Ruiz",), resume=("Ben Okafor",)),
    budget=Budget(error=0.10, promise=Promise.SELECTIVE, delta=0.05, certify_at=0.05),
    limits=Limits(),
    effect=EffectPlan("route the message", TargetKind.IDEMPOTENT, "put it back"),
    rollout=Rollout(traffic_share=1.0, audit_share=AUDIT_SHARE, grant_days=30, evidence_days=90),
    cost_wrong_usd=50.0,
    cost_review_usd=2.0,
    acts={"model": "sha256:one"},
)


class Instant:
    """A target whose effects take no time and leave nothing behind."""

    def read(self, effect: Effect) -> Mapping[str, Any]:  # noqa: ARG002 - as any target
        return {"queue": "inbox"}

    def apply(self, effect: Effect) -> Receipt:
        return Receipt(effect.case_key, {"queue": effect.label})

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        raise NotImplementedError

    def probe(self, effect: Effect) -> Receipt | None:
        raise NotImplementedError


def utc() -> dt.datetime:
    """The time."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def opened(address: str) -> Iterator[RunTime]:
    """A run time on a store, closed afterwards."""
    adapters = open_address(address)
    try:
        yield open_run_time(adapters, owner="benchmark")
    finally:
        adapters.close()


def promoted(rt: RunTime, definition: WorkflowDefinition = DEFINITION) -> str:
    """The release of the workflow, which now holds a grant."""
    applied = define(
        rt.store, definition, by=Person("Carla Nunes"), code_version="1", clock=utc, randomness=rt.randomness
    )
    release = applied.release.digest
    certified = certify([0.9] * 200, [0] * 200, budget=0.05)
    attest(
        rt.store,
        NAME,
        release=release,
        kind="certificate",
        evidence_class=EvidenceClass.EXECUTED,
        source="benchmark",
        body={"certificate": plain(certified), "labels": ["billing", "sales"]},
        clock=utc,
    )
    keys = [f"shadow-{number}" for number in range(60)]
    shadow(rt, NAME, [proposal(release, key) for key in keys])
    observe_many(rt.store, NAME, [(key, "billing") for key in keys], by="people", clock=utc)
    judge(rt.store, NAME, clock=utc)
    promote(rt.store, NAME, release=release, by=ANA, clock=utc)
    return release


def proposal(release: str, key: str) -> Proposal:
    """A sure case."""
    return Proposal(key, release, "billing", 0.95, "sha256:" + "9c" * 32)
