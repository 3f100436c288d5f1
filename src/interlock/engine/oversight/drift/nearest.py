"""Distance of one case to the nearest of many, for texts and for vectors; fast for one case, and kept as JSON."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.engine.oversight.drift.ngrams import BUCKETS, buckets_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

DIGITS = 9  # distances are compared for equality: the same case must be as far in any order of summation
TEXTS_MAX = 65_535  # a place in them takes 16 bits


@dataclass(frozen=True, slots=True)
class NearestTexts:
    """Texts as rows of length 1, kept as an inverted index, so that a new text only touches texts that share n-grams.

    Bucket b is in the texts `texts[starts[b]:starts[b + 1]]` with those `values` (16-bit). `weight`: how rare each
    n-gram is, ln((1 + n) / (1 + texts with it)) + 1.
    """

    n: int
    starts: "npt.NDArray[np.int64]"
    texts: "npt.NDArray[np.int64]"
    values: "Floats"
    weight: "Floats"

    @classmethod
    def of(cls, texts: Sequence[str]) -> "NearestTexts":
        """The space of these texts."""
        import numpy as np

        if not 0 < len(texts) <= TEXTS_MAX:
            raise ValueError(f"{len(texts)} texts to be near to: give 1 to {TEXTS_MAX:,}")
        counts = [buckets_of(text) for text in texts]
        having = np.zeros(BUCKETS, dtype=np.int64)
        for each in counts:
            having[list(each)] += 1
        weight = np.log((1.0 + len(texts)) / (1.0 + having)) + 1.0
        rows = [_row(each, weight) for each in counts]
        buckets = np.concatenate([row[0] for row in rows])
        order = np.argsort(buckets, kind="stable")
        places = np.repeat(np.arange(len(texts)), [len(row[0]) for row in rows])[order]
        # Rounded before anything is measured: a model read back from JSON gives the same distances.
        values = np.concatenate([row[1] for row in rows])[order].astype(np.float16).astype(np.float64)
        return cls(len(texts), np.concatenate([[0], np.cumsum(having)]), places, values, weight)

    def distance(self, case: Any) -> float:
        """One minus the cosine to the nearest text, from 0 to 1; 1 for a text without n-grams."""
        import numpy as np

        if not isinstance(case, str):
            raise ValueError(f"the case is a {type(case).__name__}: this novelty model was fitted to texts")
        buckets, values = _row(buckets_of(case), self.weight)
        if not len(buckets):
            return 1.0
        begins, ends = self.starts[buckets], self.starts[buckets + 1]
        spans = list(zip(begins.tolist(), ends.tolist(), strict=True))
        texts = np.concatenate([self.texts[begin:end] for begin, end in spans])
        shared = np.concatenate([self.values[begin:end] for begin, end in spans]) * np.repeat(values, ends - begins)
        nearest = float(np.bincount(texts, weights=shared, minlength=self.n).max())
        return round(max(0.0, 1.0 - nearest), DIGITS)

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        import numpy as np

        return {
            "kind": "texts",
            "n": self.n,
            "starts": packed(self.starts.astype(np.int32)),
            "texts": packed(self.texts.astype(np.uint16)),
            "values": packed(self.values.astype(np.float16)),
            "weight": packed(self.weight),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "NearestTexts":
        """Raises ValueError, KeyError or TypeError where the content is damaged."""
        import numpy as np

        n = int(content["n"])
        starts = unpacked(content["starts"], np.int32).astype(np.int64)
        texts = unpacked(content["texts"], np.uint16).astype(np.int64)
        values = unpacked(content["values"], np.float16).astype(np.float64)
        weight = unpacked(content["weight"], np.float64)
        if len(starts) != BUCKETS + 1 or starts[0] != 0 or (np.diff(starts) < 0).any():
            raise ValueError("the index does not fit its buckets")
        if not starts[-1] == len(texts) == len(values) or (texts >= n).any() or not 0 < n <= TEXTS_MAX:
            raise ValueError("n-grams do not fit their texts")
        if len(weight) != BUCKETS or not (np.isfinite(weight).all() and np.isfinite(values).all()):
            raise ValueError("a weight or a value is not finite")
        return cls(n, starts, texts, values, weight)


@dataclass(frozen=True, slots=True)
class NearestVectors:
    """Rows of numbers, centred and scaled by column; the distance is Euclidean, to the k-th nearest row."""

    rows: "Floats"
    centre: "Floats"
    scale: "Floats"
    neighbours: int

    @classmethod
    def of(cls, rows: "Floats", *, neighbours: int) -> "NearestVectors":
        """The space of these rows; raises ValueError for more neighbours than rows."""
        import numpy as np

        if neighbours > len(rows):
            raise ValueError(
                f"neighbours is {neighbours} of {len(rows)} cases to be near to: give fewer, or more cases"
            )
        centre, spread = rows.mean(axis=0), rows.std(axis=0)
        scale = np.where(spread > 0.0, spread, 1.0)  # a constant column: any other value is far in its own unit
        return cls((rows - centre) / scale, centre, scale, neighbours)

    def distance(self, case: Any) -> float:
        """Distance to the k-th nearest row, in standard deviations; NaN where a value of the case is not finite."""
        import numpy as np

        try:
            row = np.asarray(case, dtype=np.float64)
        except (TypeError, ValueError) as exc:
            raise ValueError("the case is no row of numbers: this novelty model was fitted to numbers") from exc
        if row.shape != self.centre.shape:
            raise ValueError(f"the case has shape {row.shape}: give {len(self.centre)} numbers")
        squares = ((self.rows - (row - self.centre) / self.scale) ** 2).sum(axis=1)
        return round(float(np.sqrt(np.partition(squares, self.neighbours - 1)[self.neighbours - 1])), DIGITS)

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        shape = {"kind": "vectors", "n": len(self.rows), "neighbours": self.neighbours}
        return {**shape, **{name: packed(getattr(self, name)) for name in ("rows", "centre", "scale")}}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "NearestVectors":
        """Raises ValueError, KeyError or TypeError where the content is damaged."""
        import numpy as np

        rows, centre, scale = (unpacked(content[name], np.float64) for name in ("rows", "centre", "scale"))
        n, neighbours = int(content["n"]), int(content["neighbours"])
        if not (1 <= neighbours <= n and len(centre) == len(scale) and (scale > 0.0).all()):
            raise ValueError("neighbours, centre and scale do not fit")
        if not all(np.isfinite(values).all() for values in (rows, centre, scale)):
            raise ValueError("a value is not finite")
        return cls(rows.reshape(n, len(centre)), centre, scale, neighbours)


def packed(values: "npt.NDArray[Any]") -> str:
    """Numbers as base64 of their little-endian bytes."""
    return base64.b64encode(values.astype(values.dtype.newbyteorder("<")).tobytes()).decode()


def unpacked(text: str, kind: Any) -> "npt.NDArray[Any]":
    """Numbers of `packed`, as one flat row; raises ValueError where they are damaged."""
    import numpy as np

    stored = np.dtype(kind).newbyteorder("<")
    return np.frombuffer(base64.b64decode(text, validate=True), dtype=stored).astype(kind)


def _row(counts: Mapping[int, int], weight: "Floats") -> "tuple[npt.NDArray[np.int64], Floats]":
    """Buckets of a text and its values: log-damped counts, weighted by rarity, at length 1."""
    import numpy as np

    buckets = np.fromiter(counts, dtype=np.int64, count=len(counts))
    values = np.log1p(np.fromiter(counts.values(), dtype=np.float64, count=len(counts))) * weight[buckets]
    length = float(np.linalg.norm(values))
    return buckets, values / length if length > 0.0 else values
