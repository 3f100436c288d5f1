"""How authority is earned and lost: every refusal, and what tampering with evidence brings."""

import datetime as dt
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME, House, without_owner
from interlock.engine.rollout.gate import check_shadow
from interlock.flows.action.act import shadow
from interlock.flows.action.observe import observe, observe_many
from interlock.flows.ledger.verify import verify_store
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.demote import demote
from interlock.flows.rollout.judge import judge, would_be_applied
from interlock.terms.certificate import Promise
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evidence import EvidenceClass, Verdict
from interlock.terms.person import Person
from interlock.terms.workflow import DecisionRights, EffectPlan, TargetKind


def refusals(house: House, *, by: Person = ANA, release: str | None = None) -> list[str]:
    with pytest.raises(Refused) as caught:
        house.promote(by=by, release=release)
    assert house.grant() is None
    with house.store.reading() as reading:
        *_, entry = reading.entries_of("promotion.refused")
    assert str(caught.value) == f"'{NAME}' was not promoted: {'; '.join(entry.body['reasons'])}"
    return list(entry.body["reasons"])


def verdicts(house: House) -> dict[str, str]:
    return {finding.check: str(finding.verdict) for finding in house.judge().findings}


def bind(house: House, kind: str, body: Any, *, by: EvidenceClass = EvidenceClass.EXECUTED) -> None:
    attest(
        house.store,
        NAME,
        release=house.release,
        kind=kind,
        evidence_class=by,
        source="test",
        body=body,
        clock=house.clock,
    )


def test_a_person_with_the_right_turns_a_passed_gate_into_a_grant(passed: House) -> None:
    grant = passed.promote()
    assert (grant.release, grant.level, grant.granted_by, grant.threshold) == (passed.release, "agent", "Ana Ruiz", 0.9)
    assert (grant.promise, grant.budget, grant.traffic_share) == (Promise.SELECTIVE, 0.10, 1.0)
    assert grant.labels == ("billing", "fraud", "close account", "sales")
    held = passed.grant()
    assert held is not None
    assert held["expires_at"] == grant.expires_at
    with passed.store.reading() as reading:
        assert verify_store(reading).holds


PROPOSED = "proposed this release and cannot promote it"


@pytest.mark.parametrize(
    "name", ["Carla Nunes", " Carla nunes", "CARLA NUNES", "Carla  Nunes", "Carla\u00a0Nunes", "Ｃarla Nunes"]
)
def test_the_proposer_cannot_promote_however_the_name_is_written(passed: House, name: str) -> None:
    assert refusals(passed, by=Person(name)) == [f"{name} {PROPOSED}"]


@pytest.mark.parametrize("name", ["", "  ", "\u200b"])
def test_nobody_cannot_promote(passed: House, name: str) -> None:
    assert refusals(passed, by=Person(name)) == ["promotion needs a named person"]


def test_who_has_no_right_cannot_promote(passed: House) -> None:
    reason = "Ben Okafor has no right to promote it (who has: Ana Ruiz, Carla Nunes)"
    assert refusals(passed, by=BEN) == [reason]


def test_where_nobody_has_the_right_nobody_can(house: House) -> None:
    house.define(replace(DEFINITION, rights=DecisionRights((), ())))
    house.certificate()
    house.shadow(60)
    house.judge()
    assert refusals(house) == ["Ana Ruiz has no right to promote it (who has: nobody)"]


def test_a_right_holds_however_the_name_is_written(passed: House) -> None:
    assert passed.promote(by=Person("ana  ruiz ")).granted_by == "ana  ruiz "


def test_the_same_definition_by_somebody_else_changes_nothing(passed: House) -> None:
    applied = passed.define(by=ANA)
    assert (applied.changed, applied.release.proposed_by) == (False, "Carla Nunes")
    assert refusals(passed, by=CARLA) == [f"Carla Nunes {PROPOSED}"]


def test_bringing_a_release_back_makes_nobody_else_its_proposer(passed: House) -> None:
    passed.define(replace(DEFINITION, acts={"model": "two"}), by=BEN)
    passed.define(by=ANA)
    passed.judge()
    for person in (ANA, CARLA):
        assert f"{person.name} {PROPOSED}" in refusals(passed, by=person)


def test_another_release_is_stale_and_its_evidence_counts_for_nothing(passed: House) -> None:
    old = passed.release
    passed.define(replace(DEFINITION, acts={"model": "two"}))
    reasons = refusals(passed, release=old)
    assert reasons[0] == f"release {old[:19]} is stale: {passed.release[:19]} is in force"
    assert reasons[1:] == ["the gate was not judged for the release in force: `interlock judge triage`"]
    with passed.store.reading() as reading:
        kinds = [item.kind for item in reading.evidence(NAME)]
    assert kinds == ["certificate", "shadow"]
    assert verdicts(passed)["certificate"] == "inconclusive"
    assert refusals(passed) == ["the gate is inconclusive, only passed opens (`interlock judge triage`)"]


def test_evidence_for_a_release_that_is_not_in_force_is_refused(passed: House) -> None:
    old = passed.release
    passed.define(replace(DEFINITION, acts={"model": "two"}))
    passed.release = old
    with pytest.raises(BadInput, match="is not in force"):
        bind(passed, "certificate", {})


def test_the_code_is_part_of_the_release(passed: House) -> None:
    assert passed.define(code="2").changed
    assert refusals(passed) == ["the gate was not judged for the release in force: `interlock judge triage`"]


def test_no_owner_no_authority(house: House) -> None:
    house.define(without_owner())
    house.certificate()
    house.shadow(60)
    assert verdicts(house)["owners"] == "failed"
    assert refusals(house) == [
        "no value owner or no safety owner is named",
        "the gate is failed, only passed opens (`interlock judge triage`)",
    ]


def test_an_effect_that_cannot_be_undone_fails_the_gate(house: House) -> None:
    house.define(replace(DEFINITION, effect=EffectPlan("send", TargetKind.BLIND, "recall", blind_signed_by="Ana Ruiz")))
    assert verdicts(house)["undo"] == "failed"


@pytest.mark.parametrize("right", [0, 10])
def test_too_few_shadow_cases_are_a_gap(house: House, right: int) -> None:
    house.define()
    house.certificate()
    if right:
        house.shadow(right)
    assert verdicts(house) == {
        "owners": "passed",
        "undo": "passed",
        "certificate": "passed",
        "shadow": "inconclusive",
    }
    assert refusals(house) == ["the gate is inconclusive, only passed opens (`interlock judge triage`)"]


def test_a_gate_must_be_judged(house: House) -> None:
    house.define()
    assert refusals(house) == ["the gate was not judged for the release in force: `interlock judge triage`"]
    with pytest.raises(BadInput, match="there is no workflow 'none'"):
        judge(house.store, "none", clock=house.clock)


def test_a_models_certificate_opens_nothing(house: House) -> None:
    house.define()
    house.certificate(evidence_class=EvidenceClass.MODEL)
    house.shadow(60)
    assert verdicts(house)["certificate"] == "inconclusive"


def test_a_bad_shadow_fails_even_where_it_was_good_at_first(passed: House) -> None:
    passed.shadow(0, wrong=60)
    assert verdicts(passed)["shadow"] == "failed"


def test_a_new_certificate_needs_shadow_cases_of_its_own(passed: House) -> None:
    passed.certificate()
    assert refusals(passed) == ["another certificate was recorded after the gate was judged; judge it again"]
    assert verdicts(passed)["shadow"] == "inconclusive"  # what was found at the old threshold says nothing
    passed.shadow(60)
    passed.judge()
    passed.promote()


def test_a_verdict_and_its_evidence_grow_old(passed: House) -> None:
    begun = passed.now
    passed.now = begun + dt.timedelta(days=80)
    assert passed.judge().verdict is Verdict.PASSED
    passed.now = begun + dt.timedelta(days=95)
    assert refusals(passed) == ["the certificate that the gate relied on is older than 90 days"]
    passed.now = begun + dt.timedelta(days=175)
    assert "the gate's verdict is older than 90 days" in refusals(passed)
    assert verdicts(passed)["certificate"] == "inconclusive"


def test_authority_that_was_taken_away_is_not_given_back_on_old_evidence(passed: House) -> None:
    passed.promote()
    assert demote(passed.store, NAME, by=BEN, reason="complaints", clock=passed.clock)
    assert refusals(passed) == ["authority was taken away after the gate was judged; judge it again"]
    assert set(verdicts(passed).values()) == {"passed", "inconclusive"}
    assert "the gate is inconclusive, only passed opens (`interlock judge triage`)" in refusals(passed)
    passed.certificate()
    passed.shadow(60)
    passed.judge()
    passed.promote()


def test_what_is_not_there_cannot_be_taken_away(passed: House) -> None:
    assert not demote(passed.store, NAME, by=BEN, reason="just so", clock=passed.clock)
    with pytest.raises(BadInput, match="there is no workflow 'none'"):
        demote(passed.store, "none", by=BEN, reason="just so", clock=passed.clock)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"certificate": {}},
        {"certificate": None},
        {"certificate": {"threshold": 0.9}, "labels": ["a"]},
        {"certificate": {"threshold": "x"}, "labels": 3},
        {"certificate": []},
    ],
)
def test_evidence_that_lacks_parts_is_an_error_and_no_exception(house: House, body: Any) -> None:
    house.define()
    bind(house, "certificate", body)
    house.shadow(3)
    assert verdicts(house)["certificate"] == "error"
    assert refusals(house) == ["the gate is error, only passed opens (`interlock judge triage`)"]


def test_evidence_that_is_no_json_is_refused(passed: House) -> None:
    with pytest.raises(BadInput, match="this certificate cannot be recorded"):
        bind(passed, "certificate", {"threshold": float("nan")})


def test_the_same_evidence_at_the_same_moment_is_recorded_once(passed: House) -> None:
    moment = passed.now
    for _ in range(2):
        passed.now = moment
        bind(passed, "note", {"x": 1})
    with passed.store.reading() as reading:
        assert [item.kind for item in reading.evidence(NAME)] == ["certificate", "shadow", "note"]


def tamper(house: House, change: str) -> None:
    with sqlite3.connect(house.path) as database:
        database.execute(f"UPDATE evidence SET {change} WHERE kind = 'certificate'")
    database.close()


@pytest.mark.parametrize(
    "change",
    [
        "body = json_set(body, '$.certificate.threshold', 0.1)",
        "body = '{}'",
        "class = 'human'",
        "source = 'the council'",
        "digest = 'sha256:other'",
        "at = '2026-03-02T09:00:00.100000Z'",
    ],
)
def test_tampered_evidence_opens_nothing(passed: House, change: str) -> None:
    tamper(passed, change)
    reason = "evidence that the gate relied on is not on file as it was recorded; run `interlock ledger verify`"
    assert refusals(passed) == [reason]
    assert verdicts(passed)["certificate"] == "error"


def test_evidence_over_what_a_number_holds_can_be_judged_and_verified(house: House) -> None:
    """A long row of right cases: first over 2**53, where a float is written as an integer, then over any float."""
    house.define(replace(DEFINITION, budget=replace(DEFINITION.budget, error=0.5)))
    house.certificate()
    for more in (65, 1100):
        proposals = [house.proposal() for _ in range(more)]
        shadow(house.rt, NAME, proposals)
        outcomes = [(proposal.key, "billing") for proposal in proposals]
        observe_many(house.store, NAME, outcomes, by="people", clock=house.clock)
        assert house.judge().verdict is Verdict.PASSED
        with house.store.reading() as reading:
            assert verify_store(reading).holds
            (*_, newest) = reading.evidence(NAME)
        assert newest.body["wealth"] == 1e12
        assert check_shadow(newest, DEFINITION).verdict is Verdict.PASSED


def test_shadow_cases_count_in_the_order_in_which_their_outcomes_became_known(house: House) -> None:
    """The first case is wrong and learnt of last: along the order of knowing, the test had decided before."""
    house.define()
    house.certificate()
    proposals = [house.proposal() for _ in range(50)]
    shadow(house.rt, NAME, proposals)
    for proposal in reversed(proposals):
        label = "sales" if proposal is proposals[0] else "billing"
        observe(house.store, NAME, proposal.key, label=label, by="people", clock=house.clock)
    with house.store.reading() as reading:
        order = list(would_be_applied(reading.decisions(NAME), house.release, 0.9, frozenset({"billing"})))
    assert order == [False] * 49 + [True]
