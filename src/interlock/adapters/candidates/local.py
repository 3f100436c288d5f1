"""What candidates that run on this machine share: chunked answers, latency of a single case, word statistics."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from interlock.ports.candidates import Answer
from interlock.ports.progress import Progress
from interlock.terms.errors import Unavailable

CHUNK = 4_096  # texts scored at once: bounds the dense block of texts x labels
TEXT_CHARS_MAX = 4_000  # what follows is not read: bounds time and memory on pasted documents
TRAINING_ROWS_FOR_MIN_DF_2 = 500  # below this a word seen once may still be all there is to go by

# Scores a chunk of texts: the index of each proposed label and its confidence in [0, 1].
Score = Callable[[Sequence[str]], tuple[Sequence[int], Sequence[float]]]


def clipped(texts: Sequence[str]) -> list[str]:
    """The texts as far as they are read."""
    return [text[:TEXT_CHARS_MAX] for text in texts]


def min_df_for(n_texts: int) -> int:
    """In how many texts a word must occur to count: 2, or 1 in small files."""
    return 2 if n_texts >= TRAINING_ROWS_FOR_MIN_DF_2 else 1


def answer_in_chunks(score: Score, labels: Sequence[str], texts: Sequence[str], *, progress: Progress) -> list[Answer]:
    """Answers in order; confidences are rounded to 9 digits, so that the last bits of a sum do not order cases.

    A lone text is timed, which is what a caller in production would wait for.
    """
    answers: list[Answer] = []
    for start in range(0, len(texts), CHUNK):
        began = time.perf_counter()
        indices, confidences = score(clipped(texts[start : start + CHUNK]))
        latency_ms = (time.perf_counter() - began) * 1000 if len(texts) == 1 else None
        answers.extend(
            Answer(label=labels[int(i)], confidence=round(min(1.0, max(0.0, float(c))), 9), latency_ms=latency_ms)
            for i, c in zip(indices, confidences, strict=True)
        )
        progress(len(answers), len(texts))
    return answers


def fit_vectorizer(make: Callable[[int], Any], texts: Sequence[str]) -> tuple[Any, Any]:
    """Fit a text vectorizer made for a `min_df`; where no word occurs twice, once must do. Raises Unavailable."""
    for min_df in sorted({min_df_for(len(texts)), 1}, reverse=True):
        vectorizer = make(min_df)
        try:
            return vectorizer, vectorizer.fit_transform(texts)
        except ValueError as exc:  # scikit-learn has no narrower type for an empty vocabulary
            reason = str(exc)
    raise Unavailable(f"the texts hold no words to learn from ({reason}); check that --text names the right column")
