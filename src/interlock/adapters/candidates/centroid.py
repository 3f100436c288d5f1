"""The heuristic: which label's past cases use the most similar words?"""

from collections.abc import Mapping, Sequence
from typing import Any

from interlock.adapters.candidates.local import TEXT_CHARS_MAX, answer_in_chunks, clipped, fit_vectorizer
from interlock.ports.candidates import Answer
from interlock.ports.progress import Progress
from interlock.terms.errors import Unavailable
from interlock.terms.evaluation import CandidateKind

WORDS_MAX = 50_000


class NearestCentroid:
    """Cosine similarity to the mean TF-IDF vector of each label (Rocchio, 1971).

    Confidence is the lead of the nearest label over the second, in [0, 1]. It orders cases better than the similarity
    itself (area under the curve .86 against .75 on Banking77); it is not a probability, and none is needed.
    """

    name = "nearest centroid"
    kind = CandidateKind.HEURISTIC
    description = "Proposes the label whose past cases use the most similar words; nothing is trained."

    def __init__(self) -> None:
        self._labels: list[str] = []
        self._vectorizer: Any = None
        self._centroids: Any = None

    @property
    def facts(self) -> Mapping[str, str]:
        """Versions and parameters."""
        import sklearn

        return {
            "method": "nearest centroid, TF-IDF words, sublinear, cosine, confidence = lead over the second",
            "scikit-learn": sklearn.__version__,
            "words_max": str(WORDS_MAX),
            "text_chars_max": str(TEXT_CHARS_MAX),
            "labels": str(len(self._labels)),
        }

    def fit(self, texts: Sequence[str], labels: Sequence[str], *, progress: Progress) -> None:
        """Take the mean vector of each label. Raises Unavailable where the texts hold no words."""
        import numpy as np
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.preprocessing import normalize

        if not texts:
            raise Unavailable("there are no cases to learn from")
        progress(0, 2)
        self._vectorizer, vectors = fit_vectorizer(
            lambda min_df: TfidfVectorizer(sublinear_tf=True, min_df=min_df, max_features=WORDS_MAX, dtype=np.float64),
            clipped(texts),
        )
        progress(1, 2)
        names, codes = np.unique(np.asarray(labels, dtype=object), return_inverse=True)
        self._labels = [str(name) for name in names]
        membership = csr_matrix(
            (np.ones(len(texts)), (codes, np.arange(len(texts)))), shape=(len(names), len(texts)), dtype=np.float64
        )
        self._centroids = normalize(membership @ vectors).T.tocsr()
        progress(2, 2)

    def answer(self, texts: Sequence[str], *, progress: Progress) -> Sequence[Answer]:
        """One proposal a text."""
        return answer_in_chunks(self._score, self._labels, texts, progress=progress)

    def _score(self, texts: Sequence[str]) -> tuple[Sequence[int], Sequence[float]]:
        import numpy as np

        similarities = (self._vectorizer.transform(texts) @ self._centroids).toarray()
        best = similarities.argmax(axis=1)
        rows = np.arange(len(texts))
        first = similarities[rows, best]
        similarities[rows, best] = 0.0
        lead: list[float] = (first - similarities.max(axis=1)).tolist()
        return best.tolist(), lead
