"""How unlike the cases that a certificate rests on a new case is, as a p-value; a case that is too unlike goes to a
person. It says nothing about whether the proposal is right.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.engine.oversight.binomial import whole_count
from interlock.engine.oversight.drift.nearest import NearestTexts, NearestVectors, packed, unpacked

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SCHEMA = 1
CASES_MAX = 5_000
HELD_OUT_MAX = 10_000
LEAST = 20


@dataclass(frozen=True, slots=True)
class NoveltyModel:
    """Calibration cases to be near to, and the sorted distances of held-out ones, which a new distance is ranked among.

    Split conformal p-value (Vovk et al. 2005; Bates et al. 2023): p = (1 + held-out cases at least as far) / (n + 1).
    For a case that is exchangeable with the calibration cases P(p <= q) <= q for each q, over the draw of both.
    """

    space: NearestTexts | NearestVectors
    held_out: "npt.NDArray[np.float64]"

    @property
    def p_least(self) -> float:
        """The smallest novelty there can be: a limit under it routes nothing."""
        return 1.0 / (len(self.held_out) + 1)

    def novelty(self, case: "str | npt.ArrayLike") -> float | None:
        """Novelty p of one case, in (0, 1]: small is novel. None where it cannot be known (a value is not finite).

        A text of nothing but blanks is as far as can be. Raises ValueError for a case of another shape.
        """
        import numpy as np

        distance = self.space.distance(case)
        if not math.isfinite(distance):
            return None
        n = len(self.held_out)
        return float(1 + n - int(np.searchsorted(self.held_out, distance, side="left"))) / (n + 1)

    def as_json(self) -> dict[str, Any]:
        """Everything as JSON values; numbers keep their bits. It holds no text, but hashed parts of texts."""
        return {"schema": SCHEMA, **self.space.as_json(), "held_out": packed(self.held_out)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "NoveltyModel":
        """The model of `as_json`; raises ValueError where the content is of another kind or damaged."""
        import numpy as np

        if content.get("schema") != SCHEMA:
            raise ValueError(f"schema is {content.get('schema')!r}: fit the novelty model again with this version")
        kinds: dict[Any, type[NearestTexts | NearestVectors]] = {"texts": NearestTexts, "vectors": NearestVectors}
        try:
            space = kinds[content["kind"]].from_json(content)
            held_out = unpacked(content["held_out"], np.float64)
        except (KeyError, TypeError, ValueError, IndexError) as exc:
            raise ValueError(f"this is no novelty model ({exc}): fit it again") from exc
        if len(held_out) < 1 or not np.isfinite(held_out).all() or (np.diff(held_out) < 0).any():
            raise ValueError("the held-out distances are not finite and sorted: fit the novelty model again")
        return cls(space, held_out)


def fit_novelty_of_texts(texts: Sequence[str], *, seed: int, cases_max: int = CASES_MAX) -> NoveltyModel:
    """Novelty of texts: one minus the cosine to the nearest calibration text, in hashed character n-grams.

    A seeded half of the cases (at most `cases_max`) is what new cases must be near to; the other half (at most 10,000)
    is held out. Give the cases of the certificate, one a customer or thread. Raises ValueError under 20 texts.
    """
    near, held_out = _halves(len(texts), seed, cases_max)
    space = NearestTexts.of([texts[i] for i in near])
    return NoveltyModel(space, _sorted([space.distance(texts[i]) for i in held_out]))


def fit_novelty_of_vectors(
    rows: "npt.ArrayLike", *, seed: int, neighbours: int = 5, cases_max: int = CASES_MAX
) -> NoveltyModel:
    """Novelty of numbers or embeddings (one row a case): distance to the k-th nearest calibration case.

    Columns are centred and scaled by the half that new cases must be near to. Raises ValueError under 20 rows, for
    values that are not finite, and for more neighbours than cases.
    """
    import numpy as np

    table = np.asarray(rows, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise ValueError(f"rows are of shape {table.shape}: give a table of finite numbers, one row a case")
    near, held_out = _halves(len(table), seed, cases_max)
    space = NearestVectors.of(table[near], neighbours=whole_count("neighbours", neighbours, least=1))
    return NoveltyModel(space, _sorted([space.distance(table[i]) for i in held_out]))


def _halves(n: int, seed: int, cases_max: int) -> "tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]":
    import numpy as np

    if n < LEAST:
        raise ValueError(f"{n} cases are too few to say what is usual: give {LEAST} or more")
    order = np.random.default_rng(seed).permutation(n)
    return order[: min(n // 2, whole_count("cases_max", cases_max, least=1))], order[n // 2 :][:HELD_OUT_MAX]


def _sorted(distances: list[float]) -> "npt.NDArray[np.float64]":
    import numpy as np

    return np.sort(np.asarray(distances, dtype=np.float64))
