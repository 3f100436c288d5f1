"""The small model: words and letter sequences, weighed by a logistic regression."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from interlock.adapters.candidates.local import TEXT_CHARS_MAX, answer_in_chunks, clipped, fit_vectorizer
from interlock.ports.candidates import Answer
from interlock.ports.progress import Progress
from interlock.terms.errors import Unavailable
from interlock.terms.evaluation import CandidateKind

WORDS_MAX = 30_000
LETTERS_MAX = 20_000
LABELS_MAX = 500  # the most frequent ones; the rest stays with people
WEIGHTS_MAX = 5_000_000  # words and letters x labels: fitting takes about 300 bytes for each, so at most 1.5 GB
INVERSE_PENALTY = 20.0
ITERATIONS_MAX = 100
TOLERANCE = 1e-3


class SmallModel:
    """TF-IDF of words (1, 2) and letters within words (2 to 5), multinomial logistic regression.

    Accuracy .89 on Banking77 with half of it for training. Confidence is the probability of the proposed label.
    """

    name = "small model"
    kind = CandidateKind.SMALL_MODEL
    description = "Logistic regression on words and letter sequences; trains and runs on one processor core."

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._labels: list[str] = []
        self._vectorizers: tuple[Any, ...] = ()
        self._regression: Any = None
        self._labels_left_out = 0

    @property
    def facts(self) -> Mapping[str, str]:
        """Versions and parameters."""
        import sklearn

        return {
            "method": "TF-IDF words (1, 2) and char_wb (2, 5), sublinear; multinomial logistic regression, lbfgs",
            "scikit-learn": sklearn.__version__,
            "words_max": str(WORDS_MAX),
            "letters_max": str(LETTERS_MAX),
            "weights_max": str(WEIGHTS_MAX),
            "text_chars_max": str(TEXT_CHARS_MAX),
            "C": str(INVERSE_PENALTY),
            "max_iter": str(ITERATIONS_MAX),
            "tol": str(TOLERANCE),
            "seed": str(self._seed),
            "labels": str(len(self._labels)),
            "labels_left_out": str(self._labels_left_out),
        }

    def fit(self, texts: Sequence[str], labels: Sequence[str], *, progress: Progress) -> None:
        """Train. Raises Unavailable where the texts hold no words or there is but one label to learn."""
        texts, labels = self._frequent(texts, labels)
        if len(set(labels)) < 2:
            raise Unavailable("there are fewer than two different labels to learn from")
        progress(0, 3)
        self._vectorizers, vectors = _fit_vectors(texts, progress, labels=len(set(labels)))
        self._regression = _fit_regression(vectors, labels, seed=self._seed)
        self._labels = [str(name) for name in self._regression.classes_]
        progress(3, 3)

    def _frequent(self, texts: Sequence[str], labels: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        counts: dict[str, int] = {}
        for label in labels:
            counts[label] = counts.get(label, 0) + 1
        kept = set(sorted(counts, key=lambda name: (-counts[name], name))[:LABELS_MAX])
        self._labels_left_out = len(counts) - len(kept)
        pairs = [(text, label) for text, label in zip(texts, labels, strict=True) if label in kept]
        return clipped([text for text, _ in pairs]), [label for _, label in pairs]

    def answer(self, texts: Sequence[str], *, progress: Progress) -> Sequence[Answer]:
        """One proposal a text."""
        return answer_in_chunks(self._score, self._labels, texts, progress=progress)

    def _score(self, texts: Sequence[str]) -> tuple[Sequence[int], Sequence[float]]:
        from scipy.sparse import hstack
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        vectors = hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers], format="csr")
        with threadpool_limits(limits=1):
            probabilities = self._regression.predict_proba(vectors)
        indices: list[int] = probabilities.argmax(axis=1).tolist()
        confidences: list[float] = probabilities.max(axis=1).tolist()
        return indices, confidences


def _fit_vectors(texts: Sequence[str], progress: Progress, *, labels: int) -> tuple[tuple[Any, ...], Any]:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    kept = min(1.0, WEIGHTS_MAX / (labels * (WORDS_MAX + LETTERS_MAX)))
    words_max, letters_max = round(kept * WORDS_MAX), round(kept * LETTERS_MAX)
    words, word_vectors = fit_vectorizer(
        lambda min_df: TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=min_df, max_features=words_max),
        texts,
    )
    progress(1, 3)
    letters, letter_vectors = fit_vectorizer(
        lambda min_df: TfidfVectorizer(
            sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5), min_df=min_df, max_features=letters_max
        ),
        texts,
    )
    progress(2, 3)
    return (words, letters), hstack([word_vectors, letter_vectors], format="csr")


def _fit_regression(vectors: Any, labels: Sequence[str], *, seed: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=ITERATIONS_MAX, tol=TOLERANCE, random_state=seed)
    # One thread: sums in another order would move the last bits, and the same file and seed must give the same report.
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore", ConvergenceWarning)  # a few iterations short ranks cases just as well
        return regression.fit(vectors, labels)
