"""The pool of a heuristic's confidences, rebuilt: the one that the design measured is not supplied."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rows.pools import Floats, Pool
from rows.questions import NotThere, banking77

__all__ = ["MEASURED_BY_DESIGN", "NotThere", "rebuilt_pool", "variants"]

MEASURED_BY_DESIGN = {(0.02, 3000): 0.7652, (0.05, 300): 0.4333, (0.05, 1000): 0.7824, (0.05, 3000): 0.8912}


def rebuilt_pool(data: Path) -> Pool:
    """TF-IDF words, nearest centroid by cosine, confidence = lead over the second. Raises NotThere."""
    similarity, labels, truth = _to_centroids(data, 0)
    return _pool("banking77_heur", similarity, labels, truth, _lead(similarity))


def variants(data: Path) -> list[Pool]:
    """Other heuristics, and other halves. Raises NotThere."""
    pools = []
    for seed in range(3):
        similarity, labels, truth = _to_centroids(data, seed)
        pools.append(_pool(f"centroid, lead, half {seed}", similarity, labels, truth, _lead(similarity)))
        pools.append(_pool(f"centroid, cosine, half {seed}", similarity, labels, truth, similarity.max(axis=1)))
        similarity, labels, truth = _to_neighbours(data, seed)
        pools.append(_pool(f"1 neighbour, lead over others, half {seed}", similarity, labels, truth, _lead(similarity)))
        pools.append(_pool(f"1 neighbour, cosine, half {seed}", similarity, labels, truth, similarity.max(axis=1)))
    return pools


def _pool(name: str, similarity: Floats, labels: list[str], truth: list[str], confidence: Floats) -> Pool:
    chosen = similarity.argmax(axis=1)
    wrong = np.array([labels[i] != true for i, true in zip(chosen, truth, strict=True)], dtype=np.uint8)
    return Pool(name, np.clip(np.round(confidence, 9), 0.0, 1.0), wrong)


def _lead(similarity: Floats) -> Floats:
    top = np.partition(similarity, -2, axis=1)[:, -2:]
    return top[:, 1] - top[:, 0]


def _to_centroids(data: Path, seed: int) -> tuple[Floats, list[str], list[str]]:
    """Cosine similarity of each case of the pool to each label's mean vector, the labels' names, and the truth."""
    from sklearn.preprocessing import normalize

    vectors, codes, labels, cases, truth = _vectors(data, seed)
    means = np.vstack([np.asarray(vectors[codes == code].mean(axis=0)) for code in range(len(labels))])
    return np.asarray(cases @ normalize(means).T), labels, truth


def _to_neighbours(data: Path, seed: int) -> tuple[Floats, list[str], list[str]]:
    """The same to the most similar known case of each label."""
    vectors, codes, labels, cases, truth = _vectors(data, seed)
    similarity = (cases @ vectors.T).toarray()
    return np.column_stack([similarity[:, codes == code].max(axis=1) for code in range(len(labels))]), labels, truth


@cache
def _vectors(data: Path, seed: int) -> tuple[Any, npt.NDArray[np.intp], list[str], Any, list[str]]:
    """TF-IDF vectors of one half of the training split and of everything else: known, their codes, cases, truth."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import train_test_split

    train, test = banking77(data, "train"), banking77(data, "test")
    known, rest, known_labels, rest_labels = train_test_split(
        train.texts, train.labels, test_size=0.5, stratify=train.labels, random_state=seed
    )
    vectorizer = TfidfVectorizer()
    vectors = vectorizer.fit_transform(known)
    names, codes = np.unique(known_labels, return_inverse=True)
    return vectors, codes, names.tolist(), vectorizer.transform(rest + test.texts), rest_labels + test.labels
