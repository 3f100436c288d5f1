"""Seeded errors: draws, exact miss rates, the corrected budget's guarantee by enumeration, refusals."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from interlock.engine.oversight.audits.agreement import second_review
from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.oversight.audits.seeding import (
    corrected_budget,
    real_outcomes,
    recheck_seeds,
    reviewer_miss_rate,
    reviewer_miss_rates,
    seed_choice,
    seed_draw,
    seeds_needed,
)
from interlock.engine.oversight.estimate import rate
from interlock.terms.audits import CorrectedBudget, MissRates, SeedDraw

SALT = "a secret of thirty-two characters"


def test_seeds_are_unrelated_to_the_other_draws() -> None:
    keys = [f"case-{i}" for i in range(20_000)]
    seeded = {k for k in keys if seed_draw(k, share=0.1, salt=SALT).seeded}
    audited = {k for k in keys if audit_draw(k, salt=SALT) < 0.1}
    twice = {k for k in keys if second_review(k, share=0.1, salt=SALT).in_sample}
    low, high = binom.ppf((1e-7, 1 - 1e-7), len(keys), 0.1)
    assert low <= len(seeded) <= high
    low, high = binom.ppf((1e-7, 1 - 1e-7), len(keys), 0.01)
    assert low <= len(seeded & audited) <= high
    assert low <= len(seeded & twice) <= high


def test_the_record_holds_and_names_what_was_altered() -> None:
    records = [seed_draw(f"case-{i}", share=0.2, salt=SALT) for i in range(50)]
    assert recheck_seeds(records, share=0.2, salt=SALT) == ()
    records[3] = records[3]._replace(seeded=not records[3].seeded)
    assert recheck_seeds(records, share=0.2, salt=SALT) == ("case-3",)
    assert records[0].probability == 0.2


def test_each_unused_case_is_as_likely_in_any_order() -> None:
    pool = ["a", "b", "c", "d"]
    chosen = Counter(seed_choice(f"case-{i}", pool, salt=SALT) for i in range(8000))
    low, high = binom.ppf((1e-7, 1 - 1e-7), 8000, 0.25)
    assert all(low <= chosen[case] <= high for case in pool)
    assert seed_choice("case-1", pool[::-1], salt=SALT) == seed_choice("case-1", pool, salt=SALT)
    with pytest.raises(ValueError, match="'case-1': no unused case of known truth is left"):
        seed_choice("case-1", [], salt=SALT)


def test_seeded_outcomes_never_reach_a_monitor() -> None:
    draws = [SeedDraw("c1", 0.2, 0.5, False), SeedDraw("c2", 0.2, 0.1, True), SeedDraw("c3", 0.2, 0.9, False)]
    assert real_outcomes({"c1": 0, "c2": 1}, draws) == {"c1": 0}
    with pytest.raises(ValueError, match="slot 'c9' has an outcome and no seed draw: it may be seeded"):
        real_outcomes({"c1": 0, "c9": 1}, draws)
    with pytest.raises(ValueError, match="slot 'c2' is recorded as seeded and as not seeded"):
        real_outcomes({"c1": 0}, [*draws, draws[1]._replace(seeded=False)])


def test_miss_rates_pooled_and_by_reviewer() -> None:
    got = reviewer_miss_rates({"ann": (18, 20), "bob": (9, 10), "cem": (0, 0)})
    assert got == MissRates(rate(3, 30), {"ann": rate(2, 20), "bob": rate(1, 10), "cem": rate(0, 0)})
    assert got.by_reviewer["cem"].value is None
    assert reviewer_miss_rates({}).pooled.value is None
    with pytest.raises(ValueError, match="reviewer 'ann': found is 3 of 2 seeded"):
        reviewer_miss_rates({"ann": (3, 2)})


def test_nothing_seeded_is_no_figure_and_not_a_perfect_one() -> None:
    got = reviewer_miss_rate(0, 0)
    assert (got.value, got.low, got.high, got.n) == (None, None, None, 0)
    with pytest.raises(ValueError, match="no seeded errors were reviewed, so nothing is known"):
        corrected_budget(0.02, found=0, seeded=0)
    with pytest.raises(ValueError, match="none of 5 seeded errors was found"):
        corrected_budget(0.02, found=0, seeded=5)


def test_whole_corrected_budget() -> None:
    """All of 59 found: m_upper = 1 - 0.05^(1/59)."""
    m = 1 - 0.05 ** (1 / 59)
    assert m == pytest.approx(0.0495, abs=5e-5)
    got = corrected_budget(0.02, found=59, seeded=59)
    assert got == CorrectedBudget(got.budget, 0.02, got.miss_share_max, 59, 59, 0.05)
    assert got.miss_share_max == pytest.approx(m, rel=1e-12)
    assert got.budget == pytest.approx(0.02 * (1 - m), rel=1e-12)


@given(seeded=st.integers(1, 400), t=st.floats(0, 1), delta=st.sampled_from((0.001, 0.01, 0.05, 0.5)))
def test_upper_limit_agrees_with_scipy(seeded: int, t: float, delta: float) -> None:
    found = max(1, round(t * seeded))
    got = corrected_budget(0.1, found=found, seeded=seeded, delta=delta).miss_share_max
    wanted = binomtest(seeded - found, seeded, alternative="less").proportion_ci(1 - delta, method="exact").high
    assert got == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("miss_share", [0.01, 0.1, 0.3, 0.6])
def test_corrected_budget_is_too_great_at_most_as_often_as_said(miss_share: float) -> None:
    """Whole chance of a budget over budget x (1 - m), summed over every count of finds; refusals are no budget."""
    seeded, delta, too_great = 60, 0.02, 0.0
    for found in range(1, seeded + 1):
        got = corrected_budget(0.05, found=found, seeded=seeded, delta=delta)
        if got.budget > 0.05 * (1 - miss_share):
            too_great += binom.pmf(found, seeded, 1 - miss_share)
    assert too_great <= delta


@pytest.mark.parametrize("miss_share", [0.02, 0.1, 0.25])
def test_both_deltas_together_bound_a_false_promise_and_without_correction_nothing_does(miss_share: float) -> None:
    """2 % promised at a true 2.01 % from 800 labels by reviewers who miss some; 0.01 spent here, 0.04 on the test."""

    def passes(budget: float, delta: float) -> float:
        """The chance that the exact binomial test at this budget passes what reviewers see."""
        most = int((binom.cdf(range(40), 800, budget) <= delta).sum()) - 1
        return float(binom.cdf(most, 800, 0.0201 * (1 - miss_share)))

    false = 0.0
    for found in range(1, 201):
        budget = corrected_budget(0.02, found=found, seeded=200, delta=0.01).budget
        false += binom.pmf(found, 200, 1 - miss_share) * passes(budget, 0.04)
    assert false <= 0.05
    assert miss_share < 0.1 or passes(0.02, 0.05) > 0.05


@given(share=st.floats(0.01, 0.9), missed=st.integers(0, 4))
def test_seeds_needed_are_the_least_that_do(share: float, missed: int) -> None:
    needed = seeds_needed(share, missed=missed)
    assert needed > missed
    assert corrected_budget(0.1, found=needed - missed, seeded=needed).miss_share_max <= share + 1e-9
    if needed - 1 > missed:
        fewer = corrected_budget(0.1, found=needed - 1 - missed, seeded=needed - 1)
        assert fewer.miss_share_max > share - 1e-9


def test_seeds_needed_by_the_table() -> None:
    assert [seeds_needed(0.05, missed=k) for k in range(4)] == [59, 93, 124, 153]
    assert seeds_needed(0.1) == math.ceil(math.log(0.05) / math.log(0.9))
    with pytest.raises(ValueError, match=r"miss_share_max is 0\.0"):
        seeds_needed(0.0)
