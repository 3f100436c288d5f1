"""False warnings are as rare as promised: seeded simulations whose own error is under one in a million."""

from typing import Any

import numpy as np
import pytest
from scipy.special import chdtrc
from scipy.stats import binom, chi2_contingency

from interlock.engine.oversight.drift.calibration import false_alarms, warnings_in_order
from interlock.engine.oversight.drift.detect import detect_drift
from interlock.engine.oversight.drift.effects import Floors
from interlock.engine.oversight.drift.kernel import vectors_differ
from interlock.engine.oversight.drift.outcome import adjusted
from interlock.engine.oversight.drift.permutation import permutation_p
from interlock.engine.oversight.drift.two_sample import counts_differ, expected_least
from interlock.terms.drift import DriftOutcome

NO_FLOORS = Floors(0.0, 0.0, 0.0)  # the test alone must keep the promise
RUNS, LEVEL = 200, 0.025
MOST = int(binom.ppf(1 - 1e-6, RUNS, LEVEL))


def cases(rng: np.random.Generator, n: int) -> dict[str, list[Any]]:
    """Twelve features: numbers, common and rare categories, cells that are missing."""
    columns: dict[str, list[Any]] = {f"n{i}": list(rng.normal(size=n)) for i in range(6)}
    columns |= {f"c{i}": list(rng.choice(list("abcd"), n)) for i in range(3)}
    columns |= {f"r{i}": list(rng.zipf(2.0, n).astype(str)) for i in range(2)}
    columns["m"] = [None if missing else 1.0 for missing in rng.random(n) < 0.3]
    return columns


def warnings(runs: int, seed: int) -> int:
    count = 0
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        report = detect_drift(cases(rng, 150), cases(rng, 100), floors=NO_FLOORS, seed=run)
        count += report.outcome is DriftOutcome.WARNING
    return count


def test_false_warnings_over_all_features_keep_the_level() -> None:
    """At a true rate of the level itself, more than MOST of 200 come once in a million."""
    assert warnings(RUNS, seed=1) <= MOST


def test_without_the_adjustment_over_features_the_same_simulation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "interlock.engine.oversight.drift.detect.adjusted",
        lambda found, *, n_tests, level, floors: tuple(
            one for each in found for one in adjusted([each], n_tests=1, level=level, floors=floors)
        ),
    )
    assert warnings(RUNS, seed=1) > MOST


def test_texts_and_embeddings_keep_the_level() -> None:
    words = ["refund", "order", "card", "invoice", "late", "parcel", "broken"]
    count, runs = 0, 50
    for run in range(runs):
        rng = np.random.default_rng([2, run])
        old, new = ([" ".join(rng.choice(words, 4)) for _ in range(n)] for n in (60, 40))
        vectors = {"e": (rng.normal(size=(60, 3)), rng.normal(size=(40, 3)))}
        report = detect_drift({"t": old}, {"t": new}, text=["t"], embeddings=vectors, floors=NO_FLOORS, seed=run)
        count += report.outcome is DriftOutcome.WARNING
    assert count <= binom.ppf(1 - 1e-6, runs, LEVEL)


def test_a_sequential_permutation_p_value_is_valid_at_every_level() -> None:
    """Statistics without ties are exchangeable; 3,000 p-values against q; each check errs once in 10^7."""
    rng = np.random.default_rng(3)
    found = np.array([permutation_p(rng.random(), rng.random, draws=999) for _ in range(3_000)])
    for q in (0.001, 0.01, 0.05, 0.25, 0.5):
        assert (found <= q).sum() <= binom.ppf(1 - 1e-7, 3_000, q)
    assert (found <= 0.05).sum() >= binom.ppf(1e-7, 3_000, 0.05)


def test_a_permutation_p_value_is_never_smaller_than_its_draws_allow() -> None:
    rng = np.random.default_rng(5)
    assert min(permutation_p(rng.random(), rng.random, draws=19) for _ in range(400)) == 1 / 20


def test_rare_categories_keep_the_level_and_chi_square_alone_would_not() -> None:
    """One value in a hundred, 30 cases against 300: expected counts are small. 1,500 runs at 1 %."""
    runs, level, kept, approximate = 1_500, 0.01, 0, 0
    for run in range(runs):
        rng = np.random.default_rng([6, run])
        old, new = (np.array([rare, n - rare]) for n in (300, 30) for rare in [rng.binomial(n, 0.01)])
        test, p = counts_differ(old, new, level=level, rng=rng)
        kept += p <= level
        if old[0] + new[0]:
            assert test == "Fisher (exact)"
            approximate += chi2_contingency(np.array([old, new]), correction=False).pvalue <= level
    most = binom.ppf(1 - 1e-6, runs, level)
    assert kept <= most
    assert approximate > most


@pytest.mark.parametrize("level", [0.05, 1e-9])
def test_several_rare_categories_keep_the_level_by_permutation_and_by_fisher(level: float) -> None:
    """A p-value is valid at 5 % whichever level chose the test. 600 runs."""
    runs, kept, shares = 600, 0, [0.01] * 4 + [0.96]
    tests = set()
    for run in range(runs):
        rng = np.random.default_rng([9, run])
        test, p = counts_differ(rng.multinomial(300, shares), rng.multinomial(60, shares), level=level, rng=rng)
        kept += p <= 0.05
        tests.add(test)
    assert kept <= binom.ppf(1 - 1e-6, runs, 0.05)
    assert ("Fisher of each category (exact)" if level < 0.05 else "chi-square (permutation)") in tests


def too_small(expected: float, level: float, seed: int) -> tuple[int, int]:
    """(chi-square p-values <= level, tables) of 200,000 whose smallest expected count is at least `expected`."""
    rng, shares = np.random.default_rng(seed), [0.0025] * 4 + [0.99]
    n_new = round(1.3 * expected / 0.0025)
    n_old = 10 * n_new
    old, new = rng.multinomial(n_old, shares, 200_000), rng.multinomial(n_new, shares, 200_000)
    totals = old + new
    means = totals * (n_new / (n_old + n_new))
    eligible = means.min(axis=1) >= expected
    found = chdtrc(4, ((new - means) ** 2 / means).sum(axis=1) * (n_old + n_new) / n_old)
    return int((found[eligible] <= level).sum()), int(eligible.sum())


def test_chi_square_keeps_a_small_level_from_the_expected_count_on_that_it_asks_for() -> None:
    """The promised 13 %, with the usual count of 5 as the planted fault; each bound errs once in a million."""
    level = 0.001
    hits, tables = too_small(expected_least(level), level, seed=1)
    assert hits <= binom.ppf(1 - 1e-6, tables, 1.13 * level)
    hits, tables = too_small(5.0, level, seed=2)
    assert hits > binom.ppf(1 - 1e-6, tables, 1.13 * level)
    assert [expected_least(q) for q in (0.05, 1e-6)] == pytest.approx([6.30, 1_521], rel=0.01)


def test_scores_of_a_witness_keep_the_level_and_would_not_on_the_rows_that_made_it() -> None:
    """A level that no permutation reaches chooses the witness; its p-value against 5 %, 400 runs."""
    runs, kept, fitted = 400, 0, 0
    for run in range(runs):
        rng = np.random.default_rng([10, run])
        old, new = rng.normal(size=(60, 4)), rng.normal(size=(40, 4))
        test, p, _, sizes = vectors_differ(old, new, level=1e-9, rng=rng)
        kept += p <= 0.05
        assert (test, sizes) == ("kernel witness, Kolmogorov-Smirnov (exact)", (30, 20))
        _, p, _, _ = vectors_differ(np.tile(old[:30], (2, 1)), np.tile(new[:20], (2, 1)), level=1e-9, rng=rng)
        fitted += p <= 0.05
    most = binom.ppf(1 - 1e-6, runs, 0.05)
    assert kept <= most
    assert fitted > most


def test_the_reference_against_itself_gives_the_share_of_false_warnings_with_its_interval() -> None:
    columns = cases(np.random.default_rng(4), 400)
    found = false_alarms(columns, n_recent=150, runs=40)
    assert (found.share.n, found.allowed, found.n_reference, found.n_recent) == (40, 0.025, 250, 150)
    assert found.share.low is not None
    assert found.share.low <= found.allowed
    with pytest.raises(ValueError, match="leave 2 or more to compare with"):
        false_alarms(columns, n_recent=399)


def test_a_reference_that_drifts_by_itself_is_told_by_its_own_order() -> None:
    rng = np.random.default_rng(8)
    steady = {"x": list(rng.normal(size=8_000))}
    drifting = {"x": list(rng.normal(size=8_000) + np.arange(8_000) // 1_000)}
    assert warnings_in_order(steady, n_block=1_000).share.value == 0.0
    found = warnings_in_order(drifting, n_block=1_000)
    assert (found.share.value, found.share.n, found.n_reference, found.allowed) == (1.0, 4, 1_000, 0.025)
    assert "approximate" in found.share.method
    assert false_alarms(drifting, n_recent=1_000, runs=10).share.value == 0.0
    with pytest.raises(ValueError, match="give at most half of them"):
        warnings_in_order(steady, n_block=4_001)
