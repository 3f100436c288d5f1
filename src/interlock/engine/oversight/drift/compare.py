"""One feature compared, by its kind: test, p-value and effect."""

from typing import TYPE_CHECKING

from interlock.engine.oversight.drift.columns import Pair, category_counts
from interlock.engine.oversight.drift.effects import effect_of_counts, effect_of_numbers
from interlock.engine.oversight.drift.kernel import SCORED_MAX, chosen_rows, vectors_differ
from interlock.engine.oversight.drift.nearest import NearestTexts
from interlock.engine.oversight.drift.ngrams import hashed_ngrams
from interlock.engine.oversight.drift.two_sample import counts_differ, numbers_differ
from interlock.terms.drift import DriftEffect, FeatureDrift, FeatureKind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NEAR_MAX = 1_000
NEAR_LEAST = 40
TEXT_BUCKETS = 1024  # enough for a comparison of means, and 2,500 rows take 20 MB


def compare(name: str, pair: Pair, *, level: float, rng: "np.random.Generator") -> FeatureDrift:
    """A feature with at least 2 values in each sample."""
    import numpy as np

    if pair.kind is FeatureKind.TEXT:
        return _compare_texts(name, pair, level=level, rng=rng)
    sizes = len(pair.reference), len(pair.recent)
    if pair.kind is FeatureKind.NUMERIC:
        old, new = np.asarray(pair.reference, dtype=np.float64), np.asarray(pair.recent, dtype=np.float64)
        test, p = numbers_differ(old, new)
        return _found(name, pair.kind, (test, p), effect_of_numbers(old, new), sizes)
    counts = category_counts(tuple(map(str, pair.reference)), tuple(map(str, pair.recent)))
    before, after = np.asarray(counts[0], dtype=np.int64), np.asarray(counts[1], dtype=np.int64)
    effect = effect_of_counts(before, after, unseen_share=counts[2])
    return _found(name, pair.kind, counts_differ(before, after, level=level, rng=rng), effect, sizes)


def can_be_new(pair: Pair) -> bool:
    """Whether there are texts enough to say what is usual among them."""
    return pair.kind is FeatureKind.TEXT and len(pair.reference) >= NEAR_LEAST and len(pair.recent) > 1


def compare_newness(name: str, pair: Pair, *, rng: "np.random.Generator") -> FeatureDrift:
    """How far recent texts are from the nearest of some reference texts, against how far other reference texts are.

    Given the texts to be near to, these distances are exchangeable where nothing changed, so the test is valid. It sees
    a minority of texts of a new kind (one case in five), which the comparison of all texts dilutes.
    """
    import numpy as np

    order = rng.permutation(len(pair.reference)).tolist()
    half = len(order) // 2
    near, others = order[:half][:NEAR_MAX], order[half:][:SCORED_MAX]
    recent = rng.permutation(len(pair.recent)).tolist()[:SCORED_MAX]
    space = NearestTexts.of([str(pair.reference[i]) for i in near])
    old = np.array([space.distance(str(pair.reference[i])) for i in others])
    new = np.array([space.distance(str(pair.recent[i])) for i in recent])
    test, p = numbers_differ(old, new)
    return _found(name, FeatureKind.NEWNESS, (test, p), effect_of_numbers(old, new), (len(old), len(new)))


def compare_missing(
    name: str, lost: tuple[int, int], cases: tuple[int, int], *, level: float, rng: "np.random.Generator"
) -> FeatureDrift:
    """How many cells have no value that can be read, of the reference and of the recent cases."""
    import numpy as np

    before, after = (np.array([gone, n - gone], dtype=np.int64) for gone, n in zip(lost, cases, strict=True))
    effect = effect_of_counts(before, after, unseen_share=None)
    result = counts_differ(before, after, level=level, rng=rng)
    return _found(name, FeatureKind.MISSING, result, effect, cases)


def compare_vectors(
    name: str,
    reference: "npt.NDArray[np.float64]",
    recent: "npt.NDArray[np.float64]",
    *,
    level: float,
    rng: "np.random.Generator",
) -> FeatureDrift:
    """Given embeddings, one row a case, at least 2 of each."""
    old, new = reference[chosen_rows(len(reference), rng)], recent[chosen_rows(len(recent), rng)]
    test, p, effect, sizes = vectors_differ(old, new, level=level, rng=rng)
    return _found(name, FeatureKind.EMBEDDING, (test, p), effect, sizes)


def _compare_texts(name: str, pair: Pair, *, level: float, rng: "np.random.Generator") -> FeatureDrift:
    texts = [[str(cells[i]) for i in chosen_rows(len(cells), rng)] for cells in (pair.reference, pair.recent)]
    old, new = (hashed_ngrams(chosen, buckets=TEXT_BUCKETS) for chosen in texts)
    test, p, effect, sizes = vectors_differ(old, new, level=level, rng=rng)
    return _found(name, FeatureKind.TEXT, (test, p), effect, sizes)


def _found(
    name: str, kind: FeatureKind, result: tuple[str, float], effect: DriftEffect, sizes: tuple[int, int]
) -> FeatureDrift:
    test, p = result
    return FeatureDrift(name, kind, test, p, p, effect, *sizes, warns=False)
