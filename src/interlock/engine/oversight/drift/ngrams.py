"""Texts as vectors without a model: counts of character n-grams, hashed into a fixed number of buckets."""

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SIZES = (3, 4, 5)
BUCKETS = 4096
BYTES_MAX = 4_000


def buckets_of(text: str, *, buckets: int = BUCKETS) -> dict[int, int]:
    """Bucket -> count of the n-grams (3 to 5 bytes) of one text, without regard to capitals and runs of blanks.

    CRC-32 stays the same from run to run and machine to machine, unlike Python's own hash. Only the first 4,000 bytes
    count. A text without a sign has no n-grams.
    """
    words = " ".join(text.lower().split())
    if not words:
        return {}
    content = f" {words} ".encode("utf-8", "replace")[:BYTES_MAX]
    counts: dict[int, int] = {}
    crc32 = zlib.crc32
    for size in SIZES:
        for start in range(len(content) - size + 1):
            bucket = crc32(content[start : start + size]) % buckets
            counts[bucket] = counts.get(bucket, 0) + 1
    return counts


def hashed_ngrams(texts: Sequence[str], *, buckets: int = BUCKETS) -> "npt.NDArray[np.float64]":
    """One row a text, log-damped counts at Euclidean length 1 (0 for a text without n-grams), `buckets` columns."""
    import numpy as np

    rows = np.zeros((len(texts), buckets))
    for row, text in zip(rows, texts, strict=True):
        counts = buckets_of(text, buckets=buckets)
        row[list(counts)] = np.log1p(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0.0, lengths, 1.0))
