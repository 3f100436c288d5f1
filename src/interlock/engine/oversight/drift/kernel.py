"""Texts and embeddings: what tells both samples apart, its p-value, and an effect that can be read."""

from typing import TYPE_CHECKING

from interlock.engine.oversight.drift.effects import effect_of_numbers
from interlock.engine.oversight.drift.permutation import draws_for, permutation_p
from interlock.engine.oversight.drift.two_sample import numbers_differ
from interlock.terms.drift import DriftEffect

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

ROWS_MAX = 500  # of each sample: the kernel matrix then takes 8 MB
SCORED_MAX = 2_000  # of each sample, by the witness made from other rows
WITNESS_LEAST = 1_000  # measured: with fewer rows the permutation test of all finds more, with more the witness does
DRAWS_MAX = 20_000  # permutations of 1,000 rows: two seconds


def chosen_rows(n: int, rng: "np.random.Generator") -> "npt.NDArray[np.int64]":
    """At most 2,500 places of n in a seeded random order: as many as the comparison reads."""
    return rng.permutation(n)[: ROWS_MAX + SCORED_MAX]


def vectors_differ(
    reference: "Floats", recent: "Floats", *, level: float, rng: "np.random.Generator"
) -> tuple[str, float, DriftEffect, tuple[int, int]]:
    """(name of the test, p-value, effect, rows compared of each) for two sets of row vectors in random order.

    Kernel two-sample test (Gretton et al. 2012) with a Gaussian kernel. In a sample of 1,000 rows or more, and where
    20,000 permutations cannot show a p-value of `level`, its witness function is made from a part of each sample and
    the scores of the other rows are compared by Kolmogorov-Smirnov (Lopez-Paz and Oquab 2017 do it with a classifier);
    else the discrepancy itself, by permutation. Which of them is chosen depends on counts and level alone, and both
    are valid under exchangeability.

    The effect is that of the witness function on rows that it was not made from, so it is no artefact of fitting; any
    function of the vectors can only show less total variation than there is.
    """
    n_old, n_new = len(reference), len(recent)
    old, new = _witnessed(reference, recent)
    effect = effect_of_numbers(old, new)
    if min(n_old, n_new) >= WITNESS_LEAST or level < 1.0 / (DRAWS_MAX + 1):
        test, p = numbers_differ(old, new)
        return f"kernel witness, {test}", p, effect, (len(old), len(new))
    p = _permuted(reference[:ROWS_MAX], recent[:ROWS_MAX], level=level, rng=rng)
    return "kernel two-sample (permutation)", p, effect, (min(n_old, ROWS_MAX), min(n_new, ROWS_MAX))


def _permuted(reference: "Floats", recent: "Floats", *, level: float, rng: "np.random.Generator") -> float:
    import numpy as np

    n_old, n_new = len(reference), len(recent)
    rows = np.concatenate([reference, recent])
    apart = _squares(rows, rows)
    # The median distance of the pooled rows does not depend on who is who, so the p-value is valid.
    kernel = np.exp(-apart / _bandwidth(apart))
    weights = np.concatenate([np.full(n_old, -1.0 / n_old), np.full(n_new, 1.0 / n_new)])
    observed = float(weights @ kernel @ weights)

    def draw(k: int) -> "Floats":
        shuffled = rng.permuted(np.tile(weights, (k, 1)), axis=1)
        return np.asarray(((shuffled @ kernel) * shuffled).sum(axis=1))

    return permutation_p(observed, draw, draws=draws_for(level, most=DRAWS_MAX))


def _witnessed(reference: "Floats", recent: "Floats") -> "tuple[Floats, Floats]":
    """Scores of the rows that the witness was not made from: likeness to recent rows, less that to reference rows."""
    import numpy as np

    near_old, near_new = (rows[: min(ROWS_MAX, len(rows) // 2)] for rows in (reference, recent))
    near = np.concatenate([near_old, near_new])
    bandwidth = _bandwidth(_squares(near, near))

    def score(rows: "Floats") -> "Floats":
        like_new, like_old = (np.exp(-_squares(rows, some) / bandwidth).mean(axis=1) for some in (near_new, near_old))
        return np.asarray(like_new - like_old)

    return score(reference[len(near_old) :][:SCORED_MAX]), score(recent[len(near_new) :][:SCORED_MAX])


def _squares(rows: "Floats", others: "Floats") -> "Floats":
    import numpy as np

    lengths = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None, :]
    return np.asarray(np.maximum(lengths - 2.0 * (rows @ others.T), 0.0))


def _bandwidth(apart: "Floats") -> float:
    """The median of the squared distances between different rows; their mean, or 1, where most rows are equal."""
    import numpy as np

    middle = float(np.median(apart[np.triu_indices(len(apart), 1)])) if len(apart) > 1 else 0.0
    return middle or float(apart.mean()) or 1.0
