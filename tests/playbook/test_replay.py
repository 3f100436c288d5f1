"""Replay: a past period decided again, as it was and under another policy."""

import math
import sqlite3
from dataclasses import replace

import pytest

from governed import BEN, DEFINITION, NAME, House
from interlock.flows.action.kill import kill
from interlock.flows.action.replay import Backtest, Policy, replay
from interlock.flows.review.decide import close_review
from interlock.terms.errors import BadInput


@pytest.fixture
def period(live: House) -> House:
    """One case of each kind; the audit of the second applied one finds it wrong."""
    live.act(live.proposal(key="right", confidence=0.99))
    live.act(live.proposal(key="wrong", confidence=0.91))
    close_review(live.store, NAME, "right", "audit", label="billing", by=BEN, clock=live.clock)
    close_review(live.store, NAME, "wrong", "audit", label="sales", by=BEN, clock=live.clock)
    for number, confidence in enumerate([0.5, None, math.nan, 2.0, -1.0, 10**25, 0]):
        live.act(live.proposal(key=f"unsure-{number}", confidence=confidence))
    live.act(live.proposal(key="unknown", label="héllo ✓"))
    live.act(live.proposal(key="always", label="fraud"))
    live.act(live.proposal(key="never", label="close account"))
    live.define(replace(DEFINITION, acts={"model": "two"}))
    live.act(live.proposal(key="shadow"))
    kill(live.store, live.drain, "global", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    live.act(live.proposal(key="halted"))
    return live


def again(house: House, policy: Policy = Policy(), **period: int) -> Backtest:  # noqa: B008 - frozen
    with house.store.reading() as reading:
        return replay(reading, NAME, policy, **period)


def test_every_decision_comes_out_as_it_was(period: House) -> None:
    done = again(period)
    assert (done.decisions, done.reproduced, done.differing, done.changed) == (74, 74, (), 0)
    assert done.as_recorded == done.other
    assert done.as_recorded.verbs == {"shadow": 61, "apply": 2, "review": 10, "deny": 1}
    error = done.as_recorded.applied_error
    assert (error.value, error.n) == (0.5, 2)


def test_a_stricter_threshold_applies_less(period: House) -> None:
    done = again(period, Policy(threshold=0.95))
    assert (done.other.verbs["apply"], done.changed, done.reproduced) == (1, 1, 74)
    assert (done.other.applied_error.value, done.other.applied_error.n) == (0.0, 1)


def test_a_laxer_threshold_applies_more(period: House) -> None:
    done = again(period, Policy(threshold=0.1))
    assert (done.other.verbs["apply"], done.changed) == (3, 1)
    assert done.other.applied_error.n == 2  # the third case was never looked at


def test_less_traffic_and_more_reviews_apply_nothing(period: House) -> None:
    for policy in (Policy(traffic_share=0.0), Policy(always_review=("billing", "fraud")), Policy(threshold=math.nan)):
        done = again(period, policy)
        assert (done.other.verbs.get("apply", 0), done.changed) == (0, 2)
        assert done.other.applied_error.value is None


def test_a_period_is_from_entry_to_entry(period: House) -> None:
    with period.store.reading() as reading:
        entries = {row.key: row.entry for row in reading.decisions(NAME)}
    assert again(period, since_entry=entries["always"]).decisions == 4
    assert again(period, since_entry=entries["right"], until_entry=entries["wrong"]).decisions == 1
    with pytest.raises(BadInput, match="decided no case in that period"):
        again(period, since_entry=entries["halted"] + 1)


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("right", "verb = 'review'"),
        ("right", "audited = 0"),
        ("unsure-0", "verb = 'apply'"),
        ("right", """inputs = json_set(inputs, '$.proposal.confidence', 0.1)"""),
        ("right", """inputs = json_set(inputs, '$.audit_draw', json('"none"'))"""),
        ("right", """inputs = json_remove(inputs, '$.grant')"""),
        ("right", """inputs = json_set(inputs, '$.more', 1)"""),
        ("right", """inputs = json('[]')"""),
        ("right", """inputs = json_set(inputs, '$.proposal', json('null'))"""),
        ("right", """inputs = json_set(inputs, '$.halted', json('3'))"""),
        ("right", "release = 'sha256:none'"),
    ],
)
def test_a_tampered_decision_is_named(period: House, key: str, change: str) -> None:
    with sqlite3.connect(period.path) as database:
        update = f"UPDATE decision SET {change} WHERE key = ?"
        if change.startswith("inputs"):  # they are in the record of the decision's entry
            update = "UPDATE ledger SET record = CAST(json_set(CAST(record AS TEXT), '$.body.inputs', inputs) AS BLOB)"
            changed = change.removeprefix("inputs = ").replace("inputs", "(CAST(record AS TEXT) -> '$.body.inputs')")
            update = (
                f"{update.replace(' inputs)', f' {changed})')} WHERE entry = (SELECT entry FROM decision WHERE key = ?)"
            )
        assert database.execute(update, (key,)).rowcount == 1
    database.close()
    assert again(period).differing == (key,)
