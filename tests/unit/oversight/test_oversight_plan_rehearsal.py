"""A rehearsal on past cases: nothing automatic before its time, counts that add up, audits that can be drawn again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.oversight.planning.rehearsal import Counted, Rules, rehearse
from interlock.oversight import DemotionMonitor, PromotionTest, in_audit_sample

RULES = Rules(threshold=0.8, budget=0.1, delta=0.05, audit_share=0.5, salt="a salt")
cases = st.lists(st.tuples(st.sampled_from([0.1, 0.8, 0.9]), st.booleans()), max_size=60)
head = st.integers(0, 120)  # right cases before, so that promotion comes within reach


@settings(max_examples=60)
@given(head=head, tail=cases)
def test_it_is_what_the_tests_themselves_say(head: int, tail: list[tuple[float, bool]]) -> None:
    past = [(0.9, False)] * head + tail
    keys = [str(i) for i in range(len(past))]
    found = rehearse([c for c, _ in past], [w for _, w in past], keys, rules=RULES)
    test, monitor = PromotionTest(0.1, 0.05), DemotionMonitor(0.1)
    promoted = demoted = None
    applied = audited = after = 0
    for position, ((confidence, wrong), key) in enumerate(zip(past, keys, strict=True), start=1):
        if confidence < 0.8:
            continue
        if promoted is None:
            if test.observe(wrong):
                promoted = position
        elif demoted is None:
            applied += 1
            if in_audit_sample(key, share=0.5, salt="a salt"):
                audited += 1
                if monitor.observe(wrong):
                    demoted = position
        else:
            after += 1
    assert (found.promoted_at, found.demoted_at) == (promoted, demoted)
    assert (found.shadow, found.audited) == (Counted(test.n, test.n_wrong), Counted(monitor.n, monitor.n_wrong))
    assert (found.applied.n, found.after_demotion.n) == (applied, after)
    assert found.n_reviewed + found.applied.n == len(past)


def test_a_change_for_the_worse_ends_the_authority() -> None:
    past = [False] * 400 + [True] * 200
    found = rehearse([0.9] * 600, past, [str(i) for i in range(600)], rules=RULES)
    assert found.promoted_at is not None
    assert found.demoted_at is not None
    assert 400 < found.demoted_at < 440
    assert found.applied.n_wrong == found.demoted_at - 400
    assert found.after_demotion == Counted(600 - found.demoted_at, 600 - found.demoted_at)
    assert found.monitor[-1][1] >= 10_000


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        rehearse([0.9], [True, False], ["1"], rules=RULES)
