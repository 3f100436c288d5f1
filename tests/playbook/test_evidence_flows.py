"""Evidence from files and from people: what is bound, what counts, and every planted fault."""

import base64
import datetime as dt
import hashlib
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from governed import ANA, BEN, DEFINITION, NAME, House
from interlock.adapters.signing.ed25519 import Ed25519
from interlock.engine.rollout.gate import usable
from interlock.engine.timestamp import stamp
from interlock.flows.evidence.add import add_evidence
from interlock.flows.evidence.attestations import attest_check, not_to_count
from interlock.flows.evidence.on_file import OnFile, evidence_named, evidence_on_file
from interlock.flows.evidence.people_keys import end_key, person_keys, register_key
from interlock.flows.ledger.verify import verify_store
from interlock.flows.rollout.attest import attest, attest_in
from interlock.surfaces.sdk.local import LocalHouse
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evidence import Evidence, EvidenceClass, Finding, Verdict
from interlock.terms.imported import Imported
from interlock.terms.person import Person

SIGNING = Ed25519()
TESTS = {"n": 3, "failures": 0, "errors": 0, "skipped": 1, "flaky": 0, "passed": 2}


def report(house: House, kind: str = "tests", body: Any = None, **changes: Any) -> Imported:
    measured = house.now - dt.timedelta(hours=1)
    made = Imported(kind, EvidenceClass.EXECUTED, "tool 1", body or TESTS, "r.xml", "ab" * 32, 9, measured)
    return replace(made, **changes)


def add(house: House, *reports: Imported, **options: Any) -> Evidence:
    return add_evidence(house.store, NAME, reports, by=ANA, clock=house.clock, **options)[0]


def judged(house: House, kind: str = "tests", *, demoted_at: str | None = None) -> Evidence | Finding:
    with house.store.reading() as reading:
        on_file = reading.evidence(NAME)
    return usable(on_file, kind=kind, release=house.release, now=house.now, days=90, demoted_at=demoted_at)


def why(house: House, kind: str = "tests", **options: Any) -> tuple[Verdict, str]:
    found = judged(house, kind, **options)
    assert isinstance(found, Finding)
    return found.verdict, found.reason


def on_file(house: House) -> tuple[OnFile, ...]:
    with house.store.reading() as reading:
        return evidence_on_file(reading, NAME, now=house.now, signing=SIGNING)


def test_a_report_is_bound_with_its_digest_its_time_and_its_end(house: House) -> None:
    house.define()
    item = add(house, report(house), expires_days=7)
    assert (item.kind, item.release, item.evidence_class) == ("tests", house.release, EvidenceClass.EXECUTED)
    measured = dt.datetime.fromisoformat(item.body["collected_at"])
    assert item.body["expires_at"] == stamp(measured + dt.timedelta(days=7))
    assert item.body["file"] == {"name": "r.xml", "sha256": "ab" * 32, "bytes": 9}
    assert judged(house) == item
    assert [row.doubts for row in on_file(house)] == [()]
    with house.store.reading() as reading:
        assert verify_store(reading).holds
        assert evidence_named(reading, item.digest[:20], now=house.now, signing=SIGNING).evidence == item


def test_labels_carry_an_exact_interval(house: House) -> None:
    house.define()
    item = add(house, report(house, "labels", {"n": 60, "wrong": 3}))
    assert item.body["wrong_low"] == pytest.approx(0.010430, abs=1e-5)
    assert item.body["wrong_high"] == pytest.approx(0.139247, abs=1e-5)
    assert item.body["interval"] == "exact (Clopper-Pearson)"


def test_expired_evidence_is_a_gap(house: House) -> None:
    house.define()
    item = add(house, report(house), expires_days=7)
    house.now += dt.timedelta(days=8)
    verdict, reason = why(house)
    assert verdict is Verdict.INCONCLUSIVE
    assert reason == f"the test report of {item.body['collected_at']} expired {item.body['expires_at']}"


def test_an_old_report_does_not_get_younger_by_being_added_again(house: House) -> None:
    house.define()
    add(house, report(house, measured_at=house.now - dt.timedelta(days=91)))
    assert why(house)[1].endswith("is older than 90 days")


def test_a_report_from_before_a_demotion_does_not_count_though_it_is_added_after_it(house: House) -> None:
    house.define()
    demoted_at = stamp(house.now)
    house.now += dt.timedelta(minutes=1)
    add(house, report(house))
    assert "from before the release was demoted" in why(house, demoted_at=demoted_at)[1]


def test_evidence_of_another_release_is_a_gap(house: House) -> None:
    house.define()
    old = house.release
    add(house, report(house))
    house.define(replace(DEFINITION, acts={"model": "two"}))
    assert why(house) == (Verdict.INCONCLUSIVE, "the test report on file belongs to another release")
    assert [row.doubts for row in on_file(house)] == [("of another release",)]
    with pytest.raises(BadInput, match="is not in force"):
        add(house, report(house), release=old)


def test_a_models_opinion_alone_opens_nothing(house: House) -> None:
    house.define()
    add(house, report(house, "run", {"n": 1, "metrics": {"judge": 1.0}}, evidence_class=EvidenceClass.MODEL))
    assert why(house, "run")[0] is Verdict.INCONCLUSIVE
    assert on_file(house)[0].doubts == ("a model's opinion opens nothing alone",)


def test_a_person_can_say_what_measured_a_metric_unless_its_name_says_that_a_model_did(house: House) -> None:
    house.define()
    body = {"n": 1, "metrics": {"my_score": 1.0}, "judged_by_model": []}
    item = report(house, "run", body, evidence_class=EvidenceClass.MODEL)
    added = add(house, item, told_class=EvidenceClass.HUMAN)
    assert (added.evidence_class, added.body["class_said_by_a_person"]) == (EvidenceClass.HUMAN, True)
    assert add(house, report(house), told_class=EvidenceClass.HUMAN).evidence_class is EvidenceClass.EXECUTED
    with pytest.raises(BadInput, match="a model measured llm_score; no --class changes that"):
        add(house, replace(item, body={**body, "judged_by_model": ["llm_score"]}), told_class=EvidenceClass.HUMAN)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("tests", {**TESTS, "n": 0, "skipped": 0}),
        ("tests", {**TESTS, "n": 2, "skipped": 2}),
        ("scan", {"rules": 0, "errors": 0}),
        ("coverage", {"lines": 0, "covered": 0}),
        ("labels", {"n": 0, "wrong": 0}),
        ("traces", {"outputs": 0, "traced": 0}),
        ("run", {"n": 0, "metrics": {}}),
    ],
)
def test_what_never_ran_is_inconclusive_and_never_passed(house: House, kind: str, body: Any) -> None:
    house.define()
    add(house, report(house, kind, body))
    assert why(house, kind)[0] is Verdict.INCONCLUSIVE
    (row,) = on_file(house)
    assert (row.outcome.verdict, row.doubts) == (Verdict.INCONCLUSIVE, ("nothing was measured",))


@pytest.mark.parametrize("body", [{"lines": float("nan")}, {"lines": 3, "share": float("inf")}, {"lines": True}])
def test_a_metric_that_is_no_number_is_an_error(house: House, body: Any) -> None:
    house.define()
    item = Evidence("sha256:e", house.release, "coverage", EvidenceClass.EXECUTED, "t", stamp(house.now), body)
    found = usable([item], kind="coverage", release=house.release, now=house.now, days=90)
    assert isinstance(found, Finding)
    assert found.verdict is Verdict.ERROR


def test_what_is_dated_ahead_is_refused_and_on_file_an_error(house: House) -> None:
    house.define()
    ahead = house.now + dt.timedelta(hours=1)
    with pytest.raises(BadInput, match="still to come: find out"):
        add(house, report(house, measured_at=ahead))
    with pytest.raises(BadInput, match="names no zone"):
        add(house, report(house, measured_at=ahead, zoned=False))
    body = {**TESTS, "collected_at": stamp(ahead)}
    attest(
        house.store,
        NAME,
        release=house.release,
        kind="tests",
        evidence_class=EvidenceClass.EXECUTED,
        source="by hand",
        body=body,
        clock=house.clock,
    )
    assert why(house)[0] is Verdict.ERROR


def test_a_clock_up_to_300_seconds_ahead_is_taken_for_now(house: House) -> None:
    house.define()
    item = add(house, report(house, measured_at=house.now + dt.timedelta(seconds=300)))
    assert item.body["collected_at"] == item.at
    with pytest.raises(BadInput, match="still to come"):
        add(house, report(house, measured_at=house.now + dt.timedelta(seconds=300.1)))


def test_the_time_of_a_file_that_does_not_say_it_must_be_told_and_only_then(house: House) -> None:
    house.define()
    with pytest.raises(BadInput, match="does not say when it was measured"):
        add(house, report(house, measured_at=None))
    told = house.now - dt.timedelta(hours=2)
    assert add(house, report(house, measured_at=None), measured_at=told).body["collected_at"] == stamp(told)
    with pytest.raises(BadInput, match="says itself when"):
        add(house, report(house), measured_at=told)


def test_an_altered_body_is_found(house: House) -> None:
    house.define()
    add(house, report(house, body={**TESTS, "failures": 1}))
    with sqlite3.connect(house.path) as database:
        database.execute("UPDATE evidence SET body = replace(body, '\"failures\":1', '\"failures\":0')")
    database.close()
    (row,) = on_file(house)
    assert (row.intact, row.doubts) == (False, ("altered, or not signed by a key that counts",))


class Signer:
    """A person with a key."""

    def __init__(self, house: House, person: Person = ANA, number: int = 1) -> None:
        self.house, self.person, self.private = house, person, ""
        self.verifier = register_key(
            house.store,
            person,
            clock=house.clock,
            randomness=lambda n: hashlib.sha256(bytes([number])).digest()[:n],
            signing=SIGNING,
            keep=self.keep,
        )

    def keep(self, private: str) -> None:
        self.private = private

    def sign(self, *, by: Person | None = None, **options: Any) -> Evidence:
        return attest_check(
            self.house.store,
            NAME,
            gate="privacy",
            check="dpia",
            statement="assessed on 2 March",
            by=by or self.person,
            private_key=self.private,
            signing=SIGNING,
            clock=self.house.clock,
            **options,
        )


def counts(house: House, evidence: Evidence) -> bool:
    with house.store.reading() as reading:
        return not not_to_count(reading, [evidence], workflow=NAME, signing=SIGNING)


def forged(house: House, genuine: Evidence, **changes: Any) -> Evidence:
    """The same words in the form of evidence, with other parts, recorded as anybody with the store could."""
    with house.store.transaction() as tx:
        return attest_in(
            tx,
            NAME,
            release=house.release,
            kind="attestation",
            evidence_class=EvidenceClass.HUMAN,
            source="forged",
            body={**genuine.body, **changes},
            at=stamp(house.clock()),
        )


def test_a_persons_signature_counts_for_the_release_that_it_names(house: House) -> None:
    house.define()
    signed = Signer(house).sign(expires_days=30)
    assert (signed.kind, signed.evidence_class, signed.source) == (
        "attestation",
        EvidenceClass.HUMAN,
        "signed by Ana Ruiz",
    )
    assert counts(house, signed)


@pytest.mark.parametrize("part", ["gate", "check", "statement", "by", "workflow", "collected_at", "expires_at"])
def test_a_signature_covers_every_word(house: House, part: str) -> None:
    house.define()
    signed = Signer(house).sign(expires_days=30)
    Signer(house, BEN, 2)
    assert not counts(house, forged(house, signed, **{part: "Ben Okafor"}))


def test_an_unsigned_or_forged_attestation_does_not_count(house: House) -> None:
    house.define()
    signed = Signer(house).sign()
    unsigned = {name: value for name, value in signed.body.items() if name not in {"signature", "key"}}
    for body in (
        unsigned,
        {**signed.body, "signature": "no base64!"},
        {**signed.body, "signature": base64.b64encode(b"\0" * 64).decode()},
        {**signed.body, "key": Signer(house, BEN, 2).verifier},
        {**signed.body, "key": "none"},
    ):
        item = replace(forged(house, signed), body=body)
        with house.store.reading() as reading:
            assert not_to_count(reading, [item], workflow=NAME, signing=SIGNING) == {item.digest}


def test_a_signature_cannot_be_replayed_for_another_release(house: House) -> None:
    house.define()
    signed = Signer(house).sign()
    house.define(replace(DEFINITION, acts={"model": "two"}))
    assert not counts(house, forged(house, signed))


def test_nothing_that_an_ended_key_signed_counts(house: House) -> None:
    house.define()
    signer = Signer(house)
    signed = signer.sign()
    end_key(house.store, "ana ruiz", by=BEN, reason="the laptop was lost", clock=house.clock)
    assert not counts(house, signed)
    with pytest.raises(BadInput, match="not the registered key of Ana Ruiz"):
        signer.sign()
    assert counts(house, Signer(house, ANA, 3).sign())
    with house.store.reading() as reading:
        assert [key.ended_at is None for key in person_keys(reading)] == [False, True]
        assert verify_store(reading).holds


def test_nobody_signs_in_another_name_and_a_person_has_one_key(house: House) -> None:
    house.define()
    signer = Signer(house)
    Signer(house, BEN, 2)
    with pytest.raises(BadInput, match="not the registered key of Ben Okafor"):
        signer.sign(by=BEN)
    with pytest.raises(BadInput, match="has a key already"):
        Signer(house, Person("ANA  ruiz"), 3)
    with pytest.raises(BadInput, match="has no live key"):
        end_key(house.store, "Carla", by=BEN, reason="lost", clock=house.clock)


def test_what_a_gate_relied_on_must_not_have_expired_when_a_person_promotes(house: House) -> None:
    house.define()
    house.certificate()
    with house.store.reading() as reading:
        (certificate,) = reading.evidence(NAME)
    house.now += dt.timedelta(minutes=1)
    until = stamp(house.now + dt.timedelta(days=2))
    attest(
        house.store,
        NAME,
        release=house.release,
        kind="certificate",
        evidence_class=EvidenceClass.EXECUTED,
        source="test",
        body={**certificate.body, "expires_at": until},
        clock=house.clock,
    )
    house.shadow(60)
    assert house.judge().verdict is Verdict.PASSED
    house.now += dt.timedelta(days=3)
    with pytest.raises(Refused, match=f"the certificate that the gate relied on expired {until}"):
        house.promote()
    assert house.judge().verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("kind", ["kpi", "expense", "period", "decision", "attestation"])
def test_an_application_brings_nothing_that_every_page_reads_or_that_a_person_decides(house: House, kind: str) -> None:
    house.define()
    with pytest.raises(BadInput, match=r"`interlock (measure|stage|evidence)"):
        LocalHouse(house.rt, lambda: None).attest(
            NAME, kind, {"choice": "scale"}, source="an application", evidence_class=EvidenceClass.HUMAN
        )
    with house.store.reading() as reading:
        assert reading.evidence(NAME) == ()
