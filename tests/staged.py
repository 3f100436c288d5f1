"""Workflows on their way through the rollout stages, for tests."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.adapters.packs.gates import read_gates
from interlock.adapters.signing.ed25519 import Ed25519
from interlock.flows.evidence.attestations import attest_check
from interlock.flows.evidence.people_keys import register_key
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.facts import stage_of
from interlock.flows.rollout.judge_gates import judge_gates
from interlock.flows.rollout.stage import move_stage
from interlock.flows.rollout.unauthorised import live_without_grant
from interlock.terms.evidence import EvidenceClass, GateVerdict
from interlock.terms.gate import GatePack
from interlock.terms.initiative import DataPolicy, Direction, Initiative, Kpi, WithoutAi
from interlock.terms.person import Person
from interlock.terms.stage import RolloutStage, StageMove
from interlock.terms.workflow import DecisionRights

PACKS = read_gates()
SIGNING = Ed25519()
READY = replace(
    DEFINITION,
    problem=replace(DEFINITION.problem, friction="mail waits 40 minutes until somebody sorts it by hand"),
    rights=DecisionRights(("Ana Ruiz",), ("Ben Okafor",), ("Ben Okafor",), ("Ana Ruiz",)),
    initiative=Initiative(
        behaviour="answer instead of sorting",
        kpis=(Kpi("minutes", "min", Direction.DOWN, 40.0, "2026-01-31", 20.0, "2026-12-31", "desk"),),
        data=DataPolicy("sort", "contract", ("mailbox",), (), ("card number",), "masked", "Pia Lund"),
        without_ai=WithoutAi("keyword rules"),
    ),
)


def put(house: House, kind: str, body: dict[str, Any]) -> None:
    attest(
        house.store,
        NAME,
        release=house.release,
        kind=kind,
        evidence_class=EvidenceClass.EXECUTED,
        source="test",
        body=body,
        clock=house.clock,
    )


def signed(house: House, *checks: tuple[str, str]) -> None:
    """Ben Okafor gets a key and signs each check (gate, check) with it."""
    kept: list[str] = []
    register_key(house.store, BEN, clock=house.clock, randomness=os.urandom, signing=SIGNING, keep=kept.append)
    for gate, check in checks:
        attest_check(
            house.store,
            NAME,
            gate=gate,
            check=check,
            statement="it is so",
            by=BEN,
            private_key=kept[0],
            signing=SIGNING,
            clock=house.clock,
        )


def ready(house: House) -> None:
    """A workflow whose gate out of exploration passes."""
    house.define(READY)
    put(house, "labels", {"n": 120, "edge_cases": 12})
    signed(house, ("data fitness", "representative"), ("privacy and legal", "impact assessment"))


def move(house: House, stage: RolloutStage, by: Person = ANA, reason: str = "it is time") -> StageMove:
    return move_stage(house.store, NAME, stage, PACKS, by=by, reason=reason, clock=house.clock, signing=SIGNING)


def judged(house: House, of: str, packs: Sequence[GatePack] = PACKS) -> tuple[GateVerdict, ...]:
    return judge_gates(house.store, NAME, packs, of=[of], clock=house.clock, signing=SIGNING)


def drift(house: House) -> tuple[str, ...]:
    with house.store.reading() as reading:
        row = reading.workflow(NAME)
        assert row is not None
        return live_without_grant(reading, row, stage_of(reading, NAME), now=house.clock())
