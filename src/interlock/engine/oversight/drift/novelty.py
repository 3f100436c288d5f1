"""How unlike the cases that a certificate rests on a new case is, as a p-value; a case that is too unlike goes to a
person. It says nothing about whether the proposal is right.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.engine.oversight.binomial import share_in_open_unit, whole_count
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
        """The smallest novelty there can be: a limit at or under it routes nothing. Give `limit` when fitting."""
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


def fit_novelty_of_texts(
    texts: Sequence[str], *, seed: int, limit: float | None = None, cases_max: int = CASES_MAX
) -> NoveltyModel:
    """Novelty of texts: one minus the cosine to the nearest calibration text, in hashed character n-grams.

    A seeded half of the cases (at most `cases_max`) is what new cases must be near to; the other half (at most 10,000)
    is held out. Give the cases of the certificate, one a customer or thread. Only the first 4,000 bytes of a text
    count: give the part that decides. Raises ValueError under 20 texts, and where a workflow's `limit`
    (`novelty_review_below`) needs more: no case could ever be under it.
    """
    near, held_out = _halves(len(texts), seed, cases_max, limit)
    space = NearestTexts.of([texts[i] for i in near])
    return NoveltyModel(space, _sorted([space.distance(texts[i]) for i in held_out]))


def fit_novelty_of_vectors(
    rows: "npt.ArrayLike", *, seed: int, limit: float | None = None, neighbours: int = 5, cases_max: int = CASES_MAX
) -> NoveltyModel:
    """Novelty of numbers or embeddings (one row a case): distance to the k-th nearest calibration case.

    Columns are centred and scaled by the half that new cases must be near to. Raises ValueError under 20 rows, for
    values that are not finite, for more neighbours than cases, and where `limit` needs more rows, as for texts.
    """
    import numpy as np

    table = np.asarray(rows, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise ValueError(f"rows are of shape {table.shape}: give a table of finite numbers, one row a case")
    near, held_out = _halves(len(table), seed, cases_max, limit)
    space = NearestVectors.of(table[near], neighbours=whole_count("neighbours", neighbours, least=1))
    return NoveltyModel(space, _sorted([space.distance(table[i]) for i in held_out]))


def held_out_needed(limit: float) -> int:
    """How many held-out cases let a novelty be under `limit`: the least h with 1 / (h + 1) < limit."""
    needed = math.floor(1.0 / share_in_open_unit("limit", limit))
    # The quotient is rounded: the definition itself decides.
    return needed + 1 if 1.0 / (needed + 1) >= limit else needed - 1 if 1.0 / needed < limit else needed


def _halves(
    n: int, seed: int, cases_max: int, limit: float | None
) -> "tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]":
    import numpy as np

    if n < LEAST:
        raise ValueError(f"{n} cases are too few to say what is usual: give {LEAST} or more")
    needed = 0 if limit is None else held_out_needed(limit)
    if needed > HELD_OUT_MAX:
        raise ValueError(f"no case can be under the limit {limit}: give one over {1.0 / (HELD_OUT_MAX + 1):.3g}")
    if needed > n - n // 2:
        raise ValueError(f"with {n} cases none can be under the limit {limit}: give {2 * needed - 1:,} or more")
    order = np.random.default_rng(seed).permutation(n)
    return order[: min(n // 2, whole_count("cases_max", cases_max, least=1))], order[n // 2 :][:HELD_OUT_MAX]


def _sorted(distances: list[float]) -> "npt.NDArray[np.float64]":
    import numpy as np

    return np.sort(np.asarray(distances, dtype=np.float64))
