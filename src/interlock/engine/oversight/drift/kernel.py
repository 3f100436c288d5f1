"""Texts and embeddings: maximum mean discrepancy with a permutation p-value, and an effect that can be read."""

from typing import TYPE_CHECKING

from interlock.engine.oversight.drift.effects import effect_of_numbers
from interlock.engine.oversight.drift.permutation import draws_for, permutation_p
from interlock.terms.drift import DriftEffect

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

ROWS_MAX = 500  # of each sample: the kernel matrix then takes 8 MB


def chosen_rows(n: int, rng: "np.random.Generator") -> "npt.NDArray[np.int64]":
    """At most 500 places of n, a seeded uniform sample where there are more."""
    import numpy as np

    return np.arange(n) if n <= ROWS_MAX else np.sort(rng.choice(n, size=ROWS_MAX, replace=False))


def vectors_differ(
    reference: "Floats", recent: "Floats", *, level: float, rng: "np.random.Generator"
) -> tuple[str, float, bool, DriftEffect]:
    """(name of the test, p-value, whether it could get under `level`, effect) for two sets of row vectors.

    Kernel two-sample test (Gretton et al. 2012) with a Gaussian kernel at the median distance of the pooled rows, which
    does not depend on who is who, so the permutation p-value is valid. The effect is that of the witness function:
    made from one half of each sample and measured on the other, so it is no artefact of fitting; any function of
    the vectors can only show less total variation than there is.
    """
    import numpy as np

    n_old, n_new = len(reference), len(recent)
    kernel = _gaussian(np.concatenate([reference, recent]))
    weights = np.concatenate([np.full(n_old, -1.0 / n_old), np.full(n_new, 1.0 / n_new)])
    observed = float(weights @ kernel @ weights)

    def draw(k: int) -> "Floats":
        shuffled = rng.permuted(np.tile(weights, (k, 1)), axis=1)
        return np.asarray(((shuffled @ kernel) * shuffled).sum(axis=1))

    draws = draws_for(level)
    p = permutation_p(observed, draw, draws=draws)
    effect = _witnessed(kernel, n_old, rng)
    return "kernel two-sample (permutation)", p, 1.0 / (draws + 1) <= level, effect


def _gaussian(rows: "Floats") -> "Floats":
    import numpy as np

    squares = (rows**2).sum(axis=1)
    apart = np.maximum(squares[:, None] + squares[None, :] - 2.0 * (rows @ rows.T), 0.0)
    middle = float(np.median(apart[np.triu_indices(len(rows), 1)])) if len(rows) > 1 else 0.0
    return np.asarray(np.exp(-apart / (middle or float(apart.mean()) or 1.0)))


def _witnessed(kernel: "Floats", n_old: int, rng: "np.random.Generator") -> DriftEffect:
    import numpy as np

    old, new = rng.permutation(n_old), n_old + rng.permutation(len(kernel) - n_old)
    fit_old, fit_new = old[: len(old) // 2], new[: len(new) // 2]
    score = kernel[:, fit_new].mean(axis=1) - kernel[:, fit_old].mean(axis=1)
    return effect_of_numbers(np.asarray(score[old[len(old) // 2 :]]), np.asarray(score[new[len(new) // 2 :]]))
