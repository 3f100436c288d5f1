"""A forged attestation that got into the store: gates, stage moves and promotion check each signature again."""

import base64
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governed import ANA, BEN, NAME, House
from interlock.engine.timestamp import stamp
from interlock.flows.evidence.attestations import attest_check
from interlock.flows.evidence.on_file import evidence_on_file
from interlock.flows.evidence.people_keys import end_key, register_key
from interlock.flows.ledger.record import record
from interlock.flows.ledger.verify import verify_store
from interlock.flows.rollout.attest import attest_in
from interlock.flows.rollout.promote import promote
from interlock.terms.errors import Refused
from interlock.terms.evidence import Evidence, EvidenceClass, GateVerdict, Verdict
from interlock.terms.stage import RolloutStage
from staged import PACKS, READY, SIGNING, judged, move, put, signed

PRIVACY = ("privacy and legal", "impact assessment")
DATA = ("data fitness", "representative")


def planted(house: House, body: dict[str, Any]) -> str:
    """An attestation written straight into the store, as whoever can write there could."""
    with house.store.transaction() as tx:
        return attest_in(
            tx,
            NAME,
            release=house.release,
            kind="attestation",
            evidence_class=EvidenceClass.HUMAN,
            source="signed by Ben Okafor",
            body=body,
            at=stamp(house.clock()),
        ).digest


def genuine(house: House) -> Evidence:
    """What Ben really signed last: another check, whose key and signature a forger can copy."""
    with house.store.reading() as reading:
        return next(item for item in reversed(reading.evidence(NAME)) if item.kind == "attestation")


def gate(house: House, name: str, of: str = "readiness") -> GateVerdict:
    return next(verdict for verdict in judged(house, of) if verdict.gate == name)


def prepared(house: House) -> dict[str, Any]:
    """All that exploration's gate takes, but for the impact assessment; the body of a statement on it to forge."""
    house.define(READY)
    put(house, "labels", {"n": 120, "edge_cases": 12})
    signed(house, DATA)
    return {**genuine(house).body, "gate": PRIVACY[0], "check": PRIVACY[1]}


FORGED: dict[str, dict[str, Any]] = {
    "the signature of another statement": {},
    "zeros": {"signature": base64.b64encode(bytes(64)).decode()},
    "no signature": {"signature": None},
    "no base64": {"signature": "?"},
    "another key": {"key": ["none"]},
}


@pytest.mark.parametrize("forged", FORGED)
def test_planted_forged_signature_opens_no_gate_and_moves_no_stage(house: House, forged: str) -> None:
    digest = planted(house, {**prepared(house), **FORGED[forged]})
    verdict = gate(house, PRIVACY[0])
    assert verdict.verdict is Verdict.ERROR
    (finding,) = (one for one in verdict.findings if one.check == PRIVACY[1])
    assert (finding.verdict, finding.evidence) == (Verdict.ERROR, (digest,))
    assert "is not signed by a live key of the person it names" in finding.reason
    with pytest.raises(Refused, match="gate"):
        move(house, RolloutStage.PILOT)
    (told,) = (one for one in on_file(house) if one[0] == digest)
    assert told[1] == ("altered, or not signed by a key that counts",)


def on_file(house: House) -> list[tuple[str, tuple[str, ...]]]:
    with house.store.reading() as reading:
        rows = evidence_on_file(reading, NAME, now=house.now, signing=SIGNING)
    return [(row.evidence.digest, row.doubts) for row in rows]


def test_planted_forgery_does_not_hide_what_was_really_signed(house: House) -> None:
    body = prepared(house)
    sign(house, *PRIVACY)
    planted(house, body)
    assert gate(house, PRIVACY[0]).verdict is Verdict.PASSED


def sign(house: House, named: str, check: str) -> Evidence:
    """Ana gets a key and signs."""
    kept: list[str] = []
    register_key(house.store, ANA, clock=house.clock, randomness=os.urandom, signing=SIGNING, keep=kept.append)
    return attest_check(
        house.store,
        NAME,
        gate=named,
        check=check,
        statement="assessed",
        by=ANA,
        private_key=kept[0],
        signing=SIGNING,
        clock=house.clock,
    )


CONDITIONS = (
    *(("precision", check) for check in ("bias", "robustness")),
    *(("safety", check) for check in ("redlines", "data policy", "audit logging")),
)


def test_planted_forged_conditions_promote_nobody(passed: House) -> None:
    body = {"workflow": NAME, "release": passed.release, "left": "pilot", "entered": "controlled rollout"}
    with passed.store.transaction() as tx:
        record(tx, "stage.moved", {**body, "by": "Ana Ruiz", "reason": "a test"}, at=stamp(passed.clock()))
    signed(passed, *CONDITIONS)
    assert refusal(passed).count("the condition 'safety'") == 0
    end_key(passed.store, "Ben Okafor", by=ANA, reason="lost", clock=passed.clock)
    signed(passed)  # a new key, whose name a forger takes
    with passed.store.reading() as reading:
        key = list(reading.entries_of("person.key"))[-1].body["verifier"]
    for item in evidence_of(passed):
        planted(passed, {**item.body, "key": key})
    assert gate(passed, "safety", "conditions").verdict is Verdict.ERROR
    assert "the condition 'safety' is error" in refusal(passed)
    with pytest.raises(Refused, match="conditions to rise in autonomy were not judged"):
        promote(passed.store, NAME, release=passed.release, by=ANA, clock=passed.clock, packs=PACKS)


def evidence_of(house: House) -> list[Evidence]:
    with house.store.reading() as reading:
        return [item for item in reading.evidence(NAME) if item.kind == "attestation"]


def refusal(house: House) -> str:
    with pytest.raises(Refused) as caught:
        promote(house.store, NAME, release=house.release, by=ANA, clock=house.clock, packs=PACKS, signing=SIGNING)
    return str(caught.value)


@pytest.fixture(params=["sqlite", "postgres"])
def any_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An empty house on each engine."""
    made = House(tmp_path, request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None)
    yield made
    made.store.close()


def test_an_attestation_opens_its_gate_until_its_key_ends_or_the_release_changes(any_house: House) -> None:
    house = any_house
    prepared(house)
    assert gate(house, PRIVACY[0]).verdict is Verdict.INCONCLUSIVE
    mine = sign(house, *PRIVACY)
    assert gate(house, PRIVACY[0]).verdict is Verdict.PASSED
    end_key(house.store, "Ana Ruiz", by=BEN, reason="the laptop was lost", clock=house.clock)
    assert gate(house, PRIVACY[0]).verdict is Verdict.ERROR
    sign(house, *PRIVACY)
    assert gate(house, PRIVACY[0]).verdict is Verdict.PASSED
    house.define(replace(READY, acts={"model": "two"}))
    assert gate(house, PRIVACY[0]).verdict is Verdict.INCONCLUSIVE
    planted(house, dict(mine.body))  # replayed for the new release
    assert gate(house, PRIVACY[0]).verdict is Verdict.ERROR
    with house.store.reading() as reading:
        assert verify_store(reading).holds
