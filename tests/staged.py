"""Workflows on their way through the rollout stages, for tests."""

from dataclasses import replace
from typing import Any

from governed import ANA, DEFINITION, NAME, House
from interlock.adapters.packs.gates import read_gates
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.facts import stage_of
from interlock.flows.rollout.stage import move_stage
from interlock.flows.rollout.unauthorised import live_without_grant
from interlock.terms.evidence import EvidenceClass
from interlock.terms.initiative import DataPolicy, Direction, Initiative, Kpi, WithoutAi
from interlock.terms.person import Person
from interlock.terms.stage import RolloutStage, StageMove
from interlock.terms.workflow import DecisionRights

PACKS = read_gates()
READY = replace(
    DEFINITION,
    rights=DecisionRights(("Ana Ruiz",), ("Ben Okafor",), ("Ben Okafor",), ("Ana Ruiz",)),
    initiative=Initiative(
        behaviour="answer instead of sorting",
        kpis=(Kpi("minutes", "min", Direction.DOWN, 40.0, "2026-01-31", 20.0, "2026-12-31", "desk"),),
        data=DataPolicy("sort", "contract", ("mailbox",), (), ("card number",), "masked", "Pia Lund"),
        without_ai=WithoutAi("keyword rules"),
    ),
)


def put(house: House, kind: str, body: dict[str, Any], evidence_class: EvidenceClass = EvidenceClass.EXECUTED) -> None:
    attest(
        house.store,
        NAME,
        release=house.release,
        kind=kind,
        evidence_class=evidence_class,
        source="test",
        body=body,
        clock=house.clock,
    )


def signed(house: House, gate: str, check: str) -> None:
    body = {"gate": gate, "check": check, "statement": "it is so", "by": "Ben Okafor"}
    put(house, "attestation", body, EvidenceClass.HUMAN)


def ready(house: House) -> None:
    """A workflow whose gate out of exploration passes."""
    house.define(READY)
    put(house, "labels", {"n": 120, "edge_cases": 12})
    signed(house, "data fitness", "representative")
    signed(house, "privacy and legal", "impact assessment")


def move(house: House, stage: RolloutStage, by: Person = ANA, reason: str = "it is time") -> StageMove:
    return move_stage(house.store, NAME, stage, PACKS, by=by, reason=reason, clock=house.clock)


def drift(house: House) -> tuple[str, ...]:
    with house.store.reading() as reading:
        row = reading.workflow(NAME)
        assert row is not None
        return live_without_grant(reading, row, stage_of(reading, NAME), now=house.clock())
