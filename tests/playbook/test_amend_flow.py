"""A release is amended: what it earned stays, the author is on record, and the state can be rebuilt."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME, House
from interlock.engine.rollout.definition import definition_of
from interlock.flows.portfolio.read import read_portfolio
from interlock.terms.errors import Refused
from interlock.terms.evidence import GateVerdict, Verdict
from interlock.terms.initiative import Initiative
from staged import judged


def gates(house: House) -> Mapping[str, GateVerdict]:
    with house.store.reading() as reading:
        (standing,) = read_portfolio(reading, house.clock()).standings
    return standing.gates or {}


WORDS = replace(DEFINITION, initiative=Initiative(behaviour="people answer at once"))


@pytest.fixture(params=["sqlite", "postgres"])
def on_both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    address = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else None
    house = House(tmp_path, address)
    yield house
    house.opened.close()


def test_an_amendment_keeps_release_grant_and_monitor_on_both_engines(on_both: House) -> None:
    on_both.live()
    release, grant = on_both.release, on_both.grant()
    applied = on_both.define(WORDS, by=BEN)
    assert (applied.amended, applied.changed, applied.voided_grant) == (True, True, False)
    assert applied.release.digest == release
    with on_both.store.reading() as reading:
        row = reading.workflow(NAME)
        (entry,) = reading.entries_of("release.amended", NAME)
        assert reading.state_faults() == ()
    assert row is not None
    assert (row.release, row.grant, row.proposed_by) == (release, grant, CARLA.name)
    assert row.monitor is not None
    assert definition_of(row.definition) == WORDS
    assert (entry.body["by"], entry.body["fields"]) == ("Ben Okafor", ["initiative"])
    assert str(on_both.act().decision.verb) == "apply"


def test_the_same_words_again_are_no_amendment_and_the_old_ones_are_one(passed: House) -> None:
    passed.define(WORDS)
    assert not passed.define(WORDS).changed
    assert passed.define(DEFINITION).amended
    assert passed.kinds().count("release.amended") == 2


def test_planted_a_verdict_from_before_an_amendment_is_open_again_and_the_promotion_gates_is_not(passed: House) -> None:
    judged(passed, "readiness")
    before = gates(passed)
    assert before["data fitness"].findings[0].check == "samples"
    passed.define(WORDS, by=BEN)
    after = gates(passed)
    assert after["limited live"] == before["limited live"]
    assert after["limited live"].verdict is Verdict.PASSED
    for name in set(before) - {"limited live"}:
        (found,) = after[name].findings
        assert (found.verdict, found.next_step) == (
            Verdict.INCONCLUSIVE,
            "judge it again: `interlock gates triage`, or `interlock conditions triage`",
        )
        assert found.reason.endswith("before Ben Okafor amended the release: initiative")
    judged(passed, "readiness")
    assert gates(passed)["data fitness"].findings[0].check == "samples"
    assert passed.promote(by=ANA).release == passed.release


def test_whoever_amended_a_release_cannot_promote_it(passed: House) -> None:
    passed.define(WORDS, by=ANA)
    with pytest.raises(Refused, match="Ana Ruiz amended this release and cannot promote it"):
        passed.promote(by=ANA)


def test_words_and_limits_together_make_another_release(live: House) -> None:
    before = live.release
    applied = live.define(replace(WORDS, limits=replace(DEFINITION.limits, applied_per_day=1)))
    assert applied.release.digest != before
    assert (applied.amended, applied.voided_grant) == (False, True)


def test_another_version_of_the_code_makes_another_release_of_an_amended_one(live: House) -> None:
    live.define(WORDS)
    assert not live.define(WORDS, code="2").amended
    assert live.grant() is None
