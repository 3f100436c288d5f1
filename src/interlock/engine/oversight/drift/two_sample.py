"""Two-sample tests of one feature: numbers by Kolmogorov and Smirnov, categories by chi-square or permutation."""

from typing import TYPE_CHECKING

from interlock.engine.oversight.drift.permutation import draws_for, permutation_p

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

# Beyond this the exact distribution of the distance costs more time than it changes the p-value.
EXACT_PAIRS_MAX = 1_000_000
EXPECTED_LEAST = 5.0


def numbers_differ(reference: "Floats", recent: "Floats") -> tuple[str, float]:
    """(name of the test, p-value) for two samples of finite numbers. Ties make it conservative, never too bold."""
    from scipy.stats import ks_2samp

    exact = len(reference) * len(recent) <= EXACT_PAIRS_MAX
    found = ks_2samp(reference, recent, method="exact" if exact else "asymp")
    return f"Kolmogorov-Smirnov ({'exact' if exact else 'approximate'})", float(min(1.0, max(0.0, found.pvalue)))


def counts_differ(
    reference: "Counts", recent: "Counts", *, level: float, rng: "np.random.Generator"
) -> tuple[str, float, bool]:
    """(name of the test, p-value, whether it could get under `level`) for two rows of counts.

    Pearson's chi-square where each expected count is 5 or more (Cochran 1954; approximate); else its permutation
    distribution given both margins, which is valid for any counts.
    """
    import numpy as np
    from scipy.special import chdtrc

    seen = (reference + recent) > 0
    old, new = reference[seen], recent[seen]
    totals, n_old, n_new = old + new, int(old.sum()), int(new.sum())
    if len(totals) < 2:
        return "none (one category alone)", 1.0, True
    expected = totals * (n_new / (n_old + n_new))
    # With both margins given, the sum over both rows is a constant times the sum over the recent one.
    scale = (n_old + n_new) / n_old
    observed = float((((new - expected) ** 2) / expected).sum() * scale)
    if min(float(expected.min()), float((totals - expected).min())) >= EXPECTED_LEAST:
        return "chi-square (approximate)", float(chdtrc(len(totals) - 1, observed)), True

    def draw(k: int) -> "Floats":
        rows = rng.multivariate_hypergeometric(totals, n_new, size=k, method="marginals")
        return np.asarray((((rows - expected) ** 2) / expected).sum(axis=1) * scale)

    draws = draws_for(level)
    return "chi-square (permutation)", permutation_p(observed, draw, draws=draws), 1.0 / (draws + 1) <= level
