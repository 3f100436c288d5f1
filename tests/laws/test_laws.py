"""The ten laws, each by its number. tests/laws/test_breaking_laws.py breaks each by hand and sees these fail."""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME, House, without_owner
from interlock.flows.action.kill import kill
from interlock.flows.action.observe import observe
from interlock.flows.action.replay import Policy, replay
from interlock.flows.action.undo import undo
from interlock.flows.ledger.verify import verify_store
from interlock.flows.review.decide import close_review
from interlock.flows.rollout.attest import attest
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput, Refused, Unavailable
from interlock.terms.evidence import EvidenceClass, Verdict
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.workflow import EffectPlan, Rollout, TargetKind


def finding(house: House, check: str) -> Verdict:
    return next(f.verdict for f in house.judge().findings if f.check == check)


# 1. No owner, no authority.


def test_law_01_without_both_owners_a_workflow_is_only_simulated(house: House) -> None:
    house.define(without_owner())
    house.certificate()
    house.shadow(60)
    assert finding(house, "owners") is Verdict.FAILED
    with pytest.raises(Refused, match="no safety owner"):
        house.promote()
    assert house.act().decision.verb is Verb.SHADOW


def test_law_01_a_grant_without_owners_still_decides_nothing(house: House) -> None:
    """Even where a grant is in force, the decision itself asks for the owners."""
    from interlock.engine.action.decide import decide
    from interlock.flows.action.replay import inputs_of

    house.live()
    proposal = house.proposal()
    house.act(proposal)
    with house.store.reading() as reading:
        row = reading.decision(proposal.key)
    assert row is not None
    inputs = inputs_of(row.inputs, DEFINITION.limits)
    assert decide(inputs).verb is Verb.APPLY
    assert decide(replace(inputs, owners_named=False)).verb is Verb.SHADOW


# 2. Evidence belongs to a release.


def test_law_02_another_release_inherits_nothing(house: House) -> None:
    house.live()
    assert house.act().decision.verb is Verb.APPLY
    house.define(replace(DEFINITION, acts={"model": "sha256:two"}))
    assert house.grant() is None
    assert finding(house, "certificate") is Verdict.INCONCLUSIVE
    assert house.act().decision.verb is Verb.SHADOW


@pytest.mark.parametrize(
    "changed",
    [
        replace(DEFINITION, acts={"model": "sha256:one", "prompt": "sha256:p"}),
        replace(DEFINITION, rollout=Rollout(1.0, 0.99, 30, 90)),
        replace(DEFINITION, limits=replace(DEFINITION.limits, applied_per_day=5)),
        replace(DEFINITION, effect=EffectPlan("route the message", TargetKind.PROBE, "put it back")),
    ],
)
def test_law_02_anything_that_acts_is_in_the_digest(house: House, changed: Any) -> None:
    before = house.define().release.digest
    assert house.define(changed).release.digest != before


def test_law_02_the_code_version_is_in_the_digest(house: House) -> None:
    assert house.define(code="1").release.digest != house.define(code="2").release.digest


def test_law_02_evidence_cannot_be_recorded_for_a_release_not_in_force(house: House) -> None:
    stale = house.define().release.digest
    house.define(replace(DEFINITION, acts={"model": "sha256:two"}))
    with pytest.raises(BadInput, match="is not in force"):
        attest(
            house.store,
            NAME,
            release=stale,
            kind="certificate",
            evidence_class=EvidenceClass.EXECUTED,
            source="x",
            body={},
            clock=house.clock,
        )


# 3. Missing is not passed.


def test_law_03_missing_evidence_is_inconclusive_and_does_not_open(house: House) -> None:
    house.define()
    verdict = house.judge()
    assert verdict.verdict is Verdict.INCONCLUSIVE
    with pytest.raises(Refused, match="only passed opens"):
        house.promote()


def test_law_03_too_few_shadow_cases_say_how_many_more(house: House) -> None:
    house.define()
    house.certificate()
    house.shadow(20)
    shadow = next(f for f in house.judge().findings if f.check == "shadow")
    assert shadow.verdict is Verdict.INCONCLUSIVE
    assert shadow.next_step.startswith("label about ")


def test_law_03_stale_evidence_is_inconclusive(house: House) -> None:
    import datetime as dt

    house.define()
    house.certificate()
    house.now += dt.timedelta(days=91)
    assert finding(house, "certificate") is Verdict.INCONCLUSIVE


def test_law_03_unreadable_evidence_is_an_error_and_does_not_open(house: House) -> None:
    house.define()
    attest(
        house.store,
        NAME,
        release=house.release,
        kind="certificate",
        evidence_class=EvidenceClass.EXECUTED,
        source="x",
        body={"certificate": {"threshold": None}, "labels": []},
        clock=house.clock,
    )
    assert finding(house, "certificate") is Verdict.ERROR
    with pytest.raises(Refused, match="only passed opens"):
        house.promote()


# 4. A model does not verify a model.


def test_law_04_a_models_opinion_opens_no_gate(house: House) -> None:
    house.define()
    house.certificate(evidence_class=EvidenceClass.MODEL)
    house.shadow(60)
    assert finding(house, "certificate") is Verdict.INCONCLUSIVE


def test_law_04_a_models_opinion_is_no_outcome(house: House) -> None:
    house.define()
    proposal = house.proposal()
    house.act(proposal)
    with pytest.raises(BadInput, match="a model's opinion"):
        observe(
            house.store,
            NAME,
            proposal.key,
            label="billing",
            by="judge",
            clock=house.clock,
            evidence_class=EvidenceClass.MODEL,
        )


# 5. Promotion needs a person, demotion needs none.


def earned(house: House) -> None:
    house.define()
    house.certificate()
    house.shadow(60)
    assert house.judge().verdict is Verdict.PASSED


def test_law_05_the_proposer_cannot_promote(house: House) -> None:
    earned(house)
    with pytest.raises(Refused, match="proposed this release"):
        house.promote(by=CARLA)
    assert house.grant() is None
    assert house.kinds()[-1] == "promotion.refused"


def test_law_05_only_who_has_the_right_promotes(house: House) -> None:
    earned(house)
    with pytest.raises(Refused, match="has no right"):
        house.promote(by=BEN)
    house.promote(by=ANA)


def test_law_05_a_stale_release_is_not_promoted(house: House) -> None:
    earned(house)
    old = house.release
    house.define(replace(DEFINITION, acts={"model": "sha256:two"}))
    with pytest.raises(Refused, match="is stale"):
        house.promote(release=old)


def break_the_budget(house: House) -> str:
    """Audited wrong cases until the grant is gone, which must take few; returns the last case's key."""
    for _ in range(40):
        proposal = house.proposal()
        house.act(proposal)
        close_review(house.store, NAME, proposal.key, "audit", label="sales", by=BEN, clock=house.clock)
        if house.grant() is None:
            return proposal.key
    raise AssertionError("40 wrong audits of 40 did not demote")


def test_law_05_the_run_time_demotes_in_the_transaction_of_the_outcome(house: House, monkeypatch: Any) -> None:
    house.live()
    key = break_the_budget(house)
    kinds = house.kinds()
    end = kinds.index("grant.ended")
    assert kinds[end - 3 : end + 1] == ["review.closed", "outcome.observed", "monitor.updated", "grant.ended"]
    with house.store.reading() as reading:
        (ended,) = reading.entries_of("grant.ended", NAME)
    assert (ended.body["by"], ended.body["case"]) == ("run time", key)


def test_law_05_where_the_demotion_cannot_be_written_the_outcome_is_not_either(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interlock.flows.action import observe as module

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise Unavailable("the disk is gone")

    house.live()
    monkeypatch.setattr(module, "demote_in", refuse)
    with pytest.raises(Unavailable):
        break_the_budget(house)
    kinds = house.kinds()
    assert kinds.count("outcome.observed") == kinds.count("review.closed") + 60
    assert kinds.count("monitor.updated") == kinds.count("review.closed")


def test_law_05_after_a_demotion_old_evidence_does_not_open_the_gate_again(house: House) -> None:
    house.live()
    break_the_budget(house)
    assert house.act().decision.verb is Verb.SHADOW
    assert house.judge().verdict is Verdict.INCONCLUSIVE
    with pytest.raises(Refused, match="only passed opens"):
        house.promote()


# 6. Intent before effect.


def test_law_06_the_intent_is_durable_before_the_effect_and_the_receipt_after(house: House) -> None:
    house.live()
    seen: list[IntentState] = []

    class Witness(type(house.desk)):  # type: ignore[misc]
        def apply(self, effect: Effect) -> Receipt:
            with house.store.reading() as reading:
                intent = reading.intent(effect.case_key)
            assert intent is not None
            seen.append(intent.state)
            return super().apply(effect)  # type: ignore[no-any-return]

    house.desk = Witness()
    proposal = house.proposal()
    house.act(proposal)
    with house.store.reading() as reading:
        done = reading.intent(proposal.key)
    assert done is not None
    assert (seen, done.state, done.receipt, done.after) == (
        [IntentState.EXECUTING],
        IntentState.DONE,
        "r-0",
        {"queue": "billing"},
    )


def test_law_06_no_undo_and_no_signature_means_no_effect(house: House) -> None:
    plan = EffectPlan("route the message", TargetKind.IDEMPOTENT, None)
    house.define(replace(DEFINITION, effect=plan))
    house.certificate()
    house.shadow(60)
    assert finding(house, "undo") is Verdict.FAILED


def test_law_06_an_effect_is_undone_with_an_intent_of_its_own(house: House) -> None:
    house.live()
    proposal = house.proposal()
    house.act(proposal)
    undo(house.rt, house.desk, proposal.key, by=BEN)
    assert house.kinds()[-2:] == ["undo.admitted", "intent.undone"]
    assert house.desk.queues[proposal.key] == "inbox"


def test_law_06_a_key_is_never_applied_twice(house: House) -> None:
    house.live()
    proposal = house.proposal()
    for _ in range(3):
        house.act(proposal)
    assert house.desk.calls == [("apply", proposal.key)]


# 7. The kill switch is linearizable.


def test_law_07_after_fenced_nothing_is_admitted(house: House) -> None:
    house.live()
    report = kill(house.store, house.drain, f"workflow:{NAME}", by=BEN, reason="drill", clock=house.clock)
    assert report.quiesced_at is not None
    proposal = house.proposal()
    assert house.act(proposal).decision.verb is Verb.REVIEW
    assert house.desk.calls == []


def test_law_07_the_global_scope_halts_every_workflow(house: House) -> None:
    house.live()
    kill(house.store, house.drain, "global", by=BEN, reason="drill", clock=house.clock)
    assert house.act().decision.reasons == ("global is halted by the kill switch",)


def test_law_07_an_effect_in_flight_is_named_and_never_assumed_done(house: House) -> None:
    house.live()
    started, let_go = threading.Event(), threading.Event()

    class Slow(type(house.desk)):  # type: ignore[misc]
        def apply(self, effect: Effect) -> Receipt:
            started.set()
            let_go.wait(10)
            return super().apply(effect)  # type: ignore[no-any-return]

    house.desk = Slow()
    proposal = house.proposal()
    worker = threading.Thread(target=house.act, args=(proposal,))
    worker.start()
    assert started.wait(10)
    first = kill(house.store, house.drain, f"workflow:{NAME}", by=BEN, reason="x", clock=house.clock, timeout_s=0.05)
    let_go.set()
    worker.join(10)
    second = kill(house.store, house.drain, f"workflow:{NAME}", by=BEN, reason="x", clock=house.clock)
    assert (first.quiesced_at, first.in_flight) == (None, (proposal.key,))
    assert (second.in_flight, second.in_doubt, second.epoch) == ((), (), first.epoch + 1)
    assert second.quiesced_at is not None


def test_law_07_a_kill_waits_for_the_effect_before_it_says_quiesced(house: House) -> None:
    house.live()
    landed: list[float] = []
    started = threading.Event()

    class Slow(type(house.desk)):  # type: ignore[misc]
        def apply(self, effect: Effect) -> Receipt:
            started.set()
            time.sleep(0.1)
            landed.append(time.monotonic())
            return super().apply(effect)  # type: ignore[no-any-return]

    house.desk = Slow()
    worker = threading.Thread(target=house.act)
    worker.start()
    assert started.wait(10)
    report = kill(house.store, house.drain, f"workflow:{NAME}", by=BEN, reason="x", clock=house.clock)
    reported = time.monotonic()
    worker.join(10)
    assert report.quiesced_at is not None
    assert len(landed) == 1
    assert landed[0] < reported


# 8. Unknown means a person decides.


@pytest.mark.parametrize("confidence", [None, -0.1, 1.1])
def test_law_08_unknown_confidence_goes_to_a_person(house: House, confidence: float | None) -> None:
    house.live()
    assert house.act(house.proposal(confidence=confidence)).decision.verb is Verb.REVIEW
    assert house.desk.calls == []


def test_law_08_an_unseen_kind_of_case_goes_to_a_person(house: House) -> None:
    house.live()
    assert house.act(house.proposal(label="never seen")).decision.verb is Verb.REVIEW


def test_law_08_an_unreachable_store_means_a_person_decides_and_nothing_runs(house: House) -> None:
    house.live()
    house.store.close()
    acted = house.act()
    assert (acted.decision.verb, acted.recorded, house.desk.calls) == (Verb.REVIEW, False, [])


def test_law_08_a_target_that_cannot_be_read_is_not_changed(house: House) -> None:
    house.live()

    class Blind(type(house.desk)):  # type: ignore[misc]
        def read(self, effect: Effect) -> Mapping[str, Any]:
            raise ConnectionError("no route")

    house.desk = Blind()
    assert house.act().decision.verb is Verb.REVIEW
    assert house.desk.calls == []


def test_law_08_an_effect_that_may_have_happened_is_in_doubt_and_not_retried(house: House) -> None:
    house.live()
    house.desk.broken = TimeoutError("no answer")
    proposal = house.proposal()
    assert house.act(proposal).state is IntentState.IN_DOUBT
    house.desk.broken = None
    house.act(proposal)
    assert house.desk.calls == [("apply", proposal.key)]
    report = kill(house.store, house.drain, "global", by=BEN, reason="x", clock=house.clock)
    assert report.in_doubt == (proposal.key,)


# 9. Every number carries its uncertainty, its denominator and its evidence.


def test_law_09_zero_of_something_is_not_a_score() -> None:
    from interlock.engine.oversight.estimate import rate

    nothing = rate(0, 0)
    assert (nothing.value, nothing.n) == (None, 0)
    some = rate(0, 50)
    assert (some.value, some.n) == (0.0, 50)
    assert some.high is not None
    assert 0.05 < some.high < 0.08


def test_law_09_every_share_in_the_figures_file_has_interval_and_denominator(tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    rows = ["prediction,confidence,label"] + [f"{'ab'[i % 2]},{0.5 + i % 50 / 100},{'ab'[i % 2]}" for i in range(400)]
    file.write_text("\n".join(rows) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", "interlock.wiring.cli", "try", str(file), "--json", "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=True,
    )
    (candidate,) = json.loads(done.stdout)["candidates"]
    assert set(candidate["accuracy"]) == {"value", "low", "high", "n", "method", "level"}
    assert candidate["accuracy"]["n"] == 400
    for certified in candidate["certificates"]:
        assert certified["certificate"]["n_labelled"] == 400


# 10. Everything can be recomputed.


def test_law_10_every_decision_comes_out_the_same_again(house: House) -> None:
    house.live()
    for i in range(30):
        house.act(house.proposal(confidence=0.7 + i / 100, label=["billing", "fraud", "close account"][i % 3]))
    with house.store.reading() as reading:
        test = replay(reading, NAME, Policy())
    assert (test.decisions, test.reproduced, test.changed) == (90, 90, 0)


def test_law_10_a_decision_that_was_altered_does_not_come_out_the_same(house: House) -> None:
    house.live()
    proposal = house.proposal(confidence=0.5)
    house.act(proposal)
    with closing(sqlite3.connect(house.path)) as database, database:
        database.execute("UPDATE decision SET verb = 'apply' WHERE key = ?", (proposal.key,))
    with house.store.reading() as reading:
        assert replay(reading, NAME, Policy()).differing == (proposal.key,)
        faults = verify_store(reading).faults
    assert [fault.reason for fault in faults] == [
        f"the state differs from the ledger: decision {proposal.key} was changed (verb)"
    ]


def test_law_10_the_audit_sample_can_be_rechecked_with_the_salt(house: House) -> None:
    from interlock.engine.oversight.audits.sampling import audit_draw
    from interlock.flows.rollout.define import salt_name

    house.live(replace(DEFINITION, rollout=Rollout(1.0, 0.5, 30, 90)))
    acted = {(p := house.proposal()).key: house.act(p).decision.audited for _ in range(40)}
    with house.store.reading() as reading:
        salt = reading.secret(salt_name(house.release))
        (committed,) = reading.entries_of("salt.committed", NAME)
    assert salt is not None
    assert acted == {key: audit_draw(f"audit:{key}", salt=salt) < 0.5 for key in acted}
    assert 0 < sum(acted.values()) < 40
    import hashlib

    assert committed.body["sha256"] == hashlib.sha256(salt).hexdigest()
